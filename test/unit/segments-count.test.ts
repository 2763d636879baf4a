import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type SegmentGroup, type SegmentRule, segmentTree } from '../../src-preload/contract/segment.js';
import { drawCutoff, drawOrder } from '../../src-main/segments/draw.js';
import { matches } from '../../src-main/segments/evaluate.js';
import { segmentsModule } from '../../src-main/segments/index.js';
import { ReadHandle } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore } from '../support/memory-store.js';
import { seededRandom } from '../support/random.js';
import { contextOf, insertPopulation, type Person, subjectOf, treeOf } from '../support/segment-population.js';

const { queries } = segmentsModule(() => [], () => false);
const orders = (value: number): SegmentRule => ({ type: 'metric', name: 'orders', test: { op: 'gte', value } });
const country = (...values: string[]): SegmentRule => ({ type: 'location', field: 'Country', test: { op: 'is', values } });
const group = (match: SegmentGroup['match'], ...of: SegmentGroup['of']): SegmentGroup => ({ type: 'group', match, of });

const people: Person[] = [
  { id: 1, user: 'ada', place: { Country: 'DE' }, metrics: { orders: 5 } },
  { id: 2, user: 'ada', channel: 'GCM', place: { Country: 'DE' }, metrics: { orders: 1 } },
  { id: 3, user: 'bob', place: { Country: 'DE' }, active: false },
  { id: 40_000, place: { Country: 'DE' }, metrics: { orders: 9 } },
  { id: 70_000, user: 'ada', channel: 'SMS', place: { Country: 'FR' }, metrics: { orders: 5 } },
  { id: 70_001, user: 'eve', place: { Country: 'US' }, metrics: { orders: 7 } },
];
function setUp(population = people) {
  const store = createMemoryStore();
  store.write(insertPopulation, population);
  return store;
}

it('counts people once across addresses and slices, and who is reachable where', () => {
  const store = setUp();
  expect(store.read(queries.count, { tree: treeOf(group('all', country('DE', 'FR'))), asOf: store.now })).toEqual({
    people: 3,
    addresses: 5,
    reachable: [
      { channel: 'EMAIL', people: 2, addresses: 2 },
      { channel: 'SMS', people: 1, addresses: 1 },
      { channel: 'GCM', people: 1, addresses: 1 },
    ],
    commit: 0,
    ms: expect.any(Number) as number,
  });
  expect(store.read(queries.everyone, {})).toEqual({ people: 4, addresses: 6 });
  expect(store.read(queries.count, { tree: treeOf(group('any')), asOf: store.now })).toMatchObject({ people: 4, addresses: 6 });
});

it('an empty workspace counts nobody and samples nobody', () => {
  const store = setUp([]);
  const tree = treeOf(group('all', country('DE')));
  expect(store.read(queries.count, { tree, asOf: 0 })).toMatchObject({ people: 0, addresses: 0, reachable: [] });
  expect(store.read(queries.sample, { tree, asOf: 0, seed: 1, size: 20 })).toEqual([]);
  expect(store.read(queries.effects, { tree, asOf: 0 })).toMatchObject({ everyone: { people: 0, addresses: 0 }, nodes: [{ path: '0', people: 0 }] });
  expect(store.read(queries.names, {})).toEqual({ attributes: [], userAttributes: [], metrics: [], events: [] });
});

