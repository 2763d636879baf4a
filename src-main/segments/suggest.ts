import type { SegmentNames, ValueField } from '../../src-preload/contract/segment-views.js';
import type { ReadDb } from '../store/db.js';
import { fold } from '../store/functions.js';
import { type Sql, sql, sqlId } from '../store/sql.js';
import { attributeRows, fieldColumn } from './compile-rule.js';

/** Up to this many rows everything is read; above, this many rows out of evenly spread ranges: names and common values, not rare ones. */
const sampledRows = 20_000;
const ranges = 40;
const maxValues = 50;

/** `between` bounds over a table's ids that hold about `sampledRows` rows. */
function spread(db: ReadDb, table: 'endpoint' | 'user'): [number, number][] {
  const bounds = db.get<{ low: number | null; high: number | null }>(sql`select (select min(id) from ${sqlId(table)}) as low, (select max(id) from ${sqlId(table)}) as high`);
  if (!bounds || bounds.low === null || bounds.high === null) return [];
  const { low, high } = bounds;
  if (high - low < sampledRows) return [[low, high]];
  const step = (high - low + 1) / ranges;
  return Array.from({ length: ranges }, (_, i) => {
    const from = Math.floor(low + i * step);
    return [from, from + sampledRows / ranges - 1];
  });
}

function tally(db: ReadDb, table: 'endpoint' | 'user', query: (from: number, to: number) => Sql): string[] {
  const counts = new Map<string, number>();
  for (const [from, to] of spread(db, table)) {
    db.throwIfCancelled();
    for (const { value, n } of db.all<{ value: unknown; n: number }>(query(from, to))) if (typeof value === 'string' && value !== '') counts.set(value, (counts.get(value) ?? 0) + n);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}

function readNames(db: ReadDb): SegmentNames {
  const keys = (table: 'endpoint' | 'user', column: 'attributes' | 'metrics') =>
    tally(db, table, (from, to) => sql`select k.key as value, count(*) as n from ${sqlId(table)} t, json_each(t.${sqlId(column)}) k where t.id between ${from} and ${to} group by k.key`);
  return { attributes: keys('endpoint', 'attributes'), userAttributes: keys('user', 'attributes'), metrics: keys('endpoint', 'metrics') };
}

function readValues(db: ReadDb, field: ValueField): string[] {
  if (field.of === 'field') {
    const column = sqlId(fieldColumn(field.name));
    return tally(db, 'endpoint', (from, to) => sql`select ${column} as value, count(*) as n from endpoint where id between ${from} and ${to} and ${column} is not null group by 1`);
  }
  const table = field.of === 'user' ? 'user' : 'endpoint';
  return tally(db, table, (from, to) => sql`select v.value as value, count(*) as n from ${sqlId(table)} t, ${attributeRows(sql`t.attributes`, field.name)} where t.id between ${from} and ${to} group by 1`);
}

/** Suggestions for the builder, remembered until the next commit. */
export function createSuggestions() {
  const known = new Map<string, unknown>();
  let of = '';
  const remembered = <T>(db: ReadDb, key: string, read: () => T): T => {
    const workspace = db.get<{ uid: string }>(sql`select uid from workspace`);
    if (!workspace) return read();
    const state = `${workspace.uid} ${db.commitNumber()}`;
    if (state !== of) {
      known.clear();
      of = state;
    }
    if (!known.has(key)) known.set(key, read());
    return known.get(key) as T;
  };
  return {
    /** Attribute and metric names in use, most frequent first; of a large audience, those of a spread sample. */
    names: (db: ReadDb, _input: Readonly<Record<string, never>>): SegmentNames => remembered(db, 'names', () => readNames(db)),
    /** The 50 most frequent values of a field that contain `search`, case apart; of a large audience, from a spread sample. */
    values: (db: ReadDb, input: { readonly field: ValueField; readonly search: string }): string[] => {
      const all = remembered(db, JSON.stringify(input.field), () => readValues(db, input.field));
      const part = fold(input.search.trim());
      return (part === '' ? all : all.filter((value) => fold(value).includes(part))).slice(0, maxValues);
    },
  };
}
