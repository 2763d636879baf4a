import type { ImportMerged } from '../../../src-preload/contract/import.js';
import type { WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { readEndpoint } from '../columns.js';
import { suppress } from '../consent.js';
import { type EndpointInput, upsertEndpoint, type UpsertRules } from '../upsert.js';
import { mergeUser } from '../user.js';
import { findImport, type ImportRow } from './import.rows.js';
import { stagedClass, stagedFlag, type StagedRow } from './staging.js';

export interface MergeSlice {
  readonly uid: string;
  readonly rows: readonly StagedRow[];
  /** How many rows there are in all, for the windows. */
  readonly total: number;
}

const keepImage = 'insert into import_image (import, endpoint, image, at) values (?, ?, ?, ?) on conflict (import, endpoint) do update set at = excluded.at';
const keepUserImage = 'insert into import_user_image (import, user, image, at) values (?, ?, ?, ?) on conflict (import, user) do update set at = excluded.at';
const newImages = 'insert into import_image (import, endpoint, image, at) select ?, id, null, ? from endpoint where id > ? and id <= ?';
const newUserImages = 'insert into import_user_image (import, user, image, at) select ?, id, null, ? from user where id > ? and id <= ?';
const addMember = 'insert or ignore into segment_member (segment, endpoint) values (?, ?)';
const untouched = 'select 1 from endpoint e left join user u on u.id = e.user where e.id = ? and e.updated_at <= ? and coalesce(u.updated_at, 0) <= ?';
const keyOf = 'select channel, address_key from endpoint where id = ?';

/**
 * Merges one slice of staged rows: upserts through the audience's own rules, keeps a before-image of every row it changes, suppresses, adds members, and moves the
 * import's resume position, all in one transaction. Gives back null where the import is not merging any more (cancelled): nothing was done then.
 */
export function mergeSlice(db: WriteDb, slice: MergeSlice): ImportMerged | null {
  const row = findImport(db, slice.uid);
  if (row.state !== 'merging') return null;
  const rows = slice.rows.filter(({ n }) => n > row.resume);
  const last = rows.at(-1);
  const merged: { -readonly [K in keyof ImportMerged]: ImportMerged[K] } = JSON.parse(row.merged!) as ImportMerged;
  if (!last) return merged;
  const before = maxIds(db);
  const touched = { endpoint: newRange(), user: newRange() };
  const rules: UpsertRules = {
    source: sourceOf(row),
    import: row.id,
    announce: false,
    beforeEndpoint: (id) => {
      if (id > before.endpoint) return;
      db.prepare(keepImage).run(row.id, id, JSON.stringify(readEndpoint(db, id)), db.now);
      touched.endpoint.add(id);
    },
    beforeUser: (id) => {
      if (id > before.user) return;
      db.prepare(keepUserImage).run(row.id, id, JSON.stringify(db.prepare('select attributes, updated_at from user where id = ?').get(id)), db.now);
      touched.user.add(id);
    },
  };
  for (const staged of rows) {
    if (staged.class === stagedClass.user) mergeUserRow(db, row, staged, rules);
    else mergeEndpointRow(db, row, staged, rules, merged);
  }
  const after = maxIds(db);
  if (after.endpoint > before.endpoint) {
    db.prepare(newImages).run(row.id, db.now, before.endpoint, after.endpoint);
    touched.endpoint.add(before.endpoint + 1);
    touched.endpoint.add(after.endpoint);
  }
  if (after.user > before.user) {
    db.prepare(newUserImages).run(row.id, db.now, before.user, after.user);
    touched.user.add(before.user + 1);
    touched.user.add(after.user);
  }
  merged.rows += rows.length;
  merged.total = slice.total;
  db.run(sql`update import set resume = ${last.n}, merged = ${JSON.stringify(merged)} where id = ${row.id}`);
  touched.endpoint.tell(db, 'endpoint');
  touched.user.tell(db, 'user');
  db.changed('import', row.id);
  return merged;
}

/** What suppressions and opt-outs of an import say of their origin. */
export const sourceOf = (row: Pick<ImportRow, 'file_name'>): string => `import: ${row.file_name}`;

function maxIds(db: WriteDb): { endpoint: number; user: number } {
  // sqlite_sequence rather than max(id): an id of a deleted row is never used again, and new ones lie above it.
  const of = (table: string) => (db.prepare('select seq from sqlite_sequence where name = ?').get(table) as { seq: number } | undefined)?.seq ?? 0;
  return { endpoint: of('endpoint'), user: of('user') };
}

function newRange() {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  return {
    add(id: number) {
      if (id < from) from = id;
      if (id > to) to = id;
    },
    tell(db: WriteDb, table: string) {
      if (to > 0) db.changed(table, from, to);
    },
  };
}

function mergeEndpointRow(
  db: WriteDb,
  row: ImportRow,
  staged: StagedRow,
  rules: UpsertRules,
  merged: { new: number; changed: number; same: number; unsubscribes: number },
): void {
  let id: number;
  // Rows that the check found the same are looked at again only where something changed them since the import began.
  if (staged.class === stagedClass.same && db.prepare(untouched).get(staged.target, row.created_at, row.created_at) !== undefined) {
    id = staged.target!;
    merged.same++;
  } else {
    const payload = JSON.parse(staged.payload) as Omit<EndpointInput, 'app'>;
    const optOut = staged.flags & stagedFlag.optOut ? { optOut: 'ALL' as const } : {};
    const result = upsertEndpoint(db, { ...payload, app: row.app, ...optOut }, rules);
    id = result.id;
    merged[result.outcome]++;
  }
  if (staged.flags & stagedFlag.suppress) merged.unsubscribes += suppressEndpoint(db, id, rules.source);
  if (row.segment !== null) db.prepare(addMember).run(row.segment, id);
}

function suppressEndpoint(db: WriteDb, id: number, source: string): number {
  const { channel, address_key: addressKey } = db.prepare(keyOf).get(id) as { channel: EndpointInput['channel']; address_key: string };
  return suppress(db, { channel: channel!, addressKey, reason: 'imported', source }).appended.length > 0 ? 1 : 0;
}

/** A row of a list of user ids: attributes for that user, and all its endpoints for the segment. */
function mergeUserRow(db: WriteDb, row: ImportRow, staged: StagedRow, rules: UpsertRules): void {
  const payload = JSON.parse(staged.payload) as Pick<EndpointInput, 'userId' | 'userAttributes'>;
  const user = mergeUser(db, { userId: payload.userId, attributes: payload.userAttributes, current: null }, rules);
  for (const { id } of db.all<{ id: number }>(sql`select id from endpoint where user = ${user.id}`)) {
    if (staged.flags & stagedFlag.suppress) suppressEndpoint(db, id, rules.source);
    if (row.segment !== null) db.prepare(addMember).run(row.segment, id);
  }
}
