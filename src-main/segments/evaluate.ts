import { assertNever, type Channel } from '../../src-preload/contract/common.js';
import type { demographicFields } from '../../src-preload/contract/endpoint.js';
import type { OutcomeKind } from '../../src-preload/contract/delivery.js';
import { type AttributeTest, type CreatedTest, type DemographicTest, type LastSeenTest, type MetricTest, type SegmentNode, type SegmentRule, type SegmentTree, type WhenTest, type placeFields, pruned } from '../../src-preload/contract/segment.js';
import { dateInRange, distanceKm, fold, nfc, shareBucket, shareBuckets, versionKey } from '../store/functions.js';
import { dateRange, durationMs } from './dates.js';

/** What a rule can see of one endpoint and its user. Absent is undefined; times are UTC milliseconds. */
export interface Subject {
  readonly id: number;
  readonly channel: Channel;
  readonly active: boolean;
  readonly optedOut: boolean;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly userAttributes: Readonly<Record<string, readonly string[]>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly demographic: Readonly<Partial<Record<(typeof demographicFields)[number], string>>>;
  readonly place: Readonly<Partial<Record<(typeof placeFields)[number], string>>>;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly createdAt: number;
  readonly lastSeenAt?: number | undefined;
  /** On the suppression list, by scope. */
  readonly suppressed: { readonly marketing: boolean; readonly all: boolean };
  /** What the address said about topics, by their uid; absent: nothing. */
  readonly topics: Readonly<Record<string, { readonly state: 'given' | 'withdrawn' | 'requested'; readonly asked: boolean }>>;
  /** The person's number, see `personKey`. */
  readonly person: number;
  /** Of all the person's addresses. */
  readonly events: readonly SubjectEvent[];
  readonly sends: readonly SubjectSend[];
}

