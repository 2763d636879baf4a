import type { AudienceFilter, AudienceList, AudienceListInput, AudienceSort } from '../../src-preload/contract/audience.js';
import type { AudienceCount } from '../../src-preload/contract/common.js';
import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { type Sql, sql } from '../store/sql.js';
import { type FilterSql, filterSql, type SegmentCondition } from './filter.js';

export interface AsOf {
  /** The instant that "now" means in a segment's rules, UTC ms. */
  readonly asOf: number;
}

/** Rows between two looks at whether the caller gave up: about 30 ms of work. */
const slice = 50_000;
/** Up to this many matches are sorted by themselves; more are picked out of a walk over the whole index, which costs the same whatever matches. */
const sortAlone = 20_000;

/** Which endpoints match: flags and owners by row id. `user` is 0 where nobody is known to own the address. */
interface Matches {
  readonly flag: Uint8Array;
  readonly user: Uint32Array;
  readonly ids: Uint32Array;
  readonly people: number;
}

/**
 * A list is answered in two passes, because a filter on one field and an order by another would look up a million rows in random order (measured: 3 to 8 s):
 * the rows are read once in file order and flagged, then the order's covering index is walked and the flagged ids are taken. 1,000,000 rows: about a second.
 */
export const list = (segment: SegmentCondition) => (db: ReadDb, input: AudienceListInput & AsOf): AudienceList => {
  const matches = scan(db, filterSql(input.filter, { db, segment, asOf: input.asOf }));
  const ordered = matches.ids.length <= sortAlone ? sortFew(db, matches.ids, input.sort) : walk(db, matches, input.sort);
  const ids = input.group === 'people' ? firstOfEach(ordered, matches.user) : ordered;
  return { ids: encodeIds(ids), rows: ids.length, people: matches.people, addresses: matches.ids.length, commit: db.commitNumber() };
};

/** People and addresses that match; a person is a user, or an address nobody is known to own. */
export const count = (segment: SegmentCondition) => (db: ReadDb, { filter, asOf }: { readonly filter: AudienceFilter } & AsOf): AudienceCount => {
  const compiled = filterSql(filter, { db, segment, asOf });
  if (!compiled.empty) {
    const { people, ids } = scan(db, compiled);
    return { people, addresses: ids.length };
  }
  // Both are answered from indexes alone.
  const addresses = db.get<{ n: number }>(sql`select count(*) as n from endpoint`)!.n;
  const owned = db.get<{ n: number; users: number }>(sql`select count(*) as n, count(distinct user) as users from endpoint where user is not null`)!;
  return { people: owned.users + addresses - owned.n, addresses };
};

interface Owned {
  readonly id: number;
  readonly user: number | null;
}

/** From the short table to the long one. An address that is suppressed in both scopes comes twice. */
const onTheList = sql`suppressed d cross join endpoint e on e.address_key = d.address_key and e.channel = d.channel`;

function suppressedIds(db: ReadDb, top: number): Uint8Array {
  const flag = new Uint8Array(top + 1);
  for (const { id } of db.all<{ id: number }>(sql`select e.id from ${onTheList}`)) flag[id] = 1;
  return flag;
}

function scan(db: ReadDb, { where, indexed, suppressed }: FilterSql): Matches {
  const top = highestId(db, 'endpoint');
  const topUser = highestId(db, 'user');
  const flag = new Uint8Array(top + 1);
  const user = new Uint32Array(top + 1);
  const ids = new Uint32Array(top);
  const seen = new Uint8Array(topUser + 1);
  let n = 0;
  let people = 0;
  const barred = suppressed === false ? suppressedIds(db, top) : undefined;
  const take = (rows: readonly Owned[]) => {
    for (const row of rows) {
      if (barred?.[row.id] === 1 || flag[row.id] === 1) continue;
      flag[row.id] = 1;
      ids[n++] = row.id;
      if (row.user === null) people++;
      else {
        user[row.id] = row.user;
        if (seen[row.user] === 0) people++;
        seen[row.user] = 1;
      }
    }
  };
  if (suppressed === true) {
    take(db.all(sql`select e.id, e.user from ${onTheList} left join user u on u.id = e.user where ${where}`));
  } else if (indexed) {
    take(db.all(sql`select e.id, e.user from endpoint e left join user u on u.id = e.user where ${where}`));
  } else {
    // Row ids of a slice lie together in the file; any other index would be chosen only to jump about.
    for (let from = 0; from < top; from += slice) {
      db.throwIfCancelled();
      take(db.all(sql`select e.id, e.user from endpoint e not indexed left join user u on u.id = e.user where e.id > ${from} and e.id <= ${from + slice} and ${where}`));
    }
  }
  return { flag, user, ids: ids.subarray(0, n), people };
}

/** The order as SQL. Each is answered by an index that holds nothing else (`endpoint_address`, `_country`, `_created`, `_seen`). */
function orderSql({ by, descending }: AudienceSort): Sql {
  const column = { address: sql`e.address_key`, country: sql`e.country`, created: sql`e.created_at`, seen: sql`e.last_seen_at` }[by];
  return descending ? sql`${column} desc, e.id desc` : sql`${column}, e.id`;
}

function walk(db: ReadDb, matches: Matches, sort: AudienceSort): Uint32Array {
  const out = new Uint32Array(matches.ids.length);
  let n = 0;
  for (let offset = 0; n < out.length; offset += slice) {
    db.throwIfCancelled();
    // Skipping inside a covering index costs 7 ns a row, so an offset is as good as a key here and knows nothing of nulls.
    const rows = db.all<{ id: number }>(sql`select e.id from endpoint e order by ${orderSql(sort)} limit ${slice} offset ${offset}`);
    for (const { id } of rows) if (matches.flag[id] === 1) out[n++] = id;
    if (rows.length < slice) break;
  }
  return out.subarray(0, n);
}

function sortFew(db: ReadDb, ids: Uint32Array, sort: AudienceSort): Uint32Array {
  if (ids.length === 0) return ids;
  const rows = db.all<{ id: number }>(
    sql`select e.id from json_each(${JSON.stringify([...ids])}) j cross join endpoint e on e.id = j.value order by ${orderSql(sort)}`,
  );
  return Uint32Array.from(rows, (row) => row.id);
}

/** Each person once, at the place of their first address in the order; addresses without an owner stand for themselves. */
function firstOfEach(ordered: Uint32Array, user: Uint32Array): Uint32Array {
  const seen = new Set<number>();
  return ordered.filter((id) => {
    const owner = user[id]!;
    if (owner === 0) return true;
    if (seen.has(owner)) return false;
    seen.add(owner);
    return true;
  });
}

function encodeIds(ids: Uint32Array): string {
  const bytes = Buffer.alloc(ids.length * 4);
  for (let i = 0; i < ids.length; i++) bytes.writeUInt32LE(ids[i]!, i * 4);
  return bytes.toString('base64');
}
