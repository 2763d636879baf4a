import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SegmentTree } from '../../src-preload/contract/segment.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { createSegmentService, type SegmentNumbers } from '../../src-main/segments/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { Thread } from '../../src-main/platform/thread.js';
import { createTestHost, type TestHost } from '../support/host.js';

let test: TestHost;
beforeEach(() => {
  test = createTestHost();
});
afterEach(() => test.dispose());

const group = (...of: SegmentTree['root']['of']): SegmentTree => ({ format: 1, root: { type: 'group', match: 'all', of } });
const berlin = group({ type: 'location', field: 'City', test: { op: 'is', values: ['Berlin'] } });
const asOf = Date.UTC(2026, 10, 24);

it('counts in its thread at the newest commit, and follows edits, deletions and lists', async () => {
  await test.host.exploreSample();
  const { segments, read, write } = test.host.current()!;
  const same = async (tree: SegmentTree) => {
    const { ms: _ours, ...ours } = await segments.count({ tree, asOf });
    const { ms: _bySql, ...bySql } = await read.segments.count({ tree, asOf });
    expect(ours).toEqual(bySql);
    expect((await segments.effects({ tree, asOf })).everyone).toEqual(await read.segments.everyone({}));
    return ours;
  };
  const before = await same(berlin);
  const list = await read.audience.list({ filter: {}, sort: { by: 'address', descending: false }, group: 'addresses' });
  const bytes = Buffer.from(list.ids, 'base64');
  const ids = [0, 1, 2].map((index) => bytes.readUInt32LE(index * 4));
  for (const id of ids) await write.audience.update({ id, edit: { location: { City: 'Berlin', Country: 'DE' } } });
  const after = await same(berlin);
  expect(after.addresses).toBeGreaterThan(before.addresses);
  expect(after.commit).toBeGreaterThan(before.commit);
  const { images } = await write.audience.remove({ ids });
  expect((await same(berlin)).addresses).toBe(after.addresses - 3);
  await write.audience.restoreDeleted({ images });
  expect((await same(berlin)).addresses).toBe(after.addresses);

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
  const slow = createSegmentService({ log: silentLogger, startThread: () => thread, wait: () => new Promise((resolve) => (now = resolve)), bySql: sqlSays(7) });
  const answer = slow.count({ tree: berlin, asOf });
  now();
  expect(await answer).toEqual(numbers(7));

  const gone = createSegmentService({ log: silentLogger, startThread: () => fakeThread(() => Promise.reject(new HeliographError('THREAD_DIED'))).thread, wait: () => new Promise(() => undefined), bySql: sqlSays(9) });
  expect(await gone.count({ tree: berlin, asOf })).toEqual(numbers(9));
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
  const service = createSegmentService({ log: silentLogger, startThread: () => thread, wait: () => new Promise(() => undefined), bySql: sqlSays(0) });
  const change = (id: number) => ({ table: 'endpoint', fromId: id, toId: id });
  service.commit({ commit: 4, changes: [change(1)] });
  const first = service.count({ tree: berlin, asOf });
  await Promise.resolve();
  await Promise.resolve();
  service.commit({ commit: 5, changes: [change(7), { table: 'message', fromId: 1, toId: 9 }] });
  service.commit({ commit: 6, changes: [change(9)] });
  await first;
  // What came before the thread began it reads anyway; commit 6 is not in the snapshot.
  expect(calls).toEqual(['snapshot', [change(7)], 'count']);
  calls.length = 0;
  const second = service.count({ tree: berlin, asOf });
  await second;
  expect(calls).toEqual(['snapshot', [], 'count']);
});
