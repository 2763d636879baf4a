import type { MessageReason } from '../../src-preload/contract/delivery.js';
import { normaliseAddress, suppress } from '../audience/index.js';
import { connectionOperations } from '../channels/index.js';
import type { SessionFault } from '../channels/port.js';
import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { claimed, type Ledger, type Place, sent } from './counts.js';
import type { RunRow } from './run.rows.js';

/** What the sender saw happen to a claimed message. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly response: string; readonly providerId?: string | undefined }
  | { readonly kind: 'refused'; readonly class: 'hard' | 'soft' | 'ours'; readonly response: string }
  /** The far side may have it. Never retried by itself. */
  | { readonly kind: 'unknown'; readonly response: string }
  /** It certainly went nowhere. `cause` is a sentence; `ours`: a fault that trying again will not cure. */
  | { readonly kind: 'not_sent'; readonly cause: string; readonly ours: SessionFault | false }
  /** It cannot be made for this person. */
  | { readonly kind: 'skipped'; readonly reason: Extract<MessageReason, 'missing_variable' | 'render_failed' | 'bad_address'>; readonly detail: string }
  /** Claimed and not begun: the run was paused or the sender is closing. */
  | { readonly kind: 'released' };

export interface MessageResult {
  readonly seq: number;
  /** Where it went, as claimed. */
  readonly address: string;
  readonly outcome: Outcome;
}

/**
 * Waits between attempts at a recipient whose server says "not now" (4xx): soon enough for greylisting, then patient. RFC 5321 4.5.4.1 asks for 30 minutes and more
 * for a queue that nobody watches; a campaign gives up after about eight hours, because news that late is another message.
 */
export const softRetryMs = [2, 10, 30, 60, 120, 240].map((minutes) => minutes * 60_000);
/** Waits after the connection was lost before anything was handed over. */
const lostRetryMs = [5, 15, 30, 60, 120, 240].map((seconds) => seconds * 1_000);
/** Refusals that are our fault: after so many in a row the run is paused (a single one can be a server's odd answer). */
export const troubleLimit = 5;
/**
 * After each so many recipients that were refused as not there, the run is paused if they are at least as many as were accepted: a server that says "no such user" to everybody
 * would otherwise have the whole audience suppressed.
 */
export const hardRefusalLimit = 20;
const oursRetryMs = 60_000;
/** Between attempts at a server that cannot be reached: 15 s, doubled each time, at most 15 minutes. */
const firstWaitMs = 15_000;
const longestWaitMs = 15 * 60_000;

const maxResponse = 500;

/** A run's own trouble, as it changes while results are recorded. */
interface Trouble {
  trouble: number;
  waitUntil: number | null;
  waitStep: number;
  paused: RunRow['paused'];
  pausedResponse: string | null;
  /** What these results say of the connection: its newest trouble, null: it works; undefined: nothing. */
  health?: string | null;
  /** Of these results: accepted, and refused as not there. */
  accepted: number;
  hard: number;
  hardResponse: string;
}

/**
 * Records what became of claimed messages. A result for a row that is not claimed (any more) is ignored: it was settled as a crash or by a person.
 * Gives the run as it is afterwards.
 */
export function recordResults(db: WriteDb, ledger: Ledger, run: RunRow, results: readonly MessageResult[]): RunRow {
  const state: Trouble = { trouble: run.trouble, waitUntil: run.wait_until, waitStep: run.wait_step, paused: run.paused, pausedResponse: run.paused_response, accepted: 0, hard: 0, hardResponse: '' };
  for (const result of results) recordOne(db, ledger, run, state, result);
  pauseOnRefusedAudience(db, run, state);
  if (state.health !== undefined) tellConnection(db, run, state.health);
  const same = state.trouble === run.trouble && state.waitUntil === run.wait_until && state.waitStep === run.wait_step && state.paused === run.paused && state.pausedResponse === run.paused_response;
  if (same) return run;
  db.run(sql`update run set trouble = ${state.trouble}, wait_until = ${state.waitUntil}, wait_step = ${state.waitStep},
    paused = ${state.paused}, paused_response = ${state.pausedResponse} where id = ${run.id}`);
  db.changed('run', run.id);
  if (state.paused !== run.paused) db.audit('run.paused', `run:${run.uid}`, { reason: state.paused });
  return { ...run, trouble: state.trouble, wait_until: state.waitUntil, wait_step: state.waitStep, paused: state.paused, paused_response: state.pausedResponse };
}

