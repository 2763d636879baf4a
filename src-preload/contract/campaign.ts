import { z } from 'zod';
import { consentNote } from './audience.js';
import { audienceCount, instantMs } from './common.js';
import { messageReason, messageState, outcomeKind } from './delivery.js';
import { emailContent } from './template.js';

/*
 * Procedures (src-main/api/campaigns.ts, src-main/api/runs.ts). Every `uid` is the public id; nothing here shows a row id.
 *
 * campaigns.list      query    {archived?: boolean}                      -> CampaignSummary[]  newest edit first
 * campaigns.get       query    {uid}                                     -> CampaignDetail
 * campaigns.create    mutation {name?, segment?, template?}              -> CampaignDetail     a draft with the workspace's sender and its only connection filled in
 * campaigns.save      mutation {uid, revision, draft}                    -> {revision, savedAt}  CONFLICT {revision} when somebody saved since; CAMPAIGN_STATE unless it is a draft
 * campaigns.duplicate mutation {uid}                                     -> CampaignDetail
 * campaigns.archive / campaigns.unarchive / campaigns.delete / campaigns.restore  mutation {uid} -> void   (delete hides a draft; restore is its undo)
 * campaigns.review    query    {uid}                                     -> ReviewResult       seconds at 1M addresses: cancels with the query's signal
 * campaigns.testSend  mutation TestSendInput                             -> {run}              watch it with runs.status
 * campaigns.launch    mutation {uid, revision}                           -> {run, holdUntil}   CAMPAIGN_NOT_READY {check, count}, REACHABILITY_REQUIRED, CONFLICT
 *
 * runs.list           query    {campaign?}                               -> RunSummary[]       newest first, test sends apart by `kind`
 * runs.status         query    {run}                                     -> RunStatus
 * runs.takeBack       mutation {run}                                     -> {campaign}         in 'hold' or 'ask'; the campaign is a draft again
 * runs.confirm        mutation {run}                                     -> {holdUntil}        answers 'ask': a new 30-second hold
 * runs.pause / runs.resume / runs.stop  mutation {run}                   -> void               hold within a second; stop cannot be undone
 * runs.recipients     query    RecipientQuery                            -> RecipientPage
 * runs.unknown        query    {run, after?, limit?}                     -> {rows: UnknownMessage[], next: number | null, total}
 * runs.resolveUnknown mutation ResolveUnknownInput                       -> {resolved, left}
 * runs.liftable       query    {run}                                     -> {addresses}        hard bounces this run wrote down and that still stand
 * runs.liftBounces    mutation LiftBouncesInput                          -> {lifted, again}    lifts them; `sendAgain`: the refused messages wait again
 */

const uid = z.string().min(1).max(64);

/** What a treatment says: a template (version null: the newest, pinned at launch) or content of the campaign's own. */
export const treatmentMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('template'), template: uid, version: z.number().int().positive().nullable() }),
  z.object({ kind: z.literal('inline'), content: emailContent }),
]);
export type TreatmentMessage = z.infer<typeof treatmentMessage>;

/** An arm of the campaign; the first is the default and, in this version, the only one. `message` is null until somebody chose one. */
export const treatment = z.object({ name: z.string().max(100), message: treatmentMessage.nullable() });
export type Treatment = z.infer<typeof treatment>;

/** Everything a draft holds. Whatever is still open is null or empty: a draft is saved at any time, only launch asks for completeness. */
export const campaignDraft = z.strictObject({
  name: z.string().trim().min(1).max(200),
  channel: z.literal('EMAIL'),
  /** Marketing mail carries an unsubscribe link and honours marketing suppressions; transactional mail answers something the person did. */
  purpose: z.enum(['marketing', 'transactional']),
  /**
   * Uid of the consent topic it is about. Marketing then goes only where the topic allows it; a transactional message asks to confirm the topic. Null: any marketing, and drafts of
   * before there were topics.
   */
  topic: uid.nullable().default(null),
  /** Segment uid; its version is pinned at launch. */
  segment: uid.nullable(),
  treatments: z.array(treatment).min(1).max(1),
  connection: uid.nullable(),
  from: z.object({ name: z.string().max(200), address: z.string().max(320) }),
  replyTo: z.string().max(320),
  trackOpens: z.boolean(),
  trackClicks: z.boolean(),
  /** A person with several addresses gets one message, at the address known longest. */
  onePerPerson: z.boolean(),
  launch: z.object({ when: z.literal('now') }),
});
export type CampaignDraft = z.infer<typeof campaignDraft>;

/**
 * What a campaign is doing, in one word for lists. `hold`: launched, can still be taken back; `ask`: the hold was cut by a quit or crash and waits for an answer;
 * `paused`, `stopping`: see `RunStatus.paused`.
 */
