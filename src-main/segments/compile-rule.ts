import { assertNever } from '../../src-preload/contract/common.js';
import type { demographicFields } from '../../src-preload/contract/endpoint.js';
import type { AttributeTest, CreatedTest, DemographicTest, LastSeenTest, MetricTest, SegmentRule, placeFields } from '../../src-preload/contract/segment.js';
import { earthRadiusKm } from '../store/functions.js';
import { type Sql, sql, sqlId, sqlList } from '../store/sql.js';
import { textSql } from './compile-text.js';
import { dateRange, durationMs } from './dates.js';
import { shareLimit } from './evaluate.js';

const demographicColumns: Readonly<Record<(typeof demographicFields)[number], string>> = {
  AppVersion: 'app_version',
  Locale: 'locale',
  Make: 'make',
  Model: 'model',
  ModelVersion: 'model_version',
  Platform: 'platform',
  PlatformVersion: 'platform_version',
  Timezone: 'timezone',
};
const placeColumns: Readonly<Record<(typeof placeFields)[number], string>> = { Country: 'country', Region: 'region', City: 'city', PostalCode: 'postal_code' };

/** The column of `endpoint` that holds a demographic or location field. */
export function fieldColumn(field: keyof typeof demographicColumns | keyof typeof placeColumns): string {
  return { ...demographicColumns, ...placeColumns }[field];
}

/** Rules that stand on the endpoint and its user alone; what people did is compiled in `compile-people.ts`, membership of a segment needs the store (`compile.ts`). */
export type OwnRule = Exclude<SegmentRule, { type: 'segment' | 'event' | 'history' }>;

export function not(condition: Sql): Sql {
  return sql`(ifnull((${condition}), 0) = 0)`;
}

/**
 * One rule as SQL over `endpoint e left join user u`. True or false, or null for false.
 */
export function ruleSql(rule: OwnRule, asOf: number): Sql {
  switch (rule.type) {
    case 'channel':
      return rule.op === 'in' ? sql`e.channel in ${sqlList(rule.values)}` : sql`e.channel not in ${sqlList(rule.values)}`;
    case 'status':
      return sql`e.active = ${rule.active}`;
    case 'optOut':
      return sql`e.opt_out = ${rule.optedOut}`;
    case 'attribute':
      return attributeSql(rule.of === 'user' ? sql`u.attributes` : sql`e.attributes`, rule.name, rule.test);
    case 'metric':
      return metricSql(sql`e.metrics`, rule.name, rule.test);
    case 'demographic':
    case 'location':
      return columnSql(sql`e.${sqlId(fieldColumn(rule.field))}`, rule.test);
    case 'distance':
      return rule.op === 'within' ? withinSql(rule) : not(withinSql(rule));
    case 'created':
      return timeSql(sql`e.created_at`, rule.test, asOf);
    case 'lastSeen':
      return timeSql(sql`e.last_seen_at`, rule.test, asOf);
    case 'suppression': {
      const scopes = rule.scope === 'all' ? ['all'] : ['all', 'marketing'];
      const standing = sql`exists (select 1 from suppressed d where d.channel = e.channel and d.address_key = e.address_key and d.scope in ${sqlList(scopes)})`;
      return rule.suppressed ? standing : sql`not ${standing}`;
    }
    case 'topic': {
      const said = sql`exists (select 1 from topic_state s where s.topic = (select id from topic where uid = ${rule.topic}) and s.channel = e.channel and s.address_key = e.address_key${topicOpSql(rule.op)})`;
      return rule.op === 'never' ? sql`not ${said}` : said;
    }
    case 'random':
      return sql`${bucketSql(rule.seed)} < ${shareLimit(rule.percent)}`;
    default:
      return assertNever(rule);
  }
}

/** The rest of a condition on `topic_state s`: "never" is that there is no row at all. */
export function topicOpSql(op: Extract<SegmentRule, { type: 'topic' }>['op']): Sql {
  return { subscribed: sql` and s.state = 'given'`, left: sql` and s.state = 'withdrawn'`, asked: sql` and s.request is not null`, never: sql`` }[op];
}

/** `personKey` of an endpoint by its alias. */
export function personSql(alias: Sql): Sql {
  return sql`coalesce(${alias}.user * 2, ${alias}.id * 2 + 1)`;
}

/** `drawOrder` of endpoint `e`'s person. */
export function orderSql(seed: number): Sql {
  return sql`(${bucketSql(seed)} * 268435456 + ${personSql(sql`e`)})`;
}

/** `shareBucket` in SQLite's 64-bit integers, which hold every product here. */
function bucketSql(seed: number): Sql {
  const first = sql`(((((${personSql(sql`e`)}) + ${seed}) & 2147483647) * 2654435761) & 4294967295)`;
  return sql`((((((${first} + (${first} >> 15)) & 2147483647) * 2246822507) & 4294967295)) >> 8)`;
}

export function columnSql(column: Sql, test: AttributeTest | DemographicTest): Sql {
  if (test.op === 'exists') return sql`${column} is not null`;
  if (test.op === 'notExists') return sql`${column} is null`;
  if (test.op === 'isNot') return not(textSql(column, { ...test, op: 'is' }));
  return textSql(column, test);
}

