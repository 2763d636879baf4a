import { HeliographError } from '../../src-preload/contract/errors.js';
import { emptyTree, type SegmentTree, segmentTree, treeText } from '../../src-preload/contract/segment.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { assertCompiles } from './compile.js';
import { memberSet, requireSegment, segmentById, segmentByUid, type SegmentRow, treeOf } from './segment.rows.js';
import { segmentsNaming, type SegmentPins, type SegmentUses } from './uses.js';

/** Saves of one person that follow each other within this time are one version: the editor saves at each pause of the typing. */
export const sittingMs = 5 * 60_000;

function insertSegment(db: WriteDb, name: string, kind: SegmentRow['kind'], tree: SegmentTree, uid = db.newUid()): SegmentRow {
  const { lastId } = db.run(
    sql`insert into segment (uid, name, kind, version, created_at, updated_at) values (${uid}, ${name}, ${kind}, 0, ${db.now}, ${db.now})`,
  );
  const row = segmentById(db, lastId)!;
  insertVersion(db, row, tree);
  db.audit('segment.create', `segment:${row.uid}`, { name, kind });
  return { ...row, version: 1 };
}

/**
 * A version of rules that a run pinned is never rewritten; only the newest that nobody pinned still may be (`saveSegment`). A list's versions only number the lists that imports put in its
 * place: just the newest has members, and a launch that pinned an older one asks again at its freeze.
 */
export function insertVersion(db: WriteDb, row: SegmentRow, tree: SegmentTree): number {
  const version = row.version + 1;
  db.run(
    sql`insert into segment_version (segment, version, tree, created_at, actor) values (${row.id}, ${version}, ${JSON.stringify(tree)}, ${db.now}, ${JSON.stringify(db.actor)})`,
  );
  db.run(sql`update segment set version = ${version}, updated_at = ${db.now} where id = ${row.id}`);
  db.changed('segment', row.id);
  db.changed('segment_version', row.id);
  return version;
}

/** Whether the newest version is still being written: by the same person, within `sittingMs`, and no launch holds on to it. */
function isOpen(db: WriteDb, row: SegmentRow, pinned: SegmentPins): boolean {
  const newest = db.get<{ at: number; actor: string }>(sql`select created_at as at, actor from segment_version where segment = ${row.id} and version = ${row.version}`);
  if (!newest || newest.actor !== JSON.stringify(db.actor)) return false;
  const quiet = db.now - newest.at;
  return quiet >= 0 && quiet < sittingMs && !pinned(db, { segment: row.id, version: row.version, since: newest.at });
}

function rewriteVersion(db: WriteDb, row: SegmentRow, tree: SegmentTree): number {
  db.run(sql`update segment_version set tree = ${JSON.stringify(tree)}, created_at = ${db.now} where segment = ${row.id} and version = ${row.version}`);
  db.run(sql`update segment set updated_at = ${db.now} where id = ${row.id}`);
  db.changed('segment', row.id);
  db.changed('segment_version', row.id);
  return row.version;
}

/** What a segment is called until somebody names it. */
const newName = 'New segment';

/** `name`, or `name 2`, `name 3`: names are for people and need not be unique, but a list of four "New segment" helps nobody. */
export function freeName(db: ReadDb, name: string): string {
  const taken = (candidate: string) => db.get(sql`select 1 as n from segment where name = ${candidate} and deleted_at is null limit 1`) !== undefined;
  if (!taken(name)) return name;
  for (let n = 2; ; n++) if (!taken(`${name} ${n}`)) return `${name} ${n}`;
}

/** Writes down that a list has other members now, as `saveSegment` does for rules: a launch that pinned the version before asks again. */
export function listChanged(db: WriteDb, row: SegmentRow, pinned: SegmentPins): void {
  if (isOpen(db, row, pinned)) rewriteVersion(db, row, emptyTree);
  else insertVersion(db, row, emptyTree);
}

/** Makes a dynamic segment, without a tree of everyone, or an imported one that is still empty. Throws as `saveSegment`. */
export function createSegment(
  db: WriteDb,
  input: { readonly name?: string | undefined; readonly tree?: SegmentTree | undefined; readonly kind?: SegmentRow['kind'] | undefined },
): { uid: string; name: string } {
  if (input.kind === 'imported') {
    const { uid, name } = insertSegment(db, freeName(db, input.name ?? 'New list'), 'imported', emptyTree);
    return { uid, name };
  }
  const tree = segmentTree.parse(input.tree ?? emptyTree);
  assertCompiles(db, tree);
  const row = insertSegment(db, freeName(db, input.name ?? newName), 'dynamic', tree);
  return { uid: row.uid, name: row.name };
}

export interface AdoptedSegment {
  readonly uid: string;
  readonly name: string;
  readonly kind: SegmentRow['kind'];
  /** Oldest first, at least one; a list has one that says nothing. */
  readonly versions: readonly SegmentTree[];
}

/**
 * Takes in a segment of another program under a uid that stands for it there: with its versions, or not at all where that uid is taken, deleted ones included (`fresh` false).
 * Throws as `saveSegment`.
 */