/** The counters still lack these results: they are flushed after all of them. */
function pauseOnRefusedAudience(db: WriteDb, run: RunRow, state: Trouble): void {
  if (run.kind === 'test' || state.hard === 0 || state.paused !== null) return;
  const of = (place: string, reason: string) => db.get<{ n: number }>(sql`select n from run_count where run = ${run.id} and state = ${place} and reason = ${reason}`)?.n ?? 0;
  const before = of('failed', 'refused_hard');
  const hard = before + state.hard;
  if (Math.floor(hard / hardRefusalLimit) === Math.floor(before / hardRefusalLimit) || hard < of('sent', '') + state.accepted) return;
  state.paused = 'recipients';
  state.pausedResponse = state.hardResponse.slice(0, maxResponse);
}

/** A success is told only while some connection has trouble to its name, because the pinned campaign must be read for it. */
function tellConnection(db: WriteDb, run: RunRow, error: string | null): void {
  if (error === null && !db.get(sql`select 1 as found from connection where last_error is not null limit 1`)) return;
  const pinned = db.get<{ uid: string | null }>(sql`select content ->> '$.connection' as uid from campaign_version where campaign = ${run.campaign} and version = ${run.campaign_version}`);
  if (pinned?.uid) connectionOperations.noteHealth(db, { uid: pinned.uid, error });
}

