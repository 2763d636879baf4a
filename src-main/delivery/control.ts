import { messageReasonCode, messageReasons, messageStateCode, messageStates } from '../../src-preload/contract/delivery.js';
import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { finishIfDone } from './claim.js';
import { Ledger } from './counts.js';
import { assertRunState, inFlightDue, runById, runByUid } from './run.rows.js';

interface RunUid {
  readonly run: string;
}

/** Keeps a run from claiming. What is on the wire finishes; the sender gives back what it has not begun. Pausing twice is no error. */
export function pauseRun(db: WriteDb, input: RunUid): void {
  const run = runByUid(db, input.run);
  assertRunState(run, 'sending');
  if (run.paused !== null) return;
  db.run(sql`update run set paused = 'operator', paused_response = null where id = ${run.id}`);
  db.changed('run', run.id);
  db.audit('run.paused', `run:${run.uid}`, { reason: 'operator' });
}

/** Pauses a run that cannot be sent as things are (connection gone, treatment that does not compile, nowhere to lead links). Called by the engine. */
export function pauseUnbuildable(db: WriteDb, input: { readonly run: number; readonly why: string }): void {
  const run = runById(db, input.run);
  if (run.state !== 'sending' || run.paused !== null) return;
  db.run(sql`update run set paused = 'unbuildable', paused_response = ${input.why.slice(0, 500)} where id = ${run.id}`);
  db.changed('run', run.id);
  db.audit('run.paused', `run:${run.uid}`, { reason: 'unbuildable' });
}

/** Goes on, whatever paused it: what waited because of us is due at once. A run that is being stopped stays so (`CAMPAIGN_STATE`). */
export function resumeRun(db: WriteDb, input: RunUid): void {
  const run = runByUid(db, input.run);
  assertRunState(run, 'sending');
  if (run.paused === 'stopping') assertRunState({ ...run, state: 'stopped' }, 'sending');
  if (run.paused === null && run.wait_until === null) return;
  db.run(sql`update run set paused = null, paused_response = null, trouble = 0, wait_until = null, wait_step = 0 where id = ${run.id}`);
  db.run(sql`update deferred set due = ${db.now} where run = ${run.id} and due > ${db.now} and due < ${inFlightDue}
    and seq in (select seq from message indexed by message_unsettled where run = ${run.id} and state in (1, 2, 3, 7) and state = ${messageStateCode.deferred} and reason in (${messageReasonCode.refused_ours}, ${messageReasonCode.connection_lost}))`);
  db.changed('run', run.id);
  db.audit('run.resumed', `run:${run.uid}`);
}

/** Begins to stop a run for good: it claims no more from this commit on; `stopSlice` then skips the rest. Cannot be undone. */
export function stopRun(db: WriteDb, input: RunUid): void {
  const run = runByUid(db, input.run);
  assertRunState(run, 'sending');
  if (run.paused === 'stopping') return;
  db.run(sql`update run set paused = 'stopping', paused_response = null where id = ${run.id}`);
  db.changed('run', run.id);
  db.audit('run.stopping', `run:${run.uid}`);
}

const stopSliceRows = 5_000;

/**
 * Skips the next slice of a run that is being stopped. `true` once it is stopped: nothing left to skip and nothing on the wire. The scheduler calls it until then.
 */
export function stopSlice(db: WriteDb, input: { readonly run: number }): boolean {
  const run = runById(db, input.run);
  if (run.state === 'stopped') return true;
  if (run.state !== 'sending' || run.paused !== 'stopping') return false;
  const ledger = new Ledger(db, run.id);
  const stopped = { state: 'skipped', reason: 'stopped_by_operator' } as const;
  let left = stopSliceRows;
  for (const row of db.all<{ seq: number; state: number; reason: number | null }>(sql`select seq, state, reason from message indexed by message_unsettled
    where run = ${run.id} and state in (1, 2, 3, 7) and state in (1, 2) order by seq limit ${left}`)) {
    ledger.move(row.seq, { state: messageStates[row.state]!, reason: messageReasons[row.reason ?? 0]! }, stopped);
    db.prepare('delete from deferred where run = ? and seq = ?').run(run.id, row.seq);
    left--;
  }
  for (const lane of db.all<{ lane: number; cursor: number; seq_to: number }>(sql`select lane, cursor, seq_to from lane where run = ${run.id} and cursor < seq_to order by lane`)) {
    if (left <= 0) break;
    const to = Math.min(lane.seq_to, lane.cursor + left);
    left -= to - lane.cursor;
    const { changes } = db.run(sql`update message set state = ${messageStateCode.skipped}, reason = ${messageReasonCode.stopped_by_operator}
      where run = ${run.id} and seq > ${lane.cursor} and seq <= ${to} and state = ${messageStateCode.pending}`);
    ledger.count({ state: 'pending', reason: 'none' }, -changes);
    ledger.count(stopped, changes);
    db.run(sql`update lane set cursor = ${to} where run = ${run.id} and lane = ${lane.lane}`);
  }
  ledger.flush();
  if (left <= 0) return false;
  return endStopped(db, run.id);
}

function endStopped(db: WriteDb, id: number): boolean {
  const run = runById(db, id);
  if (!finishIfDone(db, run)) return false;
  db.run(sql`update run set state = 'stopped' where id = ${id}`);
  db.audit('run.stopped', `run:${run.uid}`);
  return true;
}

/** Ends a run that has nothing left, for runs that no sender looks after (all were skipped, or the last unknown was settled). */
export function finishRun(db: WriteDb, input: { readonly run: number }): boolean {
  return finishIfDone(db, runById(db, input.run));
}
