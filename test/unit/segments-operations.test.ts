import { expect, it } from 'vitest';
import { describeError } from '../../src-preload/contract/error-words.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { SegmentGroup, SegmentRule, SegmentTree } from '../../src-preload/contract/segment.js';
import type { SegmentUse } from '../../src-preload/contract/segment-views.js';
import { campaignsPinSegment, campaignsUsingSegment } from '../../src-main/api/segment-uses.js';
import { conditionSql, segmentMembersSql, segmentsModule } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { addMembers, insertPopulation, insertSegments } from '../support/segment-population.js';

const all = (...of: SegmentGroup['of']): SegmentTree => ({ format: 1, root: { type: 'group', match: 'all', of } });
const country = (...values: string[]): SegmentRule => ({ type: 'location', field: 'Country', test: { op: 'is', values } });
const inSegment = (segment: string): SegmentRule => ({ type: 'segment', op: 'in', segment });

function setUp() {
  const uses: SegmentUse[] = [];
  return { store: createMemoryStore(), uses, ...segmentsModule(() => uses, campaignsPinSegment) };
}

function errorOf(run: () => unknown): HeliographError {
  try {
    run();
  } catch (error) {
    if (error instanceof HeliographError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const ids = (store: MemoryStore, segment: number, version: number) =>
  store.db.all<{ id: number }>(sql`${segmentMembersSql(store.db, { segment, version }, store.now)} order by e.id`).map((row) => row.id);

it('makes a version for every change of meaning and none for a save that changes nothing', () => {
  const { store, operations, queries } = setUp();
  const { uid, name } = store.write(operations.create, {});
  expect(name).toBe('New segment');
  store.now += 300_000;
  expect(store.write(operations.save, { uid, tree: all(country('DE')) })).toEqual({ version: 2, changed: true });
  // Only names an editor gave the nodes, and the order of keys: the same meaning.
  const renamed: SegmentTree = { root: { of: [{ test: { values: ['DE'], op: 'is' }, field: 'Country', type: 'location', id: 'n1' }], match: 'all', type: 'group', id: 'root' }, format: 1 };
  expect(store.write(operations.save, { uid, tree: renamed })).toEqual({ version: 2, changed: false });
  store.now += 300_000;
  expect(store.write(operations.save, { uid, tree: all(country('DE', 'FR')) })).toEqual({ version: 3, changed: true });
  expect(store.read(queries.history, { uid })).toEqual([
    { version: 3, at: store.now, tree: all(country('DE', 'FR')) },
    { version: 2, at: store.now - 300_000, tree: all(country('DE')) },
    { version: 1, at: store.now - 600_000, tree: all() },
  ]);
  expect(store.read(queries.get, { uid })).toEqual({ uid, name: 'New segment', kind: 'dynamic', version: 3, createdAt: store.now - 600_000, updatedAt: store.now, usedBy: [], tree: all(country('DE', 'FR')) });
  expect(store.db.all(sql`select action from audit order by id`)).toEqual(['create', 'save', 'save'].map((what) => ({ action: `segment.${what}` })));
});

it('does not keep a new segment that nobody touched, and leaves every other alone', () => {
  const { store, operations, queries, uses } = setUp();
  const discard = (uid: string) => store.write(operations.discard, { uid }).discarded;
  const { uid } = store.write(operations.create, {});
  uses.push({ kind: 'campaign', uid: 'c', name: 'May', status: 'draft', at: 0, blocks: false });
  expect(discard(uid)).toBe(false);
  uses.pop();
  expect(discard(uid)).toBe(true);
  expect(store.read(queries.list, {})).toEqual([]);
  expect([discard(uid), discard('never was')]).toEqual([false, false]);
  store.write(operations.restore, { uid });
  expect(store.read(queries.list, {})).toHaveLength(1);
  const named = store.write(operations.create, { name: 'Everybody' });
  const renamed = store.write(operations.create, {});
  store.now += 1;
  store.write(operations.rename, { uid: renamed.uid, name: 'All' });
  const ruled = store.write(operations.create, {});
  store.write(operations.save, { uid: ruled.uid, tree: all(country('DE')) });
  expect([named, renamed, ruled].map((one) => discard(one.uid))).toEqual([false, false, false]);
});

it('rewrites the newest version while one person is at it: not after five quiet minutes, not for another, not once a launch pinned it', () => {
  const { store, operations, queries } = setUp();
  const minute = 60_000;
  const { uid } = store.write(operations.create, {});
  const id = store.db.get<{ id: number }>(sql`select id from segment`)!.id;
  const save = (...values: string[]) => store.write(operations.save, { uid, tree: all(country(...values)) }).version;
  const versions = () => store.read(queries.history, { uid }).map(({ version, tree }) => `${version} ${tree.root.of.map((rule) => ('test' in rule ? JSON.stringify(rule.test) : '')).join('')}`);
  // Typing: each save is quiet time from the one before.
  for (const values of [['D'], ['DE'], ['DE', 'F'], ['DE', 'FR']]) {
    store.now += 4 * minute;
    expect(save(...values)).toBe(1);
  }
  expect(store.read(queries.get, { uid })).toMatchObject({ version: 1, updatedAt: store.now, tree: all(country('DE', 'FR')) });
  store.now += 5 * minute;
  expect(save('IT')).toBe(2);
  store.now += minute;
  store.actor = { kind: 'engine' };
  expect(save('ES')).toBe(3);
  store.actor = { kind: 'operator' };
  expect(save('PT')).toBe(4);
  const launch = (version: number) =>
    store.write((db) => {
      const campaign = db.run(sql`insert into campaign (uid, name, state, draft, version, created_at, updated_at) values (${db.newUid()}, 'A', 'launched', '{}', 1, 0, 0)`).lastId;
      db.run(sql`insert into campaign_version (campaign, version, content, created_at, actor) values (${campaign}, 1, ${JSON.stringify({ segment: { uid, id, version } })}, ${db.now}, '{}')`);
    }, undefined);
  launch(3);
  expect(save('PL')).toBe(4);
  launch(4);
  expect(save('SE')).toBe(5);
  expect(save('NO')).toBe(5);
  expect(versions()).toEqual(['5 {"op":"is","values":["NO"]}', '4 {"op":"is","values":["PL"]}', '3 {"op":"is","values":["ES"]}', '2 {"op":"is","values":["IT"]}', '1 {"op":"is","values":["DE","FR"]}']);
});

it('an old version keeps its members after the segment was edited and deleted', () => {
  const { store, operations } = setUp();
  store.write(insertPopulation, [{ id: 1, place: { Country: 'DE' } }, { id: 2, place: { Country: 'FR' } }, { id: 3 }]);
  const { uid } = store.write(operations.create, { name: 'Germans', tree: all(country('DE')) });
  store.now += 300_000;
  store.write(operations.save, { uid, tree: all(country('FR')) });
  store.write(operations.remove, { uid });
  const { id } = store.db.get<{ id: number }>(sql`select id from segment`)!;
  expect([ids(store, id, 1), ids(store, id, 2)]).toEqual([[1], [2]]);
  expect(errorOf(() => ids(store, id, 3)).code).toBe('NOT_FOUND');
  expect(errorOf(() => ids(store, 99, 1)).code).toBe('NOT_FOUND');
});

it('renames, duplicates with a free name, deletes and takes it back', () => {
  const { store, operations, queries } = setUp();
  const { uid } = store.write(operations.create, { name: 'Staff', tree: all(country('DE')) });
  expect(store.write(operations.duplicate, { uid }).name).toBe('Staff copy');
  const copy = store.write(operations.duplicate, { uid });
  expect(copy.name).toBe('Staff copy 2');
  store.write(operations.rename, { uid: copy.uid, name: 'Ähnliche' });
  expect(store.read(queries.get, { uid: copy.uid })).toMatchObject({ name: 'Ähnliche', version: 1, tree: all(country('DE')) });
  store.write(operations.remove, { uid });
  expect(store.read(queries.list, {}).map((row) => row.name)).toEqual(['Staff copy', 'Ähnliche']);
  expect(errorOf(() => store.write(operations.save, { uid, tree: all() })).code).toBe('NOT_FOUND');
  store.write(operations.restore, { uid });
  expect(store.read(queries.list, {}).map((row) => row.name)).toEqual(['Staff', 'Staff copy', 'Ähnliche']);
  expect(store.read(queries.byName, { name: 'staff' })).toEqual([{ uid, name: 'Staff' }]);
});

it('refuses to delete what a campaign or another segment needs, naming it', () => {
  const { store, operations, uses } = setUp();
  const { uid } = store.write(operations.create, { name: 'Staff' });
  const other = store.write(operations.create, { name: 'Not staff', tree: { format: 1, root: { type: 'group', match: 'none', of: [inSegment(uid)] } } });
  uses.push({ kind: 'campaign', uid: 'c', name: 'October', status: 'sending', at: 0, blocks: true }, { kind: 'campaign', uid: 'd', name: 'September', status: 'done', at: 0, blocks: false });
  const error = errorOf(() => store.write(operations.remove, { uid }));
  expect({ code: error.code, detail: error.detail }).toEqual({ code: 'SEGMENT_IN_USE', detail: { name: 'Staff', by: 'campaign “October”, segment “Not staff”' } });
  uses.length = 0;
  store.write(operations.remove, { uid: other.uid });
  expect(store.write(operations.remove, { uid })).toEqual({ name: 'Staff' });
});

it('refuses a segment that would contain itself, however far round, by name', () => {
  const { store, operations } = setUp();
  const a = store.write(operations.create, { name: 'A' }).uid;
  const b = store.write(operations.create, { name: 'B', tree: all(inSegment(a)) }).uid;
  const c = store.write(operations.create, { name: 'C', tree: all(inSegment(b)) }).uid;
  expect(errorOf(() => store.write(operations.save, { uid: a, tree: all(inSegment(a)) })).detail).toEqual({ name: 'A', through: 'A → A' });
  const error = errorOf(() => store.write(operations.save, { uid: a, tree: all({ type: 'group', match: 'none', of: [inSegment(c)] }) }));
  expect({ code: error.code, detail: error.detail }).toEqual({ code: 'SEGMENT_CYCLE', detail: { name: 'A', through: 'A → C → B → A' } });
  expect(describeError(error.code, error.detail).why).toContain('A → C → B → A');
  expect(errorOf(() => store.write(operations.save, { uid: a, tree: all(inSegment('01890000-0000-7000-8000-00000000ffff')) })).code).toBe('NOT_FOUND');
  // The refused trees left nothing behind.
  expect(store.db.get(sql`select version from segment where uid = ${a}`)).toEqual({ version: 1 });
});

it('stops segments that multiply by naming each other', () => {
  const { store, operations } = setUp();
  let last = store.write(operations.create, { name: 'Level 0', tree: all(country('DE'), country('DE')) }).uid;
  const error = errorOf(() => {
    for (let level = 1; level <= 12; level++) last = store.write(operations.create, { name: `Level ${level}`, tree: all(inSegment(last), inSegment(last)) }).uid;
  });
  expect(error.code).toBe('BAD_INPUT');
});

it('keeps imported segments as lists: members once each, rules refused, membership usable in rules', () => {
  const { store, operations, queries } = setUp();
  store.write(insertPopulation, [{ id: 1 }, { id: 2, user: 'ada' }, { id: 3, user: 'ada' }, { id: 4 }]);
  const uid = '01890000-0000-7000-8000-00000000000a';
  store.write(insertSegments, [{ uid, name: 'List', members: [1, 2] }]);
  const { id } = store.db.get<{ id: number }>(sql`select id from segment where uid = ${uid}`)!;
  store.write((db) => addMembers(db, id, [2, 3]), undefined);
  expect(ids(store, id, 1)).toEqual([1, 2, 3]);
  expect(errorOf(() => store.write(operations.save, { uid, tree: all(country('DE')) })).code).toBe('NOT_ALLOWED');
  const copy = store.write(operations.duplicate, { uid });
  expect(store.read(queries.count, { tree: store.read(queries.get, { uid: copy.uid }).tree, asOf: store.now })).toMatchObject({ people: 2, addresses: 3 });
});

it('refuses a stored tree that no Heliograph wrote', () => {
  const { store, operations } = setUp();
  const { uid } = store.write(operations.create, { name: 'Broken' });
  for (const tree of ['not json', '{"format":1,"root":{"type":"group","match":"all","of":[{"type":"sql","text":"1=1"}]}}', '{"format":2}']) {
    store.write((db) => db.run(sql`update segment_version set tree = ${tree}`), undefined);
    expect(errorOf(() => conditionSql(store.db, all(inSegment(uid)), 0)).code).toBe('WORKSPACE_CORRUPT');
  }
});

it('tells which campaigns name a segment, and which of them still need it', () => {
  const { store, operations } = setUp();
  const { uid } = store.write(operations.create, { name: 'Staff' });
  const id = store.db.get<{ id: number }>(sql`select id from segment`)!.id;
  store.write((db) => {
    const campaign = (name: string, state: string, draft: object) =>
      db.run(sql`insert into campaign (uid, name, state, draft, version, created_at, updated_at) values (${name}, ${name}, ${state}, ${JSON.stringify(draft)}, 1, 0, 5)`).lastId;
    const run = (of: number, state: string) => {
      db.run(sql`insert into campaign_version (campaign, version, content, created_at, actor) values (${of}, 1, ${JSON.stringify({ segment: { uid, id, version: 1 } })}, 0, '{}')`);
      db.run(sql`insert into run (uid, campaign, campaign_version, kind, state, created_at) values (${`run ${of}`}, ${of}, 1, 'campaign', ${state}, ${of * 10})`);
    };
    campaign('Draft', 'draft', { segment: uid });
    campaign('Elsewhere', 'draft', { segment: null });
    run(campaign('Over', 'launched', { segment: uid }), 'done');
    run(campaign('Under way, draft since changed', 'launched', { segment: null }), 'sending');
  }, undefined);
  expect(store.read(campaignsUsingSegment, { id, uid })).toEqual([
    { kind: 'campaign', uid: 'Under way, draft since changed', name: 'Under way, draft since changed', status: 'sending', at: 40, blocks: true },
    { kind: 'campaign', uid: 'Over', name: 'Over', status: 'done', at: 30, blocks: false },
    { kind: 'campaign', uid: 'Draft', name: 'Draft', status: 'draft', at: 5, blocks: true },
  ]);
});
