import { isbot } from 'isbot';

/**
 * Who was behind an open or a click (design 5 "Counting", field.md 3). `image_proxy` is a mailbox provider's proxy that fetches when a person opens, so its first fetch is an open;
 * `machine` fetches whether anybody reads or not (Apple Mail privacy protection); `scanner` is a security product or another robot.
 */
export const engagementClasses = ['human', 'image_proxy', 'machine', 'scanner'] as const;
export type EngagementClass = (typeof engagementClasses)[number];

/** A raw open or click as the event log keeps it. */
export interface RawEngagement {
  readonly kind: 'open' | 'click';
  readonly at: number;
  /** Number of the link; -1 for an open. */
  readonly link: number;
  readonly userAgent: string;
}

/** Clicks on this many different links of one message within `scanWindowMs` are a scanner's (field.md 3). */
const scanLinks = 3;
const scanWindowMs = 5_000;
/** A click this soon after the message was accepted, with no open before it, is a scanner's (field.md 3). */
const instantClickMs = 10_000;

/** Gmail's and Yahoo's image proxies fetch when the message is opened. */
const imageProxy = /GoogleImageProxy|YahooMailProxy/i;
/** Apple's prefetch names nothing behind this. */
const bareMozilla = /^Mozilla\/5\.0$/;
/** Security products that say who they are; isbot does not know all of them. */
const securityProduct = /safelinks|proofpoint|mimecast|barracuda|symantec|messagelabs|fireeye|trendmicro|zscaler|sophos|ironport|urlscan|virustotal/i;

export interface MessageContext {
  /** When the mail server took the message, where that is known. */
  readonly acceptedAt?: number | undefined;
  /** Nothing stands between sender and reader (the test mailbox), so haste is no sign of a scanner. */
  readonly direct?: boolean;
}

/**
 * Classes of everything that happened to one message, in the order given (oldest first). Pure, over raw facts: run again after a rule changed, it classes old facts anew.
 */
export function classifyMessage(facts: readonly RawEngagement[], { acceptedAt, direct = false }: MessageContext): EngagementClass[] {
  const classes = facts.map((fact) => (fact.kind === 'open' ? openClass(fact.userAgent) : clickClass(fact.userAgent)));
  if (direct) return classes;
  const clicks = facts.map((fact, index) => ({ ...fact, index })).filter((fact) => fact.kind === 'click');
  let from = 0;
  for (let to = 0; to < clicks.length; to++) {
    while (clicks[to]!.at - clicks[from]!.at >= scanWindowMs) from++;
    const burst = clicks.slice(from, to + 1);
    if (new Set(burst.map((click) => click.link)).size >= scanLinks) for (const click of burst) classes[click.index] = 'scanner';
  }
  if (acceptedAt !== undefined) {
    for (const click of clicks) {
      const openedBefore = facts.some((fact, index) => fact.kind === 'open' && fact.at <= click.at && (classes[index] === 'human' || classes[index] === 'image_proxy'));
      if (click.at - acceptedAt < instantClickMs && !openedBefore) classes[click.index] = 'scanner';
    }
  }
  return classes;
}

function openClass(userAgent: string): EngagementClass {
  if (imageProxy.test(userAgent)) return 'image_proxy';
  if (bareMozilla.test(userAgent.trim())) return 'machine';
  if (userAgent.trim() === '' || securityProduct.test(userAgent) || isbot(userAgent)) return 'scanner';
  return 'human';
}

function clickClass(userAgent: string): EngagementClass {
  // Nobody clicks through an image proxy or with Apple's prefetcher: for a click both are robots.
  return openClass(userAgent) === 'human' ? 'human' : 'scanner';
}
