import { HeliographError } from '../../src-preload/contract/errors.js';
import { segmentTree, type SegmentTree } from '../../src-preload/contract/segment.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

export interface SegmentRow {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly kind: 'dynamic' | 'imported';
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly deleted_at: number | null;
  /** Where its members stand in `segment_member` when not under its own id: the import that replaced them brought them there. */
  readonly members: number | null;
}

const columns = sql`id, uid, name, kind, version, created_at, updated_at, deleted_at, members`;

/** The number under which the members of an imported segment stand in `segment_member`. */
export const memberSet = (row: Pick<SegmentRow, 'id' | 'members'>): number => row.members ?? row.id;

export function segmentById(db: ReadDb, id: number): SegmentRow | undefined {
  return db.get<SegmentRow>(sql`select ${columns} from segment where id = ${id}`);
}

export function segmentByUid(db: ReadDb, uid: string): SegmentRow | undefined {
  return db.get<SegmentRow>(sql`select ${columns} from segment where uid = ${uid}`);
}

export function liveSegments(db: ReadDb, where: Sql = sql`1`): SegmentRow[] {
  return db.all<SegmentRow>(sql`select ${columns} from segment where deleted_at is null and ${where} order by name collate nocase, id`);
}

/** A live segment by its uid. Throws `NOT_FOUND`. */
export function requireSegment(db: ReadDb, uid: string): SegmentRow {
  const row = segmentByUid(db, uid);
  if (!row || row.deleted_at !== null) throw new HeliographError('NOT_FOUND', { what: 'segment', uid });
  return row;
}

export interface VersionRow {
  readonly segment: number;
  readonly version: number;
  readonly tree: string;
  readonly created_at: number;
  readonly actor: string;
}

/** The tree of a version, parsed again: a workspace file may come from anybody. Throws `NOT_FOUND` and `WORKSPACE_CORRUPT`. */
export function treeOf(db: ReadDb, segment: Pick<SegmentRow, 'id' | 'name'>, version: number): SegmentTree {
  const row = db.get<{ tree: string }>(sql`select tree from segment_version where segment = ${segment.id} and version = ${version}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'segment version', name: segment.name, version });
  return parseTree(row.tree, segment.name);
}

export function parseTree(text: string, name: string): SegmentTree {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HeliographError('WORKSPACE_CORRUPT', { object: `segment ${name}` }, { cause });
  }
  const parsed = segmentTree.safeParse(value);
  if (!parsed.success) throw new HeliographError('WORKSPACE_CORRUPT', { object: `segment ${name}` }, { cause: parsed.error });
  return parsed.data;
}
