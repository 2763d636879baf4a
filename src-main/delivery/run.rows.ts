import type { PauseReason } from '../../src-preload/contract/campaign.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

export type RunState = 'hold' | 'ask' | 'freezing' | 'sending' | 'stopped' | 'done';

export interface RunRow {
  readonly id: number;
  readonly uid: string;
  readonly campaign: number;
  readonly campaign_version: number;
  readonly kind: 'campaign' | 'test';
  readonly state: RunState;
  readonly purpose: 'marketing' | 'transactional';
  /** Row id of the topic it was launched for. */
  readonly topic: number | null;
  readonly paused: PauseReason | null;
  readonly paused_response: string | null;
  readonly trouble: number;
  readonly wait_until: number | null;
  readonly wait_step: number;
  readonly hold_until: number | null;
  readonly frozen_commit: number | null;
  readonly frozen_at: number | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly funnel: string | null;
  readonly created_at: number;
}

export const runColumns: Sql = sql`id, uid, campaign, campaign_version, kind, state, purpose, topic, paused, paused_response, trouble, wait_until, wait_step, hold_until,
  frozen_commit, frozen_at, started_at, ended_at, funnel, created_at`;

/** Throws `NOT_FOUND`. */
export function runById(db: ReadDb, id: number): RunRow {
  const row = db.get<RunRow>(sql`select ${runColumns} from run where id = ${id}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'run' });
  return row;
}

/** Throws `NOT_FOUND`. */
export function runByUid(db: ReadDb, uid: string): RunRow {
  const row = db.get<RunRow>(sql`select ${runColumns} from run where uid = ${uid}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'run' });
  return row;
}

/** Throws `CAMPAIGN_STATE` {state, wanted} unless the run is in one of the states. */
export function assertRunState(run: RunRow, ...wanted: readonly RunState[]): void {
  if (!wanted.includes(run.state)) throw new HeliographError('CAMPAIGN_STATE', { state: run.state, wanted: wanted.join(', ') });
}

/** Why all sending of the workspace is paused, or null. */
export function sendingPaused(db: ReadDb): string | null {
  return db.get<{ why: string | null }>(sql`select sending_paused as why from workspace`)?.why ?? null;
}

/** Due of a deferred row that is claimed just now: never, until its result is recorded. */
export const inFlightDue = Number.MAX_SAFE_INTEGER;

/** Messages of a run that somebody still has to do something about before it is done: waiting lanes, deferred, held or claimed rows (design 4, "Done"). */
export function isDone(db: ReadDb, run: number): boolean {
  const { open } = db.get<{ open: number }>(sql`
    select exists (select 1 from lane where run = ${run} and cursor < seq_to)
        or exists (select 1 from deferred where run = ${run})
        or exists (select 1 from message indexed by message_unsettled where run = ${run} and state in (1, 2, 3, 7) and state <> 7) as open`)!;
  return open === 0;
}
