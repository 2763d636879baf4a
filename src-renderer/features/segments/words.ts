import { assertNever, type Channel } from '../../../src-preload/contract/common.js';
import type { demographicFields } from '../../../src-preload/contract/endpoint.js';
import type { Duration, EventFilter, GroupMatch, placeFields, SegmentDraw, SegmentGroup, SegmentRule, SegmentTree, WhenTest } from '../../../src-preload/contract/segment.js';

export const channelNames: Readonly<Record<Channel, string>> = {
  EMAIL: 'e-mail',
  SMS: 'SMS',
  PUSH: 'push',
  GCM: 'push (Android)',
  APNS: 'push (iOS)',
  APNS_SANDBOX: 'push (iOS, sandbox)',
  APNS_VOIP: 'VoIP push (iOS)',
  APNS_VOIP_SANDBOX: 'VoIP push (iOS, sandbox)',
  ADM: 'push (Amazon)',
  VOICE: 'voice',
  BAIDU: 'push (Baidu)',
  CUSTOM: 'custom channel',
  IN_APP: 'in-app',
};

export const fieldNames: Readonly<Record<(typeof demographicFields)[number] | (typeof placeFields)[number], string>> = {
  AppVersion: 'App version',
  Locale: 'Locale',
  Make: 'Device make',
  Model: 'Device model',
  ModelVersion: 'Model version',
  Platform: 'Platform',
  PlatformVersion: 'Platform version',
  Timezone: 'Time zone',
  Country: 'Country',
  Region: 'Region',
  City: 'City',
  PostalCode: 'Postal code',
};

export const matchWords: Readonly<Record<GroupMatch, { readonly name: string; readonly help: string }>> = {
  all: { name: 'ALL', help: 'every one of these' },
  any: { name: 'ANY', help: 'at least one of these' },
  none: { name: 'NONE', help: 'not a single one of these' },
};

/** The operator of a rule as its sentence says it. Every `op` of the contract has one; the same op may read differently for times and for texts. */
export const opWords = {
  is: 'is any of',
  isNot: 'is none of',
  contains: 'contains',
  startsWith: 'starts with',
  exists: 'has any value',
  notExists: 'has no value',
  before: 'is before',
  after: 'is after',
  on: 'is on',
  between: 'is between',
  versionIs: 'is version',
  versionLt: 'is older than',
  versionLte: 'is at most',
  versionGt: 'is newer than',
  versionGte: 'is at least',
  versionBetween: 'is between versions',
  eq: 'is',
  neq: 'is not',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  inLast: 'in the last',
  longerAgo: 'longer ago than',
  never: 'never',
  ever: 'at any time',
} as const;
export type AnyOp = keyof typeof opWords;

type EventRule = Extract<SegmentRule, { type: 'event' }>;
type HistoryRule = Extract<SegmentRule, { type: 'history' }>;
/** Rules that test one thing with an operator. */
export type TestedRule = Extract<SegmentRule, { test: unknown }>;
type AnyTest = TestedRule['test'] | EventFilter['test'] | WhenTest;

export const topicOpWords: Readonly<Record<Extract<SegmentRule, { type: 'topic' }>['op'], string>> = {
  subscribed: 'is subscribed to',
  left: 'has left',
  asked: 'has not confirmed yet',
  never: 'was never asked about',
};

/** The names of what rules hold by uid. */
export interface RuleNames {
  readonly segment: (uid: string) => string;
  readonly campaign: (uid: string) => string;
  readonly topic: (uid: string) => string;
}

/** The operator of a time: "was created on ...", "did it before ...", without the "is". */
export function timeOpWord(op: AnyOp): string {
  return opWords[op].replace(/^is /, '');
}

/** The operator as the rule's sentence says it. */
export function opWord(rule: SegmentRule, op: AnyOp): string {
  return rule.type === 'created' || rule.type === 'lastSeen' ? timeOpWord(op) : opWords[op];
}

export const eventOpWords: Readonly<Record<EventRule['op'], string>> = { did: 'did', didNot: 'did not' };
export const timesWords: Readonly<Record<NonNullable<EventRule['times']>['op'], string>> = { atLeast: 'at least', atMost: 'at most', exactly: 'exactly' };
export const occasionWords: Readonly<Record<NonNullable<EventRule['occasion']>, string>> = { first: 'for the first time', last: 'for the last time' };

