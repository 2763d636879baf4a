import { describe, expect, test } from 'vitest';
import { importOperations } from '../../src-main/audience/import/index.js';
import { createSegment, duplicateSegment } from '../../src-main/segments/segment.js';
import { conditionSql } from '../../src-main/segments/index.js';
import { segmentReads } from '../../src-main/segments/read.js';
import { sql } from '../../src-main/store/sql.js';
import { deliveryOperations, deliveryQueries } from '../../src-main/delivery/operations.js';
import { collectorUrl, insertConnection, readyCampaign } from '../support/campaign.js';
import { insertPopulation } from '../support/segment-population.js';
import { createKit, file, type Kit, refusal } from './import-kit.js';

const people = (...names: readonly string[]) => file(`email\n${names.map((name) => `${name}@example.org`).join('\n')}\n`);
const reads = segmentReads(() => []);
const segments = (kit: Kit) => kit.store.read(reads.list, {}).map(({ uid, name, version }) => ({ uid, name, version }));
/** Who is in the segment of this uid, through the rules as a campaign or a count asks. */
const members = (kit: Kit, uid: string) =>
  kit.store.db
    .all<{ name: string }>(
      sql`select substr(address_key, 1, 1) as name from endpoint e where ${conditionSql(kit.store.db, { format: 1, root: { type: 'group', match: 'all', of: [{ type: 'segment', op: 'in', segment: uid }] } }, 0)} order by 1`,
    )
    .map(({ name }) => name)
    .join('');

describe('an import into a segment that exists', () => {
  test('replaces its people when it is done, under the same uid', async () => {
    const kit = createKit();
    const first = await kit.import(people('a', 'b'), 'Fair');
    const { uid } = first.segment!;
    expect(first.replaces).toBe(false);
    const checked = await kit.check(people('b', 'c'));
    let seen = '';
    kit.beforeSlice = () => {
      seen = members(kit, uid);
      expect(kit.view(checked.uid)).toMatchObject({ replaces: true, segment: { uid, name: 'Fair', ready: false } });
    };
    const second = await kit.merge(checked.uid, 'Fair');
    expect(seen).toBe('ab');
    expect(second).toMatchObject({ state: 'done', replaces: true, segment: { uid, name: 'Fair', ready: true } });
    expect(segments(kit)).toEqual([{ uid, name: 'Fair', version: 2 }]);
    expect(members(kit, uid)).toBe('bc');
    expect(kit.store.read(reads.history, { uid }).map(({ version }) => version)).toEqual([2, 1]);
    const copy = kit.store.write(duplicateSegment, { uid });
    expect(members(kit, copy.uid)).toBe('bc');
  });

  test('gives the former people back when it is undone, in whatever order', async () => {
    const kit = createKit();
    const first = await kit.import(people('a', 'b'), 'Fair');
    const second = await kit.import(people('b', 'c'), 'Fair');
    const third = await kit.import(people('c', 'd'), 'Fair');
    const { uid } = first.segment!;
    await kit.undo(second.uid);
    // c was new with the second import and is changed by nobody since.
    expect(members(kit, uid)).toBe('d');
    expect(await kit.undo(third.uid)).toMatchObject({ state: 'undone', segment: { uid, ready: false } });
    expect(members(kit, uid)).toBe('ab');
    expect(segments(kit)).toEqual([{ uid, name: 'Fair', version: 4 }]);
    await kit.undo(first.uid);
    expect(segments(kit)).toEqual([]);
    expect(kit.store.db.get(sql`select count(*) as n from segment_member`)).toEqual({ n: 0 });
  });

  test('taking back the import that made the segment leaves the people of a later one', async () => {
    const kit = createKit();
    const first = await kit.import(people('a', 'b'), 'Fair');
    const second = await kit.import(people('c'), 'Fair');
    await kit.undo(first.uid);
    expect(members(kit, first.segment!.uid)).toBe('c');
    await kit.undo(second.uid);
    expect(segments(kit)).toEqual([]);
  });

  test('cancelled half way, it changes nobody', async () => {
    const kit = createKit();
    const { uid } = (await kit.import(people('a', 'b'), 'Fair')).segment!;
    const checked = await kit.check(people('b', 'c'));
    kit.beforeSlice = () => {
      kit.beforeSlice = () => undefined;
      void kit.context().write.imports.beginUndo(checked.uid);
    };
    expect(await refusal(kit.merge(checked.uid, 'Fair'))).toMatchObject({ code: 'CANCELLED' });
    expect(segments(kit)).toEqual([{ uid, name: 'Fair', version: 1 }]);
    expect(members(kit, uid)).toBe('ab');
  });

  test('is refused at the start where the name is a segment made of rules', async () => {
    const kit = createKit();
    kit.store.write(createSegment, { name: 'Fair' });
    const checked = await kit.check(people('a'));
    expect(await refusal(kit.merge(checked.uid, 'Fair'))).toMatchObject({ code: 'BAD_INPUT', detail: { field: 'segment' } });
    expect(kit.view(checked.uid).state).toBe('checked');
  });

  test('forgets the former people with the time for taking back, and never those shown', async () => {
    const kit = createKit();
    const { uid } = (await kit.import(people('a', 'b'), 'Fair')).segment!;
    await kit.import(people('c'), 'Fair');
    const forget = () => {
      while (kit.store.write(importOperations.forgetImages, { limit: 1 }) > 0);
      return kit.store.db.get<{ n: number }>(sql`select count(*) as n from segment_member`)!.n;
    };
    expect(forget()).toBe(3);
    kit.store.now += 31 * 86_400_000;
    expect(forget()).toBe(1);
    expect(members(kit, uid)).toBe('c');
  });

  test('leaves a launch that is not frozen yet its people, although the import that brought them is taken back', async () => {
    const kit = createKit();
    kit.store.write(insertPopulation, [{ id: 1 }]);
    const first = await kit.import(people('a', 'b'), 'Fair');
    const { uid } = first.segment!;
    const list = kit.store.db.get<{ id: number; version: number }>(sql`select id, version from segment where uid = ${uid}`)!;
    // Known to somebody, so that taking the import back keeps the person.
    kit.store.write((db) => db.run(sql`update endpoint set updated_at = updated_at + 1`), undefined);
    insertConnection(kit.store);
    const launched = kit.store.write(deliveryOperations.launch, { ...readyCampaign(kit.store, { draft: { segment: uid } }), collectorUrl });
    await kit.undo(first.uid);
    kit.store.now += 31 * 86_400_000;
    while (kit.store.write(importOperations.forgetImages, { limit: 100 }) > 0);
    const run = kit.store.db.get<{ id: number }>(sql`select id from run where uid = ${launched.run}`)!.id;
    expect(list.version).toBe(1);
    expect(kit.store.read(deliveryQueries.freezeAudience, { run, asOf: kit.store.now }).endpoints).toHaveLength(2);
  });
});
