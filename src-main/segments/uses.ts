import { rulesOf } from '../../src-preload/contract/segment.js';
import type { SegmentUse } from '../../src-preload/contract/segment-views.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { liveSegments, type SegmentRow, treeOf } from './segment.rows.js';

/** Who outside this module names a segment (campaigns do; they stand to the right of segments, so `api/registry.ts` fills the port). */
export type SegmentUses = (db: ReadDb, segment: { readonly id: number; readonly uid: string }) => SegmentUse[];

/** Whether a launch outside this module pinned that version, so that it must keep its meaning for ever. Filled like `SegmentUses`. */
export type SegmentPins = (db: ReadDb, version: { readonly segment: number; readonly version: number; readonly since: number }) => boolean;

/** Segments whose newest version names this one. */
export function segmentsNaming(db: ReadDb, segment: Pick<SegmentRow, 'uid'>): SegmentUse[] {
  // The text test spares parsing every tree; the walk decides.
  const rows = liveSegments(
    db,
    sql`kind = 'dynamic' and uid <> ${segment.uid} and exists (
      select 1 from segment_version v where v.segment = segment.id and v.version = segment.version and instr(v.tree, ${segment.uid}) > 0)`,
  );
  return rows
    .filter((row) => [...rulesOf(treeOf(db, row, row.version).root)].some((rule) => rule.type === 'segment' && rule.segment === segment.uid))
    .map((row) => ({ kind: 'segment', uid: row.uid, name: row.name, status: '', at: row.updated_at, blocks: true }));
}
