import { expect, it } from 'vitest';
import { initial } from '../../src-main/store/migrations/0001-initial.js';
import { sentAddress } from '../../src-main/store/migrations/0002-sent-address.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('keeps replies of before without an address, and makes room for it', () => {
  const db = connectWriter(':memory:');
  initial.up(db);
  db.pragma('user_version = 1');
  db.pragma(`application_id = ${applicationId}`);
  db.exec("insert into message_reply (run, seq, at, provider_id, response) values (1, 0, 5, 'p', '250 ok')");
  expect(migrate(db)).toMatchObject({ from: 1 });
  expect(db.prepare('select run, seq, at, provider_id, response, address_key from message_reply').all()).toEqual([{ run: 1, seq: 0, at: 5, provider_id: 'p', response: '250 ok', address_key: null }]);
  expect(sentAddress.version).toBe(2);
});
