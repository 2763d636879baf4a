import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportMerged } from '../../../src-preload/contract/import.js';
import type { WriteDb } from '../../store/db.js';
import { indexTexts } from '../../store/indexes.js';
import { sql, sqlId, type SqlValue } from '../../store/sql.js';
import { type EndpointColumns, endpointColumnNames } from '../columns.js';
import { type EndpointInput, mergeColumns } from '../upsert.js';
import { mergeMap, mergeUser } from '../user.js';
import { findImport } from './import.rows.js';
import { addToSegment, suppressEndpoint } from './merge.js';
import { openSlice, type Slice } from './slice.js';
import { stagedClass, stagedFlag, type StagedRow } from './staging.js';

/*
 * The first load of an empty workspace (design 4, "Durability"): rows are made ready in the job's thread and only inserted in the store thread, secondary indexes are
 * built at the end. The unique ones stay, so whatever happens meanwhile, no address is ever held twice. Measured on 300,000 rows in one process: 44,000 rows/s with
 * every index in place, 84,000 with the indexes built last. Slices of 10,000 rows: half as many cost a fifth more time in commits.
 */

/** Not unique, so the table is right without them; all of them are made again by `rebuildIndex`, or at the next open. */
export const loadIndexes = ['endpoint_user', 'endpoint_address', 'endpoint_country', 'endpoint_created', 'endpoint_seen'] as const;

/** Columns that the store thread sets itself. */
const own = new Set<keyof EndpointColumns>(['app', 'user', 'created_at', 'updated_at', 'last_seen_at', 'import']);
const carried = endpointColumnNames.filter((name) => !own.has(name));
const insertEndpoint = `insert into endpoint (app, user, created_at, updated_at, import, ${carried.map((name) => `"${name}"`).join(', ')})
  values (?, ?, ?, ?, ?, ${carried.map(() => '?').join(', ')}) on conflict do nothing`;
const insertUser = 'insert into user (user_id, attributes, created_at, updated_at) values (?, ?, ?, ?) on conflict (user_id) do nothing';

export interface LoadSlice {
  readonly uid: string;
  /** JSON: `LoadRow[]`. One text crosses a thread far faster than its million objects. */
  readonly rows: string;
  readonly count: number;
  readonly lastN: number;
  readonly total: number;
}

/** The carried columns, then the flags, the UserId and the user's attributes as JSON. */
type LoadRow = readonly [values: readonly SqlValue[], flags: number, userId: string | null, userAttributes: string];

/** Makes staged rows ready for `loadSlice`, by the audience's own rules for a new endpoint. Undefined where a row is not simply new. Runs in the job's thread. */
export function prepareLoad(rows: readonly StagedRow[], app: number, source: string, newUid: () => string): string | undefined {
  const ready: LoadRow[] = [];
  for (const staged of rows) {
    if (staged.class !== stagedClass.new) return undefined;
    const payload = JSON.parse(staged.payload) as Omit<EndpointInput, 'app'>;
    const optOut = staged.flags & stagedFlag.optOut ? { optOut: 'ALL' as const } : {};
    const columns = mergeColumns({ ...payload, app, ...optOut }, { source }, 0, newUid, undefined);
    const hasAttributes = payload.userAttributes !== undefined && Object.keys(payload.userAttributes).length > 0;
    ready.push([
      carried.map((name) => columns[name]),
      staged.flags,
      payload.userId ?? (hasAttributes ? newUid() : null),
      mergeMap('{}', payload.userAttributes),
    ]);
  }
  return JSON.stringify(ready);
}

/** True, and the secondary indexes gone, where this import is the first thing that comes into a workspace that has sent nothing yet. */
export function beginLoad(db: WriteDb, uid: string): boolean {
  const row = findImport(db, uid);
  const used =
    db.get(sql`select 1 as found from endpoint limit 1`) ??
    db.get(sql`select 1 as found from run limit 1`) ??
    db.get(sql`select 1 as found from endpoint_alias limit 1`);
  if (used || row.state !== 'merging' || row.resume > 0) return false;
  for (const name of loadIndexes) db.run(sql`drop index if exists ${sqlId(name)}`);
  return true;
}

/**
 * Inserts a slice of rows that are all new. Null where the import is not merging any more. Throws `CONFLICT`, having done nothing, where somebody else brought one of
 * the ids or addresses meanwhile: `mergeSlice` then takes the slice.
 */
export function loadSlice(db: WriteDb, input: LoadSlice): ImportMerged | null {
  const row = findImport(db, input.uid);
  if (row.state !== 'merging') return null;
  const slice = openSlice(db, row);
  const insert = db.prepare(insertEndpoint);
  for (const [values, flags, userId, userAttributes] of JSON.parse(input.rows) as LoadRow[]) {
    const user = userId === null ? null : loadUser(db, userId, userAttributes, slice);
    const { changes, lastInsertRowid } = insert.run(row.app, user, db.now, db.now, row.id, ...values);
    if (changes === 0) throw new HeliographError('CONFLICT', { what: 'An endpoint' });
    if (flags & stagedFlag.suppress) suppressEndpoint(db, Number(lastInsertRowid), slice);
    addToSegment(db, row, Number(lastInsertRowid));
  }
  slice.merged.new += input.count;
  return slice.close(input.count, input.lastN, input.total);
}

function loadUser(db: WriteDb, userId: string, attributes: string, slice: Slice): number | null {
  const { changes, lastInsertRowid } = db.prepare(insertUser).run(userId, attributes, db.now, db.now);
  if (changes === 1) return Number(lastInsertRowid);
  return mergeUser(db, { userId, attributes: JSON.parse(attributes) as Record<string, string[]>, current: null }, slice.rules).id;
}

/** Makes one of `loadIndexes` again. Each is an operation of its own, so that others get their turn in between. */
export function rebuildIndex(db: WriteDb, name: (typeof loadIndexes)[number]): void {
  if (db.get(sql`select 1 as found from sqlite_schema where type = 'index' and name = ${name}`)) return;
  db.prepare(indexTexts().get(name)!).run();
}
