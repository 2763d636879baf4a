import type { Channel } from '../../../src-preload/contract/common.js';
import type { demographicFields } from '../../../src-preload/contract/endpoint.js';
import type { Duration, GroupMatch, placeFields, SegmentGroup, SegmentRule } from '../../../src-preload/contract/segment.js';

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

/** Times read "was created on ...", "was last seen before ...": without the "is". */
export function opWord(rule: SegmentRule, op: AnyOp): string {
  return rule.type === 'created' || rule.type === 'lastSeen' ? opWords[op].replace(/^is /, '') : opWords[op];
}

const textOps = ['is', 'isNot', 'contains', 'startsWith', 'exists', 'notExists'] as const;
const dateOps = ['before', 'after', 'on', 'between'] as const;

/** The operators a rule may have, in the order of the menu. */
export function opsOf(rule: SegmentRule): readonly AnyOp[] {
  switch (rule.type) {
    case 'attribute':
      return [...textOps, ...dateOps];
    case 'demographic':
      return rule.field.endsWith('Version') ? [...textOps, 'versionIs', 'versionLt', 'versionLte', 'versionGt', 'versionGte', 'versionBetween'] : textOps;
    case 'location':
      return textOps;
    case 'metric':
      return ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between', 'exists', 'notExists'];
    case 'created':
      return ['inLast', 'longerAgo', ...dateOps];
    case 'lastSeen':
      return ['inLast', 'longerAgo', ...dateOps, 'never', 'ever'];
    default:
      return [];
  }
}

export function durationWords({ amount, unit }: Duration): string {
  return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

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
    case 'segment':
      return 'Segment';
  }
}

/** A rule as one sentence: for screen readers, history and messages. `segmentName` gives the name of a segment by its uid. */
export function ruleSentence(rule: SegmentRule, segmentName: (uid: string) => string): string {
  switch (rule.type) {
    case 'channel':
      return `channel ${rule.op === 'in' ? 'is any of' : 'is none of'} ${listWords(rule.values.map((name) => channelNames[name]))}`;
    case 'status':
      return `address is ${rule.active ? 'active' : 'inactive'}`;
    case 'optOut':
      return rule.optedOut ? 'opted out in the app' : 'not opted out in the app';
    case 'distance':
      return `${rule.op === 'within' ? 'within' : 'not within'} ${rule.km} km of ${rule.latitude}, ${rule.longitude}`;
    case 'segment':
      return `${rule.op === 'in' ? 'is in' : 'is not in'} segment ${segmentName(rule.segment)}`;
    default: {
      const { test } = rule;
      const owner = rule.type === 'attribute' && rule.of === 'user' ? 'person’s ' : '';
      const start = `${owner}${subjectWords(rule)} ${opWord(rule, test.op)}`;
      if ('values' in test) return `${start} ${listWords(test.values.map((value) => valueWord(rule, value)))}${test.ignoreCase ? ', ignoring case' : ''}`;
      if ('duration' in test) return `${start} ${durationWords(test.duration)}`;
      if ('from' in test) return `${start} ${test.from} and ${test.to}`;
      if ('date' in test) return `${start} ${test.date}`;
      if ('version' in test) return `${start} ${test.version}`;
      return 'value' in test ? `${start} ${test.value}` : start;
    }
  }
}

/** Every rule of a group as sentences, with the words of the groups around it. */
export function groupSentences(group: SegmentGroup, segmentName: (uid: string) => string, around = ''): string[] {
  const inside = group.match === 'all' ? around : `${around}${group.match === 'any' ? 'any of: ' : 'none of: '}`;
  return group.of.flatMap((node) => (node.type === 'group' ? groupSentences(node, segmentName, inside) : [inside + ruleSentence(node, segmentName)]));
}
