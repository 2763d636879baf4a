import type { SegmentUse } from '../../src-preload/contract/segment-views.js';
import { runStatusWord } from '../campaigns/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';

interface UseRow {
  readonly uid: string;
  readonly name: string;
  readonly campaign_state: 'draft' | 'launched' | 'archived';
  readonly updated_at: number;
  readonly state: 'hold' | 'ask' | 'freezing' | 'sending' | 'stopped' | 'done' | null;
  readonly paused: string | null;
  readonly wait_until: number | null;
  readonly created_at: number | null;
}

/**
 * Fills the segments' port: the campaigns whose draft names a segment, and those whose newest run was launched with it. Drafts and runs that are not over need it still.
 */
export function campaignsUsingSegment(db: ReadDb, segment: { readonly id: number; readonly uid: string }): SegmentUse[] {
  const rows = db.all<UseRow>(sql`
    select c.uid, c.name, c.state as campaign_state, c.updated_at, r.state, r.paused, r.wait_until, r.created_at
    from campaign c left join run r on r.id = (select max(id) from run where campaign = c.id and kind = 'campaign')
    where c.deleted_at is null and (c.draft ->> '$.segment' = ${segment.uid}
      or exists (select 1 from campaign_version v where v.campaign = c.id and v.version = r.campaign_version and v.content ->> '$.segment.uid' = ${segment.uid}))
    order by coalesce(r.created_at, c.updated_at) desc`);
  return rows.map((row) => {
    const run = row.state === null ? undefined : { state: row.state, paused: row.paused, wait_until: row.wait_until };
    const over = run !== undefined && (run.state === 'done' || run.state === 'stopped');
    const status = row.campaign_state === 'archived' ? 'archived' : row.campaign_state === 'draft' || !run ? 'draft' : runStatusWord(run);
    return { kind: 'campaign', uid: row.uid, name: row.name, status, at: row.created_at ?? row.updated_at, blocks: row.campaign_state === 'draft' || (run !== undefined && !over) };
  });
}

/** How far a computer's clock may have been put back between a save and a launch. */
const clockMarginMs = 86_400_000;

/** Fills the segments' other port: whether a launch pinned this version, which was last written at `since`. */
export function campaignsPinSegment(db: ReadDb, { segment, version, since }: { readonly segment: number; readonly version: number; readonly since: number }): boolean {
  // The time spares parsing what every launch ever pinned: this stands in the way of each autosave.
  const found = db.get(sql`select 1 as found from campaign_version v
    where v.created_at >= ${since - clockMarginMs} and v.content ->> '$.segment.id' = ${segment} and v.content ->> '$.segment.version' = ${version} limit 1`);
  return found !== undefined;
}
