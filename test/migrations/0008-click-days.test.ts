import { expect, it } from 'vitest';
import { outcomeKindCode } from '../../src-preload/contract/delivery.js';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('finds clicks by their time, those of before too', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.slice(0, 7)) migration.up(db);
  db.pragma('user_version = 7');
  db.pragma(`application_id = ${applicationId}`);
  const insert = db.prepare('insert into outcome (run, seq, kind, at) values (1, ?, ?, ?)');
  insert.run(1, outcomeKindCode.click, 10);
  insert.run(2, outcomeKindCode.click, 20);
  insert.run(2, outcomeKindCode.open, 30);
  expect(migrate(db)).toMatchObject({ from: 7 });
  const find = 'select seq from outcome where kind = 2 and at >= 15';
  expect(db.prepare(find).all()).toEqual([{ seq: 2 }]);
  expect(db.prepare(`explain query plan ${find}`).get()).toMatchObject({ detail: expect.stringContaining('outcome_click_at') as string });
});
