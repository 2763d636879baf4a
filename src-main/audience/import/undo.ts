import type { ImportUndone } from '../../../src-preload/contract/import.js';
import type { WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { isWorkspaceWide } from '../address.js';
import { activeHolder, type EndpointColumns, readEndpoint, writeEndpoint } from '../columns.js';
import { keepOptOut, suppress } from '../consent.js';
import { findImport, type ImportRow } from './import.rows.js';
import { sourceOf } from './slice.js';

export interface UndoSlice {
  readonly uid: string;
  /** Endpoint ids up to this one are behind us in this pass. */
  readonly after: number;
  readonly limit: number;
  /** The last pass: what still cannot be restored is kept. */
  readonly last: boolean;
}

export interface UndoStep {
  /** Where the next slice goes on; null at the end of the pass. */
  readonly after: number | null;
  /** Rows of this slice that wait for another one to leave their address. */
  readonly waiting: number;
  readonly done: number;
  readonly undone: ImportUndone;
}

interface ImageRow {
  readonly endpoint: number;
  readonly image: string | null;
  readonly at: number;
}

const mutable = (undone: ImportUndone): { -readonly [K in keyof ImportUndone]: ImportUndone[K] } => undone;

/**
 * Takes back a slice of what an import did to endpoints: rows it made are removed, rows it changed become what they were. A row that somebody changed since, or that
 * a message went to, is kept as it is. Consent is never taken back: an opt-out the import brought stays as the flag, or as a suppression where the row goes.
 */
export function undoSlice(db: WriteDb, input: UndoSlice): UndoStep {
  const row = findImport(db, input.uid);
  const undone = mutable(JSON.parse(row.undone ?? '{"restored":0,"removed":0,"kept":0}') as ImportUndone);
  if (row.state !== 'undoing') return { after: null, waiting: 0, done: 0, undone };
  const images = db.all<ImageRow>(
    sql`select endpoint, image, at from import_image where import = ${row.id} and endpoint > ${input.after} order by endpoint limit ${input.limit}`,
  );
  let waiting = 0;
  for (const image of images) {
    const outcome = undoOne(db, row, image);
    if (outcome === 'waits' && !input.last) {
      waiting++;
      continue;
    }
    if (outcome === 'restored') undone.restored++;
    else if (outcome === 'removed') undone.removed++;
    else if (outcome !== 'gone') undone.kept++;
    db.prepare('delete from import_image where import = ? and endpoint = ?').run(row.id, image.endpoint);
  }
  const first = images[0];
  const last = images.at(-1);
  if (first && last) db.changed('endpoint', first.endpoint, last.endpoint);
  db.run(sql`update import set undone = ${JSON.stringify(undone)} where id = ${row.id}`);
  db.changed('import', row.id);
  return { after: images.length < input.limit ? null : last!.endpoint, waiting, done: images.length - waiting, undone };
}

type Outcome = 'restored' | 'removed' | 'kept' | 'gone' | 'waits';

function undoOne(db: WriteDb, row: ImportRow, image: ImageRow): Outcome {
  const now = readEndpoint(db, image.endpoint);
  if (!now) return 'gone';
  if (now.updated_at !== image.at) return 'kept';
  if (image.image === null) return removeNew(db, row, image.endpoint, now);
  const before = JSON.parse(image.image) as EndpointColumns;
  if (before.active === 1) {
    const at = { channel: before.channel, addressKey: before.address_key, app: before.app, workspaceWide: isWorkspaceWide(before.channel) };
    if (activeHolder(db, at, image.endpoint) !== undefined) return 'waits';
  }
  const optOut = now.opt_out === 1 ? { opt_out: 1, opt_out_source: now.opt_out_source } : {};
  keepOptOut(db, now, before, { reason: 'imported', source: `opted out by an import that was taken back (${sourceOf(row)})` });
  writeEndpoint(db, image.endpoint, { ...before, ...optOut, last_seen_at: now.last_seen_at });
  return 'restored';
}

function removeNew(db: WriteDb, row: ImportRow, id: number, now: EndpointColumns): Outcome {
  if (db.get(sql`select 1 as found from message where endpoint = ${id} limit 1`) || db.get(sql`select 1 as found from event where endpoint = ${id} limit 1`))
    return 'kept';
  if (now.opt_out === 1)
    suppress(db, {
      channel: now.channel,
      addressKey: now.address_key,
      reason: 'imported',
      source: sourceOf(row),
      note: 'opted out in an import that was taken back',
    });
  db.run(sql`delete from endpoint_alias where endpoint = ${id}`);
  db.run(sql`delete from segment_member where endpoint = ${id} and segment in (select id from segment where kind = 'imported')`);
  db.run(sql`delete from endpoint where id = ${id}`);
  return 'removed';
}

interface UserImageRow {
  readonly user: number;
  readonly image: string | null;
  readonly at: number;
}

/** The same for users, after the endpoints: attributes become what they were, users that the import made and nobody owns any more go. */
export function undoUserSlice(
  db: WriteDb,
  input: { readonly uid: string; readonly after: number; readonly limit: number },
): { after: number | null; done: number } {
  const row = findImport(db, input.uid);
  if (row.state !== 'undoing') return { after: null, done: 0 };
  const images = db.all<UserImageRow>(
    sql`select user, image, at from import_user_image where import = ${row.id} and user > ${input.after} order by user limit ${input.limit}`,
  );
  for (const { user, image, at } of images) {
    const now = db.get<{ updated_at: number }>(sql`select updated_at from user where id = ${user}`);
    if (now?.updated_at === at) {
      if (image !== null) {
        const before = JSON.parse(image) as { attributes: string; updated_at: number };
        db.run(sql`update user set attributes = ${before.attributes}, updated_at = ${before.updated_at} where id = ${user}`);
      } else if (!db.get(sql`select 1 as found from endpoint where user = ${user} limit 1`)) {
        db.run(sql`delete from user where id = ${user}`);
      }
    }
    db.prepare('delete from import_user_image where import = ? and user = ?').run(row.id, user);
  }
  const last = images.at(-1);
  if (last) db.changed('user', images[0]!.user, last.user);
  return { after: images.length < input.limit ? null : last!.user, done: images.length };
}
