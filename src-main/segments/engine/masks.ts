import { assertNever } from '../../../src-preload/contract/common.js';
import type { CreatedTest, LastSeenTest, MetricTest, SegmentRule } from '../../../src-preload/contract/segment.js';
import { distanceKm, personKey, shareBucket } from '../../store/functions.js';
import { dateRange, durationMs } from '../dates.js';
import { shareLimit, textsTest } from '../evaluate.js';
import type { Bits } from './bits.js';
import type { FactRule } from './facts.js';
import type { Column, ColumnSpec } from './columns.js';
import { attributeSpec, fieldSpec, metricSpec, specs } from './specs.js';

/** A rule that columns answer; `segment` is answered by the tree it names. */
export type ColumnRule = Exclude<SegmentRule, FactRule | { type: 'segment' }>;

/** The columns a rule reads. The first of a user's attribute is the owner of each address. */
export function columnsOf(rule: ColumnRule): readonly ColumnSpec[] {
  switch (rule.type) {
    case 'channel':
      return [specs.channel];
    case 'status':
      return [specs.active];
    case 'optOut':
      return [specs.optOut];
    case 'attribute':
      return rule.of === 'user' ? [attributeSpec('user', rule.name), specs.owner] : [attributeSpec('endpoint', rule.name)];
    case 'metric':
      return [metricSpec(rule.name)];
    case 'demographic':
    case 'location':
      return [fieldSpec(rule.field)];
    case 'distance':
      return [specs.latitude, specs.longitude];
    case 'created':
      return [specs.createdAt];
    case 'lastSeen':
      return [specs.lastSeenAt];
    case 'random':
      return [specs.owner];
    default:
      return assertNever(rule);
  }
}

/** Writes the words [from, to) of the rule's set. */
export type Fill = (bits: Bits, from: number, to: number) => void;

/** How a rule's set is made from its columns, in the order of `columnsOf`. */
export function fillOf(rule: ColumnRule, columns: readonly Column[], asOf: number): Fill {
  const first = columns[0]!;
  switch (rule.type) {
    case 'channel': {
      const wanted = new Set<string>(rule.values);
      return byText(first, (text) => (text !== null && wanted.has(text)) === (rule.op === 'in'));
    }
    case 'status':
      return byBits(first, rule.active);
    case 'optOut':
      return byBits(first, rule.optedOut);
    case 'attribute': {
      const passes = textsTest(rule.test);
      const test = (text: string | null) => passes(text === null ? [] : toList(text));
      return rule.of === 'user' ? byText(first, test, columns[1]) : byText(first, test);
    }
    case 'demographic':
    case 'location': {
      const passes = textsTest(rule.test);
      return byText(first, (text) => passes(text === null ? [] : [text]));
    }
    case 'metric':
      return byRange(first, metricRange(rule.test));
    case 'created':
    case 'lastSeen':
      return byRange(first, timeRange(rule.test, asOf));
    case 'distance':
      return byPlace(first, columns[1]!, rule);
    case 'random':
      return byShare(first, rule.seed, shareLimit(rule.percent));
    default:
      return assertNever(rule);
  }
}

/** What an attribute's JSON says: its texts. */
function toList(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

const unknown = 0;

/** Tests each distinct text once. With `owner`, the texts are of users and every address has its owner's. */
function byText(column: Column, passes: (text: string | null) => boolean, owner?: Column): Fill {
  /** By code: 0 not looked at, 1 no, 2 yes. */
  let verdicts = new Uint8Array(0);
  return (bits, from, to) => {
    if (verdicts.length < column.texts.length) {
      const grown = new Uint8Array(column.texts.length);
      grown.set(verdicts);
      verdicts = grown;
    }
    const { codes, texts } = column;
    const owners = owner?.codes;
    for (let w = from; w < to; w++) {
      let word = 0;
      const base = w << 5;
      for (let b = 0; b < 32; b++) {
        const slot = base + b;
        const code = owners ? (codes[owners[slot]!] ?? 0) : codes[slot]!;
        let verdict = verdicts[code]!;
        if (verdict === unknown) verdict = verdicts[code] = passes(texts[code]!) ? 2 : 1;
        word |= (verdict - 1) << b;
      }
      bits[w] = word;
    }
  };
}

/** Numbers within [low, high], both ends included; or, `outside`, all others and the absent. */
interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly outside?: boolean;
}

