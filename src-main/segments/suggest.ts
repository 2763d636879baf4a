import { type EventFields, ownEventPrefix, type SegmentNames, type ValueField } from '../../src-preload/contract/segment-views.js';
import type { ReadDb } from '../store/db.js';
import { fold } from '../store/functions.js';
import { type Sql, sql, sqlId } from '../store/sql.js';
import { eventAttributeSql } from './compile-people.js';
import { attributeRows, fieldColumn } from './compile-rule.js';

/** Up to this many rows everything is read; above, this many rows out of evenly spread ranges: names and common values, not rare ones. */
const sampledRows = 20_000;
const ranges = 40;
const maxValues = 50;
/** Of an event, this many of its newest are looked at. */
const newestEvents = 5_000;
const maxEventNames = 500;

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

/** The texts that the queries give, most frequent first. */
function ranked(db: ReadDb, queries: readonly Sql[]): string[] {
  const counts = new Map<string, number>();
  for (const query of queries) {
    db.throwIfCancelled();
    for (const { value, n } of db.all<{ value: unknown; n: number }>(query)) if (typeof value === 'string' && value !== '') counts.set(value, (counts.get(value) ?? 0) + n);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}

function tally(db: ReadDb, table: 'endpoint' | 'user', query: (from: number, to: number) => Sql): string[] {
  return ranked(db, spread(db, table).map(([from, to]) => query(from, to)));
}

/** The events that somebody did, most recent first; one look into the index each. */
function readEvents(db: ReadDb): string[] {
  const types = db.all<{ name: string; last: number | null }>(
    sql`select t.name, (select max(ev.at) from event ev where ev.type = t.id and ev.endpoint is not null) as last from event_type t order by last desc, t.name limit ${maxEventNames}`,
  );
  const own = (name: string) => name.startsWith(ownEventPrefix);
  const names = types.flatMap(({ name, last }) => (last === null ? [] : [name]));
  return [...names.filter((name) => !own(name)), ...names.filter(own)];
}

/** The newest of an event as `ev`. */
function newest(event: string): Sql {
  return sql`(select n.attributes, n.metrics from event n where n.endpoint is not null and n.type = (select id from event_type where name = ${event}) order by n.at desc limit ${newestEvents}) ev`;
}

function readEventFields(db: ReadDb, event: string): EventFields {
  const keys = (column: 'attributes' | 'metrics') => ranked(db, [sql`select k.key as value, count(*) as n from ${newest(event)}, json_each(ev.${sqlId(column)}) k group by k.key`]);
  return { attributes: keys('attributes'), metrics: keys('metrics') };
}

function readNames(db: ReadDb): SegmentNames {
  const keys = (table: 'endpoint' | 'user', column: 'attributes' | 'metrics') =>
    tally(db, table, (from, to) => sql`select k.key as value, count(*) as n from ${sqlId(table)} t, json_each(t.${sqlId(column)}) k where t.id between ${from} and ${to} group by k.key`);
  return { attributes: keys('endpoint', 'attributes'), userAttributes: keys('user', 'attributes'), metrics: keys('endpoint', 'metrics'), events: readEvents(db) };
}

function readValues(db: ReadDb, field: ValueField): string[] {
  if (field.of === 'field') {
    const column = sqlId(fieldColumn(field.name));
    return tally(db, 'endpoint', (from, to) => sql`select ${column} as value, count(*) as n from endpoint where id between ${from} and ${to} and ${column} is not null group by 1`);
  }
  if (field.of === 'event') return ranked(db, [sql`select ${eventAttributeSql(field.name)} as value, count(*) as n from ${newest(field.event)} group by 1`]);
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
    /** Attribute and metric names in use, most frequent first; of a large audience, those of a spread sample. Events by the last time somebody did them. */
    names: (db: ReadDb, _input: Readonly<Record<string, never>>): SegmentNames => remembered(db, 'names', () => readNames(db)),
    /** Names of what the newest of an event carry, most frequent first. */
    eventFields: (db: ReadDb, input: { readonly event: string }): EventFields => remembered(db, `event ${input.event}`, () => readEventFields(db, input.event)),
    /** The 50 most frequent values of a field that contain `search`, case apart; of a large audience, from a spread sample; of an event, from its newest. */
    values: (db: ReadDb, input: { readonly field: ValueField; readonly search: string }): string[] => {
      const all = remembered(db, JSON.stringify(input.field), () => readValues(db, input.field));
      const part = fold(input.search.trim());
      return (part === '' ? all : all.filter((value) => fold(value).includes(part))).slice(0, maxValues);
    },
  };
}
