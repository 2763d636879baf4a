import type { PreviewPeopleInput, PreviewPerson } from '../../src-preload/contract/template.js';
import { endpointViewColumns, type EndpointViewRow, toEndpointView } from '../audience/index.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql, sqlId, sqlJoin } from '../store/sql.js';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { lacksSql } from './missing.rows.js';

/** Somebody's name as far as it is known, else an empty text. */
export function displayName(view: EndpointView): string {
  const pick = (...names: string[]) => names.map((name) => view.User.UserAttributes[name]?.[0] ?? view.Attributes[name]?.[0]).find((value) => value !== undefined && value.trim() !== '') ?? '';
  const whole = `${pick('FirstName', 'firstName', 'first_name', 'Firstname')} ${pick('LastName', 'lastName', 'last_name', 'Lastname')}`.trim();
  return whole === '' ? pick('Name', 'name', 'FullName') : whole;
}

/** How many endpoints, newest first, are looked through for those who lack a value: the switcher needs some of them at once, not all. */
const lookedThrough = 200_000;

type Row = EndpointViewRow & { readonly endpoint_id: number } & { readonly [flag: `lacks_${number}`]: number };

/**
 * People to try a message on: first those who lack most of `variables`, then others, newest first. `search` is the beginning of an address, a user id
 * or an endpoint id. Only addresses that could get the message: active, e-mail.
 */
export function previewPeople(db: ReadDb, input: PreviewPeopleInput): PreviewPerson[] {
  const flag = (i: number) => sqlId(`lacks_${i}`);
  const flags = sqlJoin(
    input.variables.map((path, i) => sql`, ${lacksSql(path)} as ${flag(i)}`),
    sql``,
  );
  const match = searchSql(input.search);
  const lacking = input.variables.length === 0 ? sql`0` : sqlJoin(input.variables.map((_, i) => flag(i)), sql` + `);
  const select = (from: Sql, where: Sql, order: Sql) =>
    db.all<Row>(sql`
      select * from (
        select e.id as endpoint_id, ${endpointViewColumns} ${flags}
        from ${from} left join user u on u.id = e.user where e.active = 1 and e.channel = 'EMAIL' and ${match}
      ) where ${where} order by ${order} endpoint_id desc limit ${input.limit}`);
  const recent = sql`(select * from endpoint order by id desc limit ${lookedThrough}) e`;
  const from = input.search === '' ? recent : sql`endpoint e`;
  const worst = input.variables.length === 0 ? [] : select(from, sql`${lacking} > 0`, sql`${lacking} desc,`);
  db.throwIfCancelled();
  const seen = new Set(worst.map((row) => row.endpoint_id));
  const others = select(from, sql`1`, sql``).filter((row) => !seen.has(row.endpoint_id));
  const lacks = (row: Row) => input.variables.filter((_, i) => row[`lacks_${i}`] === 1);
  // Half the list at most is worst cases, so that a good case is never far.
  const half = Math.max(Math.ceil(input.limit / 2), input.limit - others.length);
  return [...worst.slice(0, half), ...others].slice(0, input.limit).map((row) => {
    const view = toEndpointView(row);
    return { endpoint: row.endpoint_id, address: view.Address, name: displayName(view), missing: lacks(row) };
  });
}

function searchSql(search: string): Sql {
  if (search === '') return sql`1`;
  const key = search.toLowerCase();
  const after = (text: string) => `${text}\u{10ffff}`;
  return sql`e.id in (
    select id from endpoint where address_key >= ${key} and address_key < ${after(key)}
    union select id from endpoint where app in (select id from app) and uid = ${search}
    union select o.id from user n join endpoint o on o.user = n.id where n.user_id >= ${search} and n.user_id < ${after(search)}
  )`;
}
