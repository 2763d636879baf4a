import { type Sql, sql, sqlId } from '../../store/sql.js';
import { fieldColumn } from '../compile-rule.js';
import type { ColumnSpec } from './columns.js';

/** A name that JSON writes as it is can be a path, which SQLite follows without unpacking the rest of the object. */
const plainName = /^[^"\\\u0000-\u001f\u007f]+$/;

/** SQLite would write a number with 15 digits into the list; 17 give back the very double. */
const exact = (number: Sql) => sql`json(iif(${number} is null, null, printf('%!.17g', ${number})))`;

/** The columns rules read. */
export const specs = {
  owner: { key: 'owner', table: 'endpoint', kind: 'id', value: sql`t.user` },
  channel: { key: 'channel', table: 'endpoint', kind: 'text', value: sql`t.channel` },
  active: { key: 'active', table: 'endpoint', kind: 'bits', value: sql`t.active` },
  optOut: { key: 'optOut', table: 'endpoint', kind: 'bits', value: sql`t.opt_out` },
  createdAt: { key: 'createdAt', table: 'endpoint', kind: 'number', value: sql`t.created_at` },
  lastSeenAt: { key: 'lastSeenAt', table: 'endpoint', kind: 'number', value: sql`t.last_seen_at` },
  latitude: { key: 'latitude', table: 'endpoint', kind: 'number', value: exact(sql`t.latitude`) },
  longitude: { key: 'longitude', table: 'endpoint', kind: 'number', value: exact(sql`t.longitude`) },
} as const satisfies Readonly<Record<string, ColumnSpec>>;

export function fieldSpec(field: Parameters<typeof fieldColumn>[0]): ColumnSpec {
  return { key: `field ${field}`, table: 'endpoint', kind: 'text', value: sql`t.${sqlId(fieldColumn(field))}` };
}

export function attributeSpec(of: 'endpoint' | 'user', name: string): ColumnSpec {
  // The JSON of the whole list is one text (`|| ''` makes it plain text, which the list quotes) and so one dictionary entry.
  const value = plainName.test(name) ? sql`(t.attributes -> ${`$."${name}"`}) || ''` : sql`(select k.value || '' from json_each(t.attributes) k where k.key = ${name})`;
  return { key: `${of} ${name}`, table: of, kind: 'text', value };
}

export function metricSpec(name: string): ColumnSpec {
  // A path gives the number as it was written, digit for digit.
  const value = plainName.test(name) ? sql`(t.metrics -> ${`$."${name}"`})` : exact(sql`(select k.value from json_each(t.metrics) k where k.key = ${name})`);
  return { key: `metric ${name}`, table: 'endpoint', kind: 'number', value };
}
