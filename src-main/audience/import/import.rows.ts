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
  /** The segment's row that its members are gathered under; hidden where they replace those of another (`replaces`). */
  readonly segment: number | null;
  readonly replaces: number | null;
  readonly former: number | null;
  readonly resume: number;
  readonly error: string | null;
  readonly job: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
}

interface SegmentRow {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly version: number;
  readonly members: number | null;
  readonly deleted_at: number | null;
}

const segmentColumns = sql`id, uid, name, version, members, deleted_at`;
const segmentById = (db: ReadDb, id: number | null) => (id === null ? undefined : db.get<SegmentRow>(sql`select ${segmentColumns} from segment where id = ${id}`));

export const dayMs = 86_400_000;

/** What came after a merge, for states that can still be taken back. */
const undoable: readonly ImportState[] = ['merging', 'done', 'undoing', 'failed'];

/** The options of an import, with what imports from before an option existed did. */
export function storedOptions(row: Pick<ImportRow, 'options'>): ImportOptions {
  const options = JSON.parse(row.options) as ImportOptions;
  return { ...options, format: { ...options.format, decimal: (options.format as Partial<ImportOptions['format']> | undefined)?.decimal ?? '.' } };
}

function toView(db: ReadDb, row: ImportRow): ImportView {
  const segment = segmentById(db, row.replaces ?? row.segment);
  const shown = segment?.deleted_at === null && (row.replaces === null || row.state === 'done');
  return {
    uid: row.uid,
    fileName: row.file_name,
    state: row.state,
    options: storedOptions(row),
    counts: row.counts === null ? null : { rejectedRows: 0, examples: [], ...(JSON.parse(row.counts) as Partial<ImportCounts>) } as ImportCounts,
    merged: row.merged === null ? null : (JSON.parse(row.merged) as ImportMerged),
    undone: row.undone === null ? null : (JSON.parse(row.undone) as ImportUndone),
    segment: segment ? { uid: segment.uid, name: segment.name, ready: shown } : null,
    replaces: row.replaces !== null,
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorShape),
    job: row.job,
    undoUntil: row.merged !== null && undoable.includes(row.state) ? (row.ended_at ?? row.created_at) + importLimits.undoDays * dayMs : null,
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

/** A merge that can never go on (its staging file is gone): what it did stays and can be taken back. Throws `CONFLICT` where it was turned round meanwhile. */
export function markMergeFailed(db: WriteDb, input: { uid: string; error: ErrorShape }): ImportView {
  return move(db, input.uid, ['merging'], sql`state = 'failed', error = ${JSON.stringify(input.error)}, ended_at = ${db.now}`);
}

/** Leaves a checked import without merging it. */
export function dropChecked(db: WriteDb, uid: string): ImportView {
  return move(db, uid, ['checked', 'checking'], sql`state = 'cancelled', ended_at = ${db.now}`);
}

/**
 * Starts the merge of a checked import. The segment's row is made now, so that members can come with the rows, but stays hidden (deleted) until `finishMerge`
 * shows it in one step, or puts its members in the place of those that an imported segment of this name has. Throws `BAD_INPUT` where the name is a dynamic segment's.
 */
export function beginMerge(db: WriteDb, input: { uid: string; segmentName: string | null }): ImportView {
  const merged: ImportMerged = { rows: 0, total: 0, new: 0, changed: 0, same: 0, unsubscribes: 0 };
  const replaces = input.segmentName === null ? undefined : importedSegment(db, input.segmentName);
  if (!replaces && db.get(sql`select 1 as found from segment where name = ${input.segmentName} and deleted_at is null limit 1`)) {
    throw new HeliographError('BAD_INPUT', { field: 'segment', message: `"${input.segmentName}" is a segment made of rules. Give the imported one another name.` });
  }
  const segment = input.segmentName === null ? null : createHiddenSegment(db, input.segmentName);
  const view = move(
    db,
    input.uid,
    ['checked'],
    sql`state = 'merging', segment = ${segment}, replaces = ${replaces?.id ?? null}, merged = ${JSON.stringify(merged)}, resume = 0, error = null`,
  );
  db.audit('import.started', `import:${input.uid}`, { file: view.fileName, rows: view.counts?.rows ?? 0 });
  return view;
}

/** The live imported segment of this name; of several the newest. */
function importedSegment(db: ReadDb, name: string): SegmentRow | undefined {
  return db.get<SegmentRow>(sql`select ${segmentColumns} from segment where name = ${name} and kind = 'imported' and deleted_at is null order by id desc limit 1`);
}

const everyone = JSON.stringify({ format: 1, root: { type: 'group', match: 'all', of: [] } });

/** Points a segment at other members, as a new version: one row is written, however many people they are. */
function showMembers(db: WriteDb, segment: SegmentRow, set: number): void {
  const version = segment.version + 1;
  db.run(sql`insert into segment_version (segment, version, tree, created_at, actor) values (${segment.id}, ${version}, ${everyone}, ${db.now}, ${JSON.stringify(db.actor)})`);
  db.run(sql`update segment set members = ${set === segment.id ? null : set}, version = ${version}, updated_at = ${db.now} where id = ${segment.id}`);
  for (const table of ['segment', 'segment_version', 'segment_member']) db.changed(table, segment.id);
  db.audit('segment.members', `segment:${segment.uid}`, { version });
}

function createHiddenSegment(db: WriteDb, name: string): number {
  const { lastId } = db.run(
    sql`insert into segment (uid, name, kind, version, created_at, updated_at, deleted_at) values (${db.newUid()}, ${name}, 'imported', 1, ${db.now}, ${db.now}, ${db.now})`,
  );
  db.run(
    sql`insert into segment_version (segment, version, tree, created_at, actor) values (${lastId}, 1, ${everyone}, ${db.now}, ${JSON.stringify(db.actor)})`,
  );
  return lastId;
}

/** The merge is done: the segment appears, or has the new members, as one step. Who has the name is asked again: much can happen while a million rows are merged. */
export function finishMerge(db: WriteDb, uid: string): ImportView {
  const row = findImport(db, uid);
  const own = segmentById(db, row.segment);
  const wanted = segmentById(db, row.replaces);
  const replaced = wanted?.deleted_at === null ? wanted : own && importedSegment(db, own.name);
  const former = replaced ? (replaced.members ?? replaced.id) : null;
  const view = move(db, uid, ['merging'], sql`state = 'done', replaces = ${replaced?.id ?? null}, former = ${former}, error = null, ended_at = ${db.now}`);
  if (own && replaced) showMembers(db, replaced, own.id);
  else if (own) {
    db.run(sql`update segment set deleted_at = null, updated_at = ${db.now} where id = ${own.id}`);
    db.changed('segment', own.id);
  }
  db.audit('import.done', `import:${uid}`, { ...view.merged });
  return getImport(db, uid);
}

/** A segment without this import: the former members come back, and where the import made it, it goes. A later import's members stay. */
function takeSegmentBack(db: WriteDb, row: ImportRow): void {
  const own = segmentById(db, row.segment);
  if (!own) return;
  const replaced = segmentById(db, row.replaces);
  if (!replaced) {
    if (own.members === null) hideSegment(db, own.id);
  } else if (row.former !== null && (replaced.members ?? replaced.id) === own.id) {
    showMembers(db, replaced, row.former);
    // What made the segment may have been taken back before: then nothing is left of it.
    if (row.former === replaced.id && db.get(sql`select 1 as found from import where segment = ${replaced.id} and replaces is null and state in ('undoing', 'undone')`)) hideSegment(db, replaced.id);
  } else if (row.former !== null) {
    db.run(sql`update import set former = ${row.former} where replaces = ${row.replaces} and former = ${own.id}`);
  }
}

function hideSegment(db: WriteDb, id: number): void {
  db.run(sql`update segment set deleted_at = coalesce(deleted_at, ${db.now}), updated_at = ${db.now} where id = ${id}`);
  db.changed('segment', id);
}

/** Turns a merge round, or takes back an import that is finished or failed on its way. From now on no slice merges; `undoSlice` restores. Throws `NOT_ALLOWED` after 30 days. */
export function beginUndo(db: WriteDb, uid: string): ImportView {
  const row = findImport(db, uid);
  if ((row.state === 'done' || row.state === 'failed') && db.now > (row.ended_at ?? row.created_at) + importLimits.undoDays * dayMs) {
    throw new HeliographError('NOT_ALLOWED', { message: `An import can be taken back for ${importLimits.undoDays} days.` });
  }
  const undone: ImportUndone = { restored: 0, removed: 0, kept: 0 };
  // A check that failed has changed nothing.
  const from: readonly ImportState[] = row.merged === null ? ['merging', 'done'] : ['merging', 'done', 'failed'];
  const view = move(db, uid, from, sql`state = 'undoing', undone = ${JSON.stringify(undone)}`);
  takeSegmentBack(db, row);
  db.audit('import.undoing', `import:${uid}`, {});
  return view;
}

/**
 * The sets of members that launched campaigns will still be sent to: their recipients are read when the hold is over, which an import taken back meanwhile must not empty unseen.
 */
const awaited = sql`select coalesce(s.members, s.id) from run r join campaign_version v on v.campaign = r.campaign and v.version = r.campaign_version
  join segment s on s.id = v.content ->> '$.segment.id' where r.state in ('hold', 'ask', 'freezing')`;

/** Removes the next of the members that an import brought, while it is taken back. Those that a launch waits for stay, unseen in their hidden segment. Gives back how many went. */
export function dropMembers(db: WriteDb, input: { uid: string; limit: number }): number {
  const row = findImport(db, input.uid);
  if (row.state !== 'undoing' || row.segment === null) return 0;
  const dropped = dropMembersOf(db, sql`(select ${row.segment} except ${awaited})`, input.limit);
  if (dropped > 0) db.changed('segment_member', row.segment);
  return dropped;
}

function dropMembersOf(db: WriteDb, sets: Sql, limit: number): number {
  return db.run(sql`delete from segment_member where (segment, endpoint) in (select segment, endpoint from segment_member where segment in ${sets} limit ${limit})`).changes;
}

/** Everything is taken back that could be. A merge that was stopped ends as cancelled, a finished import as undone. */
export function finishUndo(db: WriteDb, uid: string): ImportView {
  const row = findImport(db, uid);
  const view = move(db, uid, ['undoing'], sql`state = ${row.ended_at === null ? 'cancelled' : 'undone'}, error = null, ended_at = ${db.now}`);
  db.audit('import.undone', `import:${uid}`, { ...view.undone });
  return view;
}

/** Forgets what is past taking back, a slice at a time: before-images of imports, and members that a later import replaced. Gives back how many rows went. */
export function forgetImages(db: WriteDb, input: { limit: number }): number {
  const until = db.now - importLimits.undoDays * dayMs;
  const old = sql`select id from import where state not in ('merging', 'undoing') and coalesce(ended_at, created_at) < ${until}`;
  const endpoints = db.run(
    sql`delete from import_image where (import, endpoint) in (select import, endpoint from import_image where import in (${old}) limit ${input.limit})`,
  ).changes;
  const users = db.run(
    sql`delete from import_user_image where (import, user) in (select import, user from import_user_image where import in (${old}) limit ${input.limit})`,
  ).changes;
  // Neither shown by a segment now nor what a younger import would bring back. A hidden row that only gathered an import's members shows nothing.
  const replaced = sql`select former from import where former is not null
    except select former from import where former is not null and id not in (${old})
    except select coalesce(members, id) from segment where id not in (select segment from import where replaces is not null)
    except ${awaited}`;
  return endpoints + users + dropMembersOf(db, sql`(${replaced})`, input.limit);
}
