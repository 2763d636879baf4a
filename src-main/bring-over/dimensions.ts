import type { z } from 'zod';
import { channel } from '../../src-preload/contract/common.js';
import { type AttributeTest, dateOrInstant, type MetricTest, type SegmentNode, type SegmentRule, type TextTest } from '../../src-preload/contract/segment.js';
import { toCountry } from '../audience/import/index.js';
import { CannotCarry, note } from './note.js';
import { type AttributeDimension, attributeDimension, gpsPoint, type MetricDimension, metricDimension, recency, type SetDimension, setDimension } from './pinpoint.js';

/** Members of an object that say something: SDKs write absent ones as null, the console as `{}`. */
function membersOf(value: unknown, part: string): [string, unknown][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object' || Array.isArray(value)) throw unusable(part, JSON.stringify(value));
  return Object.entries(value as Record<string, unknown>).filter(([, member]) => member !== null && member !== undefined && !(typeof member === 'object' && Object.keys(member).length === 0));
}

const unknownPart = (part: string) => new CannotCarry(note('part_unknown', { part }));
const unusable = (part: string, value: string) => new CannotCarry(note('value_unusable', { part, value: value.slice(0, 200) }));

function read<T extends z.ZodType>(type: T, value: unknown, part: string): z.output<T> {
  const parsed = type.safeParse(value);
  if (!parsed.success) throw unusable(part, JSON.stringify(value));
  return parsed.data;
}

