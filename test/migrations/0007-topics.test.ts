import { expect, it } from 'vitest';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('adds topics beside the suppressions that are there, and runs of before have none', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.slice(0, 6)) migration.up(db);
  db.pragma('user_version = 6');
  db.pragma(`application_id = ${applicationId}`);
  db.exec(`insert into suppression (at, act, channel, address_key, scope, reason, source, actor) values (1, 'add', 'EMAIL', 'a@example.org', 'marketing', 'unsubscribe', 'page', '{}');
    insert into campaign (uid, name, state, draft, version, created_at, updated_at) values ('c', 'Spring', 'launched', '{}', 1, 1, 1);
    insert into run (uid, campaign, campaign_version, kind, state, created_at) values ('r', 1, 1, 'campaign', 'done', 1)`);
  expect(migrate(db)).toMatchObject({ from: 6 });
  expect(db.prepare('select address_key from suppression').all()).toEqual([{ address_key: 'a@example.org' }]);
  expect(db.prepare('select uid, topic from run').all()).toEqual([{ uid: 'r', topic: null }]);
  db.exec("insert into topic (uid, name, consent, created_at, updated_at) values ('t', 'News', 'opt_in', 1, 1)");
  expect(() => db.exec("insert into topic_consent (at, act, topic, channel, address_key, source, actor) values (1, 'loosen', 1, 'EMAIL', 'a', 'x', '{}')")).toThrow();
  const find = "select state from topic_state where topic = 1 and channel = 'EMAIL' and address_key = 'a'";
  expect(db.prepare(`explain query plan ${find}`).get()).toMatchObject({ detail: expect.stringContaining('PRIMARY KEY') as string });
});
