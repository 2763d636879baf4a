import { expect, it } from 'vitest';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('finds answers by address, those of before too', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.slice(0, 5)) migration.up(db);
  db.pragma('user_version = 5');
  db.pragma(`application_id = ${applicationId}`);
  db.exec("insert into message_reply (run, seq, at, address_key) values (1, 1, 10, 'a@example.org'), (1, 2, 10, null)");
  expect(migrate(db)).toMatchObject({ from: 5 });
  const find = "select seq from message_reply where run = 1 and address_key = 'a@example.org'";
  expect(db.prepare(find).all()).toEqual([{ seq: 1 }]);
  expect(db.prepare(`explain query plan ${find}`).get()).toMatchObject({ detail: expect.stringContaining('message_reply_address') as string });
});