export function adoptSegment(db: WriteDb, input: AdoptedSegment): { uid: string; name: string; fresh: boolean; deleted: boolean } {
  const before = segmentByUid(db, input.uid);
  if (before) return { uid: before.uid, name: before.name, fresh: false, deleted: before.deleted_at !== null };
  const [first = emptyTree, ...later] = input.versions.map((tree) => segmentTree.parse(tree));
  const name = freeName(db, input.name);
  for (const tree of [first, ...later]) assertCompiles(db, tree, { uid: input.uid, name });
  let row = insertSegment(db, name, input.kind, first, input.uid);
  for (const tree of later) row = { ...row, version: insertVersion(db, row, tree) };
  return { uid: row.uid, name, fresh: true, deleted: false };
}

/**
 * Stores the rules of a dynamic segment, unless nothing changed in meaning: in its newest version while that one is still being written, else as a new version.
 * Gives the version now newest. Throws `NOT_FOUND`; `NOT_ALLOWED` for an imported segment; `SEGMENT_CYCLE` naming the segments if it would contain itself.
 */
export function saveSegment(pinned: SegmentPins) {
  return (db: WriteDb, input: { readonly uid: string; readonly tree: SegmentTree }): { version: number; changed: boolean } => {
    const row = requireSegment(db, input.uid);
    if (row.kind !== 'dynamic') throw new HeliographError('NOT_ALLOWED', { what: 'rules of an imported segment', name: row.name });
    const tree = segmentTree.parse(input.tree);
    if (treeText(treeOf(db, row, row.version)) === treeText(tree)) return { version: row.version, changed: false };
    assertCompiles(db, tree, row);
    if (isOpen(db, row, pinned)) return { version: rewriteVersion(db, row, tree), changed: true };
    const version = insertVersion(db, row, tree);
    db.audit('segment.save', `segment:${row.uid}`, { version });
    return { version, changed: true };
  };
}

export function renameSegment(db: WriteDb, input: { readonly uid: string; readonly name: string }): void {
  const row = requireSegment(db, input.uid);
  if (row.name === input.name) return;
  db.run(sql`update segment set name = ${input.name}, updated_at = ${db.now} where id = ${row.id}`);
  db.changed('segment', row.id);
  db.audit('segment.rename', `segment:${row.uid}`, { from: row.name, to: input.name });
}

/** A copy of the newest version under a new name; an imported segment's copy has its members. */
export function duplicateSegment(db: WriteDb, input: { readonly uid: string }): { uid: string; name: string } {
  const row = requireSegment(db, input.uid);
  const copy = insertSegment(db, freeName(db, `${row.name} copy`), row.kind, treeOf(db, row, row.version));
  if (row.kind === 'imported') {
    db.run(sql`insert into segment_member (segment, endpoint) select ${copy.id}, endpoint from segment_member where segment = ${memberSet(row)}`);
    db.changed('segment_member', copy.id);
  }
  return { uid: copy.uid, name: copy.name };
}

/** Deletes; `restoreSegment` is its undo. Throws `SEGMENT_IN_USE` naming the campaigns and segments that still need it. */
export function removeSegment(uses: SegmentUses) {
  return (db: WriteDb, input: { readonly uid: string }): { name: string } => {
    const row = requireSegment(db, input.uid);
    const blocking = [...uses(db, row), ...segmentsNaming(db, row)].filter((use) => use.blocks);
    if (blocking.length > 0) {
      throw new HeliographError('SEGMENT_IN_USE', { name: row.name, by: blocking.map((use) => `${use.kind === 'segment' ? 'segment' : 'campaign'} “${use.name}”`).join(', ') });
    }
    db.run(sql`update segment set deleted_at = ${db.now} where id = ${row.id}`);
    db.changed('segment', row.id);
    db.audit('segment.remove', `segment:${row.uid}`, { name: row.name });
    return { name: row.name };
  };
}

/**
 * Deletes a segment that was made and never touched: its first name, no rule, nothing that uses it. Tells whether it did; whatever was touched, or is gone already, stays as it is.
 * `restoreSegment` is its undo.
 */
export function discardSegment(uses: SegmentUses) {
  return (db: WriteDb, input: { readonly uid: string }): { discarded: boolean } => {
    const row = segmentByUid(db, input.uid);
    if (!row || row.deleted_at !== null || row.kind !== 'dynamic' || row.version !== 1 || row.created_at !== row.updated_at) return { discarded: false };
    if (!new RegExp(`^${newName}( \\d+)?$`).test(row.name) || treeOf(db, row, 1).root.of.length > 0) return { discarded: false };
    if (uses(db, row).length + segmentsNaming(db, row).length > 0) return { discarded: false };
    db.run(sql`update segment set deleted_at = ${db.now} where id = ${row.id}`);
    db.changed('segment', row.id);
    db.audit('segment.remove', `segment:${row.uid}`, { name: row.name });
    return { discarded: true };
  };
}

/** Takes a deletion back. Throws `NOT_FOUND`. */
export function restoreSegment(db: WriteDb, input: { readonly uid: string }): void {
  const row = segmentByUid(db, input.uid);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'segment', uid: input.uid });
  if (row.deleted_at === null) return;
  db.run(sql`update segment set deleted_at = null where id = ${row.id}`);
  db.changed('segment', row.id);
  db.audit('segment.restore', `segment:${row.uid}`);
}
