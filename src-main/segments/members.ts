import { HeliographError } from '../../src-preload/contract/errors.js';
import { emptyTree } from '../../src-preload/contract/segment.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { memberSet, requireSegment, segmentById, segmentByUid, type SegmentRow } from './segment.rows.js';
import { freeName, insertVersion, listChanged } from './segment.js';
import type { SegmentPins } from './uses.js';

export interface MemberEdit {
  readonly uid: string;
  /** Row ids of addresses. One slice: some ten thousand. */
  readonly ids: readonly number[];
}

/** A live imported segment. Throws `NOT_FOUND`, and `NOT_ALLOWED` for one made of rules. */
function requireList(db: ReadDb, uid: string): SegmentRow {
  const row = requireSegment(db, uid);
  if (row.kind !== 'imported') throw new HeliographError('NOT_ALLOWED', { what: 'members of a segment made of rules', name: row.name });
  return row;
}

/** Puts addresses into an imported segment; those that are gone are passed over. Gives the ids that were not in it before. Throws as `requireList`. */
export function addMembers(pinned: SegmentPins) {
  return (db: WriteDb, { uid, ids }: MemberEdit): { readonly changed: number[] } => {
    const row = requireList(db, uid);
    const rows = db.all<{ endpoint: number }>(sql`insert or ignore into segment_member (segment, endpoint)
      select ${memberSet(row)}, e.id from json_each(${JSON.stringify(ids)}) j join endpoint e on e.id = j.value returning endpoint`);
    return finish(db, row, pinned, 'segment.members_added', rows);
  };
}

/** Takes addresses out of an imported segment. Gives the ids that were in it. Throws as `requireList`. */
export function removeMembers(pinned: SegmentPins) {
  return (db: WriteDb, { uid, ids }: MemberEdit): { readonly changed: number[] } => {
    const row = requireList(db, uid);
    const rows = db.all<{ endpoint: number }>(
      sql`delete from segment_member where segment = ${memberSet(row)} and endpoint in (select value from json_each(${JSON.stringify(ids)})) returning endpoint`,
    );
    return finish(db, row, pinned, 'segment.members_removed', rows);
  };
}

function finish(db: WriteDb, row: SegmentRow, pinned: SegmentPins, action: string, rows: readonly { readonly endpoint: number }[]): { readonly changed: number[] } {
  if (rows.length > 0) {
    listChanged(db, row, pinned);
    db.changed('segment_member', memberSet(row));
    db.audit(action, `segment:${row.uid}`, { addresses: rows.length });
  }
  return { changed: rows.map(({ endpoint }) => endpoint) };
}

/**
 * Begins a list that nobody sees until `showList` or `replaceMembers` does something with it: its members may come in many slices. It is a deleted segment of version 0, which no
 * segment that was ever shown has.
 */
export function beginList(db: WriteDb, input: { readonly name: string }): { readonly list: string } {
  const { lastId } = db.run(
    sql`insert into segment (uid, name, kind, version, created_at, updated_at, deleted_at) values (${db.newUid()}, ${input.name}, 'imported', 0, ${db.now}, ${db.now}, ${db.now})`,
  );
  return { list: segmentById(db, lastId)!.uid };
}

/** A list that is still hidden. Throws `NOT_FOUND`. */
function requireHidden(db: ReadDb, uid: string): SegmentRow {
  const row = segmentByUid(db, uid);
  if (!row || row.kind !== 'imported' || row.deleted_at === null) throw new HeliographError('NOT_FOUND', { what: 'list', uid });
  return row;
}

/** Puts a slice of addresses into a list that is still hidden. Throws `NOT_FOUND`. */
export function gatherMembers(db: WriteDb, input: { readonly list: string; readonly ids: readonly number[] }): void {
  const row = requireHidden(db, input.list);
  db.run(sql`insert or ignore into segment_member (segment, endpoint) select ${row.id}, e.id from json_each(${JSON.stringify(input.ids)}) j join endpoint e on e.id = j.value`);
  db.changed('segment_member', row.id);
}

/** Shows a gathered list as a segment of its own, under its name or the next free one. `from` says in the audit log how it came to be. Throws `NOT_FOUND`. */
export function showList(db: WriteDb, input: { readonly list: string; readonly from: Readonly<Record<string, string>> }): { readonly uid: string; readonly name: string } {
  const row = requireHidden(db, input.list);
  const name = freeName(db, row.name);
  db.run(sql`update segment set deleted_at = null, name = ${name}, updated_at = ${db.now} where id = ${row.id}`);
  insertVersion(db, row, emptyTree);
  db.audit('segment.create', `segment:${row.uid}`, { name, kind: 'imported', ...input.from });
  return { uid: row.uid, name };
}

/** Removes the next members of a list that will not be shown, and at the end the list. Gives whether it is gone. */
export function dropList(db: WriteDb, input: { readonly list: string; readonly limit: number }): { readonly gone: boolean } {
  const row = requireHidden(db, input.list);
  const { changes } = db.run(sql`delete from segment_member where segment = ${row.id} and endpoint in (select endpoint from segment_member where segment = ${row.id} limit ${input.limit})`);
  if (changes > 0) db.changed('segment_member', row.id);
  if (changes === input.limit) return { gone: false };
  db.run(sql`delete from segment_version where segment = ${row.id}`);
  db.run(sql`delete from segment where id = ${row.id}`);
  return { gone: true };
}

export interface MemberSwap {
  readonly uid: string;
  /** The rows that hold the wanted members, and those it must have now where that matters. */
  readonly list: string;
  readonly instead?: string;
}

/**
 * Points a segment at the members of a gathered list, however many they are: one row is written. Gives the row that holds the members it had, which undoes this. Throws as `requireList`,
 * `NOT_FOUND` for a list that is not there, and `CONFLICT` where `instead` is not what it has now.
 */
export function replaceMembers(pinned: SegmentPins) {
  return (db: WriteDb, { uid, list, instead }: MemberSwap): { readonly former: string } => {
    const row = requireList(db, uid);
    const wanted = list === uid ? row : requireHidden(db, list);
    const former = segmentById(db, memberSet(row))!.uid;
    if (instead !== undefined && instead !== former) throw new HeliographError('CONFLICT', { what: `The list “${row.name}”` });
    db.run(sql`update segment set members = ${wanted.id === row.id ? null : wanted.id} where id = ${row.id}`);
    listChanged(db, row, pinned);
    db.changed('segment_member', row.id);
    db.audit('segment.members', `segment:${row.uid}`, { replaced: true });
    return { former };
  };
}

/** Lists that nobody sees and nothing leads to any more: those of work that was cut short, and the members that a replaced list had, once the undo of it is gone with its window. `before`, in UTC ms:, in UTC ms, those that somebody has begun since are left alone. */
export function unusedLists(db: ReadDb, { before }: { readonly before: number }): string[] {
  return db
    .all<{ uid: string }>(sql`select uid from segment where version = 0 and deleted_at is not null and created_at < ${before}
      and id not in (select members from segment where members is not null) and id not in (select former from import where former is not null)`)
    .map(({ uid }) => uid);
}
