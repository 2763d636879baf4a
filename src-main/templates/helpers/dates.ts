import { DateTime, type DateTimeFormatOptions, IANAZone } from 'luxon';
import { numberOf, textOf, type Value } from '../engine/value.js';
import { type HelperCall, type Helpers, helperFailed, needs } from './helper.js';

const styles: Readonly<Record<string, DateTimeFormatOptions>> = {
  full: { dateStyle: 'full' },
  long: { dateStyle: 'long' },
  medium: { dateStyle: 'medium' },
  short: { dateStyle: 'short' },
};

/** Java's SimpleDateFormat letters (Pinpoint's patterns) -> Luxon's tokens, by letter and run length. Letters not here mean the same in both. */
function luxonToken(letter: string, length: number): string | undefined {
  switch (letter) {
    case 'y':
      return length === 2 ? 'yy' : 'yyyy';
    case 'M':
    case 'L':
      return letter.repeat(Math.min(length, 4));
    case 'd':
    case 'H':
    case 'h':
    case 'm':
    case 's':
      return letter.repeat(Math.min(length, 2));
    case 'E':
      return length >= 4 ? 'EEEE' : 'EEE';
    case 'a':
      return 'a';
    case 'S':
      return length === 1 ? 'S' : 'SSS';
    case 'D':
      return length >= 3 ? 'ooo' : 'o';
    case 'w':
      return length >= 2 ? 'WW' : 'W';
    case 'u':
      return 'E';
    case 'z':
      return length >= 4 ? 'ZZZZZ' : 'ZZZZ';
    case 'Z':
      return 'ZZZ';
    case 'X':
      return length >= 3 ? 'ZZ' : 'ZZZ';
    default:
      return undefined;
  }
}

/** Luxon's patterns cannot hold an apostrophe: this stands for one. */
const apostrophe = '\uf8ff';

/** Translates a SimpleDateFormat pattern. `'quoted text'` stays text, `''` is an apostrophe. Undefined for letters that have no counterpart. */
export function luxonPattern(pattern: string): string | undefined {
  let out = '';
  for (const match of pattern.matchAll(/''|'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)) {
    const [whole, quoted, letter] = match;
    if (whole === "''") out += apostrophe;
    else if (quoted !== undefined) out += `'${quoted.replaceAll("''", apostrophe)}'`;
    else if (letter !== undefined) {
      const token = luxonToken(letter, whole.length);
      if (token === undefined) return undefined;
      out += token;
    } else if (whole === "'") return undefined;
    else out += whole;
  }
  return out;
}

function zoneOf(call: HelperCall): string {
  const zone = call.hash.tz === undefined ? 'UTC' : textOf(call.hash.tz).trim();
  if (!IANAZone.isValidZone(zone)) throw helperFailed(call, 'timezone');
  return zone;
}

function localeOf(call: HelperCall): string {
  const locale = call.hash.locale === undefined ? 'en-US' : textOf(call.hash.locale).replace('_', '-');
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en-US';
  } catch {
    return 'en-US'; // an unknown language is no reason not to send: dates are then in English
  }
}

function read(call: HelperCall, value: Value, zone: string): DateTime {
  const input = call.hash.inputFormat;
  if (input !== undefined) {
    const pattern = luxonPattern(textOf(input));
    if (pattern === undefined) throw helperFailed(call, 'pattern');
    // A date written without a zone is that date in the zone it is shown in.
    return DateTime.fromFormat(textOf(value).trim().replaceAll("'", apostrophe), pattern, { zone, locale: localeOf(call) });
  }
  const ms = numberOf(value);
  if (ms !== undefined) return DateTime.fromMillis(ms, { zone });
  const written = textOf(value).trim();
  const iso = DateTime.fromISO(written, { zone });
  return iso.isValid ? iso : DateTime.fromSQL(written, { zone });
}

function write(call: HelperCall, date: DateTime, format: string): string {
  const local = date.setLocale(localeOf(call));
  const style = Object.hasOwn(styles, format) ? styles[format] : undefined;
  if (style) return local.toLocaleString(style);
  const pattern = luxonPattern(format);
  if (pattern === undefined) throw helperFailed(call, 'pattern');
  return local.toFormat(pattern).replaceAll(apostrophe, "'");
}

/** Pinpoint's date helpers: `full`, `long`, `medium` (default), `short` or a SimpleDateFormat pattern; `tz` an IANA zone, UTC without one. */
export const dateHelpers = {
  /** Reads ISO 8601, milliseconds since 1970, or `inputFormat`. Throws `RENDER_FAILED` on what is no date. */
  dateFormat: needs(
    1,
    (call) => {
      const date = read(call, call.args[0], zoneOf(call));
      if (!date.isValid) throw helperFailed(call, 'date');
      return write(call, date.setZone(zoneOf(call)), textOf(call.args[1] ?? call.hash.outputFormat ?? call.hash.format ?? 'medium'));
    },
    ['tz'],
  ),
  now: needs(
    0,
    (call) => write(call, DateTime.fromMillis(call.state.tools.now(), { zone: zoneOf(call) }), textOf(call.args[0] ?? call.hash.outputFormat ?? call.hash.format ?? 'medium')),
    ['tz'],
  ),
} as const satisfies Helpers;
