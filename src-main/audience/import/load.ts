import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportMerged } from '../../../src-preload/contract/import.js';
import type { WriteDb } from '../../store/db.js';
import { indexTexts } from '../../store/indexes.js';
import { sql, sqlId } from '../../store/sql.js';
import { standardFields } from '../columns.js';
import { anyErased } from '../erased.js';
import { returnErased } from '../erased-return.js';
import { findImport } from './import.rows.js';
import { suppressEndpoint } from './merge.js';
import { openSlice } from './slice.js';
import { type LoadPlan, stagedClass, stagedFlag } from './staging.js';

/*
 * The first load of an empty workspace (design 4, "Durability"). The check has staged the columns of the new endpoints, merged their persons and made sure that no id
 * and no address comes twice (staging.ts), so a slice is a few statements that read the staging file, and all indexes but those of the primary keys are built at the
 * end. Ids are the staged numbers above ids set aside at the beginning, so nothing is looked up.
 *
 * Without unique indexes nothing but this keeps an address from being held twice: every other operation looks before it writes (slowly now, but it finds), and a slice
 * writes nothing once somebody else made an endpoint or an alias, or gave one another id, address or state. So every commit is right, a crash included: the next open
 * makes the indexes (store/indexes.ts), and `mergeSlice` goes on.
 *
 * Measured 2026-11-24 on a machine at work for others, 1M rows: `BENCH_RUNS=1 npm run bench -- import` merged in 18.0 s, with unique indexes in place and the rows as JSON in
 * 70.9 s just before (300,000 rows: 4.3 s and 20.8 s). The statements alone, in a script of one thread: persons 1.4 s, rows 3.3 s, indexes 5.5 to 7.4 s; a look-up of each
 * row's person by its id would add 3.3 s.
 */

/** All of them are made again by `rebuildIndex`, or at the next open. The unique ones come first. */
export const loadIndexes = [
  'endpoint_uid',
  'endpoint_address_workspace',
  'endpoint_address_app',
  'endpoint_user',
  'endpoint_address',
  'endpoint_country',
  'endpoint_created',
  'endpoint_seen',
] as const;

export interface LoadStart {
  /** Staged rows become endpoints, and staged persons users, with these added to their numbers. Null where the import is not a first load. */
  readonly base: { readonly endpoint: number; readonly user: number } | null;
}

export interface LoadSlice {
  readonly uid: string;
  /** The staging file. */
  readonly path: string;
  readonly base: NonNullable<LoadStart['base']>;
  readonly plan: LoadPlan;
  /** Rows that follow the last one loaded. */
  readonly limit: number;
  /** How many rows there are in all, for the windows. */
  readonly total: number;
}

const watch = `create temp trigger load_watch after update of app, uid, channel, address_key, active on main.endpoint
  when old.app <> new.app or old.uid <> new.uid or old.channel <> new.channel or old.address_key <> new.address_key or old.active <> new.active
  begin insert into load_touched values (new.id); end`;

/**
 * Begins the load where this import is the first thing that comes into a workspace that has sent nothing yet: sets ids aside, drops the indexes, and watches what
 * others do.
 */
export function beginLoad(db: WriteDb, input: { readonly uid: string; readonly plan: LoadPlan }): LoadStart {
  const row = findImport(db, input.uid);
  const used =
    db.get(sql`select 1 as found from endpoint limit 1`) ??
    db.get(sql`select 1 as found from user limit 1`) ??
    db.get(sql`select 1 as found from run limit 1`) ??
    db.get(sql`select 1 as found from endpoint_alias limit 1`);
  if (used || row.state !== 'merging' || row.resume > 0) return { base: null };
  // The index of push tokens stays where there are none: nothing is written to it, and to build it takes a look at every row.
  for (const name of loadIndexes) if (name !== 'endpoint_address_app' || input.plan.tokens) db.run(sql`drop index if exists ${sqlId(name)}`);
  endLoad(db);
  db.run(sql`create temp table load_touched (id integer not null)`);
  db.prepare(watch).run();
  return { base: { endpoint: setAside(db, 'endpoint', input.plan.last), user: setAside(db, 'user', input.plan.users) } };
}

/** Takes `count` ids that nobody else will get, and gives the one before them. */
function setAside(db: WriteDb, table: string, count: number): number {
  const known = db.get<{ seq: number }>(sql`select seq from sqlite_sequence where name = ${table}`);
  if (!known) db.run(sql`insert into sqlite_sequence (name, seq) values (${table}, ${count})`);
  else db.run(sql`update sqlite_sequence set seq = ${known.seq + count} where name = ${table}`);
  return known?.seq ?? 0;
}

/** The watch over others ends; the last step of a load, after the indexes. */
export function endLoad(db: WriteDb): void {
  db.run(sql`drop trigger if exists temp.load_watch`);
  db.run(sql`drop table if exists temp.load_touched`);
}

