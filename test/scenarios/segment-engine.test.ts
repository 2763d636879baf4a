import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SegmentTree } from '../../src-preload/contract/segment.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { AllOperations, AllQueries } from '../../src-main/api/registry.js';
import { startThread } from '../../src-main/app/threads.js';
import { createSegmentService, rememberedCommits, type SegmentNumbers } from '../../src-main/segments/engine/service.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { Thread } from '../../src-main/platform/thread.js';
import { type Commit, createReaders, createWriters, workspaceFiles } from '../../src-main/store/index.js';
import { sql } from '../../src-main/store/sql.js';
import { openFileStore } from '../support/file-store.js';
import { createTestHost, type TestHost } from '../support/host.js';
import { insertSegments } from '../support/segment-population.js';

let test: TestHost;
let threads: Thread[];
beforeEach(() => {
  test = createTestHost();
  threads = [];
});
afterEach(async () => {
  for (const thread of threads) await thread.stop();
  await test.dispose();
});

const group = (...of: SegmentTree['root']['of']): SegmentTree => ({ format: 1, root: { type: 'group', match: 'all', of } });
const berlin = group({ type: 'location', field: 'City', test: { op: 'is', values: ['Berlin'] } });
const asOf = Date.UTC(2026, 10, 24);

const listUid = '01890000-0000-7000-8000-00000000000a';
const listed = group({ type: 'segment', op: 'in', segment: listUid });
const never = () => new Promise<void>(() => undefined);
const notAsked = () => Promise.reject(new Error('SQL was asked: the engine did not answer'));

/** The sample's workspace with a list in it, its store, a reader and the engine's own threads; an engine that does not answer is an error. */
async function engineAlone() {
  await test.host.exploreSample();
  const { folder } = test.host.current()!;
  await test.host.stop();
  const file = openFileStore(join(folder, workspaceFiles.database));
  const ids = file.read((db) => db.all<{ id: number }>(sql`select id from endpoint order by id limit 300`), undefined).map(({ id }) => id);
  file.write(insertSegments, [{ uid: listUid, name: 'Fair', members: ids }]);
  file.close();
  const start = (role: 'store' | 'reader' | 'segments') => {
    const thread = startThread({ role, folder }, silentLogger);
    threads.push(thread);
    return thread;
  };
  const store = start('store');
  const { commit } = await store.client.call<{ commit: number }>('open', undefined);
  const segments = createSegmentService({ log: silentLogger, startThread: () => start('segments'), wait: never, bySql: { count: notAsked, effects: notAsked }, heard: commit });
  store.client.on('commit', (one: Commit) => segments.commit(one));
  return { segments, ids, read: createReaders<AllQueries>([start('reader').client]), write: createWriters<AllOperations>(store.client, { kind: 'operator' }) };
}