it('stops between slices once the caller gave up', () => {
  const store = setUp();
  let polls = 0;
  const cancelling = new ReadHandle((store.db as ReadHandle).raw, () => ++polls > 1);
  const error = (() => {
    try {
      queries.count(cancelling, { tree: treeOf(group('all')), asOf: 0 });
      return undefined;
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toBeInstanceOf(HeliographError);
  expect([(error as HeliographError).code, polls]).toEqual(['CANCELLED', 2]);
});

it('says what each rule takes away, alone matches under ANY, and leaves empty groups out', () => {
  const store = setUp();
  const tree = treeOf(group('all', country('DE', 'FR'), group('any'), group('any', orders(5), country('FR')), group('none', { type: 'channel', op: 'in', values: ['SMS'] }, orders(9))));
  expect(store.read(queries.effects, { tree, asOf: 0 })).toEqual({
    everyone: { people: 4, addresses: 6 },
    nodes: [
      { path: '0', people: 3 },
      { path: '2', people: 2 },
      { path: '2.0', people: 2 },
      { path: '2.1', people: 1 },
      { path: '3', people: 1 },
      { path: '3.0', people: 2 },
      { path: '3.1', people: 1 },
    ],
    commit: 0,
    ms: expect.any(Number) as number,
  });
});

it('effects agree with the plain reference on random trees', () => {
  const rule = fc.oneof(fc.integer({ min: 0, max: 6 }).map(orders), fc.subarray(['DE', 'FR', 'US'], { minLength: 1 }).map((values) => country(...values)), fc.boolean().map((active): SegmentRule => ({ type: 'status', active })));
  const node = fc.letrec<{ node: SegmentGroup['of'][number] }>((tie) => ({
    node: fc.oneof({ maxDepth: 3 }, rule, fc.record({ type: fc.constant('group' as const), match: fc.constantFrom('all' as const, 'any' as const, 'none' as const), of: fc.array(tie('node'), { maxLength: 3 }) })),
  })).node;
  const population = fc.array(
    fc.record({ user: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }), active: fc.boolean(), place: fc.record({ Country: fc.constantFrom('DE', 'FR', 'US') }), metrics: fc.record({ orders: fc.integer({ min: 0, max: 6 }) }) }),
    { maxLength: 15 },
  );
  fc.assert(
    fc.property(population, fc.array(node, { minLength: 1, maxLength: 12 }), fc.constantFrom('all' as const, 'any' as const, 'none' as const), (generated, of, match) => {
      const everybody = generated.map((one, index): Person => ({ ...one, id: index + 1 }));
      const store = setUp(everybody);
      const tree = segmentTree.parse(treeOf(group(match, ...of)));
      const context = contextOf({ asOf: '2026-11-24T09:00:00Z' });
      const persons = (list: readonly Person[]) => new Set(list.map((one) => one.user ?? one.id)).size;
      const passes = (part: SegmentGroup['of'][number]) => (one: Person) => matches(treeOf(group('all', part)), subjectOf(one), context);
      const says = (part: SegmentGroup['of'][number]): boolean => part.type !== 'group' || part.of.some(says);
      const expected: { path: string; people: number }[] = [];
      const walk = (inside: SegmentGroup, reached: Person[], prefix: string) => {
        let left = reached;
        inside.of.forEach((child, index) => {
          if (!says(child)) return;
          const path = `${prefix}${index}`;
          const kept = left.filter((one) => passes(child)(one) === (inside.match !== 'none'));
          expected.push({ path, people: persons(kept) });
          if (child.type === 'group') walk(child, left, `${path}.`);
          if (inside.match !== 'any') left = kept;
        });
      };
      walk(tree.root, everybody, '');
      expect(store.read(queries.effects, { tree, asOf: context.asOf }).nodes).toEqual(says(tree.root) ? expected : []);
      const members = everybody.filter((one) => matches(tree, subjectOf(one), context));
      expect(store.read(queries.count, { tree, asOf: context.asOf })).toMatchObject({ people: persons(members), addresses: members.length });
    }),
    { numRuns: 80, seed: 20261124 },
  );
}, 60_000);

it('samples one address per person in an order of the seed, which editing the tree does not shuffle', () => {
  const many = Array.from({ length: 3_000 }, (_, index): Person => ({ id: index + 1, ...(index % 3 === 0 && { user: `user ${index % 900}` }), metrics: { orders: index % 10 } }));
  const store = setUp(many);
  const sample = (root: SegmentGroup, seed: number) => store.read(queries.sample, { tree: treeOf(root), asOf: 0, seed, size: 20 }).map((member) => member.id);
  const wide = sample(group('all', orders(0)), 7);
  expect(wide).toHaveLength(20);
  expect(sample(group('all', orders(0)), 7)).toEqual(wide);
  expect(sample(group('all', orders(0)), 8)).not.toEqual(wide);
  const persons = wide.map((id) => many[id - 1]!.user ?? id);
  expect(new Set(persons).size).toBe(20);
  // Those of the first sample who still match come first and in the same order.
  const stay = wide.filter((id) => many[id - 1]!.metrics!['orders']! >= 5 && many[id - 1]!.user === undefined);
  expect(sample(group('all', orders(5)), 7).filter((id) => stay.includes(id))).toEqual(stay);
});

it('finds the few members of a rare segment in a large range of ids, in the order the probes would', () => {
  const rare = Array.from({ length: 30 }, (_, index): Person => ({ id: 1 + index * 9_973, metrics: { orders: 5 } }));
  const store = setUp(rare);
  const sample = (size: number) => store.read(queries.sample, { tree: treeOf(group('all', orders(5))), asOf: 0, seed: 3, size }).map((member) => member.id);
  expect(new Set(sample(100))).toEqual(new Set(rare.map((one) => one.id)));
  expect(sample(20)).toEqual(sample(100).slice(0, 20));
});

it('suggests names and values in use, most frequent first', () => {
  const store = setUp([
    { id: 1, user: 'ada', attributes: { plan: ['Monthly'], 'q"': ['x'] }, userAttributes: { tier: ['gold'] }, metrics: { orders: 1 }, place: { City: 'Köln' } },
    { id: 2, attributes: { plan: ['Yearly', 'Monthly'] }, place: { City: 'KÖLN' } },
    { id: 3, attributes: { plan: ['Weekly'] }, place: { City: 'Bonn' } },
  ]);
  expect(store.read(queries.names, {})).toEqual({ attributes: ['plan', 'q"'], userAttributes: ['tier'], metrics: ['orders'], events: [] });
  expect(store.read(queries.values, { field: { of: 'endpoint', name: 'plan' }, search: '' })).toEqual(['Monthly', 'Weekly', 'Yearly']);
  expect(store.read(queries.values, { field: { of: 'endpoint', name: 'q"' }, search: '' })).toEqual(['x']);
  expect(store.read(queries.values, { field: { of: 'user', name: 'tier' }, search: 'GO' })).toEqual(['gold']);
  expect(store.read(queries.values, { field: { of: 'field', name: 'City' }, search: 'kö' })).toEqual(['KÖLN', 'Köln']);
  expect(store.read(queries.values, { field: { of: 'endpoint', name: "nope'; drop table endpoint" }, search: '' })).toEqual([]);
});

it('suggests the events that somebody did, latest first and our own last, and what the newest of one carry', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 0, minute)).toISOString();
  const store = setUp([
    { id: 1, user: 'ada', events: [{ name: 'purchase', at: at(1), attributes: { product: 'Espresso', 'q"': 7 }, metrics: { price: 3 } }, { name: '_email.open', at: at(9) }] },
    { id: 2, events: [{ name: 'purchase', at: at(2), attributes: { product: 'Espresso' } }, { name: 'purchase', at: at(3), attributes: { product: 'Ångström' }, metrics: { price: 4, weight: 1 } }, { name: 'visit', at: at(5) }] },
  ]);
  // Known by name, done by nobody.
  store.write((db) => db.run(sql`insert into event_type (name) values ('refund')`), undefined);
  expect(store.read(queries.names, {}).events).toEqual(['visit', 'purchase', '_email.open']);
  expect(store.read(queries.eventFields, { event: 'purchase' })).toEqual({ attributes: ['product', 'q"'], metrics: ['price', 'weight'] });
  expect(store.read(queries.eventFields, { event: 'visit' })).toEqual({ attributes: [], metrics: [] });
  expect(store.read(queries.eventFields, { event: "nope'; drop table event" })).toEqual({ attributes: [], metrics: [] });
  const values = (event: string, name: string, search = '') => store.read(queries.values, { field: { of: 'event', event, name }, search });
  expect(values('purchase', 'product')).toEqual(['Espresso', 'Ångström']);
  expect(values('purchase', 'product', 'ång')).toEqual(['Ångström']);
  // A number as the rule compares it: as text.
  expect(values('purchase', 'q"')).toEqual(['7']);
  expect(values('visit', 'product')).toEqual([]);
});

