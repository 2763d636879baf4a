import fc from 'fast-check';
import { expect, it } from 'vitest';
import { channels } from '../../src-preload/contract/common.js';
import { demographicFields } from '../../src-preload/contract/endpoint.js';
import { groupMatches, placeFields, type SegmentGroup, type SegmentNode, type SegmentRule, segmentTree, topicRuleOps, versionFields } from '../../src-preload/contract/segment.js';
import { topicActs } from '../../src-preload/contract/topic.js';
import { audienceOperations, suppress } from '../../src-main/audience/index.js';
import { appendEvent } from '../../src-main/events/index.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { matches } from '../../src-main/segments/evaluate.js';
import { countSegment } from '../../src-main/segments/count.js';
import { segmentEffects } from '../../src-main/segments/effects.js';
import { eachBit } from '../../src-main/segments/engine/bits.js';
import { SegmentEngine } from '../../src-main/segments/engine/engine.js';
import { conditionSql } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore } from '../support/memory-store.js';
import { contextOf, insertPopulation, insertSegments, type NamedSegment, type Person, subjectOf, usersOf } from '../support/segment-population.js';

/*
 * Random trees over random people: the engine and the SQL compiler against the plain reference. Values come from small pools so that rules hit, with hostile ones among them.
 */
const asOf = '2026-11-24T09:00:00Z';
const start = Date.parse('2026-10-20T00:00:00Z');
const texts = ['a', 'A', 'b', 'ab', 'K', '\u212a', 'ß', 'SS', 'ss', 'é', 'e\u0301', 'É', 'İ', 'ı', 'i', 'ς', 'Σ', '10', '10.0', '%', '_', '"', '\\', "'", '\u0001', ' ', '💡', '2026-11-24', '2026-11-24T23:30:00Z', '2026-11-24T00:30:00+03:00', '1.10', '1.9', 'v1.10.0', '1.10-beta'];
const text = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...texts) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).filter((value) => !/[\0\p{Cs}]/u.test(value)) });
const name = fc.constantFrom('x', 'a.b', 'q"uote', 'back\\slash', '$[0]', 'é', 'line\nbreak', "it's", '__proto__');
const day = fc.integer({ min: 0, max: 60 }).map((n) => new Date(start + n * 86_400_000).toISOString().slice(0, 10));
const instant = fc.integer({ min: 0, max: 60 * 24 }).map((n) => new Date(start + n * 3_600_000).toISOString());
const dateOrInstant = fc.oneof(day, instant);
const zone = fc.option(fc.constantFrom('UTC', 'Europe/Berlin', 'America/Santiago', 'Pacific/Apia'), { nil: undefined });
const version = fc.constantFrom('1.9', '1.10', '1.10.0', 'v2', '1.10-beta', '1.10-beta.2', '0');
const number = fc.constantFrom(-1, 0, 0.1, 1, 2, 2.5, 1e21, 2 ** 53 + 2, 2 ** 60, -(2 ** 63));

