import { expect, it } from 'vitest';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('leaves segments with their own members and imports that replace nobody', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.slice(0, 2)) migration.up(db);
  db.pragma('user_version = 2');
  db.pragma(`application_id = ${applicationId}`);
  db.exec(`insert into app (uid, name, created_at) values ('a', 'App', 1);
    insert into segment (uid, name, kind, version, created_at, updated_at) values ('s', 'Fair', 'imported', 1, 1, 1);
    insert into import (uid, file_name, app, state, options, segment, created_at) values ('i', 'fair.csv', 1, 'done', '{}', 1, 1)`);
  expect(migrate(db)).toMatchObject({ from: 2 });
  expect(db.prepare('select uid, name, version, members from segment').all()).toEqual([{ uid: 's', name: 'Fair', version: 1, members: null }]);
  expect(db.prepare('select uid, state, segment, replaces, former from import').all()).toEqual([{ uid: 'i', state: 'done', segment: 1, replaces: null, former: null }]);
});