/** A date of Pinpoint's criteria: a day, or an instant, which is UTC without an offset. */
function date(value: string, part: string): string {
  for (const candidate of [value, `${value}Z`]) {
    const parsed = dateOrInstant.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  throw unusable(part, value);
}

/** The calendar day of a date in UTC: ON leaves the time out. */
function day(value: string, part: string): string {
  const at = date(value, part);
  return at.length === 10 ? at : new Date(at).toISOString().slice(0, 10);
}

function attributeTests({ AttributeType: type = 'INCLUSIVE', Values: values }: AttributeDimension, part: string): { tests: AttributeTest[]; any: boolean } {
  if (values.includes('')) throw unusable(part, '');
  const dates = (count: number) => {
    if (values.length !== count) throw unusable(part, values.join(', '));
    return values.map((value) => date(value, part));
  };
  switch (type) {
    case 'INCLUSIVE':
      return { tests: [{ op: 'is', values }], any: false };
    case 'EXCLUSIVE':
      return { tests: [{ op: 'isNot', values }], any: false };
    case 'CONTAINS':
      return { tests: [{ op: 'contains', values }], any: false };
    case 'BEFORE':
      return { tests: [{ op: 'before', date: dates(1)[0]! }], any: false };
    case 'AFTER':
      return { tests: [{ op: 'after', date: dates(1)[0]! }], any: false };
    case 'BETWEEN': {
      const [from, to] = dates(2);
      return { tests: [{ op: 'between', from: from!, to: to! }], any: false };
    }
    case 'ON':
      return { tests: values.map((value) => ({ op: 'on', date: day(value, part) })), any: true };
  }
}

function attributes(value: unknown, of: 'endpoint' | 'user', part: string): SegmentNode[] {
  return membersOf(value, part).flatMap(([name, member]): SegmentNode[] => {
    const where = `${part}.${name}`;
    const { tests, any } = attributeTests(read(attributeDimension, member, where), where);
    const rules = tests.map((test): SegmentRule => ({ type: 'attribute', of, name, test }));
    return any && rules.length > 1 ? [{ type: 'group', match: 'any', of: rules }] : rules;
  });
}

const metricOps: Readonly<Record<MetricDimension['ComparisonOperator'], 'gt' | 'gte' | 'lt' | 'lte' | 'eq'>> = {
  GREATER_THAN: 'gt',
  GREATER_THAN_OR_EQUAL: 'gte',
  LESS_THAN: 'lt',
  LESS_THAN_OR_EQUAL: 'lte',
  EQUAL: 'eq',
};

function metrics(value: unknown): SegmentNode[] {
  return membersOf(value, 'Metrics').map(([name, member]): SegmentNode => {
    const { ComparisonOperator, Value } = read(metricDimension, member, `Metrics.${name}`);
    const test: MetricTest = { op: metricOps[ComparisonOperator], value: Value };
    return { type: 'metric', name, test };
  });
}

const textTest = ({ DimensionType, Values }: SetDimension): TextTest => ({ op: DimensionType === 'EXCLUSIVE' ? 'isNot' : 'is', values: Values });

const demographicParts = ['AppVersion', 'Make', 'Model', 'Platform'] as const;

/** `DeviceType` is the one that no endpoint has a field for (pinpoint.md 1.2): nobody here could be held against it. */
function demographic(value: unknown): SegmentNode[] {
  return membersOf(value, 'Demographic').map(([name, member]): SegmentNode => {
    const part = `Demographic.${name}`;
    const set = read(setDimension, member, part);
    if (name === 'Channel') {
      const values = set.Values.map((one) => read(channel, one, part));
      return { type: 'channel', op: set.DimensionType === 'EXCLUSIVE' ? 'notIn' : 'in', values };
    }
    const field = demographicParts.find((one) => one === name);
    if (!field) throw unknownPart(part);
    return { type: 'demographic', field, test: textTest(set) };
  });
}

function location(value: unknown): SegmentNode[] {
  return membersOf(value, 'Location').map(([name, member]): SegmentNode => {
    const part = `Location.${name}`;
    if (name === 'Country') {
      const set = read(setDimension, member, part);
      // As the import writes the countries of people.
      return { type: 'location', field: 'Country', test: textTest({ ...set, Values: set.Values.map((one) => toCountry(one)?.code ?? one) }) };
    }
    if (name !== 'GPSPoint') throw unknownPart(part);
    const { Coordinates, RangeInKilometers } = read(gpsPoint, member, part);
    if (RangeInKilometers === undefined) throw unusable(part, 'RangeInKilometers');
    return { type: 'distance', op: 'within', latitude: Coordinates.Latitude, longitude: Coordinates.Longitude, km: RangeInKilometers };
  });
}

const durations = { HR_24: { amount: 24, unit: 'hours' }, DAY_7: { amount: 7, unit: 'days' }, DAY_14: { amount: 14, unit: 'days' }, DAY_30: { amount: 30, unit: 'days' } } as const;

/** INACTIVE is everybody who is not ACTIVE, those who were never seen among them. */
function behavior(value: unknown): SegmentNode[] {
  return membersOf(value, 'Behavior').map(([name, member]): SegmentNode => {
    if (name !== 'Recency') throw unknownPart(`Behavior.${name}`);
    const { Duration, RecencyType } = read(recency, member, 'Behavior.Recency');
    const seen: SegmentRule = { type: 'lastSeen', test: { op: 'inLast', duration: durations[Duration] } };
    return RecencyType === 'ACTIVE' ? seen : { type: 'group', match: 'none', of: [seen] };
  });
}

/** One block of `SegmentDimensions` as rules, all of which must hold; none where it says nothing. Throws `CannotCarry` for a criterion that has no counterpart here. */
export function dimensionRules(block: Readonly<Record<string, unknown>>): SegmentNode[] {
  return membersOf(block, 'Dimensions').flatMap(([part, value]): SegmentNode[] => {
    switch (part) {
      case 'Attributes':
        return attributes(value, 'endpoint', part);
      case 'UserAttributes':
        return attributes(value, 'user', part);
      case 'Metrics':
        return metrics(value);
      case 'Demographic':
        return demographic(value);
      case 'Location':
        return location(value);
      case 'Behavior':
        return behavior(value);
      default:
        throw unknownPart(part);
    }
  });
}