const textTest = fc.oneof(
  fc.record({ op: fc.constantFrom('is' as const, 'isNot' as const, 'contains' as const, 'startsWith' as const), values: fc.array(text.map((value) => value.normalize('NFC')), { minLength: 1, maxLength: 3 }), ignoreCase: fc.option(fc.boolean(), { nil: undefined }) }),
  fc.record({ op: fc.constantFrom('exists' as const, 'notExists' as const) }),
);
const dateTest = fc.oneof(
  fc.record({ op: fc.constantFrom('before' as const, 'after' as const), date: dateOrInstant, zone }),
  fc.record({ op: fc.constant('on' as const), date: day, zone }),
  fc.record({ op: fc.constant('between' as const), from: dateOrInstant, to: dateOrInstant, zone }),
);
const duration = fc.record({ amount: fc.integer({ min: 1, max: 40 }), unit: fc.constantFrom('hours' as const, 'days' as const, 'weeks' as const) });
const recency = fc.record({ op: fc.constantFrom('inLast' as const, 'longerAgo' as const), duration });
const optionally = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const versionTest = fc.oneof(
  fc.record({ op: fc.constantFrom('versionIs' as const, 'versionLt' as const, 'versionLte' as const, 'versionGt' as const, 'versionGte' as const), version }),
  fc.record({ op: fc.constant('versionBetween' as const), from: version, to: version }),
);
const metricTest = fc.oneof(
  fc.record({ op: fc.constantFrom('eq' as const, 'neq' as const, 'gt' as const, 'gte' as const, 'lt' as const, 'lte' as const), value: number }),
  fc.record({ op: fc.constant('between' as const), from: number, to: number }),
  fc.record({ op: fc.constantFrom('exists' as const, 'notExists' as const) }),
);
const latitude = fc.constantFrom(-90, -89.95, -16.8, 0, 52.5, 52.52, 89.95, 90);
const longitude = fc.constantFrom(-180, -179.95, -10, 0, 13, 13.4, 179.95, 180);

const eventName = fc.constantFrom('buy', 'visit');
const when = fc.oneof(fc.record({ op: fc.constant('inLast' as const), duration }), dateTest);
const where = fc.array(fc.oneof(fc.record({ of: fc.constant('attribute' as const), name, test: textTest }), fc.record({ of: fc.constant('metric' as const), name, test: metricTest })), { minLength: 1, maxLength: 2 });
const eventRule = fc.oneof(
  fc.record({ type: fc.constant('event' as const), op: fc.constantFrom('did' as const, 'didNot' as const), event: eventName, when: optionally(when), where: optionally(where) }),
  fc.record({ type: fc.constant('event' as const), op: fc.constant('did' as const), event: eventName, times: fc.record({ op: fc.constantFrom('atLeast' as const, 'atMost' as const, 'exactly' as const), count: fc.integer({ min: 0, max: 3 }) }), when: optionally(when), where: optionally(where) }),
  fc.record({ type: fc.constant('event' as const), op: fc.constantFrom('did' as const, 'didNot' as const), event: eventName, occasion: fc.constantFrom('first' as const, 'last' as const), when, where: optionally(where) }),
);
const campaignUids = ['01890000-0000-7000-8000-0000000000aa', '01890000-0000-7000-8000-0000000000bb'] as const;
const topicUids = ['019ab3c0-7777-7222-8333-000000000001', '019ab3c0-7777-7222-8333-000000000002'] as const;
const historyOf = fc.oneof(fc.record({ kind: fc.constant('any' as const) }), fc.record({ kind: fc.constant('campaign' as const), campaign: fc.constantFrom(...campaignUids), run: fc.constantFrom('any' as const, 'latest' as const) }));