it('looks at the newest of an event only, however many there are', () => {
  const store = setUp([{ id: 1, events: [{ name: 'purchase', at: '2026-11-24T00:00:00Z', attributes: { now: 'yes' } }] }]);
  store.write(
    (db) =>
      db.run(sql`insert into event (app, endpoint, type, at, arrived_at, attributes, metrics)
        select 1, 1, (select id from event_type where name = 'purchase'), n, 0, iif(n = 1, '{"old":"yes"}', '{"now":"yes"}'), null from (with recursive c (n) as (select 1 union all select n + 1 from c where n < 6000) select n from c)`),
    undefined,
  );
  expect(store.read(queries.eventFields, { event: 'purchase' })).toEqual({ attributes: ['now'], metrics: [] });
});

it('draws so evenly that each of 400 people comes in about a quarter of the draws of 100', () => {
  const people = Array.from({ length: 400 }, (_, index) => index * 2 + 1);
  const times = new Uint32Array(400);
  const random = seededRandom(7);
  for (let draw = 0; draw < 400; draw++) {
    const seed = random.int(0x7fff_ffff);
    const cutoff = drawCutoff(people, { people: 100, seed });
    const drawn = people.filter((person) => drawOrder(person, seed) <= cutoff);
    expect(drawn).toHaveLength(100);
    for (const person of drawn) times[(person - 1) / 2]!++;
  }
  // Five standard deviations of a binomial with n 400 and p 1/4.
  expect(Math.max(...times.map((n) => Math.abs(n - 100)))).toBeLessThan(5 * Math.sqrt(400 * 0.25 * 0.75));
});
