import type { ImportMerged } from '../../../src-preload/contract/import.js';
import type { WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { suppress } from '../consent.js';
import { type EndpointInput, upsertEndpoint } from '../upsert.js';
import { mergeUser } from '../user.js';
import { findImport, type ImportRow } from './import.rows.js';
import { openSlice, type Slice } from './slice.js';
import { stagedClass, stagedFlag, type StagedRow } from './staging.js';

export interface MergeSlice {
  readonly uid: string;
  readonly rows: readonly StagedRow[];
  /** How many rows there are in all, for the windows. */
  readonly total: number;
}

const addMember = 'insert or ignore into segment_member (segment, endpoint) values (?, ?)';
const untouched = 'select 1 from endpoint e left join user u on u.id = e.user where e.id = ? and e.updated_at <= ? and coalesce(u.updated_at, 0) <= ?';
const keyOf = 'select channel, address_key from endpoint where id = ?';

/**
 * Merges one slice of staged rows: upserts through the audience's own rules, keeps a before-image of every row it changes, suppresses, adds members, and moves the
 * import's resume position, all in one transaction. Gives back null where the import is not merging any more (cancelled): nothing was done then.
 */
export function mergeSlice(db: WriteDb, input: MergeSlice): ImportMerged | null {
  const row = findImport(db, input.uid);
  if (row.state !== 'merging') return null;
  const rows = input.rows.filter(({ n }) => n > row.resume);
  const slice = openSlice(db, row);
  const last = rows.at(-1);
  if (!last) return slice.merged;
  for (const staged of rows) {
    if (staged.class === stagedClass.user) mergeUserRow(db, row, staged, slice);
    else mergeEndpointRow(db, row, staged, slice);
  }
  return slice.close(rows.length, last.n, input.total);
}

function mergeEndpointRow(db: WriteDb, row: ImportRow, staged: StagedRow, slice: Slice): void {
  let id: number;
  // Rows that the check found the same are looked at again only where something changed them since the import began.
  if (staged.class === stagedClass.same && db.prepare(untouched).get(staged.target, row.created_at, row.created_at) !== undefined) {
    id = staged.target!;
    slice.merged.same++;
  } else {
    const payload = JSON.parse(staged.payload) as Omit<EndpointInput, 'app'>;
    const optOut = staged.flags & stagedFlag.optOut ? { optOut: 'ALL' as const } : {};
    const result = upsertEndpoint(db, { ...payload, app: row.app, ...optOut }, slice.rules);
    id = result.id;
    slice.merged[result.outcome]++;
  }
  if (staged.flags & stagedFlag.suppress) suppressEndpoint(db, id, slice);
  addToSegment(db, row, id);
}

export function addToSegment(db: WriteDb, row: ImportRow, endpoint: number): void {
  if (row.segment !== null) db.prepare(addMember).run(row.segment, endpoint);
}

export function suppressEndpoint(db: WriteDb, id: number, slice: Slice): void {
  const { channel, address_key: addressKey } = db.prepare(keyOf).get(id) as { channel: NonNullable<EndpointInput['channel']>; address_key: string };
  if (suppress(db, { channel, addressKey, reason: 'imported', source: slice.rules.source }).appended.length > 0) slice.merged.unsubscribes++;
}

/** A row of a list of user ids: attributes for that user, and all its endpoints for the segment. */
function mergeUserRow(db: WriteDb, row: ImportRow, staged: StagedRow, slice: Slice): void {
  const payload = JSON.parse(staged.payload) as Pick<EndpointInput, 'userId' | 'userAttributes'>;
  const user = mergeUser(db, { userId: payload.userId, attributes: payload.userAttributes, current: null }, slice.rules);
  for (const { id } of db.all<{ id: number }>(sql`select id from endpoint where user = ${user.id}`)) {
    if (staged.flags & stagedFlag.suppress) suppressEndpoint(db, id, slice);
    addToSegment(db, row, id);
  }
}
