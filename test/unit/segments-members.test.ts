import { expect, it } from 'vitest';
import type { EditMembersInput } from '../../src-preload/contract/segment-views.js';
import { pastedLimit } from '../../src-preload/contract/segment-views.js';
import { campaignsPinSegment } from '../../src-main/api/segment-uses.js';
import { eachBit } from '../../src-main/segments/engine/bits.js';
import { SegmentEngine } from '../../src-main/segments/engine/engine.js';
import { editMembers, segmentsModule, undoMembers } from '../../src-main/segments/index.js';
import type { SegmentPins } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { inProcessReader, inProcessWriter } from '../support/in-process-store.js';
import { createMemoryStore } from '../support/memory-store.js';
import { insertPopulation } from '../support/segment-population.js';

function setUp(pinned: SegmentPins = campaignsPinSegment) {
  const store = createMemoryStore();
  const { operations, queries } = segmentsModule(() => [], pinned);
  store.write((db) => {
    insertPopulation(db, [{ id: 1 }, { id: 2, user: 'ada' }, { id: 3, user: 'ada', channel: 'SMS' }, { id: 4 }, { id: 5, channel: 'CUSTOM' }]);
    db.run(sql`update endpoint set address = 'Bo@example.org', address_key = 'bo@example.org' where id = 1`);
    db.run(sql`update endpoint set address = '+491701234567', address_key = '+491701234567' where id = 3`);
    db.run(sql`insert into endpoint_alias (app, uid, endpoint) values (1, 'merged-away', 4)`);
  }, undefined);
  const { uid } = store.write(operations.create, { name: 'Guests', kind: 'imported' });
  const ports = { read: inProcessReader(store, queries), write: inProcessWriter(store, operations, { actor: { kind: 'operator' } }) };
  const tree = store.read(queries.get, { uid }).tree;
  const engine = new SegmentEngine({ clock: { now: () => 0, monotonic: () => 0 }, budgetBytes: 2 ** 20 });
  /** Members by the engine that followed every commit, and by a new one that reads everything. */
  const members = () => {
    engine.follow(store.changes.splice(0));
    const of = (one: SegmentEngine) => {
      const ids: number[] = [];
      eachBit(one.members(store.db, { tree, asOf: 0 }), (id) => void ids.push(id));
      return ids;
    };
    const fresh = of(new SegmentEngine({ clock: { now: () => 0, monotonic: () => 0 }, budgetBytes: 2 ** 20 }));
    expect(of(engine)).toEqual(fresh);
    return fresh;
  };
  const edit = (act: EditMembersInput['act'], who: EditMembersInput['who']) => editMembers(ports, { uid, act, who });
  const version = () => store.read(queries.get, { uid }).version;
  return { store, operations, queries, ports, uid, members, edit, version };
}

it('adds and removes what was picked, and takes exactly that back', async () => {
  const { store, ports, uid, members, edit } = setUp();
  await edit('add', { of: 'picked', ids: [1] });
  const added = await edit('add', { of: 'picked', ids: [1, 2, 4, 99] });
  expect(added).toMatchObject({ changed: 2, already: 2 });
  expect(members()).toEqual([1, 2, 4]);
  await undoMembers(ports, { uid, undo: added.undo! });
  expect(members()).toEqual([1]);
  const removed = await edit('remove', { of: 'picked', ids: [1, 2] });
  expect(removed.changed).toBe(1);
  expect(members()).toEqual([]);
  await undoMembers(ports, { uid, undo: removed.undo! });
  expect(members()).toEqual([1]);
  expect((await edit('remove', { of: 'picked', ids: [2] })).undo).toBeNull();
  expect(store.db.all(sql`select action, detail ->> '$.addresses' as n from audit where action like 'segment.members%' order by id`)).toEqual([
    { action: 'segment.members_added', n: 1 },
    { action: 'segment.members_added', n: 2 },
    { action: 'segment.members_removed', n: 2 },
    { action: 'segment.members_removed', n: 1 },
    { action: 'segment.members_added', n: 1 },
  ]);
});

