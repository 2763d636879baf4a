import { beforeEach, expect, it } from 'vitest';
import type { SegmentTree } from '../../src-preload/contract/segment.js';
import { audienceQueries } from '../../src-main/audience/index.js';
import { selectAudience } from '../../src-main/campaigns/index.js';
import { segmentEffects } from '../../src-main/segments/effects.js';
import { countSegment } from '../../src-main/segments/count.js';
import { SegmentEngine } from '../../src-main/segments/engine/engine.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { insertPopulation, insertSegments } from '../support/segment-population.js';

/* A workspace file may come from anybody. What has a place per row id must not be made as large as one hostile id says. */
const everybody: SegmentTree = { format: 1, root: { type: 'group', match: 'all', of: [] } };
const asOf = 0;
const list = audienceQueries(segmentCondition).list;
const engine = () => new SegmentEngine({ clock: { now: () => 0, monotonic: () => 0 }, budgetBytes: 2 ** 20 });

let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
  store.write(insertPopulation, [{ id: 1, user: 'ada' }]);
  store.write(insertSegments, [{ uid: 's', name: 'All', root: everybody.root }]);
});
const asked: Readonly<Record<string, () => unknown>> = {
  'the list of people': () => store.read(list, { filter: {}, sort: { by: 'address', descending: false }, group: 'people', asOf }),
  'a count by SQL': () => store.read(countSegment, { tree: everybody, asOf }),
  'effects by SQL': () => store.read(segmentEffects, { tree: { format: 1, root: { type: 'group', match: 'all', of: [{ type: 'status', active: true }] } }, asOf }),
  'the engine': () => engine().count(store.db, { tree: everybody, asOf }),
  'the review and the freeze': () => store.read(selectAudience, { segment: { id: 1, version: 1 }, channel: 'EMAIL', purpose: 'marketing', onePerPerson: true, asOf }),
};

it.each(Object.keys(asked))('%s refuses an address or a person of a number that nobody could have given', (name) => {
  store.write((db) => db.run(sql`insert into user (id, user_id, attributes, created_at, updated_at) values (3000000000, 'far', '{}', 0, 0)`), undefined);
  expect(asked[name]).toThrow('WORKSPACE_CORRUPT');
  store.write((db) => db.run(sql`delete from user where id > 1`), undefined);
  asked[name]!();
  store.write((db) => db.run(sql`update endpoint set id = 3000000000 where id = 1`), undefined);
  if (name !== 'the review and the freeze') expect(asked[name]).toThrow('WORKSPACE_CORRUPT');
});

it('leaves a few rows far apart to SQL, as after an import of millions that was taken back', () => {
  store.write((db) => db.run(sql`update endpoint set id = 20000000 where id = 1`), undefined);
  expect(() => engine().count(store.db, { tree: everybody, asOf })).toThrow('INTERNAL');
  expect(store.read(countSegment, { tree: everybody, asOf })).toMatchObject({ people: 1, addresses: 1 });
});
