import {
  type ImportCounts,
  importLimits,
  type ImportMerged,
  type ImportOptions,
  type ImportState,
  type ImportUndone,
  type ImportView,
} from '../../../src-preload/contract/import.js';
import type { ErrorShape } from '../../../src-preload/contract/errors.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../../store/db.js';
import { sql, type Sql } from '../../store/sql.js';

export interface ImportRow {
  readonly id: number;
  readonly uid: string;
  readonly file_name: string;
  readonly app: number;
  readonly state: ImportState;
  readonly options: string;
  readonly counts: string | null;
  readonly merged: string | null;
  readonly undone: string | null;
  readonly segment: number | null;
  readonly resume: number;
  readonly error: string | null;
  readonly job: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
}

interface SegmentRow {
  readonly uid: string;
  readonly name: string;
  readonly deleted_at: number | null;
}

export const dayMs = 86_400_000;

/** What came after a merge, for states that can still be taken back. */
const undoable: readonly ImportState[] = ['merging', 'done', 'undoing'];

function toView(db: ReadDb, row: ImportRow): ImportView {
  const segment = row.segment === null ? undefined : db.get<SegmentRow>(sql`select uid, name, deleted_at from segment where id = ${row.segment}`);
  return {
    uid: row.uid,
    fileName: row.file_name,
    state: row.state,
    options: JSON.parse(row.options) as ImportOptions,
    counts: row.counts === null ? null : (JSON.parse(row.counts) as ImportCounts),
    merged: row.merged === null ? null : (JSON.parse(row.merged) as ImportMerged),
    undone: row.undone === null ? null : (JSON.parse(row.undone) as ImportUndone),
    segment: segment ? { uid: segment.uid, name: segment.name, ready: segment.deleted_at === null } : null,
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorShape),
    job: row.job,
    undoUntil: undoable.includes(row.state) ? (row.ended_at ?? row.created_at) + importLimits.undoDays * dayMs : null,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}

