import { channels, type Channel } from '../../src-preload/contract/common.js';
import type { demographicFields } from '../../src-preload/contract/endpoint.js';
import type { placeFields} from '../../src-preload/contract/segment.js';
import { type SegmentGroup, type SegmentTree } from '../../src-preload/contract/segment.js';
import { fieldColumn } from '../../src-main/segments/compile-rule.js';
import type { EvaluateContext, Subject } from '../../src-main/segments/evaluate.js';
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
}

export interface NamedSegment {
  readonly uid: string;
  readonly name: string;
  readonly members?: number[];
  readonly root?: SegmentGroup;
}

export interface VectorFile {
  readonly about: string;
  readonly asOf: string;
  readonly segments?: NamedSegment[];
  readonly population: Person[];
  readonly cases: { readonly name: string; readonly root: SegmentGroup; readonly expect: number[] }[];
}

const epoch = '2026-01-01T00:00:00Z';

/** What the plain reference sees of a person. */
export function subjectOf(person: Person): Subject {
  return {
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

export function contextOf(file: Pick<VectorFile, 'asOf' | 'segments'>): EvaluateContext {
  return {
    asOf: Date.parse(file.asOf),
    segment: (uid) => {
      const found = file.segments?.find((segment) => segment.uid === uid);
      if (!found) throw new Error(`no segment ${uid} in the vectors`);
      return found.root ? { kind: 'dynamic', tree: treeOf(found.root) } : { kind: 'imported', has: (id) => found.members!.includes(id) };
    },
  };
}

export function treeOf(root: SegmentGroup): SegmentTree {
  return { format: 1, root };
}

/** Writes a population straight into the tables, ids as given: an operation for tests. */
export function insertPopulation(db: WriteDb, population: readonly Person[]): void {
  for (const person of population) {
    let user: number | null = null;
    if (person.user !== undefined) {
      db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values (${person.user}, ${JSON.stringify(person.userAttributes ?? {})}, 0, 0) on conflict do nothing`);
      user = db.get<{ id: number }>(sql`select id from user where user_id = ${person.user}`)!.id;
    }
    const address = `person-${person.id}`;
    db.run(sql`
      insert into endpoint (id, app, uid, channel, address, address_key, user, active, opt_out, attributes, metrics, latitude, longitude, created_at, updated_at, last_seen_at)
      values (${person.id}, 1, ${address}, ${person.channel ?? 'EMAIL'}, ${address}, ${address}, ${user}, ${person.active ?? true}, ${person.optedOut ?? false},
        ${JSON.stringify(person.attributes ?? {})}, ${JSON.stringify(person.metrics ?? {})}, ${person.latitude}, ${person.longitude},
        ${Date.parse(person.createdAt ?? epoch)}, 0, ${person.lastSeenAt === undefined ? null : Date.parse(person.lastSeenAt)})`);
    for (const [field, value] of Object.entries({ ...person.demographic, ...person.place })) {
      db.run(sql`update endpoint set ${sqlId(fieldColumn(field as (typeof demographicFields)[number]))} = ${value} where id = ${person.id}`);
    }
  }
}

/** Writes the segments of a vector file. */
export function insertSegments(db: WriteDb, segments: readonly NamedSegment[]): void {
  for (const segment of segments) {
    const kind = segment.root ? 'dynamic' : 'imported';
    const { lastId } = db.run(
      sql`insert into segment (uid, name, kind, version, created_at, updated_at) values (${segment.uid}, ${segment.name}, ${kind}, 1, ${db.now}, ${db.now})`,
    );
    const tree = treeOf(segment.root ?? { type: 'group', match: 'all', of: [] });
    db.run(sql`insert into segment_version (segment, version, tree, created_at, actor) values (${lastId}, 1, ${JSON.stringify(tree)}, ${db.now}, '{}')`);
    for (const member of segment.members ?? []) db.run(sql`insert into segment_member (segment, endpoint) values (${lastId}, ${member})`);
  }
}
