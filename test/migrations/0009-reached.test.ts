import { expect, it } from 'vitest';
import { messageStateCode } from '../../src-preload/contract/delivery.js';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('knows which answers of before may mean that the message is there', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.slice(0, 8)) migration.up(db);
  db.pragma('user_version = 8');
  db.pragma(`application_id = ${applicationId}`);
  const states = ['sent', 'unknown', 'failed', 'deferred', 'deferred'] as const;
  for (const [i, state] of states.entries()) {
    db.prepare('insert into message (run, seq, endpoint, state, reason) values (1, ?, 1, ?, ?)').run(i, messageStateCode[state], i === 3 ? 19 : null);
    db.prepare("insert into message_reply (run, seq, at, address_key) values (1, ?, 10, 'a@example.org')").run(i);
  }
  expect(migrate(db)).toMatchObject({ from: 8 });
  expect(db.prepare('select reached from message_reply order by seq').pluck().all()).toEqual([1, 1, 0, 0, 1]);
});