it('counts in its thread at the newest commit, and follows edits, deletions and lists', async () => {
  const { segments, ids: listIds, read, write } = await engineAlone();
  const same = async (tree: SegmentTree) => {
    const { ms: _ours, ...ours } = await segments.count({ tree, asOf });
    const { ms: _bySql, ...bySql } = await read.segments.count({ tree, asOf });
    expect(ours).toEqual(bySql);
    expect((await segments.effects({ tree, asOf })).everyone).toEqual(await read.segments.everyone({}));
    return ours;
  };
  // The first question comes before any commit of this life.
  const before = await same(berlin);
  expect((await same(listed)).addresses).toBe(300);
  const ids = listIds.slice(0, 3);
  for (const id of ids) await write.audience.update({ id, edit: { location: { City: 'Berlin', Country: 'DE' } } });
  const after = await same(berlin);
  expect(after.addresses).toBeGreaterThan(before.addresses);
  expect(after.commit).toBeGreaterThan(before.commit);
  const { images } = await write.audience.remove({ ids });
  expect((await same(berlin)).addresses).toBe(after.addresses - 3);
  expect((await same(listed)).addresses).toBe(297);
  await write.audience.restoreDeleted({ images });
  expect((await same(berlin)).addresses).toBe(after.addresses);
  expect((await same(listed)).addresses).toBe(300);

  await expect(segments.count({ tree: group({ type: 'segment', op: 'in', segment: '019ab3c0-0000-7000-8000-000000000000' }), asOf })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(segments.count({ tree: berlin, asOf }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
});

/** A thread whose calls a test answers. */
function fakeThread(answer: (name: string) => Promise<unknown>): { thread: Thread; die: () => void } {
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));
  return { die, thread: { client: { call: (name: string) => answer(name) as never, on: () => () => undefined, fail: () => undefined }, died, stop: () => Promise.resolve() } };
}
const numbers = (people: number) => ({ people, addresses: people, reachable: [], commit: 1, ms: 0 });
const sqlSays = (people: number): SegmentNumbers => ({ count: () => Promise.resolve(numbers(people)), effects: () => Promise.reject(new Error('not asked')) });

it('lets SQL answer while columns are still being read, and when the thread is gone', async () => {
  let now: () => void = () => undefined;
  const { thread } = fakeThread((name) => (name === 'count' ? new Promise(() => undefined) : Promise.resolve(0)));
  const slow = createSegmentService({ log: silentLogger, startThread: () => thread, wait: () => new Promise((resolve) => (now = resolve)), bySql: sqlSays(7), heard: 0 });
  const answer = slow.count({ tree: berlin, asOf });
  now();
  expect(await answer).toEqual(numbers(7));

  const gone = createSegmentService({ log: silentLogger, startThread: () => fakeThread(() => Promise.reject(new HeliographError('THREAD_DIED'))).thread, wait: () => new Promise(() => undefined), bySql: sqlSays(9), heard: 0 });
  expect(await gone.count({ tree: berlin, asOf })).toEqual(numbers(9));
});

it('ends the scan once the engine has answered', async () => {
  let now: () => void = () => undefined;
  let answerEngine: (value: unknown) => void = () => undefined;
  const scanned = Promise.withResolvers<AbortSignal>();
  const { thread } = fakeThread((name) => (name === 'count' ? new Promise((resolve) => (answerEngine = resolve)) : Promise.resolve(0)));
  const bySql: SegmentNumbers = {
    count: (_, options) => {
      scanned.resolve(options!.signal!);
      return new Promise(() => undefined);
    },
    effects: () => Promise.reject(new Error('not asked')),
  };
  const service = createSegmentService({ log: silentLogger, startThread: () => thread, wait: () => new Promise((resolve) => (now = resolve)), bySql, heard: 0 });
  const answer = service.count({ tree: berlin, asOf });
  now();
  const signal = await scanned.promise;
  expect(signal.aborted).toBe(false);
  answerEngine(numbers(3));
  expect(await answer).toEqual(numbers(3));
  expect(signal.aborted).toBe(true);
});

it('waits until it has heard of every commit that the snapshot shows, and hands over no change twice', async () => {
  const calls: unknown[] = [];
  const thread: Thread = {
    client: {
      call: (name: string, input: unknown) => {
        calls.push(name === 'follow' ? input : name);
        return Promise.resolve(name === 'snapshot' ? 5 : numbers(1)) as never;
      },
      on: () => () => undefined,
      fail: () => undefined,
    },
    died: new Promise(() => undefined),
    stop: () => Promise.resolve(),
  };
  const service = createSegmentService({ log: silentLogger, startThread: () => thread, wait: () => new Promise(() => undefined), bySql: sqlSays(0), heard: 0 });
  const change = (id: number) => ({ table: 'endpoint', fromId: id, toId: id });
  service.commit({ commit: 4, changes: [change(1)] });
  const first = service.count({ tree: berlin, asOf });
  await Promise.resolve();
  await Promise.resolve();
  service.commit({ commit: 5, changes: [change(7), { table: 'run_count', fromId: 1, toId: 9 }] });
  service.commit({ commit: 6, changes: [change(9)] });
  await first;
  // What came before the thread began it reads anyway; commit 6 is not in the snapshot.
  expect(calls).toEqual(['snapshot', [change(7)], 'count']);
  calls.length = 0;
  const second = service.count({ tree: berlin, asOf });
  await second;
  expect(calls).toEqual(['snapshot', [], 'count']);
});

it('reads anew after more commits than it remembers, as often as a snapshot lies among the forgotten ones', async () => {
  const calls: unknown[] = [];
  let snapshot = 10;
  const thread: Thread = {
    client: {
      call: (name: string, input: unknown) => {
        calls.push(name === 'follow' ? (input as unknown[]).length : name);
        return Promise.resolve(name === 'snapshot' ? snapshot : numbers(1)) as never;
      },
      on: () => () => undefined,
      fail: () => undefined,
    },
    died: new Promise(() => undefined),
    stop: () => Promise.resolve(),
  };
  const service = createSegmentService({ log: silentLogger, startThread: () => thread, wait: never, bySql: sqlSays(0), heard: 10 });
  const ask = async (commit: number) => {
    snapshot = commit;
    calls.length = 0;
    await service.count({ tree: berlin, asOf });
    return [...calls];
  };
  expect(await ask(10)).toEqual(['snapshot', 0, 'count']);
  // Rows far apart, so that none is part of another's range.
  for (let commit = 11; commit <= 10 + rememberedCommits + 2; commit++) service.commit({ commit, changes: [{ table: 'endpoint', fromId: commit * 10, toId: commit * 10 }] });
  const last = 10 + rememberedCommits + 2;
  // The one commit after the overflow is remembered; those up to it are not.
  expect(await ask(last - 5)).toEqual(['snapshot', 'reset', 0, 'count']);
  expect(await ask(last)).toEqual(['snapshot', 'reset', 1, 'count']);
  expect(await ask(last)).toEqual(['snapshot', 0, 'count']);
});