const anyNumber: NumberRange = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** What `metricMatches` says, as a range: a scan then compares twice and calls nothing. */
function metricRange(test: MetricTest): NumberRange {
  switch (test.op) {
    case 'exists':
      return anyNumber;
    case 'notExists':
      return { ...anyNumber, outside: true };
    case 'eq':
      return { low: test.value, high: test.value };
    case 'neq':
      return { low: test.value, high: test.value, outside: true };
    case 'gt':
      return { low: nextUp(test.value), high: anyNumber.high };
    case 'gte':
      return { low: test.value, high: anyNumber.high };
    case 'lt':
      return { low: anyNumber.low, high: -nextUp(-test.value) };
    case 'lte':
      return { low: anyNumber.low, high: test.value };
    case 'between':
      return { low: test.from, high: test.to };
    default:
      return assertNever(test);
  }
}

/** What `timeTest` says of whole milliseconds, as a range. */
function timeRange(test: CreatedTest | LastSeenTest, asOf: number): NumberRange {
  switch (test.op) {
    case 'never':
      return { ...anyNumber, outside: true };
    case 'ever':
      return anyNumber;
    case 'inLast':
      return { low: asOf - durationMs(test.duration), high: anyNumber.high };
    case 'longerAgo':
      return { low: anyNumber.low, high: asOf - durationMs(test.duration) - 1 };
    case 'before':
    case 'after':
    case 'on':
    case 'between': {
      const { from, to } = dateRange(test);
      return { low: from ?? anyNumber.low, high: to === null ? anyNumber.high : to - 1 };
    }
    default:
      return assertNever(test);
  }
}

const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);

/** The next larger double (IEEE 754, nextUp). */
function nextUp(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return value;
  double[0] = value === 0 ? 0 : value;
  doubleBits[0]! += value >= 0 ? 1n : -1n;
  return double[0];
}

function byRange(column: Column, { low, high, outside = false }: NumberRange): Fill {
  const flip = outside ? -1 : 0;
  return (bits, from, to) => {
    const { numbers } = column;
    for (let w = from; w < to; w++) {
      let word = 0;
      const base = w << 5;
      for (let b = 0; b < 32; b++) {
        const value = numbers[base + b]!;
        // An absent value is NaN, which is in no range.
        if (value >= low && value <= high) word |= 1 << b;
      }
      bits[w] = word ^ flip;
    }
  };
}

function byPlace(latitudes: Column, longitudes: Column, rule: Extract<ColumnRule, { type: 'distance' }>): Fill {
  return (bits, from, to) => {
    for (let w = from; w < to; w++) {
      let word = 0;
      const base = w << 5;
      for (let b = 0; b < 32; b++) {
        const latitude = latitudes.numbers[base + b]!;
        const longitude = longitudes.numbers[base + b]!;
        // NaN where either is absent: then the distance is NaN and within nothing.
        const within = distanceKm(latitude, longitude, rule.latitude, rule.longitude) <= rule.km;
        if (within === (rule.op === 'within')) word |= 1 << b;
      }
      bits[w] = word;
    }
  };
}

function byShare(owner: Column, seed: number, limit: number): Fill {
  return (bits, from, to) => {
    for (let w = from; w < to; w++) {
      let word = 0;
      const base = w << 5;
      for (let b = 0; b < 32; b++) if (shareBucket(personKey(base + b, owner.codes[base + b]!), seed) < limit) word |= 1 << b;
      bits[w] = word;
    }
  };
}

function byBits(column: Column, wanted: boolean): Fill {
  return (bits, from, to) => {
    for (let w = from; w < to; w++) bits[w] = wanted ? column.bits[w]! : ~column.bits[w]!;
  };
}
