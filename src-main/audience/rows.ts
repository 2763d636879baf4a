import { type AudienceRow, personName } from '../../src-preload/contract/audience.js';
import { type MessageReason, messageReasons } from '../../src-preload/contract/delivery.js';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';
import { contactReasonSql } from './consent.js';
import { endpointViewColumns, type EndpointViewRow } from './endpoint.rows.js';

interface ListRow extends EndpointViewRow {
  readonly endpoint_id: number;
  readonly user: number | null;
  readonly last_seen_at: number | null;
  readonly reason: number;
  readonly addresses: number;
}

function select(db: ReadDb, where: Sql): AudienceRow[] {
  const rows = db.all<ListRow>(sql`select ${endpointViewColumns}, e.id as endpoint_id, e.user, e.last_seen_at, ${contactReasonSql} as reason,
      (select count(*) from endpoint x where x.user = e.user) as addresses
    from endpoint e left join user u on u.id = e.user where ${where}`);
  return rows.map((row) => {
    const name = personName(row.user_attributes === null ? {} : parse(row.user_attributes), parse(row.attributes));
    const device = [row.model, row.platform, row.platform_version].filter((part) => part !== null).join(' ');
    return {
      id: row.endpoint_id,
      uid: row.uid,
      channel: row.channel,
      address: row.address,
      contact: messageReasons[row.reason] as MessageReason,
      ...(row.country === null ? {} : { country: row.country }),
      createdAt: row.created_at,
      ...(row.last_seen_at === null ? {} : { lastSeenAt: row.last_seen_at }),
      ...(device === '' ? {} : { device }),
      ...(row.user === null ? {} : { person: { id: row.user, userId: row.user_id!, addresses: row.addresses } }),
      ...(name === undefined ? {} : { name }),
    };
  });
}

const parse = (text: string) => JSON.parse(text) as EndpointView['Attributes'];

/** The rows of a list in the order of `ids`; null for one that was deleted since the list was made. */
export function rows(db: ReadDb, input: { readonly ids: readonly number[] }): (AudienceRow | null)[] {
  const byId = new Map(select(db, sql`e.id in (select value from json_each(${JSON.stringify(input.ids)}))`).map((row) => [row.id, row]));
  return input.ids.map((id) => byId.get(id) ?? null);
}

/**
 * The addresses of picked lines: of those in `people` every address their person has (a line of the list stands for all of them), of those in `addresses` only
 * themselves. Ascending, each once, without what is gone; at most one more than `limit`, so that too many show.
 */
export function addressIds(db: ReadDb, input: { readonly people: readonly number[]; readonly addresses: readonly number[]; readonly limit: number }): number[] {
  const people = JSON.stringify(input.people);
  return db
    .all<{ id: number }>(
      sql`select id from endpoint where id in (select value from json_each(${JSON.stringify([...input.people, ...input.addresses])}))
        union select e.id from endpoint e where e.user in (select user from endpoint where id in (select value from json_each(${people})) and user is not null)
        order by 1 limit ${input.limit + 1}`,
    )
    .map(({ id }) => id);
}

/** All addresses of one person, oldest first, at most 500. */
export function addressesOf(db: ReadDb, input: { readonly user: number }): AudienceRow[] {
  return select(db, sql`e.user = ${input.user} order by e.id limit 500`);
}
