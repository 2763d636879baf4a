import { expect, it } from 'vitest';
import { combinedTree, type CombineOp, combineOps } from '../../src-preload/contract/segment-views.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { SegmentRule } from '../../src-preload/contract/segment.js';
import type { JobContext } from '../../src-main/jobs/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { combineJob, conditionSql, editMembers, forgetLists, type SegmentOperations, segmentsModule } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { inProcessReader, inProcessWriter } from '../support/in-process-store.js';
import { createMemoryStore } from '../support/memory-store.js';
import { insertPopulation } from '../support/segment-population.js';

const country = (...values: string[]): SegmentRule => ({ type: 'location', field: 'Country', test: { op: 'is', values } });

async function setUp() {
  const store = createMemoryStore();
  const { operations, queries } = segmentsModule(() => [], () => false);
  store.write((db) => insertPopulation(db, ['DE', 'DE', 'FR', 'FR', 'IT', 'ES'].map((Country, index) => ({ id: index + 1, place: { Country } }))), undefined);
  const create = (name: string, ...values: string[]) => store.write(operations.create, { name, tree: { format: 1, root: { type: 'group', match: 'all', of: [country(...values)] } } }).uid;
  const west = create('West', 'DE', 'FR');
  const south = create('South', 'FR', 'IT');
  const list = store.write(operations.create, { name: 'List', kind: 'imported' }).uid;
  const ports = { read: inProcessReader(store, queries), write: inProcessWriter(store, operations) };
  await editMembers(ports, { uid: list, act: 'add', who: { of: 'picked', ids: [1, 3] } });
  const context: JobContext<{ segments: SegmentOperations }> = {
    uid: 'job',
    db: store.db,
    snapshot: (work) => work(),
    write: { segments: ports.write },
    files: '',
    log: silentLogger,
    now: () => store.now,
    progress: () => undefined,
    throwIfCancelled: () => undefined,
  };
  const members = (uid: string) => {
    const condition = conditionSql(store.db, { format: 1, root: { type: 'group', match: 'all', of: [{ type: 'segment', op: 'in', segment: uid }] } }, store.now);
    return store.db.all<{ id: number }>(sql`select e.id from endpoint e left join user u on u.id = e.user where ${condition} order by e.id`).map(({ id }) => id);
  };
  return { store, operations, queries, ports, context, members, west, south, list };
}

it.each<[CombineOp, number[]]>([
  ['any', [1, 2, 3, 4, 5]],
  ['every', [3]],
  ['onlyFirst', [2]],
])('%s: a list as of now, and rules that follow, have the same members', async (op, expected) => {
  const { store, operations, context, members, west, south, list } = await setUp();
  const segments = [west, south, list];
  const frozen = await combineJob.run(context, { name: 'Both', op, segments });
  expect(frozen).toMatchObject({ name: 'Both', addresses: expected.length });
  expect(members(frozen.uid)).toEqual(expected);
  const live = store.write(operations.create, { name: 'Live', tree: combinedTree({ op, segments }) });
  expect(members(live.uid)).toEqual(expected);
  // Only the rules follow.
  store.write((db) => db.run(sql`update endpoint set country = 'DE'`), undefined);
  expect(members(frozen.uid)).toEqual(expected);
  expect(members(live.uid)).not.toEqual(expected);
});

it('takes the next free name and tells the audit log where it came from', async () => {
  const { store, context, west, south } = await setUp();
  expect(await combineJob.run(context, { name: 'West', op: 'any', segments: [west, south] })).toMatchObject({ name: 'West 2' });
  expect(store.db.get(sql`select detail ->> '$.op' as op, detail ->> '$.segments' as segments from audit order by id desc limit 1`)).toEqual({ op: 'any', segments: `${west} ${south}` });
});

it('leaves nothing when it is cancelled, and what a crash left goes at the next opening', async () => {
  const { store, ports, context, operations, list, west, south } = await setUp();
  const before = store.db.all(sql`select * from segment`);
  const cancelled = () => {
    throw new HeliographError('CANCELLED');
  };
  await expect(combineJob.run({ ...context, throwIfCancelled: cancelled }, { name: 'Both', op: combineOps[0], segments: [west, south] })).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(store.db.all(sql`select * from segment`)).toEqual(before);

  const { list: left } = store.write(operations.beginList, { name: 'Left behind' });
  store.write(operations.gatherMembers, { list: left, ids: [1, 2] });
  const replaced = await editMembers(ports, { uid: list, act: 'replace', who: { of: 'endpointId', text: 'person-6' } });
  const again = await editMembers(ports, { uid: list, act: 'replace', who: { of: 'endpointId', text: 'person-5' } });
  // The next opening; somebody begins a list before the housekeeping comes to it.
  const openedAt = ++store.now;
  const { list: begun } = store.write(operations.beginList, { name: 'Begun since' });
  await forgetLists(ports, openedAt, new AbortController().signal);
  const kept = store.db.all<{ uid: string }>(sql`select uid from segment where version = 0 and uid <> ${begun}`).map(({ uid }) => uid);
  expect(store.db.get(sql`select name from segment where uid = ${begun}`)).toEqual({ name: 'Begun since' });
  expect(replaced.undo).toMatchObject({ act: 'swap' });
  expect(again.undo).toMatchObject({ act: 'swap', now: kept[0] });
  expect(kept).toHaveLength(1);
  expect(store.db.all(sql`select endpoint from segment_member where segment not in (select id from segment)`)).toEqual([]);
});
