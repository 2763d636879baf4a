import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SegmentTree } from '../../src-preload/contract/segment.js';
import { combineResult } from '../../src-preload/contract/segment-views.js';
import { editMembers, undoMembers } from '../../src-main/segments/index.js';
import { createTestHost, type TestHost } from '../support/host.js';

let test: TestHost;
beforeEach(() => {
  test = createTestHost();
});
afterEach(() => test.dispose());

const member = (segment: string): SegmentTree => ({ format: 1, root: { type: 'group', match: 'all', of: [{ type: 'segment', op: 'in', segment }] } });

it('the engine follows a list that is changed by hand, and a job combines it with rules', async () => {
  await test.host.exploreSample();
  const { read, write, segments, jobs } = test.host.current()!;
  const ports = { read: read.segments, write: write.segments };
  const count = async (uid: string) => (await segments.count({ tree: member(uid), asOf: Date.UTC(2026, 10, 24) })).addresses;
  const { uid } = await write.segments.create({ name: 'Guests', kind: 'imported' });
  expect(await count(uid)).toBe(0);
  const added = await editMembers(ports, { uid, act: 'add', who: { of: 'picked', ids: [1, 2, 3] } });
  expect(await count(uid)).toBe(3);
  const replaced = await editMembers(ports, { uid, act: 'replace', who: { of: 'endpointId', text: (await read.audience.rows({ ids: [4, 5] })).map((row) => row!.uid).join('\n') } });
  expect(await count(uid)).toBe(2);
  await undoMembers(ports, { uid, undo: replaced.undo! });
  expect(await count(uid)).toBe(3);

  const rules = (await read.segments.list({})).find(({ kind }) => kind === 'dynamic')!;
  const job = await jobs.finished((await jobs.start('segment.combine', 'Combine', { name: 'Others', op: 'onlyFirst', segments: [rules.uid, uid] })).uid);
  const made = combineResult.parse(job.result);
  const { tree } = await read.segments.get({ uid: rules.uid });
  const both: SegmentTree = { format: 1, root: { type: 'group', match: 'all', of: [tree.root, ...member(uid).root.of] } };
  const asOf = Date.UTC(2026, 10, 24);
  const without = (await segments.count({ tree, asOf })).addresses - (await segments.count({ tree: both, asOf })).addresses;
  expect(without).toBeGreaterThan(0);
  expect(made).toMatchObject({ name: 'Others', addresses: without });
  expect(await count(made.uid)).toBe(without);
  await undoMembers(ports, { uid, undo: added.undo! });
  expect(await count(uid)).toBe(0);
});