const uids = ['01890000-0000-7000-8000-00000000000a', '01890000-0000-7000-8000-00000000000b'] as const;
const rule = (segments: readonly string[]): fc.Arbitrary<SegmentRule> =>
  fc.oneof(
    fc.record({ type: fc.constant('channel' as const), op: fc.constantFrom('in' as const, 'notIn' as const), values: fc.array(fc.constantFrom(...channels), { minLength: 1, maxLength: 3 }) }),
    fc.record({ type: fc.constant('status' as const), active: fc.boolean() }),
    fc.record({ type: fc.constant('optOut' as const), optedOut: fc.boolean() }),
    fc.record({ type: fc.constant('attribute' as const), of: fc.constantFrom('endpoint' as const, 'user' as const), name, test: fc.oneof(textTest, dateTest) }),
    fc.record({ type: fc.constant('metric' as const), name, test: metricTest }),
    fc.record({ type: fc.constant('demographic' as const), field: fc.constantFrom(...demographicFields), test: textTest }),
    fc.record({ type: fc.constant('demographic' as const), field: fc.constantFrom(...versionFields), test: versionTest }),
    fc.record({ type: fc.constant('location' as const), field: fc.constantFrom(...placeFields), test: textTest }),
    fc.record({ type: fc.constant('distance' as const), op: fc.constantFrom('within' as const, 'notWithin' as const), latitude, longitude, km: fc.constantFrom(1, 15, 30, 2_000, 12_000, 20_040) }),
    fc.record({ type: fc.constant('created' as const), test: fc.oneof(recency, dateTest) }),
    fc.record({ type: fc.constant('lastSeen' as const), test: fc.oneof(recency, dateTest, fc.record({ op: fc.constantFrom('never' as const, 'ever' as const) })) }),
    fc.record({ type: fc.constant('suppression' as const), suppressed: fc.boolean(), scope: fc.constantFrom('marketing' as const, 'all' as const) }),
    fc.record({ type: fc.constant('topic' as const), topic: fc.constantFrom(...topicUids), op: fc.constantFrom(...topicRuleOps) }),
    fc.record({ type: fc.constant('random' as const), percent: fc.constantFrom(0, 0.1, 33.3, 50, 99.9, 100), seed: fc.constantFrom(0, 1, 0x7fff_ffff) }),
    eventRule,
    fc.record({ type: fc.constant('history' as const), op: fc.constantFrom('sent' as const, 'accepted' as const, 'clicked' as const, 'opened' as const), did: fc.boolean(), of: historyOf, inLast: optionally(duration) }),
    fc.record({ type: fc.constant('history' as const), op: fc.constant('opened' as const), did: fc.boolean(), of: historyOf, inLast: optionally(duration), machineOpens: fc.boolean() }),
    ...(segments.length > 0 ? [fc.record({ type: fc.constant('segment' as const), op: fc.constantFrom('in' as const, 'notIn' as const), segment: fc.constantFrom(...segments) })] : []),
  );
const group = (segments: readonly string[]): fc.Arbitrary<SegmentGroup> =>
  fc.letrec<{ node: SegmentNode; group: SegmentGroup }>((tie) => ({
    node: fc.oneof({ maxDepth: 3, depthIdentifier: 'tree' }, rule(segments), tie('group')),
    group: fc.record({ type: fc.constant('group' as const), match: fc.constantFrom(...groupMatches), of: fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'tree' }) }),
  })).group;

