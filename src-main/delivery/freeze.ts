import type { Funnel } from '../../src-preload/contract/campaign.js';
import { messageReasonCode, messageReasons, messageStateCode } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type AudienceSnapshot, pinNewestList, readPinned, replacedList, selectAudience, topicGate } from '../campaigns/index.js';
import { keepSizeOfRun } from '../segments/index.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { Ledger } from './counts.js';
import { assertRunState, runById, sendingPaused } from './run.rows.js';

/** Rows a slice inserts: some 16 ms on two cores, so that claims never wait longer than the store's slice. */
export const freezeSliceRows = 8_000;
const dropSliceRows = 20_000;
/** An endpoint id and its reason travel as one number: `id * 256 + reason`. */
const reasonBits = 256;

/** The hold is over: the run begins to freeze. Gives false where it must wait (taken back meanwhile, not yet due, all sending paused). */
export function beginFreeze(db: WriteDb, input: { readonly run: number }): boolean {
  const run = runById(db, input.run);
  if (run.state !== 'hold' || run.hold_until === null || run.hold_until > db.now || sendingPaused(db) !== null) return false;
  db.run(sql`update run set state = 'freezing' where id = ${run.id}`);
  db.changed('run', run.id);
  return true;
}

/** Removes the rows of a freeze that was cut, a slice at a time. Gives how many it removed; 0 = clean. */
export function dropFrozen(db: WriteDb, input: { readonly run: number }): number {
  const run = runById(db, input.run);
  assertRunState(run, 'freezing');
  const { changes } = db.run(sql`delete from message where run = ${run.id} and seq in (select seq from message where run = ${run.id} limit ${dropSliceRows})`);
  if (changes === 0) db.run(sql`delete from run_count where run = ${run.id}`);
  return changes;
}

/**
 * Everybody of a freezing run's segment and why not, in one snapshot (design 4). Seconds at a million: a reader runs it. Throws `LIST_REPLACED` {name} where the segment is a list that
 * has other people since the launch, whom nobody reviewed.
 */
export function freezeAudience(db: ReadDb, input: { readonly run: number; readonly asOf: number }): AudienceSnapshot {
  const run = runById(db, input.run);
  const pinned = readPinned(db, run.campaign, run.campaign_version);
  if (!pinned.segment) throw new HeliographError('INTERNAL', { message: 'a test run has no segment to freeze' });
  const list = replacedList(db, pinned);
  if (list) throw new HeliographError('LIST_REPLACED', { name: list.name });
  return selectAudience(db, { segment: pinned.segment, channel: 'EMAIL', purpose: pinned.purpose, topic: topicGate(db, pinned.topic?.id ?? null), onePerPerson: pinned.onePerPerson, asOf: input.asOf });
}

export interface FreezeSlice {
  readonly run: number;
  /** The seq of the slice's first row: one more than what is there. */
  readonly fromSeq: number;
  /** JSON array of `endpoint id * 256 + reason`. */
  readonly packed: string;
  /** Rows of the slice by reason code. */
  readonly reasons: readonly number[];
}

/** Cuts a snapshot into slices for `freezeSlice`. */
export function* freezeSlices(run: number, audience: Pick<AudienceSnapshot, 'endpoints' | 'reasons'>): Generator<FreezeSlice> {
  const { endpoints, reasons } = audience;
  for (let from = 0; from < endpoints.length; from += freezeSliceRows) {
    const to = Math.min(endpoints.length, from + freezeSliceRows);
    const packed = new Array<number>(to - from);
    const counts = new Array<number>(messageReasons.length).fill(0);
    for (let i = from; i < to; i++) {
      packed[i - from] = endpoints[i]! * reasonBits + reasons[i]!;
      counts[reasons[i]!]!++;
    }
    yield { run, fromSeq: from + 1, packed: `[${packed.join()}]`, reasons: counts };
  }
}

/**
 * Inserts one slice of the frozen audience. Those who will not get the message get a row too, skipped with its reason, so that "why not" has an answer per person.
 * Nothing of it can be claimed before `openRun`.
 */
export function freezeSlice(db: WriteDb, slice: FreezeSlice): void {
  const run = runById(db, slice.run);
  assertRunState(run, 'freezing');
  const last = db.get<{ seq: number | null }>(sql`select max(seq) as seq from message where run = ${run.id}`)?.seq ?? 0;
  if (slice.fromSeq !== last + 1) throw new HeliographError('CONFLICT', { what: 'The frozen audience', have: last, from: slice.fromSeq });
  const { changes } = db
    .prepare(
      `insert into message (run, seq, endpoint, treatment, state, reason)
       select ?, ? + key, value >> 8, 0, case when value & 255 then ${messageStateCode.skipped} else ${messageStateCode.pending} end, nullif(value & 255, 0) from json_each(?)`,
    )
    .run(run.id, slice.fromSeq, slice.packed);
  const expected = slice.reasons.reduce((a, b) => a + b, 0);
  if (changes !== expected) throw new HeliographError('INTERNAL', { message: 'a slice of the frozen audience does not add up', changes, expected });
  const ledger = new Ledger(db, run.id);
  for (const [code, n] of slice.reasons.entries()) {
    if (n > 0) ledger.count({ state: code === messageReasonCode.none ? 'pending' : 'skipped', reason: messageReasons[code]! }, n);
  }
  ledger.flush();
}

export interface OpenRun {
  readonly run: number;
  readonly commit: number;
  readonly total: number;
  readonly funnel: Funnel;
}

/** The one commit that makes a frozen run sendable: funnel, lane and state together. Throws `CONFLICT` unless every row of the snapshot is there. */
export function openRun(db: WriteDb, input: OpenRun): void {
  const run = runById(db, input.run);
  assertRunState(run, 'freezing');
  const last = db.get<{ seq: number | null }>(sql`select max(seq) as seq from message where run = ${run.id}`)?.seq ?? 0;
  if (last !== input.total) throw new HeliographError('CONFLICT', { what: 'The frozen audience', have: last, total: input.total });
  db.run(sql`insert into lane (run, lane, due, seq_from, seq_to, cursor) values (${run.id}, 0, ${db.now}, 1, ${input.total}, 0)`);
  db.run(sql`update run set state = 'sending', funnel = ${JSON.stringify(input.funnel)}, frozen_commit = ${input.commit}, frozen_at = ${db.now}, started_at = ${db.now} where id = ${run.id}`);
  const { segment } = readPinned(db, run.campaign, run.campaign_version);
  if (segment) keepSizeOfRun(db, segment, input.funnel.segment);
  db.changed('run', run.id);
  db.audit('run.frozen', `run:${run.uid}`, { commit: input.commit, messages: input.total });
}

/**
 * The recipients could not be fixed (segment deleted or list replaced meanwhile): the run asks again, with why. `takeNewestList`: the question is about the list as it is now, so that is
 * what a yes sends to; a list replaced after the question was put is asked about anew at the next freeze.
 */
export function askAgain(db: WriteDb, input: { readonly run: number; readonly why: string; readonly takeNewestList?: boolean }): void {
  const run = runById(db, input.run);
  if (run.state !== 'freezing') return;
  const version = input.takeNewestList ? pinNewestList(db, run.campaign, readPinned(db, run.campaign, run.campaign_version)) : run.campaign_version;
  db.run(sql`update run set state = 'ask', hold_until = null, paused_response = ${input.why.slice(0, 500)}, campaign_version = ${version} where id = ${run.id}`);
  db.changed('run', run.id);
  db.audit('run.not_frozen', `run:${run.uid}`);
}
