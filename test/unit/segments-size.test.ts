import { expect, it } from 'vitest';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { settingsOperations } from '../../src-main/settings/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { createSizeRecorder, keepSizeOfRun, segmentsModule } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { inProcessReader, inProcessWriter } from '../support/in-process-store.js';
import { createMemoryStore } from '../support/memory-store.js';
import { insertPopulation } from '../support/segment-population.js';

const hour = 3_600_000;

function setUp() {
  const store = createMemoryStore({ now: Date.UTC(2026, 10, 24, 9) });
  store.write(settingsOperations.patch, { reportingZone: 'Pacific/Auckland' });
  const { operations, queries } = segmentsModule(() => [], () => false);
  store.write((db) => insertPopulation(db, [{ id: 1 }, { id: 2, user: 'ada' }, { id: 3, user: 'ada' }]), undefined);
  const everyone = store.write(operations.create, { name: 'Everyone' }).uid;
  const list = store.write(operations.create, { name: 'List', kind: 'imported' }).uid;
  const asked: string[] = [];
  const recorder = createSizeRecorder({
    clock: { now: () => store.now, monotonic: () => 0 },
    log: silentLogger,
    read: inProcessReader(store, queries),
    write: inProcessWriter(store, operations),
    numbers: {
      count: (input) => {
        asked.push(JSON.stringify(input.tree));
        return Promise.resolve(store.read(queries.count, input));
      },
    },
  });
  const sizes = (uid: string) => store.read(queries.sizes, { uid }).map(({ day, people, addresses }) => ({ day, people, addresses }));
  return { store, operations, queries, everyone, list, recorder, asked, sizes };
}

it('counts each segment once on a day of the reporting zone', async () => {
  const { store, everyone, list, recorder, asked, sizes } = setUp();
  await recorder.look();
  await recorder.look();
  expect(asked).toHaveLength(2);
  // Nine in the evening of the 24th in UTC+13; five hours later it is the 25th there.
  expect(sizes(everyone)).toEqual([{ day: '2026-11-24', people: 2, addresses: 3 }]);
  expect(sizes(list)).toEqual([{ day: '2026-11-24', people: 0, addresses: 0 }]);
  store.now += 5 * hour;
  store.write((db) => insertPopulation(db, [{ id: 4 }]), undefined);
  await Promise.all([recorder.look(), recorder.look()]);
  expect(asked).toHaveLength(4);
  expect(sizes(everyone)).toEqual([
    { day: '2026-11-24', people: 2, addresses: 3 },
    { day: '2026-11-25', people: 3, addresses: 4 },
  ]);
});

it('a segment that cannot be counted is passed over, and nothing is counted once it stops', async () => {
  const { store, operations, everyone, list, recorder, sizes } = setUp();
  const gone = store.write(operations.create, { tree: { format: 1, root: { type: 'group', match: 'all', of: [{ type: 'segment', op: 'in', segment: list }] } } }).uid;
  store.write((db) => db.run(sql`delete from segment where uid = ${list}`), undefined);
  await recorder.look();
  expect(sizes(everyone)).toHaveLength(1);
  expect(sizes(gone)).toEqual([]);
  store.now += 24 * hour;
  await recorder.stop();
  await recorder.look();
  expect(sizes(everyone)).toHaveLength(1);
});

it('a freeze keeps the size it counted, of the version that still holds', () => {
  const { store, operations, everyone, sizes } = setUp();
  const keep = (version: number, people: number) => store.write((db) => keepSizeOfRun(db, { id: 1, version }, { people, addresses: people }), undefined);
  keep(1, 5);
  keep(1, 6);
  expect(sizes(everyone)).toEqual([{ day: '2026-11-24', people: 6, addresses: 6 }]);
  keep(2, 7);
  expect(sizes(everyone)).toEqual([{ day: '2026-11-24', people: 6, addresses: 6 }]);
  store.write(operations.recordSize, { uid: everyone, people: 8, addresses: 9 });
  expect(sizes(everyone)).toEqual([{ day: '2026-11-24', people: 8, addresses: 9 }]);
  expect(() => sizes('01890000-0000-7000-8000-0000000000ff')).toThrow(HeliographError);
});
