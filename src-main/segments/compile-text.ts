import { assertNever } from '../../src-preload/contract/common.js';
import type { DateTest, TextTest, VersionTest } from '../../src-preload/contract/segment.js';
import { fold, nfc, versionKey } from '../store/functions.js';
import { type Sql, sql, sqlJoin, sqlList } from '../store/sql.js';
import { dateRange } from './dates.js';

/** A test of one present text, as SQL over `value`. Null or 0 when it fails. `exists` and the negations are the caller's, who knows what absent looks like. */
export type PositiveTest = Exclude<TextTest, { op: 'isNot' | 'exists' | 'notExists' }> | DateTest | VersionTest;

export function textSql(value: Sql, test: PositiveTest): Sql {
  switch (test.op) {
    case 'is':
      return test.ignoreCase ? sql`${foldSql(value)} in ${list([...new Set(test.values.map(fold))])}` : sameSql(value, test.values);
    case 'contains': {
      const [key, parts] = keyed(value, test);
      return any(parts.map((part) => sql`instr(${key}, ${part}) > 0`));
    }
    case 'startsWith': {
      const [key, parts] = keyed(value, test);
      return any(parts.map((part) => sql`substr(${key}, 1, ${[...part].length}) = ${part}`));
    }
    case 'before':
    case 'after':
    case 'on':
    case 'between': {
      const range = dateRange(test);
      return sql`date_in(${value}, ${range.dayFrom}, ${range.dayTo}, ${range.from}, ${range.to})`;
    }
    case 'versionIs':
      return sql`version_key(${value}) = ${versionKey(test.version)}`;
    case 'versionLt':
      return sql`version_key(${value}) < ${versionKey(test.version)}`;
    case 'versionLte':
      return sql`version_key(${value}) <= ${versionKey(test.version)}`;
    case 'versionGt':
      return sql`version_key(${value}) > ${versionKey(test.version)}`;
    case 'versionGte':
      return sql`version_key(${value}) >= ${versionKey(test.version)}`;
    case 'versionBetween':
      return sql`version_key(${value}) between ${versionKey(test.from)} and ${versionKey(test.to)}`;
    default:
      return assertNever(test);
  }
}

function keyed(value: Sql, test: { values: string[]; ignoreCase?: boolean | undefined }): [Sql, string[]] {
  return test.ignoreCase ? [foldSql(value), test.values.map(fold)] : [nfcSql(value), test.values.map(nfc)];
}

export function any(parts: readonly Sql[]): Sql {
  return sql`(${sqlJoin(parts, sql` or `)})`;
}

/** ASCII, the common case, is its own NFC and folds by SQLite's own `lower`; only the rest pays for a call into JavaScript. A NUL makes the lengths differ too. */
const nfcSql = (value: Sql) => sql`case when length(${value}) = octet_length(${value}) then ${value} else nfc(${value}) end`;
const foldSql = (value: Sql) => sql`case when length(${value}) = octet_length(${value}) then lower(${value}) else fold(${value}) end`;

/** Equality after NFC. Where every text that could normalise to a wanted value is known, they are listed, and an index on the column can serve. */
function sameSql(value: Sql, wanted: readonly string[]): Sql {
  const normal = [...new Set(wanted.map(nfc))];
  const variants = normal.map(canonicalVariants);
  if (variants.every((known) => known !== undefined)) return sql`${value} in ${list(variants.flat())}`;
  return sql`${nfcSql(value)} in ${list(normal)}`;
}

/** The only characters outside ASCII whose NFC lies in ASCII (Unicode's canonical singletons). */
const singletons: Readonly<Record<string, string>> = { K: '\u212a', ';': '\u037e', '`': '\u1fef' };

/** Every text whose NFC is `text`, if `text` is ASCII and they are few. */
export function canonicalVariants(text: string): string[] | undefined {
  if (!/^[\x20-\x7e]*$/.test(text)) return undefined;
  let variants = [''];
  for (const c of text) {
    const twin = singletons[c];
    variants = variants.flatMap((start) => (twin === undefined ? [start + c] : [start + c, start + twin]));
    if (variants.length > 16) return undefined;
  }
  return variants;
}

/** Long lists travel as one parameter: SQLite builds the set once and the statement stays small. */
function list(values: readonly string[]): Sql {
  return values.length <= 64 ? sqlList(values) : sql`(select value from json_each(${JSON.stringify(values)}))`;
}