export function findImport(db: ReadDb, uid: string): ImportRow {
  const row = db.get<ImportRow>(sql`select * from import where uid = ${uid}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'import' });
  return row;
}

export function listImports(db: ReadDb, input: { limit: number }): ImportView[] {
  return db.all<ImportRow>(sql`select * from import order by id desc limit ${input.limit}`).map((row) => toView(db, row));
}

export function getImport(db: ReadDb, uid: string): ImportView {
  return toView(db, findImport(db, uid));
}

/** Imports that were at work when the program ended. */
export function unfinishedImports(db: ReadDb, _input: undefined): { uid: string; state: ImportState; fileName: string }[] {
  return db.all(sql`select uid, state, file_name as fileName from import where state in ('checking', 'merging', 'undoing') order by id`);
}

/** Imports whose folder is not needed any more: long over, or checked and then left. */
export function staleImports(db: ReadDb, input: { now: number }): string[] {
  return db
    .all<{ uid: string }>(
      sql`select uid from import where coalesce(ended_at, created_at) < ${input.now - importLimits.undoDays * dayMs} and state not in ('checking', 'merging', 'undoing')`,
    )
    .map((row) => row.uid);
}

/** Changes one import, tells windows, and gives it back. Throws `CONFLICT` {state} where it is not in one of the states the change starts from. */
function move(db: WriteDb, uid: string, from: readonly ImportState[], set: Sql): ImportView {
  const row = findImport(db, uid);
  if (!from.includes(row.state)) throw new HeliographError('CONFLICT', { what: 'The import', state: row.state });
  db.run(sql`update import set ${set} where id = ${row.id}`);
  db.changed('import', row.id);
  return getImport(db, uid);
}

export function createImport(db: WriteDb, input: { fileName: string; options: ImportOptions }): ImportView {
  const app = input.options.app ?? db.get<{ id: number }>(sql`select id from app where is_default = 1`)?.id;
  if (app === undefined || !db.get(sql`select 1 as found from app where id = ${app}`)) throw new HeliographError('NOT_FOUND', { what: 'app' });
  const uid = db.newUid();
  const { lastId } = db.run(
    sql`insert into import (uid, file_name, app, state, options, created_at) values (${uid}, ${input.fileName}, ${app}, 'checking', ${JSON.stringify({ ...input.options, app })}, ${db.now})`,
  );
  db.changed('import', lastId);
  return getImport(db, uid);
}

export function setImportJob(db: WriteDb, input: { uid: string; job: string }): ImportView {
  return move(db, input.uid, ['checking', 'checked', 'merging', 'undoing', 'done', 'failed', 'cancelled', 'undone'], sql`job = ${input.job}`);
}

export function markChecked(db: WriteDb, input: { uid: string; counts: ImportCounts }): ImportView {
  return move(db, input.uid, ['checking'], sql`state = 'checked', counts = ${JSON.stringify(input.counts)}`);
}

/** A check that could not be finished: the file was at fault, or somebody cancelled. Nothing was changed. */
export function markCheckFailed(db: WriteDb, input: { uid: string; error: ErrorShape }): ImportView {
  const state: ImportState = input.error.code === 'CANCELLED' ? 'cancelled' : 'failed';
  return move(db, input.uid, ['checking'], sql`state = ${state}, error = ${JSON.stringify(input.error)}, ended_at = ${db.now}`);
}

/** A merge that cannot go on (its staging file is gone): what it did stays and can be taken back. */
export function markMergeFailed(db: WriteDb, input: { uid: string; error: ErrorShape }): ImportView {
  return move(db, input.uid, ['merging', 'undoing'], sql`error = ${JSON.stringify(input.error)}`);
}

/** Leaves a checked import without merging it. */
export function dropChecked(db: WriteDb, uid: string): ImportView {
  return move(db, uid, ['checked', 'checking'], sql`state = 'cancelled', ended_at = ${db.now}`);
}

/**
 * Starts the merge of a checked import. The segment's row is made now, so that members can come with the rows, but stays hidden (deleted) until `finishMerge`
 * shows it in one step.
 */
export function beginMerge(db: WriteDb, input: { uid: string; segmentName: string | null }): ImportView {
  const merged: ImportMerged = { rows: 0, total: 0, new: 0, changed: 0, same: 0, unsubscribes: 0 };
  const segment = input.segmentName === null ? null : createHiddenSegment(db, input.segmentName);
  const view = move(db, input.uid, ['checked'], sql`state = 'merging', segment = ${segment}, merged = ${JSON.stringify(merged)}, resume = 0, error = null`);
  db.audit('import.started', `import:${input.uid}`, { file: view.fileName, rows: view.counts?.rows ?? 0 });
  return view;
}

function createHiddenSegment(db: WriteDb, name: string): number {
  const { lastId } = db.run(
    sql`insert into segment (uid, name, kind, version, created_at, updated_at, deleted_at) values (${db.newUid()}, ${name}, 'imported', 1, ${db.now}, ${db.now}, ${db.now})`,
  );
  const everyone = JSON.stringify({ format: 1, root: { type: 'group', match: 'all', of: [] } });
  db.run(
    sql`insert into segment_version (segment, version, tree, created_at, actor) values (${lastId}, 1, ${everyone}, ${db.now}, ${JSON.stringify(db.actor)})`,
  );
  return lastId;
}

/** The merge is done: the segment appears, as one step. */
export function finishMerge(db: WriteDb, uid: string): ImportView {
  const row = findImport(db, uid);
  const view = move(db, uid, ['merging'], sql`state = 'done', error = null, ended_at = ${db.now}`);
  if (row.segment !== null) {
    db.run(sql`update segment set deleted_at = null, updated_at = ${db.now} where id = ${row.segment}`);
    db.changed('segment', row.segment);
  }
  db.audit('import.done', `import:${uid}`, { ...view.merged });
  return getImport(db, uid);
}

/** Turns a merge round, or takes a finished import back. From now on no slice merges; `undoSlice` restores. Throws `NOT_ALLOWED` after 30 days. */
export function beginUndo(db: WriteDb, uid: string): ImportView {
  const row = findImport(db, uid);
  if (row.state === 'done' && db.now > (row.ended_at ?? row.created_at) + importLimits.undoDays * dayMs) {
    throw new HeliographError('NOT_ALLOWED', { message: `An import can be taken back for ${importLimits.undoDays} days.` });
  }
  const undone: ImportUndone = { restored: 0, removed: 0, kept: 0 };
  if (row.segment !== null) {
    db.run(sql`update segment set deleted_at = coalesce(deleted_at, ${db.now}), updated_at = ${db.now} where id = ${row.segment}`);
    db.changed('segment', row.segment);
  }
  db.audit('import.undoing', `import:${uid}`, {});
  return move(db, uid, ['merging', 'done'], sql`state = 'undoing', undone = ${JSON.stringify(undone)}`);
}

/** Everything is taken back that could be. A merge that was stopped ends as cancelled, a finished import as undone. */
export function finishUndo(db: WriteDb, uid: string): ImportView {
  const row = findImport(db, uid);
  if (row.segment !== null) db.run(sql`delete from segment_member where segment = ${row.segment}`);
  const view = move(db, uid, ['undoing'], sql`state = ${row.ended_at === null ? 'cancelled' : 'undone'}, error = null, ended_at = ${db.now}`);
  db.audit('import.undone', `import:${uid}`, { ...view.undone });
  return view;
}

/** Forgets the before-images of imports that are past taking back, a slice at a time. Gives back how many went. */
export function forgetImages(db: WriteDb, input: { limit: number }): number {
  const old = sql`select id from import where state not in ('merging', 'undoing') and coalesce(ended_at, created_at) < ${db.now - importLimits.undoDays * dayMs}`;
  const endpoints = db.run(
    sql`delete from import_image where (import, endpoint) in (select import, endpoint from import_image where import in (${old}) limit ${input.limit})`,
  ).changes;
  const users = db.run(
    sql`delete from import_user_image where (import, user) in (select import, user from import_user_image where import in (${old}) limit ${input.limit})`,
  ).changes;
  return endpoints + users;
}
