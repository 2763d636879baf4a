import { channels, type Channel } from '../../src-preload/contract/common.js';
import type { demographicFields } from '../../src-preload/contract/endpoint.js';
import type { placeFields} from '../../src-preload/contract/segment.js';
import { type SegmentDraw, type SegmentGroup, type SegmentTree } from '../../src-preload/contract/segment.js';
import { fieldColumn } from '../../src-main/segments/compile-rule.js';
import type { EvaluateContext, Subject } from '../../src-main/segments/evaluate.js';
import { messageStateCode, type OutcomeKind, outcomeKindCode } from '../../src-preload/contract/delivery.js';
import { eventTypeId } from '../../src-main/events/index.js';
import type { TopicAct } from '../../src-preload/contract/topic.js';
import { recordTopicConsent } from '../../src-main/audience/index.js';
import { personKey } from '../../src-main/store/functions.js';
import { sql, sqlId } from '../../src-main/store/sql.js';
import type { WriteDb } from '../../src-main/store/db.js';

/** One endpoint of a vector file; see `test/vectors/segments/README.md`. */
export interface Person {
  readonly id: number;
  readonly channel?: Channel;
  readonly active?: boolean;
  readonly optedOut?: boolean;
  readonly user?: string;
  readonly attributes?: Record<string, string[]>;
  readonly userAttributes?: Record<string, string[]>;
  readonly metrics?: Record<string, number>;
  readonly demographic?: Partial<Record<(typeof demographicFields)[number], string>>;
  readonly place?: Partial<Record<(typeof placeFields)[number], string>>;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly createdAt?: string;
  readonly lastSeenAt?: string;
  readonly suppressed?: readonly ('marketing' | 'all')[];
  /** By the topic's uid: what the address said, in order. */
  readonly topics?: Readonly<Record<string, readonly TopicAct[]>>;
  readonly events?: readonly PersonEvent[];
  readonly sends?: readonly PersonSend[];
}

export interface PersonEvent {
  readonly name: string;
  readonly at: string;
  readonly attributes?: Record<string, string | number>;
  readonly metrics?: Record<string, number>;
}

/** One message of a run: `run` 1 is a campaign's first. */
export interface PersonSend {
  readonly campaign: string;
  readonly run: number;
  readonly state: 'sent' | 'failed' | 'unknown';
  readonly at: string;
  readonly outcomes?: readonly { readonly kind: OutcomeKind; readonly at: string }[];
}

export interface NamedSegment {
  readonly uid: string;
  readonly name: string;
  readonly members?: number[];
  readonly root?: SegmentGroup;
  readonly draw?: SegmentDraw | undefined;
}

export interface VectorFile {
  readonly about: string;
  readonly asOf: string;
  readonly segments?: NamedSegment[];
  readonly population: Person[];
  readonly cases: { readonly name: string; readonly root: SegmentGroup; readonly draw?: SegmentDraw; readonly expect: number[] }[];
}

const epoch = '2026-01-01T00:00:00Z';

/** The users of a population in the order in which they get their row ids, from 1. */
export function usersOf(population: readonly Person[]): string[] {
  return [...new Set(population.flatMap(({ user }) => (user === undefined ? [] : [user])))];
}

/**
 * What the plain reference sees of a person among all of a population: events and messages of all addresses of one user are theirs together. Users have row ids in the order in
 * which the population first names them.
 */
