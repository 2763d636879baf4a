import type { SegmentTree } from '../../src-preload/contract/segment.js';
import type { SegmentDetail, SegmentSummary, SegmentVersionView } from '../../src-preload/contract/segment-views.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { liveSegments, parseTree, requireSegment, type SegmentRow, treeOf, type VersionRow } from './segment.rows.js';
import { segmentsNaming, type SegmentUses } from './uses.js';

/** Versions shown; older ones stay stored. */
const maxVersions = 200;

function toSummary(db: ReadDb, row: SegmentRow, uses: SegmentUses): SegmentSummary {
  return {
    uid: row.uid,
    name: row.name,
    kind: row.kind,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    usedBy: [...uses(db, row), ...segmentsNaming(db, row)],
  };
}

/**
 * The tree to count and sample a segment by: its rules, or "is in this segment" for an imported one. This is what the builder and the command line work with.
 */
export function countableTree(db: ReadDb, row: SegmentRow): SegmentTree {
  if (row.kind === 'dynamic') return treeOf(db, row, row.version);
  return { format: 1, root: { type: 'group', match: 'all', of: [{ type: 'segment', op: 'in', segment: row.uid }] } };
}

export function segmentReads(uses: SegmentUses) {
  return {
    /** Every segment, by name. */
    list: (db: ReadDb, _input: Readonly<Record<string, never>>): SegmentSummary[] => liveSegments(db).map((row) => toSummary(db, row, uses)),
    /** One segment with the tree that counts it. Throws `NOT_FOUND`. */
    get: (db: ReadDb, input: { readonly uid: string }): SegmentDetail => {
      const row = requireSegment(db, input.uid);
      return { ...toSummary(db, row, uses), tree: countableTree(db, row) };
    },
    /** Live segments by exact name, then by case-insensitive name: for the command line. */
    byName: (db: ReadDb, input: { readonly name: string }): { uid: string; name: string }[] => {
      const exact = liveSegments(db, sql`name = ${input.name}`);
      return (exact.length > 0 ? exact : liveSegments(db, sql`name = ${input.name} collate nocase`)).map(({ uid, name }) => ({ uid, name }));
    },
    /** Versions, newest first. Throws `NOT_FOUND`. */
    history: (db: ReadDb, input: { readonly uid: string }): SegmentVersionView[] => {
      const row = requireSegment(db, input.uid);
      return db
        .all<VersionRow>(sql`select segment, version, tree, created_at, actor from segment_version where segment = ${row.id} order by version desc limit ${maxVersions}`)
        .map((version) => ({ version: version.version, at: version.created_at, tree: parseTree(version.tree, row.name) }));
    },
  };
}
