import { isBlank, isTrue, textOf } from '../engine/value.js';
import { type HelperCall, type Helpers, needs, number, size, text } from './helper.js';

/** Characters as people count them, not UTF-16 units: a cut never halves an emoji. */
const characters = (value: string) => Array.from(value);

function padding(call: HelperCall, missing: number, patternAt: number): string {
  const given = call.args[patternAt] ?? call.hash.pad;
  const pad = given === undefined || textOf(given) === '' ? ' ' : textOf(given);
  return missing > 0 ? pad.repeat(Math.ceil(missing / pad.length)).slice(0, missing) : '';
}

/** Removes markup with its attributes, comments, and the content of script and style; what looks like `a < b` stays. */
function stripTags(value: string): string {
  return value
    .replace(/<!--[^]*?(-->|$)/g, '')
    .replace(/<(script|style)\b[^]*?(<\/\1\s*>|$)/gi, '')
    .replace(/<\/?[a-z!?][^<>]*(>|$)/gi, '');
}

function replaceAll(call: HelperCall, value: string, from: string, to: string): string {
  if (from === '') return value;
  const parts = value.split(from);
  call.state.checkLength(value.length + (parts.length - 1) * to.length);
  return parts.join(to);
}

const ordinal = new Intl.PluralRules('en', { type: 'ordinal' });
const ordinalEndings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** Pinpoint's string helpers (pinpoint.md 4.3; its user guide's "Using message template helpers"). Positions and widths count characters. */
export const stringHelpers = {
  /** Shortens to n characters, the "..." included. */
  abbreviate: needs(2, (call) => {
    const value = characters(text(call, 0));
    const length = size(call, 1);
    if (value.length <= length) return value.join('');
    return length <= 3 ? '...'.slice(0, length) : `${value.slice(0, length - 3).join('')}...`;
  }),
  /** Every word's first letter; with `fully=true` the rest in lower case. */
  capitalize: needs(1, (call) => {
    const value = isTrue(call.hash.fully) ? text(call, 0).toLocaleLowerCase('en') : text(call, 0);
    return value.replace(/(^|\s)(\p{L})/gu, (_, before: string, letter: string) => before + letter.toLocaleUpperCase('en'));
  }),
  capitalizeFirst: needs(1, (call) => {
    const [first = '', ...rest] = characters(text(call, 0));
    return first.toLocaleUpperCase('en') + rest.join('');
  }),
  center: needs(1, (call) => {
    const value = text(call, 0);
    const missing = size(call, 1, 'size') - characters(value).length;
    const left = Math.floor(missing / 2);
    return padding(call, left, 2) + value + padding(call, missing - left, 2);
  }),
  ljust: needs(1, (call) => text(call, 0) + padding(call, size(call, 1, 'size') - characters(text(call, 0)).length, 2)),
  rjust: needs(1, (call) => padding(call, size(call, 1, 'size') - characters(text(call, 0)).length, 2) + text(call, 0)),
  /** Removes every occurrence; without a second value, spaces. */
  cut: needs(1, (call) => replaceAll(call, text(call, 0), call.args.length > 1 ? text(call, 1) : ' ', '')),
  /** `{{inflect count "item" "items" includeCount=true}}` */
  inflect: needs(
    3,
    (call) => {
      const count = number(call, 0);
      const word = count === 1 ? text(call, 1) : text(call, 2);
      return isTrue(call.hash.includeCount) && textOf(call.hash.includeCount) !== 'false' ? `${count} ${word}` : word;
    },
    [1, 2],
  ),
  /** `{{join list ", " prefix="" suffix=""}}`, or several values and the separator last. Blank items are left out. */
  join: needs(2, (call) => {
    const separator = textOf(call.args.at(-1));
    const items = (call.args.slice(0, -1)).flat().filter((item) => !isBlank(item));
    const joined = items.map(textOf).join(separator);
    call.state.checkLength(joined.length);
    return textOf(call.hash.prefix) + joined + textOf(call.hash.suffix);
  }),
  lower: needs(1, (call) => text(call, 0).toLocaleLowerCase('en')),
  upper: needs(1, (call) => text(call, 0).toLocaleUpperCase('en')),
  ordinalize: needs(1, (call) => {
    const value = number(call, 0);
    return `${value}${ordinalEndings[ordinal.select(value)] ?? 'th'}`;
  }),
  /** All occurrences, literally. */
  replace: needs(3, (call) => replaceAll(call, text(call, 0), text(call, 1), text(call, 2))),
  slugify: needs(1, (call) =>
    text(call, 0)
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\s-]/gu, '')
      .trim()
      .replace(/[\s-]+/g, '-'),
  ),
  stripTags: needs(1, (call) => stripTags(text(call, 0))),
  /** From a start (0-based) up to, not including, an end. */
  substring: needs(2, (call) => characters(text(call, 0)).slice(size(call, 1), call.args.length > 2 ? size(call, 2) : undefined).join('')),
} as const satisfies Helpers;
