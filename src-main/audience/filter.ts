import type { AudienceFilter } from '../../src-preload/contract/audience.js';
import { type Sql, sql, sqlJoin, sqlList } from '../store/sql.js';

/** Above every string that begins with `prefix`, in SQLite's byte order. */
const after = (prefix: string) => `${prefix}\u{10ffff}`;

/** The beginning of an address or of a person's id; phone numbers may be typed with the usual separators. */
function textCondition(text: string): Sql {
  const spelled = text.normalize('NFC');
  const address = /^\+?[\d\s().-]+$/.test(spelled) ? spelled.replace(/[\s().-]/g, '') : spelled.toLowerCase();
  const token = spelled === address ? sql`` : sql` or (e.address_key >= ${spelled} and e.address_key < ${after(spelled)})`;
  return sql`((e.address_key >= ${address} and e.address_key < ${after(address)})${token}
    or e.user in (select id from user where user_id >= ${spelled} and user_id < ${after(spelled)}))`;
}

export interface FilterSql {
  /** One condition over `endpoint e`, without the suppression list. */
  readonly where: Sql;
  /** An index answers it (`text`); otherwise it is a question to every row. */
  readonly indexed: boolean;
  readonly empty: boolean;
  /** Whether a match must, or must not, be on the suppression list: kept apart because the list is short and is read once, not looked up row by row. */
  readonly suppressed: boolean | undefined;
}

export function filterSql(filter: AudienceFilter): FilterSql {
  const parts: Sql[] = [];
  if (filter.text) parts.push(textCondition(filter.text));
  if (filter.channels?.length) parts.push(sql`e.channel in ${sqlList(filter.channels)}`);
  if (filter.countries?.length) parts.push(sql`e.country in ${sqlList(filter.countries)}`);
  if (filter.active !== undefined) parts.push(sql`e.active = ${filter.active}`);
  // With "not suppressed" this is `contactReasonSql` = none.
  if (filter.contact === 'allowed') parts.push(sql`e.active = 1`, sql`e.address <> ''`, sql`e.opt_out = 0`);
  if (filter.contact === 'opted_out') parts.push(sql`e.opt_out = 1`);
  if (filter.created?.from !== undefined) parts.push(sql`e.created_at >= ${filter.created.from}`);
  if (filter.created?.to !== undefined) parts.push(sql`e.created_at < ${filter.created.to}`);
  if (filter.seen?.from !== undefined) parts.push(sql`e.last_seen_at >= ${filter.seen.from}`);
  if (filter.seen?.to !== undefined) parts.push(sql`e.last_seen_at < ${filter.seen.to}`);
  if (filter.neverSeen !== undefined) parts.push(filter.neverSeen ? sql`e.last_seen_at is null` : sql`e.last_seen_at is not null`);
  if (filter.segment !== undefined) parts.push(sql`exists (select 1 from segment_member m where m.segment = (select coalesce(members, id) from segment where uid = ${filter.segment}) and m.endpoint = e.id)`);
  const suppressed = filter.contact === 'suppressed' ? true : filter.contact === 'allowed' ? false : undefined;
  return { where: sqlJoin(parts, sql` and `, sql`1`), indexed: filter.text !== undefined && filter.text !== '', empty: parts.length === 0 && suppressed === undefined, suppressed };
}
