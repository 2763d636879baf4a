import type { VariableSuggestion } from '../../src-preload/contract/template.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';
import { variableName } from './engine/environment.js';

/** Names and an example come from the newest and the oldest rows: enough to know a workspace's attributes, and the same time at 1,000 and at 1,000,000. */
const sampled = 5000;

const fixed: readonly VariableSuggestion[] = [
  { path: 'Heliograph.UnsubscribeUrl', group: 'Message', example: 'The address of the unsubscribe page' },
  { path: 'Heliograph.ConfirmUrl', group: 'Message', example: 'Where a topic is confirmed' },
  { path: 'Heliograph.PostalAddress', group: 'Message', example: 'Your postal address from the settings' },
  { path: 'Address', group: 'Endpoint', example: 'ada@example.org' },
  { path: 'Id', group: 'Endpoint', example: 'The endpoint id' },
  { path: 'User.UserId', group: 'Endpoint', example: 'The user id' },
  { path: 'Location.City', group: 'Location', example: 'London' },
  { path: 'Location.Country', group: 'Location', example: 'GB' },
  { path: 'Location.Region', group: 'Location', example: 'Greater London' },
  { path: 'Location.PostalCode', group: 'Location', example: 'SW1A 1AA' },
  { path: 'Demographic.Locale', group: 'Device', example: 'en_GB' },
  { path: 'Demographic.Timezone', group: 'Device', example: 'Europe/London' },
  { path: 'Demographic.Platform', group: 'Device', example: 'iOS' },
  { path: 'Demographic.AppVersion', group: 'Device', example: '2.1.0' },
];

function names(db: ReadDb, table: Sql, column: Sql, example: Sql): { name: string; example: string | null }[] {
  return db.all(sql`
    select a.key as name, max(substr(${example}, 1, 60)) as example from (
      select ${column} as json from (select ${column} from ${table} order by id desc limit ${sampled})
      union all select ${column} from (select ${column} from ${table} order by id limit ${sampled})
    ) s, json_each(s.json) a group by a.key order by count(*) desc, a.key limit 300`);
}

/** What can be inserted: the audience's own attribute names, commonest first, then the standard fields. */
export function variableSuggestions(db: ReadDb, _input: undefined): VariableSuggestion[] {
  const first = sql`a.value ->> '$[0]'`;
  const of = (group: VariableSuggestion['group'], before: readonly string[], rows: readonly { name: string; example: string | null }[]): VariableSuggestion[] =>
    rows.map(({ name, example }) => ({ path: variableName([...before, name]), group, example: String(example ?? '') }));
  return [
    ...of('User attributes', ['User', 'UserAttributes'], names(db, sql`user`, sql`attributes`, first)),
    ...of('Endpoint attributes', ['Attributes'], names(db, sql`endpoint`, sql`attributes`, first)),
    ...of('Metrics', ['Metrics'], names(db, sql`endpoint`, sql`metrics`, sql`a.value`)),
    ...fixed,
  ];
}