export function subjectOf(person: Person, population: readonly Person[] = [person], users: readonly string[] = usersOf(population)): Subject {
  const theirs = person.user === undefined ? [person] : population.filter((other) => other.user === person.user);
  const newest = new Map<string, number>();
  for (const { campaign, run } of population.flatMap((one) => one.sends ?? [])) newest.set(campaign, Math.max(run, newest.get(campaign) ?? 0));
  return {
    suppressed: { marketing: person.suppressed?.includes('marketing') ?? false, all: person.suppressed?.includes('all') ?? false },
    topics: Object.fromEntries(Object.entries(person.topics ?? {}).flatMap(([uid, acts]) => (acts.length === 0 ? [] : [[uid, said(acts)]]))),
    person: personKey(person.id, person.user === undefined ? 0 : users.indexOf(person.user) + 1),
    events: theirs.flatMap((one) => (one.events ?? []).map((event) => ({ name: event.name, at: Date.parse(event.at), attributes: event.attributes ?? {}, metrics: event.metrics ?? {} }))),
    sends: theirs.flatMap((one) =>
      (one.sends ?? []).map((send) => ({
        campaign: send.campaign,
        latest: newest.get(send.campaign) === send.run,
        accepted: send.state === 'sent',
        sent: send.state !== 'failed',
        at: Date.parse(send.at),
        outcomes: (send.outcomes ?? []).map(({ kind, at }) => ({ kind, at: Date.parse(at) })),
      })),
    ),
    id: person.id,
    channel: person.channel ?? channels[0],
    active: person.active ?? true,
    optedOut: person.optedOut ?? false,
    attributes: person.attributes ?? {},
    userAttributes: (person.user !== undefined && person.userAttributes) || {},
    metrics: person.metrics ?? {},
    demographic: person.demographic ?? {},
    place: person.place ?? {},
    latitude: person.latitude,
    longitude: person.longitude,
    createdAt: Date.parse(person.createdAt ?? epoch),
    lastSeenAt: person.lastSeenAt === undefined ? undefined : Date.parse(person.lastSeenAt),
  };
}

/** What a row of acts adds up to: the last yes or no stands, and a request waits until the next of them. */
function said(acts: readonly TopicAct[]): Subject['topics'][string] {
  const last = acts.findLast((act) => act !== 'request');
  const since = acts.slice(acts.findLastIndex((act) => act !== 'request') + 1);
  return { state: last === 'give' ? 'given' : last === 'withdraw' ? 'withdrawn' : 'requested', asked: last !== 'give' && since.length > 0 };
}

export function contextOf(file: Pick<VectorFile, 'asOf' | 'segments'>, everyone: () => readonly Subject[] = () => []): EvaluateContext {
  return {
    everyone,
    asOf: Date.parse(file.asOf),
    segment: (uid) => {
      const found = file.segments?.find((segment) => segment.uid === uid);
      if (!found) throw new Error(`no segment ${uid} in the vectors`);
      return found.root ? { kind: 'dynamic', tree: treeOf(found.root, found.draw) } : { kind: 'imported', has: (id) => found.members!.includes(id) };
    },
  };
}

export function treeOf(root: SegmentGroup, draw?: SegmentDraw): SegmentTree {
  return { format: 1, root, ...(draw && { draw }) };
}

