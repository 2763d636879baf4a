import { type AudienceDetail, type EndpointDetail, personName } from '../../src-preload/contract/audience.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';
import { contactFacts } from './consent.js';
import { topicStandings } from './topic-consent.js';
import { endpointViewColumns, type EndpointViewRow, toEndpointView } from './endpoint.rows.js';

interface DetailRow extends EndpointViewRow {
  readonly endpoint_id: number;
  readonly address_key: string;
  readonly user: number | null;
  readonly updated_at: number;
  readonly last_seen_at: number | null;
  readonly opt_out_source: string | null;
}

function select(db: ReadDb, where: Sql): DetailRow[] {
  return db.all<DetailRow>(sql`select ${endpointViewColumns}, e.id as endpoint_id, e.address_key, e.user, e.updated_at, e.last_seen_at, e.opt_out_source
    from endpoint e left join user u on u.id = e.user where ${where}`);
}

function toDetail(db: ReadDb, row: DetailRow): EndpointDetail {
  return {
    id: row.endpoint_id,
    view: toEndpointView(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(row.last_seen_at === null ? {} : { lastSeenAt: row.last_seen_at }),
    ...(row.opt_out_source === null ? {} : { optOutSource: row.opt_out_source }),
    contact: contactFacts(db, row),
    topics: topicStandings(db, { channel: row.channel, addressKey: row.address_key }),
  };
}

/** One address with its person. Throws `NOT_FOUND`. */
export function detail(db: ReadDb, { id }: { readonly id: number }): AudienceDetail {
  const row = select(db, sql`e.id = ${id}`)[0];
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'address' });
  const endpoint = toDetail(db, row);
  const name = personName(endpoint.view.User.UserAttributes, endpoint.view.Attributes);
  if (row.user === null) return { endpoint, ...(name === undefined ? {} : { name }), addresses: [endpoint] };
  const addresses = select(db, sql`e.user = ${row.user} order by e.id limit 100`).map((other) => toDetail(db, other));
  const count = db.get<{ n: number }>(sql`select count(*) as n from endpoint where user = ${row.user}`)!.n;
  return {
    endpoint,
    ...(name === undefined ? {} : { name }),
    user: { id: row.user, userId: row.user_id!, attributes: endpoint.view.User.UserAttributes, addresses: count },
    addresses,
  };
}
