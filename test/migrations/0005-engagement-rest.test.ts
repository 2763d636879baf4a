import { expect, it } from 'vitest';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('leaves clicks as they were counted, and nothing counted beside the log', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.slice(0, 4)) migration.up(db);
  db.pragma('user_version = 4');
  db.pragma(`application_id = ${applicationId}`);
  db.exec('insert into link_click (run, seq, link, kind, at, n) values (1, 2, 3, 2, 10, 4)');
  expect(migrate(db)).toMatchObject({ from: 4 });
  expect(db.prepare('select * from link_click').all()).toEqual([{ run: 1, seq: 2, link: 3, kind: 2, at: 10, n: 4 }]);
  expect(db.prepare('select count(*) as n from engagement_rest').get()).toEqual({ n: 0 });
});
