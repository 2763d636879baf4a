import type { HomeCounts } from '../../src-preload/contract/home.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { type HomeInput, needs } from './home-now.js';

/** The figures beside the places of the rail. A person is a user with an endpoint, or an endpoint that nobody is known to own. */
export function homeCounts(db: ReadDb, input: HomeInput): HomeCounts {
  const n = (query: ReturnType<typeof sql>) => db.get<{ n: number }>(query)?.n ?? 0;
  const addresses = n(sql`select count(*) as n from endpoint`);
  // Both through the partial index on user: 1,000,000 endpoints are counted without touching a row.
  const owned = n(sql`select count(*) as n from endpoint where user is not null`);
  db.throwIfCancelled();
  const users = n(sql`select count(*) as n from (select distinct user from endpoint where user is not null)`);
  return {
    audience: { people: users + addresses - owned, addresses },
    segments: n(sql`select count(*) as n from segment where deleted_at is null`),
    imports: n(sql`select count(*) as n from import where state in ('checking', 'checked', 'merging', 'undoing')`),
    suppressions: n(sql`select count(*) as n from (select distinct channel, address_key from suppressed)`),
    campaigns: n(sql`select count(*) as n from campaign where deleted_at is null and state <> 'archived'`),
    templates: n(sql`select count(*) as n from template where deleted_at is null`),
    connections: n(sql`select count(*) as n from connection where deleted_at is null`),
    needs: needs(db, input).length,
  };
}