function recordOne(db: WriteDb, ledger: Ledger, run: RunRow, state: Trouble, { seq, address, outcome }: MessageResult): void {
  const settle = (to: Place, response: string, providerId?: string) => {
    if (!ledger.move(seq, claimed, to, { address })) return false;
    db.prepare('delete from deferred where run = ? and seq = ?').run(run.id, seq);
    keepReply(db, run.id, seq, { response, providerId, address, reached: to.state === 'sent' || to.state === 'unknown' });
    return true;
  };
  const defer = (due: number, attempts: number, response: string, reason: MessageReason) => {
    if (!ledger.move(seq, claimed, { state: 'deferred', reason }, { address })) return;
    db.prepare(
      'insert into deferred (run, seq, due, attempts, response) values (?, ?, ?, ?, ?) on conflict (run, seq) do update set due = excluded.due, attempts = excluded.attempts, response = excluded.response',
    ).run(run.id, seq, due, attempts, response.slice(0, maxResponse));
  };
  const attempts = () => (db.prepare('select attempts from deferred where run = ? and seq = ?').pluck().get(run.id, seq) as number | undefined) ?? 0;
  const wellAgain = () => {
    state.trouble = 0;
    state.waitStep = 0;
    if (state.paused === null && state.waitUntil !== null) state.pausedResponse = null;
    state.waitUntil = null;
  };
  const pause = (why: SessionFault | 'refused' | 'unanswered', response: string) => {
    if (state.paused !== null) return;
    state.paused = why;
    state.pausedResponse = response.slice(0, maxResponse);
    state.health = state.pausedResponse;
  };

  switch (outcome.kind) {
    case 'accepted':
      wellAgain();
      state.health = null;
      if (settle(sent, outcome.response, outcome.providerId)) state.accepted++;
      return;
    case 'unknown':
      settle({ state: 'unknown', reason: 'connection_lost' }, outcome.response);
      // A server that takes a message and never says so would make a whole campaign unknown.
      if (++state.trouble >= troubleLimit) pause('unanswered', outcome.response);
      return;
    case 'skipped':
      settle({ state: 'skipped', reason: outcome.reason }, outcome.detail);
      return;
    case 'released':
      defer(db.now, attempts(), '', 'none');
      return;
    case 'not_sent': {
      state.trouble++;
      if (outcome.ours !== false) {
        pause(outcome.ours, outcome.cause);
        defer(db.now + oursRetryMs, attempts(), outcome.cause, 'refused_ours');
        return;
      }
      // While the server is known to be away, trying it costs nobody an attempt: a laptop may be offline for days.
      const tried = state.waitStep > 0 ? attempts() : attempts() + 1;
      if (tried > lostRetryMs.length) {
        settle({ state: 'failed', reason: 'connection_lost' }, outcome.cause);
        return;
      }
      defer(state.waitStep > 0 ? db.now : db.now + lostRetryMs[tried - 1]!, tried, outcome.cause, 'connection_lost');
      if (state.trouble >= troubleLimit && (state.waitUntil === null || db.now >= state.waitUntil)) {
        state.waitUntil = db.now + Math.min(longestWaitMs, firstWaitMs * 2 ** state.waitStep);
        state.waitStep = Math.min(state.waitStep + 1, 10);
        state.health = outcome.cause;
        if (state.paused === null) state.pausedResponse = outcome.cause.slice(0, maxResponse);
      }
      return;
    }
    case 'refused':
      recordRefusal(outcome);
      return;
  }

  function recordRefusal(refusal: Extract<Outcome, { kind: 'refused' }>): void {
    if (refusal.class === 'ours') {
      state.trouble++;
      defer(db.now + oursRetryMs, attempts(), refusal.response, 'refused_ours');
      if (state.trouble >= troubleLimit) pause('refused', refusal.response);
      return;
    }
    wellAgain();
    if (refusal.class === 'hard') {
      if (settle({ state: 'failed', reason: 'refused_hard' }, refusal.response)) {
        suppressBounced(db, run, seq, address, refusal.response);
        state.hard++;
        state.hardResponse = refusal.response;
      }
      return;
    }
    const tried = attempts() + 1;
    if (tried > softRetryMs.length) {
      settle({ state: 'failed', reason: 'refused_soft' }, refusal.response);
      return;
    }
    defer(db.now + softRetryMs[tried - 1]!, tried, refusal.response, 'refused_soft');
  }
}

/** Keeps the server's own words and the address they are about; a later answer to the same message replaces the earlier. */
function keepReply(db: WriteDb, run: number, seq: number, reply: { response: string; providerId?: string | undefined; address: string; reached: boolean }): void {
  const response = reply.response.slice(0, maxResponse);
  // The claim wrote the row and the address; only test sends have none yet.
  const { changes } = db.prepare('update message_reply set at = ?, provider_id = ?, response = ?, reached = max(reached, ?) where run = ? and seq = ?').run(db.now, reply.providerId ?? null, response, Number(reply.reached), run, seq);
  if (changes > 0) return;
  const normal = normaliseAddress('EMAIL', reply.address);
  db.prepare(
    `insert into message_reply (run, seq, at, provider_id, response, address_key, reached) values (?, ?, ?, ?, ?, ?, ?)`,
  ).run(run, seq, db.now, reply.providerId ?? null, response, 'problem' in normal ? null : normal.addressKey, Number(reply.reached));
}

/** An address that does not exist is written to no more (field.md 3). A test send to a mistyped address says nothing about the audience. */
function suppressBounced(db: WriteDb, run: RunRow, seq: number, address: string, response: string): void {
  if (run.kind === 'test') return;
  const normal = normaliseAddress('EMAIL', address);
  if ('problem' in normal) return;
  suppress(db, { channel: 'EMAIL', addressKey: normal.addressKey, reason: 'hard_bounce', source: 'smtp', note: response.slice(0, maxResponse), message: { run: run.id, seq } });
}
