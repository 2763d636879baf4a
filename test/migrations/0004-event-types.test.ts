import { expect, it } from 'vitest';
import { migrations } from '../../src-main/store/migrations/index.js';
import { applicationId, connectWriter, migrate } from '../../src-main/store/open.js';

it('leaves the event log as it is and answers who did an event from the index alone', () => {
  const db = connectWriter(':memory:');
  for (const migration of migrations.slice(0, 3)) migration.up(db);
  db.pragma('user_version = 3');
  db.pragma(`application_id = ${applicationId}`);
  db.exec(`insert into event_type (id, name) values (7, 'purchase');
    insert into event (app, endpoint, uid, type, at, arrived_at, attributes) values (1, 5, 'a', 7, 100, 101, '{"product":"Espresso"}'), (1, null, 'b', 7, 200, 201, null)`);
  expect(migrate(db)).toMatchObject({ from: 3 });
  expect(db.prepare('select app, endpoint, uid, type, at, arrived_at, attributes from event order by id').all()).toEqual([
    { app: 1, endpoint: 5, uid: 'a', type: 7, at: 100, arrived_at: 101, attributes: '{"product":"Espresso"}' },
    { app: 1, endpoint: null, uid: 'b', type: 7, at: 200, arrived_at: 201, attributes: null },
  ]);
  const plan = db.prepare('explain query plan select endpoint from event where type = 7 and at >= 50 and endpoint is not null').all() as { detail: string }[];
  expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining('COVERING INDEX event_type_at') as string]);
});