/** What campaigns did, and its negation. */
export const historyWords: Readonly<Record<HistoryRule['op'], { readonly did: string; readonly didNot: string }>> = {
  sent: { did: 'was sent', didNot: 'was not sent' },
  accepted: { did: 'was accepted by the mail server for', didNot: 'was not accepted by the mail server for' },
  opened: { did: 'opened', didNot: 'did not open' },
  clicked: { did: 'clicked in', didNot: 'did not click in' },
};
export const runWords = { any: 'any run', latest: 'newest run' } as const;
export const machineWords = { without: 'without machine opens', with: 'machine opens too' } as const;
export const scopeWords: Readonly<Record<Extract<SegmentRule, { type: 'suppression' }>['scope'], string>> = { marketing: 'marketing', all: 'every message' };

/** What Heliograph records itself. These are the raw facts: the campaign rules leave out what machines did. */
const ownEvents: Readonly<Record<string, string>> = {
  '_email.open': 'open an e-mail, machines included',
  '_email.click': 'click in an e-mail, machines included',
  '_email.unsubscribe': 'unsubscribe',
  '_email.resubscribe': 'take back an unsubscribe',
  '_email.hardbounce': 'have an e-mail bounce for good',
  '_email.softbounce': 'have an e-mail bounce for now',
  '_email.complaint': 'complain about spam',
};

/** An event as it stands after "did": ours in words, an app's as the app named it. */
export function eventWords(name: string): string {
  return Object.hasOwn(ownEvents, name) ? ownEvents[name]! : name;
}

const textOps = ['is', 'isNot', 'contains', 'startsWith', 'exists', 'notExists'] as const;
const dateOps = ['before', 'after', 'on', 'between'] as const;

const metricOps = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between', 'exists', 'notExists'] as const;
/** When an event may have been, apart from "at any time". */
export const whenOps = ['inLast', ...dateOps] as const;

/** The operators a filter of an event may have, in the order of the menu. */
export function filterOps(filter: EventFilter): readonly AnyOp[] {
  return filter.of === 'metric' ? metricOps : textOps;
}

/** The operators a rule may have, in the order of the menu. */
export function opsOf(rule: TestedRule): readonly AnyOp[] {
  switch (rule.type) {
    case 'attribute':
      return [...textOps, ...dateOps];
    case 'demographic':
      return rule.field.endsWith('Version') ? [...textOps, 'versionIs', 'versionLt', 'versionLte', 'versionGt', 'versionGte', 'versionBetween'] : textOps;
    case 'location':
      return textOps;
    case 'metric':
      return metricOps;
    case 'created':
      return ['inLast', 'longerAgo', ...dateOps];
    case 'lastSeen':
      return ['inLast', 'longerAgo', ...dateOps, 'never', 'ever'];
    default:
      return assertNever(rule);
  }
}

/** A number of a sentence; three dots while it is still missing. */
function numberWords(value: number): string {
  return Number.isNaN(value) ? '…' : String(value);
}

