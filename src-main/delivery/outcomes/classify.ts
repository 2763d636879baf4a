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
  /** What its user agent alone made of it, where only that was kept. Haste can still show it to be a scanner's. */
  readonly known?: EngagementClass;
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

/** What a fact's own words say of it, before what happened around it is looked at. */
export function ownClass({ kind, userAgent, known }: Pick<RawEngagement, 'kind' | 'userAgent' | 'known'>): EngagementClass {
  return known ?? (kind === 'open' ? openClass(userAgent) : clickClass(userAgent));
}

/** Whether a class stands for somebody who reads: a mailbox provider's proxy fetches when a person opens. */
export const isPerson = (by: EngagementClass): boolean => by === 'human' || by === 'image_proxy';

/**
 * Classes of what happened to one message, in the order given (oldest first). Pure, over raw facts: a later fact can show that an earlier one was a scanner's. One pass,
 * because anybody who holds a message may open and click it as often as they like.
 */
export function classifyMessage(facts: readonly RawEngagement[], { acceptedAt, direct = false }: MessageContext): EngagementClass[] {
  const classes = facts.map(ownClass);
  if (direct) return classes;
  const clicks = facts.flatMap(({ kind, at, link }, index) => (kind === 'click' ? [{ at, link, index }] : []));
  /** Clicks of each link between `from` and the click looked at. */
  const inWindow = new Map<number, number>();
  let from = 0;
  let marked = 0;
  clicks.forEach((click, to) => {
    inWindow.set(click.link, (inWindow.get(click.link) ?? 0) + 1);
    for (; click.at - clicks[from]!.at >= scanWindowMs; from++) {
      const { link } = clicks[from]!;
      const left = inWindow.get(link)! - 1;
      if (left === 0) inWindow.delete(link);
      else inWindow.set(link, left);
    }
    if (inWindow.size < scanLinks) return;
    for (marked = Math.max(marked, from); marked <= to; marked++) classes[clicks[marked]!.index] = 'scanner';
  });
  if (acceptedAt === undefined) return classes;
  const opened = facts.find((fact, index) => fact.kind === 'open' && isPerson(classes[index]!))?.at ?? Number.POSITIVE_INFINITY;
  for (const { at, index } of clicks) if (at - acceptedAt < instantClickMs && opened > at) classes[index] = 'scanner';
  return classes;
}

/** User agents whose answer is remembered: a few programs do nearly all the asking, and the list of robots is a long expression. */
const remembered = 1_000;
const openClasses = new Map<string, EngagementClass>();

function openClass(userAgent: string): EngagementClass {
  const before = openClasses.get(userAgent);
  if (before) return before;
  const by = readUserAgent(userAgent);
  if (openClasses.size >= remembered) openClasses.clear();
  openClasses.set(userAgent, by);
  return by;
}

function readUserAgent(userAgent: string): EngagementClass {
  if (imageProxy.test(userAgent)) return 'image_proxy';
  if (bareMozilla.test(userAgent.trim())) return 'machine';
  if (userAgent.trim() === '' || securityProduct.test(userAgent) || isbot(userAgent)) return 'scanner';
  return 'human';
}

function clickClass(userAgent: string): EngagementClass {
  // Nobody clicks through an image proxy or with Apple's prefetcher: for a click both are robots.
  return openClass(userAgent) === 'human' ? 'human' : 'scanner';
}
