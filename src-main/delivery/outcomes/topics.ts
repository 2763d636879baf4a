import { topicAllows } from '../../../src-preload/contract/topic.js';
import { marketingStopped, openTopics, recordTopicConsent, standingTopic, topicById } from '../../audience/index.js';
import type { ReadDb, WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { acceptedAt, findMessage, type KnownMessage, recordOutcome } from './message.rows.js';
import { logAct, type UnsubscribeAct } from './unsubscribe.js';

/** A box on the preference page. */
export interface PreferenceTopic {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly on: boolean;
  /** A yes is taken from this link only while it is young; a no always. */
  readonly mayTurnOn: boolean;
}

/** What a recipient's page needs to know of topics. */
export interface TopicsPage {
  /** Name of the topic that the message was sent for. */
  readonly topic: string | null;
  readonly topics: readonly PreferenceTopic[];
  /** No marketing message may come to the address, whatever is ticked: suppressed or opted out. */
  readonly stopped: boolean;
}

/** The page takes a yes this long after its message was sent; later a forwarded or found message could let somebody else subscribe the person. */
export const preferenceWindowMs = 30 * 24 * 60 * 60 * 1000;

function mayTurnOn(db: WriteDb, message: KnownMessage): boolean {
  if (!message.takesYes) return false;
  const at = acceptedAt(db, message.run, message.seq);
  return at !== undefined && db.now - at <= preferenceWindowMs;
}

/** Reads only, but through the store thread, as everything the collector asks. Whoever holds the link may see what its address gets; never the address. */
export function topicsPage(db: WriteDb, { run, seq }: { readonly run: string; readonly seq: number; readonly test: boolean }): TopicsPage {
  const message = findMessage(db, run, seq);
  if (!message) return { topic: null, topics: [], stopped: false };
  const topic = message.topic === null ? null : (topicById(db, message.topic)?.name ?? null);
  const { address } = message;
  if (!address) return { topic, topics: [], stopped: false };
  const turnOn = mayTurnOn(db, message);
  return { topic, topics: openTopics(db).map((one) => ({ uid: one.uid, name: one.name, description: one.description, on: isOn(db, one, address), mayTurnOn: turnOn })), stopped: marketingStopped(db, address) };
}

function isOn(db: ReadDb, topic: { readonly id: number; readonly consent: 'opt_in' | 'opt_out' }, address: NonNullable<KnownMessage['address']>): boolean {
  return topicAllows(topic.consent, standingTopic(db, { topic: topic.id, ...address })?.state ?? 'never');
}

export interface PreferenceAct extends UnsubscribeAct {
  /** Uids of the topics that the page showed: what was made since was not refused by who did not see it. */
  readonly shown: readonly string[];
  /** Of those, the ticked ones. */
  readonly topics: readonly string[];
}

/** The recipient's own choice among the topics their page showed: those not ticked are withdrawn, those ticked and not had yet are given while the link is young. */
export function savePreferences(db: WriteDb, act: PreferenceAct): 'saved' | 'test' | 'unknown' {
  const message = findMessage(db, act.run, act.seq);
  logAct(db, '_email.preferences', act, message);
  if (act.test || message?.test) return 'test';
  if (!message?.address) return 'unknown';
  const { address } = message;
  const turnOn = mayTurnOn(db, message);
  const said = { ...address, source: 'preference page', message: { run: message.run, seq: message.seq } };
  for (const topic of openTopics(db)) {
    if (!act.shown.includes(topic.uid)) continue;
    const wanted = act.topics.includes(topic.uid);
    if (isOn(db, topic, address) === wanted || (wanted && !turnOn)) continue;
    recordTopicConsent(db, { ...said, topic: topic.id, act: wanted ? 'give' : 'withdraw' });
    if (!wanted && topic.id === message.topic) recordOutcome(db, message.run, message.seq, 'unsubscribe', act.at);
  }
  return 'saved';
}

/** `expired`: nobody waits for this confirmation any more, because it was withdrawn or never asked for, or by a later message. */
export type ConfirmResult = 'confirmed' | 'expired' | 'test' | 'unknown';

/** The second half of a double opt-in: the recipient says yes to the topic that the message asked about. */
export function confirmTopic(db: WriteDb, act: UnsubscribeAct): ConfirmResult {
  const message = findMessage(db, act.run, act.seq);
  logAct(db, '_email.confirm', act, message);
  if (act.test || message?.test) return 'test';
  if (!message?.address || message.topic === null) return 'unknown';
  const standing = standingTopic(db, { topic: message.topic, ...message.address });
  if (standing?.state === 'given') return 'confirmed';
  if (standing === undefined || standing.request === null || !answers(db, message, standing.request)) return 'expired';
  recordTopicConsent(db, { topic: message.topic, ...message.address, act: 'give', source: 'confirmed by link', message: { run: message.run, seq: message.seq } });
  return 'confirmed';
}

/** A link answers the request that its message was sent for: it was claimed after that, to this very address. The exception is what taking back an unsubscribe of this message asked for anew. */
function answers(db: WriteDb, message: KnownMessage, request: number): boolean {
  const sentAt = acceptedAt(db, message.run, message.seq);
  const fact = db.get<{ at: number; run: number | null; seq: number | null }>(sql`select at, run, seq from topic_consent where id = ${request}`);
  if (!message.takesYes || !fact) return false;
  return (fact.run === message.run && fact.seq === message.seq) || (sentAt !== undefined && sentAt >= fact.at);
}