export function durationWords({ amount, unit }: Duration): string {
  return `${numberWords(amount)} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

/** `time` or `times`, after a number. */
export const timesNoun = (count: number): string => (count === 1 ? 'time' : 'times');

/** `Germany` for DE in the country field, the value itself elsewhere. */
export function valueWord(rule: SegmentRule, value: string): string {
  if (rule.type !== 'location' || rule.field !== 'Country' || !/^[A-Z]{2}$/.test(value)) return value;
  return regions.of(value) ?? value;
}

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
let codes: ReadonlyMap<string, string> | undefined;

/** The code of a country given by its name or in small letters; anything else as it is. */
export function countryCode(text: string): string {
  if (!codes) {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const pairs = letters.flatMap((a) => letters.map((b) => a + b));
    codes = new Map(pairs.flatMap((code) => [[code.toLowerCase(), code], [(regions.of(code) ?? code).toLocaleLowerCase(), code]] as const));
  }
  return codes.get(text.trim().toLocaleLowerCase()) ?? text;
}

/** At most three values, then how many more. */
export function listWords(values: readonly string[]): string {
  if (values.length <= 4) return values.join(', ');
  return `${values.slice(0, 3).join(', ')}, and ${values.length - 3} more`;
}

export function subjectWords(rule: SegmentRule): string {
  switch (rule.type) {
    case 'attribute':
    case 'metric':
      return rule.name;
    case 'demographic':
    case 'location':
      return fieldNames[rule.field];
    case 'channel':
      return 'Channel';
    case 'status':
      return 'Address';
    case 'optOut':
      return 'App opt-out';
    case 'distance':
      return 'Distance';
    case 'created':
      return 'was created';
    case 'lastSeen':
      return 'was last seen';
    case 'event':
      return eventWords(rule.event);
    case 'history':
      return 'Campaigns';
    case 'suppression':
      return 'Suppressed';
    case 'topic':
      return 'Topic';
    case 'random':
      return 'Random share';
    case 'segment':
      return 'Segment';
    default:
      return assertNever(rule);
  }
}

/** What a test compares with, after its operator; empty where it compares with nothing. */
function operandWords(test: AnyTest, valueOf: (value: string) => string = (value) => value): string {
  if ('values' in test) return `${listWords(test.values.map(valueOf))}${test.ignoreCase ? ', ignoring case' : ''}`;
  if ('duration' in test) return durationWords(test.duration);
  if ('from' in test) return `${typeof test.from === 'number' ? numberWords(test.from) : test.from} and ${typeof test.to === 'number' ? numberWords(test.to) : test.to}`;
  if ('date' in test) return test.date;
  if ('version' in test) return test.version;
  return 'value' in test ? numberWords(test.value) : '';
}

const joinWords = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

/** A filter of an event: `product is any of Espresso`. */
export function filterSentence(filter: EventFilter): string {
  return joinWords(filter.name, opWords[filter.test.op], operandWords(filter.test));
}

function eventSentence(rule: EventRule): string {
  const { times, occasion, when, where = [] } = rule;
  const counted = times ? `${timesWords[times.op]} ${numberWords(times.count)} ${timesNoun(times.count)}` : '';
  const filters = where.map((filter, index) => `${index === 0 ? 'where' : 'and'} ${filterSentence(filter)}`);
  return joinWords(eventOpWords[rule.op], eventWords(rule.event), counted, occasion ? occasionWords[occasion] : '', when ? joinWords(timeOpWord(when.op), operandWords(when)) : '', ...filters);
}

function historySentence(rule: HistoryRule, names: RuleNames): string {
  const { of } = rule;
  const what = of.kind === 'any' ? 'any campaign' : names.campaign(of.campaign);
  const run = of.kind === 'campaign' && of.run === 'latest' ? `, ${runWords.latest}${rule.inLast ? ',' : ''}` : '';
  const time = rule.inLast ? ` in the last ${durationWords(rule.inLast)}` : '';
  return `${historyWords[rule.op][rule.did ? 'did' : 'didNot']} ${what}${run}${time}${rule.machineOpens ? `, ${machineWords.with}` : ''}`;
}

/** A rule as one sentence: for screen readers, history and messages. */
export function ruleSentence(rule: SegmentRule, names: RuleNames): string {
  switch (rule.type) {
    case 'channel':
      return `channel ${rule.op === 'in' ? 'is any of' : 'is none of'} ${listWords(rule.values.map((name) => channelNames[name]))}`;
    case 'status':
      return `address is ${rule.active ? 'active' : 'inactive'}`;
    case 'optOut':
      return rule.optedOut ? 'opted out in the app' : 'not opted out in the app';
    case 'distance':
      return `${rule.op === 'within' ? 'within' : 'not within'} ${numberWords(rule.km)} km of ${numberWords(rule.latitude)}, ${numberWords(rule.longitude)}`;
    case 'event':
      return eventSentence(rule);
    case 'history':
      return historySentence(rule, names);
    case 'suppression':
      return `${rule.suppressed ? 'is suppressed' : 'is not suppressed'} for ${scopeWords[rule.scope]}`;
    case 'topic':
      return `${topicOpWords[rule.op]} topic ${names.topic(rule.topic)}`;
    case 'random':
      return `is in a random ${numberWords(rule.percent)}% of all people`;
    case 'segment':
      return `${rule.op === 'in' ? 'is in' : 'is not in'} segment ${names.segment(rule.segment)}`;
    case 'attribute':
    case 'metric':
    case 'demographic':
    case 'location':
    case 'created':
    case 'lastSeen': {
      const owner = rule.type === 'attribute' && rule.of === 'user' ? 'person’s' : '';
      return joinWords(owner, subjectWords(rule), opWord(rule, rule.test.op), operandWords(rule.test, (value) => valueWord(rule, value)));
    }
    default:
      return assertNever(rule);
  }
}

/** A draw of people as it stands in the history. */
export const drawSentence = (draw: SegmentDraw): string => `of those, exactly ${numberWords(draw.people)} ${draw.people === 1 ? 'person' : 'people'}, drawn at random`;

/** Every rule of a tree as sentences, its draw last. */
export function treeSentences({ root, draw }: SegmentTree, names: RuleNames): string[] {
  return [...groupSentences(root, names), ...(draw ? [drawSentence(draw)] : [])];
}

/** Every rule of a group as sentences, with the words of the groups around it. */
export function groupSentences(group: SegmentGroup, names: RuleNames, around = ''): string[] {
  const inside = group.match === 'all' ? around : `${around}${group.match === 'any' ? 'any of: ' : 'none of: '}`;
  return group.of.flatMap((node) => (node.type === 'group' ? groupSentences(node, names, inside) : [inside + ruleSentence(node, names)]));
}