const conflict = () => new HeliographError('CONFLICT', { what: 'An endpoint' });

/** Runs a statement of the load; gives the rows it wrote. What it finds in its way (a person deleted meanwhile) is a `CONFLICT`. */
function write(db: WriteDb, text: string, ...values: (string | number | null)[]): number {
  try {
    return db.prepare(text).run(...values).changes;
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_CONSTRAINT')) throw conflict();
    throw error;
  }
}

const insertUsers = `insert into user (id, user_id, attributes, created_at, updated_at)
  select ? + k, user_id, attributes, ?, ? from side.staged_user where k > ? and k <= ? order by k`;
const userImages = 'insert into import_user_image (import, user, image, at) select ?, ? + k, null, ? from side.staged_user where k > ? and k <= ?';

/** Makes the persons after `after`. False where the import is not merging any more. Throws `CONFLICT`, having done nothing, where somebody made one of them meanwhile. */
export function loadUsers(db: WriteDb, input: LoadSlice & { readonly after: number }): boolean {
  const row = findImport(db, input.uid);
  if (row.state !== 'merging') return false;
  db.attach(input.path);
  const { user: base } = input.base;
  const to = Math.min(input.after + input.limit, input.plan.users);
  write(db, insertUsers, base, db.now, db.now, input.after, to);
  write(db, userImages, row.id, base, db.now, input.after, to);
  db.changed('user', base + input.after + 1, base + to);
  return true;
}

const copied = [...standardFields.map(({ column }) => column), 'effective_at'].join(', ');
const rows = `from side.staged s where n > ? and n <= ? and class = ${stagedClass.new}`;
/** What `mergeColumns` makes of a new endpoint; a test holds the two equal. */
const insertEndpoints = `insert into endpoint
  (id, app, uid, channel, address, address_key, user, active, opt_out, opt_out_source, attributes, metrics, created_at, updated_at, import, ${copied})
  select ? + n, ?, uid, channel, address, coalesce(address_key, address), (select ? + k from side.staged_link l where l.n = s.n),
    not flags & ${stagedFlag.inactive}, flags & ${stagedFlag.optOut}, iif(flags & ${stagedFlag.optOut}, ?, null), coalesce(attributes, '{}'), coalesce(metrics, '{}'), ?, ?, ?, ${copied}
  ${rows} order by n`;
const endpointImages = `insert into import_image (import, endpoint, image, at) select ?, ? + n, null, ? ${rows}`;
const members = `insert or ignore into segment_member (segment, endpoint) select ?, ? + n ${rows}`;
const loadedAddresses = `select channel, coalesce(address_key, address) as address_key ${rows}`;
const suppressing = `select ? + n as id ${rows} and flags & ${stagedFlag.suppress}`;

/**
 * Loads the new rows that follow, whose persons are there. Null where the import is not merging any more. Throws `CONFLICT`, having done nothing, where somebody else
 * came into the workspace meanwhile: then the indexes are made and `mergeSlice` takes the rest.
 */
export function loadSlice(db: WriteDb, input: LoadSlice): ImportMerged | null {
  const row = findImport(db, input.uid);
  if (row.state !== 'merging') return null;
  const { endpoint: base, user } = input.base;
  const met =
    db.get(sql`select 1 as found from endpoint where id > ${base + input.plan.last} limit 1`) ??
    db.get(sql`select 1 as found from endpoint_alias limit 1`) ??
    db.get(sql`select 1 as found from temp.load_touched limit 1`);
  if (met) throw conflict();
  db.attach(input.path);
  const slice = openSlice(db, row);
  const from = row.resume;
  const to = Math.min(from + input.limit, input.plan.lastNew);
  const count = write(db, insertEndpoints, base, row.app, user, slice.rules.source, db.now, db.now, row.id, from, to);
  write(db, endpointImages, row.id, base, db.now, from, to);
  if (row.segment !== null) write(db, members, row.segment, base, from, to);
  for (const { id } of db.prepare(suppressing).all(base, from, to) as { id: number }[]) suppressEndpoint(db, id, slice);
  if (anyErased(db)) for (const row of db.prepare(loadedAddresses).all(from, to) as Parameters<typeof returnErased>[1][]) returnErased(db, row);
  slice.merged.new += count;
  db.changed('endpoint', base + from + 1, base + to);
  return slice.close(count, to, input.total);
}

/** Makes one of `loadIndexes` again. Each is an operation of its own, so that others get their turn in between. */
export function rebuildIndex(db: WriteDb, name: (typeof loadIndexes)[number]): void {
  if (db.get(sql`select 1 as found from sqlite_schema where type = 'index' and name = ${name}`)) return;
  db.prepare(indexTexts().get(name)!).run();
}