/** A name that JSON writes as it is can be a path, which SQLite follows without unpacking the rest of the object. */
const plainName = /^[^"\\\u0000-\u001f\u007f]+$/;

/** The values of an attribute as rows `v`, for a `from`. */
export function attributeRows(json: Sql, name: string): Sql {
  return plainName.test(name) ? sql`json_each(${json}, ${`$."${name}"`}) v` : sql`json_each(${json}) k join json_each(k.value) v on k.key = ${name}`;
}

function attributeSql(json: Sql, name: string, test: AttributeTest): Sql {
  const source = attributeRows(json, name);
  if (test.op === 'exists') return sql`exists (select 1 from ${source})`;
  if (test.op === 'notExists') return sql`not exists (select 1 from ${source})`;
  if (test.op === 'isNot') return sql`not exists (select 1 from ${source} where ${textSql(sql`v.value`, { ...test, op: 'is' })})`;
  return sql`exists (select 1 from ${source} where ${textSql(sql`v.value`, test)})`;
}

export function metricSql(json: Sql, name: string, test: MetricTest): Sql {
  const stored = plainName.test(name) ? sql`(${json} ->> ${`$."${name}"`})` : sql`(select k.value from json_each(${json}) k where k.key = ${name})`;
  // Whole numbers in JSON are 64-bit integers to SQLite and doubles to everybody else.
  const value = sql`cast(${stored} as real)`;
  switch (test.op) {
    case 'exists':
      return sql`${stored} is not null`;
    case 'notExists':
      return sql`${stored} is null`;
    case 'eq':
      return sql`${value} = ${test.value}`;
    case 'neq':
      return sql`ifnull(${value} <> ${test.value}, 1)`;
    case 'gt':
      return sql`${value} > ${test.value}`;
    case 'gte':
      return sql`${value} >= ${test.value}`;
    case 'lt':
      return sql`${value} < ${test.value}`;
    case 'lte':
      return sql`${value} <= ${test.value}`;
    case 'between':
      return sql`${value} between ${test.from} and ${test.to}`;
    default:
      return assertNever(test);
  }
}

/** `+` keeps SQLite from the time indexes: conditions run in slices of ids, and an index range over a month would be walked once per slice. */
function timeSql(column: Sql, test: CreatedTest | LastSeenTest, asOf: number): Sql {
  switch (test.op) {
    case 'never':
      return sql`+${column} is null`;
    case 'ever':
      return sql`+${column} is not null`;
    case 'inLast':
      return sql`+${column} >= ${asOf - durationMs(test.duration)}`;
    case 'longerAgo':
      return sql`+${column} < ${asOf - durationMs(test.duration)}`;
    case 'before':
    case 'after':
    case 'on':
    case 'between': {
      const { from, to } = dateRange(test);
      if (from === null) return sql`+${column} < ${to}`;
      return to === null ? sql`+${column} >= ${from}` : sql`(+${column} >= ${from} and +${column} < ${to})`;
    }
    default:
      return assertNever(test);
  }
}

/** A box in degrees first (two comparisons), the true distance only inside it. */
function withinSql(rule: { latitude: number; longitude: number; km: number }): Sql {
  const degrees = 180 / Math.PI;
  const angle = rule.km / earthRadiusKm;
  const margin = 1e-6; // the box may be a hair too large, never too small
  const dLat = angle * degrees + margin;
  const near = sql`distance_km(e.latitude, e.longitude, ${rule.latitude}, ${rule.longitude}) <= ${rule.km}`;
  const band = sql`e.latitude between ${rule.latitude - dLat} and ${rule.latitude + dLat}`;
  const ratio = Math.sin(angle) / Math.cos(rule.latitude / degrees);
  // Around a pole, and for circles wider than a hemisphere, every longitude is possible.
  if (Math.abs(rule.latitude) + dLat >= 90 || angle >= Math.PI / 2 || ratio >= 1) return sql`(${band} and ${near})`;
  const dLon = Math.asin(ratio) * degrees + margin;
  const [west, east] = [rule.longitude - dLon, rule.longitude + dLon];
  if (west < -180) return sql`(${band} and (e.longitude <= ${east} or e.longitude >= ${west + 360}) and ${near})`;
  if (east > 180) return sql`(${band} and (e.longitude >= ${west} or e.longitude <= ${east - 360}) and ${near})`;
  return sql`(${band} and e.longitude between ${west} and ${east} and ${near})`;
}

/** Roughly what a test of one row costs, in tests of a column: groups put the cheap ones first. Measured at 1M rows in `README.md`. */
export function ruleCost(rule: SegmentRule): number {
  switch (rule.type) {
    case 'channel':
    case 'status':
    case 'optOut':
    case 'created':
    case 'lastSeen':
      return 1;
    case 'distance':
      return 3;
    case 'location':
    case 'demographic':
      return rule.test.op.startsWith('version') ? 10 : 'ignoreCase' in rule.test && rule.test.ignoreCase ? 4 : 2;
    case 'segment':
      return 8;
    case 'suppression':
    case 'topic':
      return 6;
    case 'random':
      return 3;
    case 'event':
    case 'history':
      return 10;
    case 'metric':
      return 6;
    case 'attribute':
      return (rule.of === 'user' ? 14 : 8) + (rule.test.op === 'before' || rule.test.op === 'after' || rule.test.op === 'on' || rule.test.op === 'between' ? 12 : 0);
  }
}
