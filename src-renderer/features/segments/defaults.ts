import { assertNever } from '../../../src-preload/contract/common.js';
import { demographicFields } from '../../../src-preload/contract/endpoint.js';
import { historyOps, placeFields, type SegmentRule } from '../../../src-preload/contract/segment.js';
import type { SegmentNames, SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { type AnyOp, eventWords, fieldNames } from './words.js';

/** Something a rule can be about, as the picker lists it. */
export interface Subject {
  readonly key: string;
  readonly section: string;
  readonly label: string;
  /** A new, mostly unfinished rule about it. */
  readonly rule: () => SegmentRule;
}

const historySubjects: Readonly<Record<(typeof historyOps)[number], string>> = { sent: 'Was sent a campaign', accepted: 'Was accepted by the mail server', opened: 'Opened', clicked: 'Clicked' };

/** The section of the events, where a name that nobody has used yet can be typed too. */
export const eventSection = 'What they did';
/** A new rule about an event. */
export const eventRule = (event: string): SegmentRule => ({ type: 'event', op: 'did', event });

/** A draw of its own for each random share. */
export const newSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;

/** With a capital, as a line of its own begins. */
const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);

/** Everything a rule can be about in this workspace. */
export function subjects(names: SegmentNames | undefined, segments: readonly SegmentSummary[], topics: readonly { readonly uid: string; readonly name: string }[]): Subject[] {
  const attribute = (of: 'endpoint' | 'user', section: string) => (name: string): Subject => ({
    key: `${of}:${name}`,
    section,
    label: name,
    rule: () => ({ type: 'attribute', of, name, test: { op: 'is', values: [] } }),
  });
  return [
    { key: 'channel', section: 'Address', label: 'Channel', rule: () => ({ type: 'channel', op: 'in', values: ['EMAIL'] }) },
    { key: 'status', section: 'Address', label: 'Active or inactive', rule: () => ({ type: 'status', active: true }) },
    ...(names?.userAttributes ?? []).map(attribute('user', 'About the person')),
    ...(names?.attributes ?? []).map(attribute('endpoint', 'About the address')),
    ...(names?.metrics ?? []).map((name): Subject => ({ key: `metric:${name}`, section: 'Numbers', label: name, rule: () => ({ type: 'metric', name, test: { op: 'gte', value: Number.NaN } }) })),
    // Our own events are shown in words; an app's name is shown as it is.
    ...(names?.events ?? []).map((name): Subject => ({ key: `event:${name}`, section: eventSection, label: eventWords(name) === name ? name : capital(eventWords(name)), rule: () => eventRule(name) })),
    ...historyOps.map((op): Subject => ({ key: `history:${op}`, section: 'Campaigns', label: historySubjects[op], rule: () => ({ type: 'history', op, did: true, of: { kind: 'any' } }) })),
    { key: 'suppression', section: 'Consent', label: 'Suppressed', rule: () => ({ type: 'suppression', suppressed: true, scope: 'marketing' }) },
    ...topics.map(({ uid, name }): Subject => ({ key: `topic:${uid}`, section: 'Consent', label: `Topic: ${name}`, rule: () => ({ type: 'topic', topic: uid, op: 'subscribed' }) })),
    { key: 'optOut', section: 'Consent', label: 'Opted out in the app', rule: () => ({ type: 'optOut', optedOut: false }) },
    ...placeFields.map((field): Subject => ({ key: field, section: 'Place', label: fieldNames[field], rule: () => ({ type: 'location', field, test: { op: 'is', values: [] } }) })),
    { key: 'distance', section: 'Place', label: 'Distance from a point', rule: () => ({ type: 'distance', op: 'within', latitude: Number.NaN, longitude: Number.NaN, km: 50 }) },
    { key: 'lastSeen', section: 'Time', label: 'Last seen', rule: () => ({ type: 'lastSeen', test: { op: 'inLast', duration: { amount: 30, unit: 'days' } } }) },
    { key: 'created', section: 'Time', label: 'Created', rule: () => ({ type: 'created', test: { op: 'inLast', duration: { amount: 30, unit: 'days' } } }) },
    ...demographicFields.map((field): Subject => ({ key: field, section: 'Device and app', label: fieldNames[field], rule: () => ({ type: 'demographic', field, test: { op: 'is', values: [] } }) })),
    { key: 'random', section: 'Random share', label: 'Random share of all people', rule: () => ({ type: 'random', percent: 10, seed: newSeed() }) },
    ...segments.map((segment): Subject => ({ key: `segment:${segment.uid}`, section: 'Other segments', label: segment.name, rule: () => ({ type: 'segment', op: 'in', segment: segment.uid }) })),
  ];
}

/** A test with another operator, keeping what both have. `numbers`: it compares numbers, where `between` is of days elsewhere. */
export function testWithOp(before: Readonly<Record<string, unknown>>, op: AnyOp, { zone, numbers = false }: { readonly zone: string; readonly numbers?: boolean }): Record<string, unknown> {
  const date = before['date'] ?? before['from'] ?? '';
  const version = typeof before['version'] === 'string' ? before['version'] : '';
  switch (op) {
    case 'is':
    case 'isNot':
    case 'contains':
    case 'startsWith':
      return { op, values: Array.isArray(before['values']) ? before['values'] : [], ...(before['ignoreCase'] === true && { ignoreCase: true }) };
    case 'exists':
    case 'notExists':
    case 'never':
    case 'ever':
      return { op };
    case 'inLast':
    case 'longerAgo':
      return { op, duration: before['duration'] ?? { amount: 30, unit: 'days' } };
    case 'before':
    case 'after':
    case 'on':
      return { op, date, zone };
    case 'between':
      return numbers ? { op, from: before['value'] ?? Number.NaN, to: Number.NaN } : { op, from: date, to: '', zone };
    case 'versionIs':
    case 'versionLt':
    case 'versionLte':
    case 'versionGt':
    case 'versionGte':
      return { op, version };
    case 'versionBetween':
      return { op, from: version, to: '' };
    case 'eq':
    case 'neq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { op, value: before['value'] ?? before['from'] ?? Number.NaN };
    default:
      return assertNever(op);
  }
}