/** Writes a population straight into the tables, ids as given: an operation for tests. */
export function insertPopulation(db: WriteDb, population: readonly Person[]): void {
  for (const person of population) {
    let user: number | null = null;
    if (person.user !== undefined) {
      const known = db.get<{ id: number }>(sql`select id from user where user_id = ${person.user}`)?.id;
      user = known ?? db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values (${person.user}, ${JSON.stringify(person.userAttributes ?? {})}, 0, 0)`).lastId;
    }
    const address = `person-${person.id}`;
    db.run(sql`
      insert into endpoint (id, app, uid, channel, address, address_key, user, active, opt_out, attributes, metrics, latitude, longitude, created_at, updated_at, last_seen_at)
      values (${person.id}, 1, ${address}, ${person.channel ?? 'EMAIL'}, ${address}, ${address}, ${user}, ${person.active ?? true}, ${person.optedOut ?? false},
        ${JSON.stringify(person.attributes ?? {})}, ${JSON.stringify(person.metrics ?? {})}, ${person.latitude}, ${person.longitude},
        ${Date.parse(person.createdAt ?? epoch)}, 0, ${person.lastSeenAt === undefined ? null : Date.parse(person.lastSeenAt)})`);
    insertFacts(db, person, address);
    for (const [field, value] of Object.entries({ ...person.demographic, ...person.place })) {
      db.run(sql`update endpoint set ${sqlId(fieldColumn(field as (typeof demographicFields)[number]))} = ${value} where id = ${person.id}`);
    }
  }
}

function insertFacts(db: WriteDb, person: Person, addressKey: string): void {
  for (const scope of person.suppressed ?? []) db.run(sql`insert or ignore into suppressed (channel, address_key, scope, suppression) values (${person.channel ?? 'EMAIL'}, ${addressKey}, ${scope}, 0)`);
  for (const [uid, acts] of Object.entries(person.topics ?? {})) {
    db.run(sql`insert or ignore into topic (uid, name, consent, created_at, updated_at) values (${uid}, ${uid}, 'opt_in', 0, 0)`);
    const topic = db.get<{ id: number }>(sql`select id from topic where uid = ${uid}`)!.id;
    for (const act of acts) recordTopicConsent(db, { topic, channel: person.channel ?? 'EMAIL', addressKey, act, source: 'test', note: 'test' });
  }
  for (const event of person.events ?? []) {
    db.run(sql`insert into event (app, endpoint, type, at, arrived_at, attributes, metrics) values (1, ${person.id}, ${eventTypeId(db, event.name)}, ${Date.parse(event.at)}, 0,
      ${JSON.stringify(event.attributes ?? {})}, ${JSON.stringify(event.metrics ?? {})})`);
  }
  for (const send of person.sends ?? []) {
    db.run(sql`insert or ignore into campaign (uid, name, state, draft, version, created_at, updated_at) values (${send.campaign}, ${send.campaign}, 'launched', '{}', 1, 0, 0)`);
    const campaign = db.get<{ id: number }>(sql`select id from campaign where uid = ${send.campaign}`)!.id;
    const uid = `${send.campaign}/${send.run}`;
    // Runs are numbered by hand, so that a later one has the higher id whatever the order of the people.
    db.run(sql`insert or ignore into run (id, uid, campaign, campaign_version, kind, state, created_at, frozen_at) values (${campaign * 100 + send.run}, ${uid}, ${campaign}, 1, 'campaign', 'done', 0, 1)`);
    const run = campaign * 100 + send.run;
    const seq = db.get<{ n: number }>(sql`select coalesce(max(seq) + 1, 0) as n from message_reply where run = ${run}`)!.n;
    db.run(sql`insert into message (run, seq, endpoint, state) values (${run}, ${seq}, ${person.id}, ${messageStateCode[send.state]})`);
    db.run(sql`insert into message_reply (run, seq, at) values (${run}, ${seq}, ${Date.parse(send.at)})`);
    for (const { kind, at } of send.outcomes ?? []) db.run(sql`insert or ignore into outcome (run, seq, kind, at) values (${run}, ${seq}, ${outcomeKindCode[kind]}, ${Date.parse(at)})`);
  }
}

/** Writes the segments of a vector file. */
export function insertSegments(db: WriteDb, segments: readonly NamedSegment[]): void {
  for (const segment of segments) {
    const kind = segment.root ? 'dynamic' : 'imported';
    const { lastId } = db.run(
      sql`insert into segment (uid, name, kind, version, created_at, updated_at) values (${segment.uid}, ${segment.name}, ${kind}, 1, ${db.now}, ${db.now})`,
    );
    const tree = treeOf(segment.root ?? { type: 'group', match: 'all', of: [] }, segment.draw);
    db.run(sql`insert into segment_version (segment, version, tree, created_at, actor) values (${lastId}, 1, ${JSON.stringify(tree)}, ${db.now}, '{}')`);
    addMembers(db, lastId, segment.members ?? []);
  }
}

/** Puts endpoints into a list, as an import does: by SQL of its own, and telling of it. */
export function addMembers(db: WriteDb, segment: number, endpoints: readonly number[]): void {
  for (const endpoint of endpoints) db.run(sql`insert or ignore into segment_member (segment, endpoint) values (${segment}, ${endpoint})`);
  db.changed('segment_member', segment);
}