export const campaignStatuses = ['draft', 'hold', 'ask', 'freezing', 'sending', 'waiting', 'paused', 'stopping', 'stopped', 'done', 'archived'] as const;
export const campaignStatus = z.enum(campaignStatuses);
export type CampaignStatus = z.infer<typeof campaignStatus>;

/** Messages of a run by what became of them. They add up to `total`. `waiting` = pending + held + deferred + claimed. */
export const runNumbers = z.object({
  total: z.number().int(),
  waiting: z.number().int(),
  sent: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  unknown: z.number().int(),
});
export type RunNumbers = z.infer<typeof runNumbers>;

export const campaignSummary = z.object({
  uid: z.string(),
  name: z.string(),
  status: campaignStatus,
  purpose: z.enum(['marketing', 'transactional']),
  segmentName: z.string().nullable(),
  createdAt: instantMs,
  updatedAt: instantMs,
  /** The newest run that is not a test. `opened` and `clicked` are null where they are not tracked. */
  run: z.object({ uid: z.string(), createdAt: instantMs, endedAt: instantMs.nullable(), numbers: runNumbers, opened: z.number().int().nullable(), clicked: z.number().int().nullable() }).nullable(),
});
export type CampaignSummary = z.infer<typeof campaignSummary>;

export const campaignDetail = z.object({
  uid: z.string(),
  status: campaignStatus,
  revision: z.number().int(),
  draft: campaignDraft,
  createdAt: instantMs,
  updatedAt: instantMs,
  /** True when the draft was sent to a test list since its last change. */
  tested: z.boolean(),
  run: z.string().nullable(),
});
export type CampaignDetail = z.infer<typeof campaignDetail>;

/** One line of the funnel: 'none' are those who will get it. A person counts once: under 'none' when any address of theirs will get it. The lines add up to `segment`. */
export const funnelRow = z.object({ reason: messageReason, people: z.number().int(), addresses: z.number().int() });
export type FunnelRow = z.infer<typeof funnelRow>;
export const funnel = z.object({ segment: audienceCount, rows: z.array(funnelRow) });
export type Funnel = z.infer<typeof funnel>;

