import { liftSuppression, recordTopicConsent, suppress, topicById } from '../../audience/index.js';
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
  /** Everything marketing, although the message was about one topic. Messages without a topic know nothing narrower. */
  readonly all?: boolean;
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

export function logAct(db: WriteDb, type: string, act: UnsubscribeAct, message: KnownMessage | undefined): void {
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
      ...(act.all ? { all: true } : {}),
      // An act on a message we no longer hold says by itself which one it was.
      ...(message ? {} : { run: act.run, seq: act.seq }),
    },
  });
}

/**
 * Ends what the message was about: the topic it was sent for, or, where it had none or the person asks for it, everything marketing to the address it went to. One click (RFC 8058) ends the
 * topic: the mail program says "unsubscribe from this list", and the page behind the link in the message offers the rest. Run by the store thread with the priority
 * of a claim: nothing may be claimed for it afterwards.
 */
export function unsubscribe(db: WriteDb, act: UnsubscribeAct): UnsubscribeResult {
  const message = findMessage(db, act.run, act.seq);
  logAct(db, '_email.unsubscribe', act, message);
  if (act.test || message?.test) return 'test';
  if (!message?.address) return 'unknown';
  recordOutcome(db, message.run, message.seq, 'unsubscribe', act.at);
  const source = act.via === 'one_click' ? 'one-click unsubscribe' : 'unsubscribe page';
  const answers = { run: message.run, seq: message.seq };
  if (message.topic !== null && !act.all) return recordTopicConsent(db, { topic: message.topic, ...message.address, act: 'withdraw', source, message: answers }) ? 'done' : 'already';
  // Where a weaker reason stands already this appends all the same: lifting that one later must not bring back somebody who unsubscribed.
  const { appended } = suppress(db, {
    ...message.address,
    scope: 'marketing',
    reason: 'unsubscribe',
    source,
    message: answers,
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
  const address = message.address;
  const [last, before] = latestFacts(db, address);
  const standing = last?.act === 'add';
  if (standing) {
    const ours = last.reason === 'unsubscribe' && isAnswer(db, last, message);
    if (!ours || before?.act === 'add') return 'kept';
  }
  const topic = topicUndo(db, message, address);
  // The topic left by another message stays left; what this one stopped comes back all the same.
  if (topic === 'kept' && !standing) return 'kept';
  if (standing) liftSuppression(db, { ...address, scope: 'marketing', note: 'Taken back by the recipient on the unsubscribe page' });
  if (topic !== undefined && topic !== 'kept' && message.topic !== null) recordTopicConsent(db, { topic: message.topic, ...address, act: topic, source: 'taken back on the unsubscribe page', message: { run: message.run, seq: message.seq } });
  dropOutcome(db, message.run, message.seq, 'unsubscribe');
  return 'undone';
}

type Address = NonNullable<KnownMessage['address']>;

const isAnswer = (db: WriteDb, fact: { readonly at: number; readonly run: number | null; readonly seq: number | null }, message: KnownMessage): boolean =>
  fact.run === message.run && fact.seq === message.seq && db.now - fact.at <= undoWindowMs;

/**
 * What brings the topic back to where it stood before this very message's withdrawal: the yes that was there, or the topic's own default, or the request that waited. Undefined: it was
 * not withdrawn; `kept`: by something else, or too long ago.
 */
function topicUndo(db: WriteDb, message: KnownMessage, { channel, addressKey }: Address): 'give' | 'request' | 'kept' | undefined {
  if (message.topic === null) return undefined;
  const [last, ...earlier] = db.all<{ act: 'give' | 'withdraw' | 'request'; at: number; run: number | null; seq: number | null }>(sql`
    select act, at, run, seq from topic_consent where channel = ${channel} and address_key = ${addressKey} and topic = ${message.topic} order by id desc`);
  if (last?.act !== 'withdraw') return undefined;
  const answer = earlier.find((fact) => fact.act !== 'request')?.act;
  if (answer === 'withdraw' || !isAnswer(db, last, message)) return 'kept';
  return answer === 'give' || topicById(db, message.topic)?.consent === 'opt_out' ? 'give' : 'request';
}

interface Fact {
  act: 'add' | 'lift';
  reason: string;
  at: number;
  run: number | null;
  seq: number | null;
}

/** The two newest facts about marketing to an address, newest first. */
function latestFacts(db: ReadDb, { channel, addressKey }: Address): Fact[] {
  return db.all<Fact>(sql`
    select act, reason, at, run, seq from suppression where channel = ${channel} and address_key = ${addressKey} and scope = 'marketing' order by id desc limit 2`);
}
