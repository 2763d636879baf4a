import { liftSuppression, suppress } from '../../audience/index.js';
import { appendEvent } from '../../events/index.js';
import type { ReadDb, WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { dropOutcome, findMessage, type KnownMessage, recordOutcome } from './message.rows.js';

/** A recipient's own act on the unsubscribe page or by the one-click button of the mail program (RFC 8058). `run` is the run's uid. */
export interface UnsubscribeAct {
  readonly uid: string;
  readonly run: string;
  readonly seq: number;
  readonly test: boolean;
  readonly via: 'page' | 'one_click';
  readonly at: number;
  readonly userAgent: string;
  readonly ip: string;
}

/**
 * `done`: this act suppressed the address. `already`: it was suppressed before. `test`: a test message, nothing changed. `unknown`: the token is authentic but its message or
 * its address is no longer here; the act is kept in the event log.
 */
export type UnsubscribeResult = 'done' | 'already' | 'test' | 'unknown';
/** `kept`: something else than this message's unsubscribe keeps the address suppressed, so nothing was lifted. */
export type UndoResult = 'undone' | 'kept' | 'test' | 'unknown';

/** The undo button of the page works this long; later a forwarded or found message could let somebody else subscribe the person again. */
export const undoWindowMs = 24 * 60 * 60 * 1000;

function logAct(db: WriteDb, type: string, act: UnsubscribeAct, message: KnownMessage | undefined): void {
  appendEvent(db, {
    uid: act.uid,
    type,
    at: act.at,
    app: message?.app ?? null,
    endpoint: message?.endpoint ?? null,
    run: message?.run ?? null,
    seq: message?.seq ?? null,
    attributes: {
      via: act.via,
      user_agent: act.userAgent,
      ip: act.ip,
      ...(act.test || message?.test ? { test: true } : {}),
      // An act on a message we no longer hold says by itself which one it was.
      ...(message ? {} : { run: act.run, seq: act.seq }),
    },
  });
}

/** Suppresses marketing messages to the address the message went to. Run by the store thread with the priority of a claim: nothing may be claimed for it afterwards. */
export function unsubscribe(db: WriteDb, act: UnsubscribeAct): UnsubscribeResult {
  const message = findMessage(db, act.run, act.seq);
  logAct(db, '_email.unsubscribe', act, message);
  if (act.test || message?.test) return 'test';
  if (!message?.address) return 'unknown';
  recordOutcome(db, message.run, message.seq, 'unsubscribe', act.at);
  // Where a weaker reason stands already this appends all the same: lifting that one later must not bring back somebody who unsubscribed.
  const { appended } = suppress(db, {
    ...message.address,
    scope: 'marketing',
    reason: 'unsubscribe',
    source: act.via === 'one_click' ? 'one-click unsubscribe' : 'unsubscribe page',
    message: { run: message.run, seq: message.seq },
  });
  return appended.length > 0 ? 'done' : 'already';
}

/**
 * Takes back the unsubscribe that this very message caused, at most `undoWindowMs` ago. Complaints, bounces, the operator's and other messages' suppressions stay.
 * The caller acts as the recipient.
 */
export function undoUnsubscribe(db: WriteDb, act: UnsubscribeAct): UndoResult {
  const message = findMessage(db, act.run, act.seq);
  logAct(db, '_email.resubscribe', act, message);
  if (act.test || message?.test) return 'test';
  if (!message?.address) return 'unknown';
  const [last, before] = latestFacts(db, message.address);
  if (last?.act === 'add') {
    const ours = last.reason === 'unsubscribe' && last.run === message.run && last.seq === message.seq && db.now - last.at <= undoWindowMs;
    if (!ours || before?.act === 'add') return 'kept';
    liftSuppression(db, { ...message.address, scope: 'marketing', note: 'Taken back by the recipient on the unsubscribe page' });
  }
  dropOutcome(db, message.run, message.seq, 'unsubscribe');
  return 'undone';
}

interface Fact {
  act: 'add' | 'lift';
  reason: string;
  at: number;
  run: number | null;
  seq: number | null;
}

/** The two newest facts about marketing to an address, newest first. */
function latestFacts(db: ReadDb, { channel, addressKey }: NonNullable<KnownMessage['address']>): Fact[] {
  return db.all<Fact>(sql`
    select act, reason, at, run, seq from suppression where channel = ${channel} and address_key = ${addressKey} and scope = 'marketing' order by id desc limit 2`);
}
