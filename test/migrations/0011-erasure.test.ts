import { expect, it } from 'vitest';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('adds erasures to a file that knows of none', () => {
  const db = connectWriter(':memory:');
  const before = migrations.filter((step) => step.version < 11);
  for (const migration of before) migration.up(db);
  db.pragma(`user_version = ${before.at(-1)!.version}`);
  db.pragma(`application_id = ${applicationId}`);
  db.exec("insert into suppression (at, act, channel, address_key, scope, reason, source, actor) values (1, 'add', 'EMAIL', 'a@example.org', 'marketing', 'unsubscribe', 'page', '{}')");
  migrate(db);
  expect(db.prepare('select address_key from suppression').pluck().all()).toEqual(['a@example.org']);
  expect(db.prepare('select (select count(*) from erasure) + (select count(*) from erased)').pluck().get()).toBe(0);
  expect(() => db.exec("insert into erased (at, erasure, what, hash) values (1, 'e', 'household', 'x')")).toThrow();
  expect(db.prepare("explain query plan select 1 from erased where hash = 'x'").get()).toMatchObject({ detail: expect.stringContaining('erased_hash') as string });
});
