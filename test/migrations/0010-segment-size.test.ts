import { expect, it } from 'vitest';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('keeps the segments as they are and begins their sizes with nothing', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.filter(({ version }) => version < 10)) migration.up(db);
  db.pragma('user_version = 9');
  db.pragma(`application_id = ${applicationId}`);
  db.exec("insert into segment (uid, name, kind, version, created_at, updated_at) values ('a', 'Guests', 'imported', 1, 0, 0)");
  expect(migrate(db)).toMatchObject({ from: 9 });
  expect(db.prepare('select name from segment').all()).toEqual([{ name: 'Guests' }]);
  db.exec("insert into segment_size (segment, day, at, people, addresses) values (1, '2026-11-24', 1, 2, 3)");
  expect(() => db.exec("insert into segment_size (segment, day, at, people, addresses) values (1, '2026-11-24', 2, 2, 3)")).toThrow(/UNIQUE/);
});