export interface SubjectEvent {
  readonly name: string;
  readonly at: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One message of a campaign's run to one of the person's addresses. */
export interface SubjectSend {
  readonly campaign: string;
  /** In the newest run of its campaign that has its recipients. */
  readonly latest: boolean;
  readonly accepted: boolean;
  /** Handed over, or perhaps handed over. */
  readonly sent: boolean;
  readonly at: number;
  readonly outcomes: readonly { readonly kind: OutcomeKind; readonly at: number }[];
}

/** What a `segment` rule points at. */
export type SegmentSource = { readonly kind: 'imported'; readonly has: (endpoint: number) => boolean } | { readonly kind: 'dynamic'; readonly tree: SegmentTree };

export interface EvaluateContext {
  /** The instant that "now" means in a rule. */
  readonly asOf: number;
  readonly segment: (uid: string, version: number | undefined) => SegmentSource;
  /** Everybody there is: who is drawn depends on who else matches. */
  readonly everyone: () => readonly Subject[];
}

/**
 * The plain meaning of a tree: is this endpoint in it? The SQL compiler and any faster engine must answer the same for every tree and subject.
 * A tree without rules means everyone.
 */
export function matches(tree: SegmentTree, subject: Subject, context: EvaluateContext): boolean {
  const root = pruned(tree.root);
  const passes = (one: Subject) => !root || nodeMatches(root, one, context);
  if (!tree.draw || !passes(subject)) return passes(subject);
  const { people, seed } = tree.draw;
  const order = (person: number) => shareBucket(person, seed);
  const matching = [...new Set(context.everyone().filter(passes).map(({ person }) => person))];
  return matching.sort((a, b) => order(a) - order(b) || a - b).slice(0, people).includes(subject.person);
}

function nodeMatches(node: SegmentNode, subject: Subject, context: EvaluateContext): boolean {
  if (node.type !== 'group') return ruleMatches(node, subject, context);
  switch (node.match) {
    case 'all':
      return node.of.every((child) => nodeMatches(child, subject, context));
    case 'any':
      return node.of.some((child) => nodeMatches(child, subject, context));
    case 'none':
      return !node.of.some((child) => nodeMatches(child, subject, context));
  }
}

function ruleMatches(rule: SegmentRule, subject: Subject, context: EvaluateContext): boolean {
  switch (rule.type) {
    case 'channel':
      return rule.values.includes(subject.channel) === (rule.op === 'in');
    case 'status':
      return subject.active === rule.active;
    case 'optOut':
      return subject.optedOut === rule.optedOut;
    case 'attribute': {
      const attributes = rule.of === 'user' ? subject.userAttributes : subject.attributes;
      return textsTest(rule.test)(Object.hasOwn(attributes, rule.name) ? attributes[rule.name]! : []);
    }
    case 'demographic':
      return textsTest(rule.test)(present(subject.demographic[rule.field]));
    case 'location':
      return textsTest(rule.test)(present(subject.place[rule.field]));
    case 'metric':
      return metricMatches(Object.hasOwn(subject.metrics, rule.name) ? subject.metrics[rule.name] : undefined, rule.test);
    case 'distance': {
      const { latitude, longitude } = subject;
      const within = latitude !== undefined && longitude !== undefined && distanceKm(latitude, longitude, rule.latitude, rule.longitude) <= rule.km;
      return within === (rule.op === 'within');
    }
    case 'created':
      return timeTest(rule.test, context.asOf)(subject.createdAt);
    case 'lastSeen':
      return timeTest(rule.test, context.asOf)(subject.lastSeenAt);
    case 'suppression':
      return (subject.suppressed.all || (rule.scope === 'marketing' && subject.suppressed.marketing)) === rule.suppressed;
    case 'topic':
      return topicMatches(rule.op, Object.hasOwn(subject.topics, rule.topic) ? subject.topics[rule.topic] : undefined);
    case 'random':
      return shareBucket(subject.person, rule.seed) < shareLimit(rule.percent);
    case 'event':
      return didEvent(rule, subject.events, context.asOf) === (rule.op === 'did');
    case 'history':
      return wasInCampaign(rule, subject.sends, context.asOf) === rule.did;
    case 'segment': {
      const source = context.segment(rule.segment, rule.version);
      const member = source.kind === 'imported' ? source.has(subject.id) : matches(source.tree, subject, context);
      return member === (rule.op === 'in');
    }
    default:
      return assertNever(rule);
  }
}

function topicMatches(op: Extract<SegmentRule, { type: 'topic' }>['op'], said: Subject['topics'][string] | undefined): boolean {
  switch (op) {
    case 'subscribed':
      return said?.state === 'given';
    case 'left':
      return said?.state === 'withdrawn';
    case 'asked':
      return said?.asked === true;
    case 'never':
      return said === undefined;
  }
}

function present(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

/**
 * A test of a list of texts, made ready once. Any value of the list may pass; an empty list is an absent attribute. `isNot` is "not `is`", so absent passes
 * (Pinpoint's EXCLUSIVE removes those that match).
 */
export function textsTest(test: AttributeTest | DemographicTest): (values: readonly string[]) => boolean {
  const same = (ignoreCase: boolean | undefined) => (ignoreCase ? fold : nfc);
  const byVersion = (passes: (key: string) => boolean) => (values: readonly string[]) =>
    values.some((value) => {
      const key = versionKey(value);
      return key !== null && passes(key);
    });
  switch (test.op) {
    case 'is':
    case 'isNot': {
      const key = same(test.ignoreCase);
      const wanted = new Set(test.values.map(key));
      return (values) => values.some((value) => wanted.has(key(value))) === (test.op === 'is');
    }
    case 'contains':
    case 'startsWith': {
      const key = same(test.ignoreCase);
      const wanted = test.values.map(key);
      return (values) => values.some((value) => wanted.some((part) => (test.op === 'contains' ? key(value).includes(part) : key(value).startsWith(part))));
    }
    case 'exists':
      return (values) => values.length > 0;
    case 'notExists':
      return (values) => values.length === 0;
    case 'before':
    case 'after':
    case 'on':
    case 'between': {
      const range = dateRange(test);
      return (values) => values.some((value) => dateInRange(value, range.dayFrom, range.dayTo, range.from, range.to));
    }
    case 'versionIs': {
      const wanted = versionKey(test.version);
      return byVersion((key) => key === wanted);
    }
    case 'versionLt': {
      const bound = versionKey(test.version)!;
      return byVersion((key) => key < bound);
    }
    case 'versionLte': {
      const bound = versionKey(test.version)!;
      return byVersion((key) => key <= bound);
    }
    case 'versionGt': {
      const bound = versionKey(test.version)!;
      return byVersion((key) => key > bound);
    }
    case 'versionGte': {
      const bound = versionKey(test.version)!;
      return byVersion((key) => key >= bound);
    }
    case 'versionBetween': {
      const [from, to] = [versionKey(test.from)!, versionKey(test.to)!];
      return byVersion((key) => key >= from && key <= to);
    }
    default:
      return assertNever(test);
  }
}

/** `neq` is "not `eq`": absent passes. Every other comparison needs a value. */
function metricMatches(value: number | undefined, test: MetricTest): boolean {
  switch (test.op) {
    case 'exists':
      return value !== undefined;
    case 'notExists':
      return value === undefined;
    case 'neq':
      return value !== test.value;
    case 'eq':
      return value === test.value;
    case 'gt':
      return value !== undefined && value > test.value;
    case 'gte':
      return value !== undefined && value >= test.value;
    case 'lt':
      return value !== undefined && value < test.value;
    case 'lte':
      return value !== undefined && value <= test.value;
    case 'between':
      return value !== undefined && value >= test.from && value <= test.to;
    default:
      return assertNever(test);
  }
}

/** A test of an instant, made ready once. "Never" is its own value: it is neither in the last 30 days nor longer ago. */
function timeTest(test: CreatedTest | LastSeenTest | WhenTest, asOf: number): (at: number | undefined) => boolean {
  switch (test.op) {
    case 'never':
      return (at) => at === undefined;
    case 'ever':
      return (at) => at !== undefined;
    case 'inLast': {
      const since = asOf - durationMs(test.duration);
      return (at) => at !== undefined && at >= since;
    }
    case 'longerAgo': {
      const before = asOf - durationMs(test.duration);
      return (at) => at !== undefined && at < before;
    }
    case 'before':
    case 'after':
    case 'on':
    case 'between': {
      const { from, to } = dateRange(test);
      return (at) => at !== undefined && (from === null || at >= from) && (to === null || at < to);
    }
    default:
      return assertNever(test);
  }
}

/** Buckets below this are in: exact in tenths of a percent. */
export const shareLimit = (percent: number): number => Math.round((percent * shareBuckets) / 100);

function didEvent(rule: Extract<SegmentRule, { type: 'event' }>, events: readonly SubjectEvent[], asOf: number): boolean {
  const text = (value: string | number | undefined) => (value === undefined ? [] : [String(value)]);
  const filters = (rule.where ?? []).map((filter) => {
    if (filter.of === 'metric') return (event: SubjectEvent) => metricMatches(Object.hasOwn(event.metrics, filter.name) ? event.metrics[filter.name] : undefined, filter.test);
    const passes = textsTest(filter.test);
    return (event: SubjectEvent) => passes(Object.hasOwn(event.attributes, filter.name) ? text(event.attributes[filter.name]) : []);
  });
  const passing = events.filter((event) => event.name === rule.event && filters.every((passes) => passes(event)));
  const inTime = rule.when ? timeTest(rule.when, asOf) : () => true;
  if (rule.occasion) {
    const times = passing.map((event) => event.at);
    return times.length > 0 && inTime(rule.occasion === 'first' ? Math.min(...times) : Math.max(...times));
  }
  const n = passing.filter((event) => inTime(event.at)).length;
  const { op, count } = rule.times ?? { op: 'atLeast', count: 1 };
  return op === 'atLeast' ? n >= count : op === 'atMost' ? n <= count : n === count;
}

function wasInCampaign(rule: Extract<SegmentRule, { type: 'history' }>, sends: readonly SubjectSend[], asOf: number): boolean {
  const { of } = rule;
  const since = rule.inLast ? asOf - durationMs(rule.inLast) : Number.NEGATIVE_INFINITY;
  const kinds: readonly OutcomeKind[] = rule.op === 'clicked' ? ['click'] : rule.machineOpens ? ['open', 'open_machine'] : ['open'];
  return sends.some((send) => {
    if (of.kind === 'campaign' && (send.campaign !== of.campaign || (of.run === 'latest' && !send.latest))) return false;
    if (rule.op === 'sent') return send.sent && send.at >= since;
    if (rule.op === 'accepted') return send.accepted && send.at >= since;
    return send.outcomes.some(({ kind, at }) => kinds.includes(kind) && at >= since);
  });
}