const draw = fc.option(fc.record({ people: fc.integer({ min: 1, max: 6 }), seed: fc.constantFrom(0, 1, 0x7fff_ffff) }), { nil: undefined });
const map = <T>(value: fc.Arbitrary<T>) => fc.array(fc.tuple(name, value), { maxLength: 4 }).map((entries) => JSON.parse(`{${entries.map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`).join(',')}}`) as Record<string, T>);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const person: fc.Arbitrary<Omit<Person, 'id'>> = fc.record({
  channel: fc.constantFrom(...channels.slice(0, 5)),
  active: fc.boolean(),
  optedOut: fc.boolean(),
  user: optional(fc.constantFrom('ada', 'bob', 'eve')),
  attributes: map(fc.array(text, { maxLength: 3 })),
  metrics: map(number),
  demographic: fc.record({ AppVersion: fc.oneof(version, text), Platform: text, Locale: text }, { requiredKeys: [] }),
  place: fc.record({ Country: text, City: text, PostalCode: text }, { requiredKeys: [] }),
  latitude: optional(latitude),
  longitude: optional(longitude),
  createdAt: instant,
  lastSeenAt: optional(instant),
  topics: fc.dictionary(fc.constantFrom(...topicUids), fc.array(fc.constantFrom(...topicActs), { maxLength: 4 })),
  suppressed: fc.subarray(['marketing' as const, 'all' as const]),
  events: fc.array(fc.record({ name: eventName, at: instant, attributes: map(text), metrics: map(number) }), { maxLength: 3 }),
  sends: fc.array(fc.record({ campaign: fc.constantFrom(...campaignUids), run: fc.integer({ min: 1, max: 2 }), state: fc.constantFrom('sent' as const, 'failed' as const, 'unknown' as const), at: instant, outcomes: fc.uniqueArray(fc.record({ kind: fc.constantFrom('open' as const, 'open_machine' as const, 'click' as const), at: instant }), { selector: (outcome) => outcome.kind, maxLength: 2 }) }), { maxLength: 2 }),
});
const userAttributes = fc.record({ ada: map(fc.array(text, { maxLength: 2 })), bob: map(fc.array(text, { maxLength: 2 })), eve: map(fc.array(text, { maxLength: 2 })) });

const sorted = (nodes: readonly { readonly path: string; readonly people: number }[]) => [...nodes].sort((a, b) => (a.path < b.path ? -1 : 1));

it('engine, SQL and the plain reference agree on random trees and people, and after changes', () => {
  fc.assert(
    fc.property(
      fc.array(person, { minLength: 1, maxLength: 12 }),
      userAttributes,
      fc.array(fc.record({ root: group(uids), draw }), { minLength: 1, maxLength: 6 }),
      fc.record({ root: group([uids[1]]), draw }),
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
      fc.array(person, { maxLength: 5 }),
      (people, ofUsers, trees, inner, members, later) => {
        const population = people.map((one, index): Person => ({ ...one, id: index + 1, ...(one.user !== undefined && { userAttributes: ofUsers[one.user as keyof typeof ofUsers] }) }));
        const segments: NamedSegment[] = [
          { uid: uids[0], name: 'Inner', ...inner },
          { uid: uids[1], name: 'Listed', members: [...new Set(members)] },
        ];
        let subjects = population.map((one) => subjectOf(one, population));
        const context = contextOf({ asOf, segments }, () => subjects);
        const store = createMemoryStore();
        // What was said about topics was said by the people themselves: they alone may ask again after a no.
        store.actor = { kind: 'recipient' };
        store.write((db) => {
          insertPopulation(db, population);
          insertSegments(db, segments);
        }, undefined);
        // Kept through the changes below: what it knows must follow them. The budget is so small that it forgets and reads again.
        const newEngine = () => new SegmentEngine({ clock: { now: () => 0, monotonic: () => 0 }, budgetBytes: 20_000 });
        let engine = newEngine();
        let users = usersOf(population);
        const compare = (now: readonly Person[]) => {
          subjects = now.map((one) => subjectOf(one, now, users));
          for (const asked of trees) {
            const tree = segmentTree.parse({ format: 1, ...asked });
            const reference = now.filter((one) => matches(tree, subjectOf(one, now, users), context)).map((one) => one.id);
            const condition = conditionSql(store.db, tree, context.asOf);
            const compiled = store.db.all<{ id: number }>(sql`select e.id from endpoint e left join user u on u.id = e.user where ${condition} order by e.id`);
            const inEngine: number[] = [];
            eachBit(engine.members(store.db, { tree, asOf: context.asOf }), (slot) => void inEngine.push(slot));
            expect({ compiled: compiled.map((row) => row.id), engine: inEngine }).toEqual({ compiled: reference, engine: reference });
            const { ms: _counted, ...counted } = store.read(countSegment, { tree, asOf: context.asOf });
            const { ms: _inMemory, ...inMemory } = engine.count(store.db, { tree, asOf: context.asOf });
            expect(inMemory).toEqual(counted);
            const { ms: _scanned, ...scanned } = store.read(segmentEffects, { tree, asOf: context.asOf });
            const { ms: _marked, ...marked } = engine.effects(store.db, { tree, asOf: context.asOf });
            expect({ ...marked, nodes: sorted(marked.nodes) }).toEqual({ ...scanned, nodes: sorted(scanned.nodes) });
          }
        };
        compare(population);
        // Some go, some change, some come, a list gets others.
        const changed = later.map((one, index): Person => ({ ...one, id: index * 3 + 1, ...(one.user !== undefined && { userAttributes: ofUsers[one.user as keyof typeof ofUsers] }) }));
        const now = [...population.filter((one) => !changed.some((other) => other.id === one.id)), ...changed].filter((one) => one.id !== 2).sort((a, b) => a.id - b.id);
        users = [...new Set([...users, ...usersOf(changed)])];
        engine.follow(
          store.write((db) => {
            db.run(sql`delete from segment_member`);
            for (const { id } of [...changed, { id: 2 }]) {
              db.run(sql`delete from endpoint where id = ${id}`);
              db.run(sql`delete from event where endpoint = ${id}`);
              db.run(sql`delete from outcome where exists (select 1 from message m where m.run = outcome.run and m.seq = outcome.seq and m.endpoint = ${id})`);
              db.run(sql`delete from message where endpoint = ${id}`);
              db.run(sql`delete from suppressed where address_key = ${`person-${id}`}`);
              db.run(sql`delete from topic_state where address_key = ${`person-${id}`}`);
            }
            for (const run of db.all<{ id: number }>(sql`select id from run where not exists (select 1 from message m where m.run = run.id)`)) db.run(sql`delete from run where id = ${run.id}`);
            insertPopulation(db, changed);
            const listed = db.get<{ id: number }>(sql`select id from segment where kind = 'imported'`)!.id;
            segments[1] = { ...segments[1]!, members: now.filter((one) => one.id % 2 === 1).map((one) => one.id) };
            for (const member of segments[1].members!) db.run(sql`insert into segment_member (segment, endpoint) values (${listed}, ${member})`);
            return [{ table: 'endpoint', fromId: 1, toId: 40 }, { table: 'user', fromId: 1, toId: 100 }, { table: 'event', fromId: 1, toId: 1 }, { table: 'segment_member', fromId: listed, toId: listed }];
          }, undefined),
        );
        compare(now);

        // The program's own operations tell the engine of themselves.
        store.changes.length = 0;
        const operate = <I, R>(operation: (db: WriteDb, input: I) => R, input: I): R => {
          const result = store.write(operation, input);
          engine.follow(store.changes.splice(0));
          return result;
        };
        const [first] = now;
        if (!first) return;
        operate(audienceOperations.update, { id: first.id, edit: { attributes: { x: ['ab'] } } });
        operate((db: WriteDb, at: number) => appendEvent(db, { uid: 'one', type: 'buy', at, app: 1, endpoint: first.id, run: null, seq: null }), context.asOf);
        operate(suppress, { channel: first.channel ?? 'EMAIL', addressKey: `person-${first.id}`, scope: 'marketing', reason: 'manual', source: 'test' } as const);
        if (first.user !== undefined) operate(audienceOperations.updateUser, { user: users.indexOf(first.user) + 1, attributes: { x: ['a'] } });
        const edited = now.map((one): Person => ({
          ...one,
          ...(one.user !== undefined && one.user === first.user && { userAttributes: { x: ['a'] } }),
          ...(one.id === first.id && { attributes: { x: ['ab'] }, events: [...(one.events ?? []), { name: 'buy', at: asOf }], suppressed: [...new Set([...(one.suppressed ?? []), 'marketing' as const])] }),
        }));
        compare(edited);
        // Those without messages: which run of a campaign is the newest does not hang on them.
        const leaving = edited.filter((one) => (one.sends ?? []).length === 0).slice(0, 3).map((one) => one.id);
        const { images } = operate(audienceOperations.remove, { ids: leaving });
        // One that knows the lists only without those who left.
        engine = newEngine();
        compare(edited.filter((one) => !leaving.includes(one.id)));
        operate(audienceOperations.restoreDeleted, { images });
        // An opt-out of the row becomes a suppression of the address with the deletion, and stays one.
        compare(edited.map((one): Person => (leaving.includes(one.id) && one.optedOut ? { ...one, suppressed: [...new Set([...(one.suppressed ?? []), 'marketing' as const])] } : one)));
      },
    ),
    { numRuns: Number(process.env['HELIOGRAPH_PROPERTY_RUNS'] ?? 120), seed: 20261124 },
  );
}, 120_000);