it('finds pasted addresses, endpoint ids and user ids, and names the lines nobody goes by', async () => {
  const { members, edit } = setUp();
  const text = 'Bo <BO@example.org>; nobody@example.org\n+49 170 1234567\r\nmailto:bo@example.org,person-5\n\n';
  expect(await edit('add', { of: 'address', text })).toMatchObject({ changed: 3, already: 0, found: 4, missing: 1, missingList: ['nobody@example.org'] });
  expect(members()).toEqual([1, 3, 5]);
  expect(await edit('remove', { of: 'userId', text: 'ada\nADA' })).toMatchObject({ changed: 1, already: 1, found: 1, missing: 1, missingList: ['ADA'] });
  expect(members()).toEqual([1, 5]);
  expect(await edit('add', { of: 'endpointId', text: 'PERSON-2\tmerged-away' })).toMatchObject({ changed: 2, found: 2, missing: 0 });
  expect(members()).toEqual([1, 2, 4, 5]);
});

it('replaces everybody in one step and takes it back, unless it was replaced again', async () => {
  const { store, ports, uid, members, edit } = setUp();
  await edit('add', { of: 'picked', ids: [1, 2] });
  const first = await edit('replace', { of: 'userId', text: 'ada' });
  expect(members()).toEqual([2, 3]);
  const second = await edit('replace', { of: 'endpointId', text: 'person-5' });
  expect(members()).toEqual([5]);
  await expect(undoMembers(ports, { uid, undo: first.undo! })).rejects.toMatchObject({ code: 'CONFLICT' });
  await undoMembers(ports, { uid, undo: second.undo! });
  expect(members()).toEqual([2, 3]);
  await undoMembers(ports, { uid, undo: first.undo! });
  expect(members()).toEqual([1, 2]);
  // A slip of the clipboard empties nothing, and what was gathered for it is gone.
  await expect(edit('replace', { of: 'address', text: 'nobody@example.org' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(members()).toEqual([1, 2]);
  store.write((db) => db.run(sql`update segment set deleted_at = 1 where uid = ${uid}`), undefined);
  const before = store.db.all(sql`select id from segment`);
  await expect(edit('replace', { of: 'userId', text: 'ada' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(store.db.all(sql`select id from segment`)).toEqual(before);
});

it('makes a new version once a launch pinned the one before, so that the launch asks again', async () => {
  let pinned = 0;
  const { edit, version } = setUp((_db, of) => of.version === pinned);
  await edit('add', { of: 'picked', ids: [1] });
  await edit('add', { of: 'picked', ids: [2] });
  expect(version()).toBe(1);
  pinned = 1;
  await edit('add', { of: 'picked', ids: [2] });
  expect(version()).toBe(1);
  await edit('add', { of: 'picked', ids: [4] });
  expect(version()).toBe(2);
});

it('refuses a segment made of rules and a paste that is too long', async () => {
  const { store, operations, ports, edit } = setUp();
  const { uid } = store.write(operations.create, {});
  await expect(editMembers(ports, { uid, act: 'add', who: { of: 'picked', ids: [1] } })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  const text = Array.from({ length: pastedLimit + 1 }, (_, i) => `u${i}`).join('\n');
  await expect(edit('add', { of: 'userId', text })).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

it('takes 100,000 lines in slices of the store', async () => {
  const { store, queries, operations, uid } = setUp();
  store.write((db) => {
    db.run(sql`insert into endpoint (app, uid, channel, address, address_key, attributes, metrics, created_at, updated_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000) select 1, 'e' || i, 'EMAIL', 'p' || i || '@example.org', 'p' || i || '@example.org', '{}', '{}', 0, 0 from n`);
  }, undefined);
  const calls: string[] = [];
  const ports = { read: inProcessReader(store, queries), write: inProcessWriter(store, operations, { before: (name) => calls.push(name) }) };
  const text = Array.from({ length: pastedLimit }, (_, i) => `p${i + 1}@example.org`).join('\n');
  expect(await editMembers(ports, { uid, act: 'add', who: { of: 'address', text } })).toMatchObject({ changed: 100_000, missing: 0 });
  expect(calls.filter((name) => name === 'addMembers')).toHaveLength(10);
});
