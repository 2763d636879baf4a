import { z } from 'zod';
import { audienceCount, instantMs } from './common.js';
import { campaignStatus } from './campaign.js';
import { messageReason } from './delivery.js';
import { errorCode } from './errors.js';

/*
 * home.counts  query -> HomeCounts    the figures beside the places of the rail
 * home.now     query -> HomeNow       what needs a person, what goes out today, drafts
 * home.days    query -> HomeDay[]     the last 28 days of the reporting zone, oldest first, today last
 */

export const homeCounts = z.object({
  audience: audienceCount,
  segments: z.number().int(),
  /** Imports in progress or waiting for a person. */
  imports: z.number().int(),
  /** Addresses that are suppressed for marketing or wholly. */
  suppressions: z.number().int(),
  campaigns: z.number().int(),
  templates: z.number().int(),
  connections: z.number().int(),
  /** Things on Home that wait for a person. */
  needs: z.number().int(),
});
export type HomeCounts = z.infer<typeof homeCounts>;

const run = z.object({ campaign: z.string(), campaignName: z.string(), at: instantMs });
/** Something that waits for a person. `at` is since when. */
export const homeNeed = z.discriminatedUnion('kind', [
  /** The check after an unclean stop found the workspace file damaged; `found` in SQLite's words. */
  z.object({ kind: z.literal('damaged'), found: z.string() }),
  /** Nothing at all is sent: the folder was moved, a backup was restored, or a person said so. */
  z.object({ kind: z.literal('sending_paused'), why: z.string(), waiting: z.number().int() }),
  /** A run stands still, for `reason` (contract/campaign.ts, pauseReasons). */
  run.extend({ kind: z.literal('run_paused'), reason: z.string(), response: z.string().nullable(), waiting: z.number().int() }),
  /** A launch whose hold was cut by a quit or crash. */
  run.extend({ kind: z.literal('run_asks') }),
  /** Messages that may have been sent and that only a person can settle; `causes` says why nobody knows, the most frequent first. */
  run.extend({ kind: z.literal('run_unknown'), messages: z.number().int(), causes: z.array(messageReason) }),
  z.object({ kind: z.literal('import_failed'), uid: z.string(), fileName: z.string(), error: errorCode.nullable(), at: instantMs }),
  /** A dry run is finished and waits to be merged. */
  z.object({ kind: z.literal('import_checked'), uid: z.string(), fileName: z.string(), at: instantMs }),
  z.object({ kind: z.literal('connection_failing'), uid: z.string(), name: z.string(), error: z.string(), at: instantMs }),
]);
export type HomeNeed = z.infer<typeof homeNeed>;

export const homeRun = z.object({
  campaign: z.string(),
  name: z.string(),
  status: campaignStatus,
  /** When it started, or when its hold ends. */
  at: instantMs,
  endedAt: instantMs.nullable(),
  /** Messages to be sent: those left out are not among them. */
  total: z.number().int(),
  /** Of them no longer waiting: sent, failed or unknown. */
  settled: z.number().int(),
  /** Of the settled: may have been sent, nobody knows. */
  unknown: z.number().int(),
  /** Accepted a second over the last ten seconds; 0 when nothing moves. */
  perSecond: z.number(),
});
export type HomeRun = z.infer<typeof homeRun>;

export const homeDraft = z.object({ uid: z.string(), name: z.string(), updatedAt: instantMs, /** What is still missing, by step. */ open: z.array(z.enum(['segment', 'message', 'connection'])) });
export type HomeDraft = z.infer<typeof homeDraft>;

export const homeNow = z.object({ needs: z.array(homeNeed), today: z.array(homeRun), drafts: z.array(homeDraft) });
export type HomeNow = z.infer<typeof homeNow>;

/** `day` is the calendar day of the reporting zone, `2026-11-24`; `clicks` are messages with their first human click that day. `untracked` of the sent carry no links that could tell of a click. */
export const homeDay = z.object({ day: z.iso.date(), sent: z.number().int(), untracked: z.number().int(), clicks: z.number().int() });
export type HomeDay = z.infer<typeof homeDay>;
