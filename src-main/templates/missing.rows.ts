import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { type Sql, sql, sqlId } from '../store/sql.js';
import { variableParts } from './engine/environment.js';

/** What JavaScript's `trim` removes (ECMA-262: WhiteSpace and LineTerminator), so that SQL and templates agree on what is blank. */
const blanks = '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

const column: Readonly<Record<string, string>> = {
  'Location.City': 'city',
  'Location.Country': 'country',
  'Location.PostalCode': 'postal_code',
  'Location.Region': 'region',
  'Location.Latitude': 'latitude',
  'Location.Longitude': 'longitude',
  'Demographic.AppVersion': 'app_version',
  'Demographic.Locale': 'locale',
  'Demographic.Make': 'make',
  'Demographic.Model': 'model',
  'Demographic.ModelVersion': 'model_version',
  'Demographic.Platform': 'platform',
  'Demographic.PlatformVersion': 'platform_version',
  'Demographic.Timezone': 'timezone',
};
const always: ReadonlySet<string> = new Set<keyof EndpointView>(['Id', 'ChannelType', 'Address', 'EndpointStatus', 'OptOut', 'CreationDate']);
const [yes, no] = [sql`1`, sql`0`];

function blank(value: Sql): Sql {
  return sql`coalesce(trim(${value}, ${blanks}), '') = ''`;
}

/** A list attribute of `json`: the whole list (blank when each item is) or one item. */
function listBlank(json: Sql, name: string, index: string | undefined): Sql {
  const items = sql`json_each(${json}) a, json_each(a.value) i where a.key = ${name}`;
  if (index !== undefined) return sql`not exists (select 1 from ${items} and i.key = ${Number(index)} and not ${blank(sql`i.value`)})`;
  const some = sql`not exists (select 1 from ${items} and not ${blank(sql`i.value`)})`;
  // The first item decides nearly always; only where it is blank are the others looked at. A name with a quote has no JSON path in SQLite.
  return /["\\]/.test(name) ? some : sql`(${blank(sql`${json} ->> ${`$."${name}"[0]`}`)} and ${some})`;
}

/**
 * Whether an endpoint lacks a variable, over `endpoint e left join user u on u.id = e.user`: the same verdict as `isBlank` on the value in `EndpointView`.
 * A variable nobody can have is lacked by all.
 */
export function lacksSql(path: string): Sql {
  const parts = variableParts(path);
  const [root = '', second, third, fourth] = parts;
  const index = (part: string | undefined) => part === undefined || /^\d{1,5}$/.test(part);
  if (always.has(root)) return parts.length === 1 ? no : yes;
  if (root === 'EffectiveDate') return parts.length === 1 ? sql`e.effective_at is null` : yes;
  const fixed = parts.length === 2 ? column[path] : undefined;
  if (fixed !== undefined) return blank(sql`e.${sqlId(fixed)}`);
  if (root === 'Metrics' && second !== undefined && third === undefined) return sql`not exists (select 1 from json_each(e.metrics) m where m.key = ${second} and m.value is not null)`;
  if (root === 'Attributes' && second !== undefined && index(third) && fourth === undefined) return listBlank(sql`e.attributes`, second, third);
  if (root === 'User' && second === 'UserId' && third === undefined) return blank(sql`u.user_id`);
  if (root === 'User' && second === 'UserAttributes' && third !== undefined && index(fourth) && parts.length <= 4) return listBlank(sql`coalesce(u.attributes, '{}')`, third, fourth);
  // A whole map is an object: never blank as a value (and without text).
  if (parts.length === 1 && ['Attributes', 'Metrics', 'Demographic', 'Location', 'User'].includes(root)) return no;
  if (path === 'User.UserAttributes') return no;
  return yes;
}
