import { z } from 'zod';
import { type Funnel } from './campaign.js';
import { messageReason, type MessageReason, messageState, type MessageState, outcomeKind, type OutcomeKind } from './delivery.js';

/*
 * Procedures (src-main/api/report.ts):
 * report.campaign   query {campaign, run?}   -> CampaignReport     everything above the recipients table
 * report.heatmap    query {run, treatment}   -> HeatMap
 * report.count      query {run, filter}      -> number
 * report.recipients query {run, filter, offset, limit} -> ReportRecipient[]
 */

const uid = z.string().min(1).max(64);

/** One campaign's report; `run` absent: its newest run that is not a test. */
export const reportInput = z.strictObject({ campaign: uid, run: uid.optional() });
export type ReportInput = z.infer<typeof reportInput>;

/**
 * Messages of a run or a part of it. `messages` = waiting + accepted + failed + skipped + unknown. The others count messages too, each once, whatever happened twice.
 * Opens and clicks: `opened` and `clicked` are people (image proxies open for people); `openedByMachine` and `clickedByScanner` are messages that only robots touched.
 */
export interface MessageCounts {
  readonly messages: number;
  readonly waiting: number;
  /** Accepted by the mail server. */
  readonly accepted: number;
  readonly failed: number;
  readonly skipped: number;
  /** May have been sent. */
  readonly unknown: number;
  /** Accepted first, then returned. */
  readonly bounced: number;
  readonly opened: number;
  readonly openedByMachine: number;
  readonly clicked: number;
  readonly clickedByScanner: number;
  readonly unsubscribed: number;
  readonly complained: number;
}

export interface ReasonCount {
  readonly state: MessageState;
  readonly reason: MessageReason;
  readonly messages: number;
}

/** A link of one treatment, as written in its template. `url` and `text` are empty for clicks on links the template does not have. */
export interface LinkCount {
  readonly treatment: number;
  readonly link: number;
  readonly url: string;
  readonly text: string;
  /** Messages whose reader clicked it. */
  readonly clicked: number;
  /** All clicks of readers. */
  readonly clicks: number;
  /** Messages in which scanners followed it, also where the reader did too. */
  readonly scanned: number;
}

/** One hour of the reporting zone; `at` is its beginning. */
export interface HourCount {
  readonly at: number;
  readonly accepted: number;
  readonly opened: number;
  readonly clicked: number;
  readonly unsubscribed: number;
}

export interface DomainCount {
  /** Receiving domain; empty where the address is gone. */
  readonly domain: string;
  /** To be sent: those left out are not among them. */
  readonly messages: number;
  readonly accepted: number;
  readonly failed: number;
  readonly bounced: number;
  readonly opened: number;
  readonly clicked: number;
  readonly unsubscribed: number;
}

export interface ReportRun {
  readonly uid: string;
  readonly state: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface CampaignReport {
  readonly campaign: { readonly uid: string; readonly name: string };
  /** Newest first. */
  readonly runs: readonly ReportRun[];
  readonly run: ReportRun;
  readonly subject: string;
  readonly purpose: 'marketing' | 'transactional';
  readonly trackOpens: boolean;
  readonly trackClicks: boolean;
  /** True once bounces are read back; until then "accepted by the mail server" is all that is known. */
  readonly feedback: boolean;
  /** How the audience became the messages of this run. */
  readonly funnel: Funnel | null;
  readonly total: MessageCounts;
  readonly reasons: readonly ReasonCount[];
  readonly treatments: readonly (MessageCounts & { readonly treatment: number; readonly name: string })[];
  readonly links: readonly LinkCount[];
  readonly hours: readonly HourCount[];
  /** What happened after the last of `hours`, in one sum; null when that is all. */
  readonly later: Omit<HourCount, 'at'> | null;
  /** Accepted messages that have no hour: a person counted them as sent after a restore, and nobody knows when they went. With `hours` and `later` they add up to `total.accepted`. */
  readonly withoutHour: number;
  /** Most messages first, at most `maxDomains`. */
  readonly domains: readonly DomainCount[];
  /** All domains that are not listed, in one sum; null when all are. */
  readonly otherDomains: (Omit<DomainCount, 'domain'> & { readonly count: number }) | null;
  /** The commit these numbers are true of. */
  readonly commit: number;
}

/** Hours and domains a report lists; the rest is in one line, so that the numbers add up. */
export const reportLimits = { hours: 7 * 24, domains: 50 } as const;

/** The message with its clicks drawn on it. `html` is inert sample text, shown only in the sandboxed frame; a link's address is `heatLink(link)`. */
export interface HeatMap {
  readonly html: string;
  readonly subject: string;
}
/** The address that stands for link number `link` in a heat map. */
export const heatLink = (link: number): string => `https://link.invalid/${link}`;
export function heatLinkNumber(href: string): number | undefined {
  const found = /^https:\/\/link\.invalid\/(\d{1,6})$/.exec(href)?.[1];
  return found === undefined ? undefined : Number(found);
}
export const heatMapInput = z.strictObject({ run: uid, treatment: z.number().int().nonnegative() });

/** Which messages of a run. Everything given must hold. `machine`: only robots opened it; `scanner`: only robots clicked. `no_open`, `no_click`: accepted, and nothing of the kind. */
export const recipientFilter = z.strictObject({
  state: messageState.optional(),
  /** Pending, held, deferred or claimed. */
  waiting: z.literal(true).optional(),
  /** Not left out. */
  toSend: z.literal(true).optional(),
  reason: messageReason.optional(),
  outcome: z.union([outcomeKind, z.enum(['machine', 'scanner', 'bounced', 'no_open', 'no_click'])]).optional(),
  treatment: z.number().int().nonnegative().optional(),
  /** Clicked by a person; with a treatment, because each counts its own links. */
  link: z.number().int().nonnegative().optional(),
  domain: z.string().max(255).optional(),
});
export type RecipientFilter = z.infer<typeof recipientFilter>;
export const reportRecipientsInput = z.strictObject({ run: uid, filter: recipientFilter, offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(500) });
export type ReportRecipientsInput = z.infer<typeof reportRecipientsInput>;
export const reportCountInput = z.strictObject({ run: uid, filter: recipientFilter });
export type ReportCountInput = z.infer<typeof reportCountInput>;

export interface ReportRecipient {
  readonly seq: number;
  /** Row id of the endpoint; null for none. */
  readonly endpoint: number | null;
  /** Null when the person was deleted. */
  readonly address: string | null;
  readonly userId: string | null;
  readonly treatment: number;
  readonly state: MessageState;
  readonly reason: MessageReason;
  /** When the mail server answered, and its words. */
  readonly at: number | null;
  readonly response: string | null;
  readonly outcomes: readonly { readonly kind: OutcomeKind; readonly at: number }[];
}

/** What became of a sent message, as people say it. */
export const outcomeWords: Readonly<Record<OutcomeKind, string>> = {
  open: 'Opened',
  open_machine: 'Opened by a machine',
  click: 'Clicked',
  click_scanner: 'Clicked by a scanner',
  unsubscribe: 'Unsubscribed',
  complaint: 'Complained',
  hard_bounce: 'Bounced',
  soft_bounce: 'Bounced for now',
  delivered: 'Delivered',
};