export const reviewCheckIds = [
  'segment',
  'recipients',
  'message',
  'subject',
  'syntax',
  'missing_variables',
  'size',
  'unsubscribe_link',
  'postal_address',
  'from_address',
  'reply_to',
  'connection',
  'connection_verified',
  'reachability',
  'tracking',
  'sending_paused',
  'test_send',
  'topic',
  'confirm_link',
  'dkim',
] as const;
export const reviewCheck = z.object({
  id: z.enum(reviewCheckIds),
  level: z.enum(['ok', 'warn', 'block']),
  /** One sentence for the screen, and for a finding a second one with what to do. */
  words: z.string(),
  fix: z.string().optional(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type ReviewCheck = z.infer<typeof reviewCheck>;

export const reviewResult = z.object({
  revision: z.number().int(),
  /** Null while no segment is chosen. */
  funnel: funnel.nullable(),
  checks: z.array(reviewCheck),
  /** A template variable without a default that some recipients have no value for; each is skipped with that reason. */
  missing: z.array(z.object({ variable: z.string(), people: z.number().int(), addresses: z.number().int() })),
  /** How long sending takes at least by the connection's own limit; null when it has none or nothing is to send. */
  durationSeconds: z.number().nullable(),
  ready: z.boolean(),
});
export type ReviewResult = z.infer<typeof reviewResult>;

export const testSendInput = z.object({
  uid,
  addresses: z.array(z.string().trim().min(3).max(320)).min(1).max(20),
  /** Whose data fills the message: an endpoint's row id. Null: nobody's, so that only messages without personal fields can be made. */
  endpoint: z.number().int().positive().nullable(),
});
export type TestSendInput = z.infer<typeof testSendInput>;

/**
 * Why a run is not sending. `operator`: pressed; `stopping`: being wound up; `response` has the server's words for the others: `credentials`: it refuses name or password; `login`: logging in fails in another way;
 * `greeting`: it will not talk to us; `tls`: no encryption that can be trusted; `refused`: it refuses our messages or the sender, not the recipients; `unanswered`: it takes messages and does not say so;
 * `recipients`: it refuses nearly every recipient as not there; `unbuildable`: the connection or a treatment cannot be opened.
 */
export const pauseReasons = ['operator', 'stopping', 'credentials', 'refused', 'recipients', 'unbuildable', 'login', 'greeting', 'tls', 'unanswered'] as const;
export const pauseReason = z.enum(pauseReasons);
export type PauseReason = z.infer<typeof pauseReason>;

export const runSummary = z.object({
  uid: z.string(),
  campaign: z.string(),
  campaignName: z.string(),
  kind: z.enum(['campaign', 'test']),
  status: campaignStatus,
  createdAt: instantMs,
  endedAt: instantMs.nullable(),
  numbers: runNumbers,
});
export type RunSummary = z.infer<typeof runSummary>;

export const runStatus = runSummary.extend({
  holdUntil: instantMs.nullable(),
  startedAt: instantMs.nullable(),
  frozenAt: instantMs.nullable(),
  /** The commit that the recipients were fixed at. */
  frozenCommit: z.number().int().nullable(),
  funnel: funnel.nullable(),
  paused: z.object({ reason: pauseReason, response: z.string().nullable() }).nullable(),
  /** For `ask`: why the recipients could not be fixed; null when a quit or crash cut the hold. */
  askWhy: z.string().nullable(),
  /** All sending of the workspace is paused, and why (contract/workspace.ts, sendingPauses). */
  sendingPaused: z.string().nullable(),
  /** No session with the mail server comes about; the next attempt is then. `waitCause` is a sentence that says why. */
  waitUntil: instantMs.nullable(),
  waitCause: z.string().nullable(),
  counts: z.array(z.object({ state: messageState, reason: messageReason, messages: z.number().int() })),
  /** Accepted a second over the last ten seconds; 0 when nothing moves. */
  perSecond: z.number(),
  etaSeconds: z.number().nullable(),
  /** Accepted in each five seconds of the last ten minutes; stretches without any are left out. */
  line: z.array(z.object({ at: instantMs, sent: z.number().int() })),
  /** Receiving domains with the most messages first, at most 12, then one row '' for all others. */
  domains: z.array(z.object({ domain: z.string(), sent: z.number().int(), failed: z.number().int(), deferred: z.number().int() })),
  /** What waits to be tried again, by the server's words, most first, at most 10. */
  deferred: z.array(z.object({ response: z.string(), messages: z.number().int(), nextDue: instantMs })),
  connection: z.object({ uid: z.string(), name: z.string() }).nullable(),
});
export type RunStatus = z.infer<typeof runStatus>;

export const recipientQuery = z.object({
  run: uid,
  state: messageState.optional(),
  reason: messageReason.optional(),
  /** The seq of the last row of the page before. */
  after: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(1).max(500).default(100),
});
export type RecipientQuery = z.input<typeof recipientQuery>;

export const recipientRow = z.object({
  seq: z.number().int(),
  /** Row id of the endpoint; null for a test without a person. */
  endpoint: z.number().int().nullable(),
  /** Null when the endpoint was erased or deleted. */
  address: z.string().nullable(),
  userId: z.string().nullable(),
  state: messageState,
  reason: messageReason,
  /** When the server answered, and its words. */
  at: instantMs.nullable(),
  response: z.string().nullable(),
  /** For a deferred message. */
  due: instantMs.nullable(),
  attempts: z.number().int(),
  outcomes: z.array(z.object({ kind: outcomeKind, at: instantMs })),
});
export type RecipientRow = z.infer<typeof recipientRow>;
export const recipientPage = z.object({ rows: z.array(recipientRow), next: z.number().int().nullable() });
export type RecipientPage = z.infer<typeof recipientPage>;

/** May have been sent: we claimed it and lost sight of it. Only evidence or a person settles it. */
export const unknownMessage = z.object({
  seq: z.number().int(),
  address: z.string().nullable(),
  userId: z.string().nullable(),
  reason: messageReason,
  messageId: z.string(),
  /** When it was claimed, or the connection lost; null where nobody knows (after a restore). */
  at: instantMs.nullable(),
  response: z.string().nullable(),
});
export type UnknownMessage = z.infer<typeof unknownMessage>;

/** 'send_again' keeps the Message-ID, so that a mailbox that has it already can tell. */
export const resolveUnknownInput = z.object({
  run: uid,
  which: z.union([z.literal('all'), z.array(z.number().int().positive()).min(1).max(10_000)]),
  as: z.enum(['sent', 'send_again', 'failed']),
});
export type ResolveUnknownInput = z.infer<typeof resolveUnknownInput>;

/** From so many on, suppressions of one run are worth a look by somebody even when it was not paused for them. */
export const liftWorthALook = 20;

/** Lifts the suppressions that a run made because a server called its recipients unknown. `note` stays with each for good. */
export const liftBouncesInput = z.object({ run: uid, note: consentNote, sendAgain: z.boolean() });
export type LiftBouncesInput = z.infer<typeof liftBouncesInput>;
