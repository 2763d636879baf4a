import type { LinkBase } from '../../src-preload/contract/reachability.js';
import { connectionFacts, type PinnedCampaign, readPinned } from '../campaigns/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { linksOf } from './launch.js';
import { inFlightDue, runById, type RunRow, sendingPaused } from './run.rows.js';

/** A run that is not over, as the scheduler looks at it every second. */
export interface OpenRun {
  readonly id: number;
  readonly uid: string;
  readonly state: Exclude<RunRow['state'], 'done' | 'stopped'>;
  readonly paused: RunRow['paused'];
  readonly holdUntil: number | null;
  /** The earliest moment at which there is something to claim; null when nothing is left. */
  readonly due: number | null;
}

/** Every run that is not over, and why all sending is paused. Touches few rows: lanes and the ends of an index. */
export function openRuns(db: ReadDb, _input: undefined): { sendingPaused: string | null; runs: OpenRun[] } {
  const rows = db.all<{ id: number; uid: string; state: OpenRun['state']; paused: RunRow['paused']; hold_until: number | null; wait_until: number | null; due: number | null }>(sql`
    select r.id, r.uid, r.state, r.paused, r.hold_until, r.wait_until, (select min(due) from (
      select (select min(d.due) from deferred d where d.run = r.id) as due
      union all select (select min(l.due) from lane l where l.run = r.id and l.cursor < l.seq_to))) as due
    from run r where r.state not in ('stopped', 'done') order by r.id`);
  return {
    sendingPaused: sendingPaused(db),
    runs: rows.map((row) => ({
      id: row.id,
      uid: row.uid,
      state: row.state,
      paused: row.paused,
      holdUntil: row.hold_until,
      due: row.due === null || row.due === inFlightDue ? null : Math.max(row.due, row.wait_until ?? 0),
    })),
  };
}

/** What a run was pinned to, and how its recipients reach us today. */
export interface RunPlan {
  readonly runUid: string;
  readonly kind: 'campaign' | 'test';
  readonly pinned: PinnedCampaign;
  readonly links: LinkBase;
}

export function runPlan(db: ReadDb, input: { readonly run: number; readonly collectorUrl: string | null }): RunPlan {
  const run = runById(db, input.run);
  const pinned = readPinned(db, run.campaign, run.campaign_version);
  const provider = connectionFacts(db, pinned.connection)?.provider ?? '';
  return { runUid: run.uid, kind: run.kind, pinned, links: linksOf(db, provider, input.collectorUrl) };
}
