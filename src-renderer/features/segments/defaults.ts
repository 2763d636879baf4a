import { demographicFields } from '../../../src-preload/contract/endpoint.js';
import { placeFields, type SegmentRule } from '../../../src-preload/contract/segment.js';
import type { SegmentNames, SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { type AnyOp, fieldNames } from './words.js';

/** Something a rule can be about, as the picker lists it. */
export interface Subject {
  readonly key: string;
  readonly section: string;
  readonly label: string;
  /** A new, mostly unfinished rule about it. */
  readonly rule: () => SegmentRule;
}

/** Everything a rule can be about in this workspace. */
export function subjects(names: SegmentNames | undefined, segments: readonly SegmentSummary[]): Subject[] {
  const attribute = (of: 'endpoint' | 'user', section: string) => (name: string): Subject => ({
    key: `${of}:${name}`,
    section,
    label: name,
    rule: () => ({ type: 'attribute', of, name, test: { op: 'is', values: [] } }),
  });
  return [
    { key: 'channel', section: 'Address', label: 'Channel', rule: () => ({ type: 'channel', op: 'in', values: ['EMAIL'] }) },
    { key: 'status', section: 'Address', label: 'Active or inactive', rule: () => ({ type: 'status', active: true }) },
    { key: 'optOut', section: 'Address', label: 'Opted out in the app', rule: () => ({ type: 'optOut', optedOut: false }) },
    ...(names?.userAttributes ?? []).map(attribute('user', 'About the person')),
    ...(names?.attributes ?? []).map(attribute('endpoint', 'About the address')),
    ...(names?.metrics ?? []).map((name): Subject => ({ key: `metric:${name}`, section: 'Numbers', label: name, rule: () => ({ type: 'metric', name, test: { op: 'gte', value: Number.NaN } }) })),
    ...placeFields.map((field): Subject => ({ key: field, section: 'Place', label: fieldNames[field], rule: () => ({ type: 'location', field, test: { op: 'is', values: [] } }) })),
    { key: 'distance', section: 'Place', label: 'Distance from a point', rule: () => ({ type: 'distance', op: 'within', latitude: Number.NaN, longitude: Number.NaN, km: 50 }) },
    { key: 'lastSeen', section: 'Time', label: 'Last seen', rule: () => ({ type: 'lastSeen', test: { op: 'inLast', duration: { amount: 30, unit: 'days' } } }) },
    { key: 'created', section: 'Time', label: 'Created', rule: () => ({ type: 'created', test: { op: 'inLast', duration: { amount: 30, unit: 'days' } } }) },
    ...demographicFields.map((field): Subject => ({ key: field, section: 'Device and app', label: fieldNames[field], rule: () => ({ type: 'demographic', field, test: { op: 'is', values: [] } }) })),
    ...segments.map((segment): Subject => ({ key: `segment:${segment.uid}`, section: 'Other segments', label: segment.name, rule: () => ({ type: 'segment', op: 'in', segment: segment.uid }) })),
  ];
}

/** A test with another operator, keeping what both have. */
export function testWithOp(rule: Extract<SegmentRule, { test: unknown }>, op: AnyOp, zone: string): Record<string, unknown> {
  const before: Readonly<Record<string, unknown>> = rule.test;
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
      return rule.type === 'metric' ? { op, from: before['value'] ?? Number.NaN, to: Number.NaN } : { op, from: date, to: '', zone };
    case 'versionIs':
    case 'versionLt':
    case 'versionLte':
    case 'versionGt':
    case 'versionGte':
      return { op, version };
    case 'versionBetween':
      return { op, from: version, to: '' };
    default:
      return { op, value: before['value'] ?? before['from'] ?? Number.NaN };
  }
}
