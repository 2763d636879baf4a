import type BetterSqlite3 from 'better-sqlite3';
import { versionPattern } from '../../src-preload/contract/segment.js';

/*
 * What a segment rule means by "the same text", "an earlier version", "that day" and "within so many kilometres". SQL calls these very functions, so the SQL compiler
 * and the plain reference cannot differ in them; `test/vectors/segments/` holds their edges.
 */

const ascii = /^[\x01-\x7f]*$/;

/** Remembers answers by text: the same cities, versions and days come up a million times in a scan. Forgets all at 5,000 rather than grow. */
function remembered<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = of(text);
    if (text.length > 200) return made;
    if (known.size >= 5_000) known.clear();
    known.set(text, made);
    return made;
  };
}

/** Unicode NFC. */
export function nfc(text: string): string {
  return ascii.test(text) ? text : text.normalize('NFC');
}

/**
 * Unicode full case folding (Unicode 16, 3.13, statuses C and F; not the Turkic T): "Straße" and "STRASSE" fold alike, "ΣΑΣ" and "σας" too, `ı` stays apart from `i`,
 * `İ` folds to `i` with a dot above. JavaScript has no fold, but lower(upper(lower(c))) of a single code point has the same classes, save for `ı`, whose capital is `I`.
 * Decomposed first, composed last, as canonical caseless matching asks (3.13, D145).
 */
export function fold(text: string): string {
  return ascii.test(text) ? text.toLowerCase() : foldUnicode(text);
}

const foldUnicode = remembered((text) => {
  let folded = '';
  for (const c of text.normalize('NFD')) folded += c === 'ı' ? c : lowerEach(c.toLowerCase().toUpperCase());
  return folded.normalize('NFC');
});

/** Lower case without context: JavaScript makes a sigma at a word's end `ς`, folding makes every sigma `σ`. */
function lowerEach(text: string): string {
  let lower = '';
  for (const c of text) lower += c.toLowerCase();
  return lower;
}

/**
 * A text that sorts as the version does: numbers by value, missing parts as 0 (`1.0` = `1`), a pre-release before its release and in semver's order (semver.org 11),
 * the build ignored. Null when the text is no version.
 */
export const versionKey: (text: string) => string | null = remembered((text) => {
  const match = versionPattern.exec(text.trim());
  if (!match) return null;
  const parts = match[1]!.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (parts.length > 1 && parts.at(-1) === '0') parts.pop();
  // The letter tells a number's length, so that longer numbers sort later; '!' and '#' sort before any letter or digit that could follow.
  const sized = (digits: string) => String.fromCharCode(97 + digits.length) + digits;
  const pre = match[2] ?? match[3];
  const core = parts.map(sized).join('');
  if (pre === undefined) return `${core}#`;
  return `${core}!${pre
    .split('.')
    .map((name) => (/^\d{1,20}$/.test(name) ? `0${sized(name.replace(/^0+(?=\d)/, ''))}!` : `1${name}!`))
    .join('')}`;
});

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

export interface ParsedDate {
  /** UTC milliseconds; a day's midnight in UTC. */
  readonly ms: number;
  /** A calendar day without time or zone. */
  readonly day: boolean;
}

/** An ISO 8601 day or instant (without an offset: UTC, as Pinpoint reads it). Undefined for anything else, 30 February included. */
export const parseDate: (text: string) => ParsedDate | undefined = remembered((text) => {
  const match = iso.exec(text.trim());
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) => Number(match[i] ?? 0)) as [number, number, number, number, number, number];
  const midnight = Date.UTC(year, month - 1, day);
  const back = new Date(midnight);
  if (year < 100 || back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined;
  if (match[4] === undefined) return { ms: midnight, day: true };
  const fraction = match[7] ? Math.floor(Number(`0.${match[7]}`) * 1000) : 0;
  const offset = match[8] === undefined || /^z$/i.test(match[8]) ? 0 : offsetMinutes(match[8]);
  return { ms: midnight + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction, day: false };
});

function offsetMinutes(text: string): number {
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(':', '') || 0);
  return text.startsWith('-') ? -minutes : minutes;
}

/**
 * Whether a text is a date in a range. Days compare with the range in UTC days, instants with the range in the rule's zone; ends are `[from, to)`, null is open.
 * A text that is no date is in no range.
 */
export function dateInRange(text: string, dayFrom: number | null, dayTo: number | null, from: number | null, to: number | null): boolean {
  const date = parseDate(text);
  if (!date) return false;
  const [low, high] = date.day ? [dayFrom, dayTo] : [from, to];
  return (low === null || date.ms >= low) && (high === null || date.ms < high);
}

/** Mean radius of the Earth, IUGG. */
export const earthRadiusKm = 6371.0088;

/** Great-circle distance by the haversine formula; degrees in, kilometres out. */
export function distanceKm(latitudeA: number, longitudeA: number, latitudeB: number, longitudeB: number): number {
  const rad = Math.PI / 180;
  const dLat = ((latitudeB - latitudeA) * rad) / 2;
  const dLon = ((longitudeB - longitudeA) * rad) / 2;
  const h = Math.sin(dLat) ** 2 + Math.cos(latitudeA * rad) * Math.cos(latitudeB * rad) * Math.sin(dLon) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Of the person an address belongs to, a number of their own: users are even, addresses nobody is known to own odd. */
export function personKey(endpoint: number, user: number): number {
  return user === 0 ? endpoint * 2 + 1 : user * 2;
}

/** Below this a share's bucket lies: 24 bits. */
export const shareBuckets = 2 ** 24;

/**
 * Where a person falls in the draw of a seed, 0 to 2^24 - 1. Multiply and shift twice (as in MurmurHash3's finaliser) with nothing but what SQLite's integers can do exactly;
 * `compile-rule.ts` writes the same as SQL.
 */
export function shareBucket(person: number, seed: number): number {
  const first = Math.imul((person + seed) & 0x7fff_ffff, 0x9e37_79b1) >>> 0;
  const second = Math.imul((first + (first >>> 15)) & 0x7fff_ffff, 0x85eb_ca6b) >>> 0;
  return second >>> 8;
}

/**
 * Gives a connection the functions that segment conditions call. `directOnly`: a workspace file from a stranger cannot reach them from its schema.
 * Register on every connection; the functions hold no state.
 */
export function registerFunctions(db: BetterSqlite3.Database): void {
  const options = { deterministic: true, directOnly: true } as const;
  const ofText = (apply: (text: string) => string | null) => (value: unknown) => (typeof value === 'string' ? apply(value) : null);
  db.function('nfc', options, ofText(nfc));
  db.function('fold', options, ofText(fold));
  db.function('version_key', options, ofText(versionKey));
  db.function('date_in', options, (value: unknown, dayFrom: unknown, dayTo: unknown, from: unknown, to: unknown) =>
    typeof value === 'string' ? Number(dateInRange(value, end(dayFrom), end(dayTo), end(from), end(to))) : null,
  );
  db.function('distance_km', options, (a: unknown, b: unknown, c: unknown, d: unknown) =>
    [a, b, c, d].every((value) => typeof value === 'number') ? distanceKm(a as number, b as number, c as number, d as number) : null,
  );
}

function end(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
