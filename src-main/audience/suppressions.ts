import {
  type SuppressionFilter,
  type SuppressionReason,
  type SuppressionRow,
  type SuppressionView,
} from '../../src-preload/contract/audience.js';
import type { Channel } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { type Sql, sql, sqlJoin, sqlList } from '../store/sql.js';
import { readSettings } from '../settings/index.js';
import { normaliseAddress } from './address.js';
import { type Appended, type LiftInput, suppressionColumns, liftSuppression, suppress, type SuppressInput } from './consent.js';

/** `suppress` for one address as a person wrote it. Throws `BAD_INPUT` where it cannot be one. */
export function suppressAddress(db: WriteDb, { address, ...input }: Omit<SuppressInput, 'addressKey'> & { readonly address: string }): Appended {
  const normal = normaliseAddress(input.channel, address, { defaultCountry: readSettings(db).defaultCountry });
  if ('problem' in normal) throw new HeliographError('BAD_INPUT', { field: 'address', message: normal.problem });
  const { appended } = suppress(db, { ...input, addressKey: normal.addressKey });
  if (appended.length > 0) db.audit('suppression.added', 'suppression', { added: 1, reason: appended[0]!.reason, scope: appended[0]!.scope });
  return { appended };
}

/** Suppresses the addresses of endpoints picked in a list. Ids that are gone are passed over. */
export function suppressEndpoints(
  db: WriteDb,
  input: { readonly ids: readonly number[]; readonly scope: 'marketing' | 'all'; readonly note?: string | undefined },
): Appended {
  const rows = db.all<{ channel: Channel; addressKey: string }>(
    sql`select channel, address_key as addressKey from endpoint where id in (select value from json_each(${JSON.stringify(input.ids)}))`,
  );
  const note = input.note?.trim();
  const { appended } = suppress(
    db,
    rows.map((row) => ({ ...row, reason: 'manual' as const, scope: input.scope, source: 'entered by hand', ...(note ? { note } : {}) })),
  );
  if (appended.length > 0) db.audit('suppression.added', 'suppression', { added: appended.length, reason: 'manual', scope: input.scope });
  return { appended };
}

/** `liftSuppression` with its line in the audit log. */
export function lift(db: WriteDb, input: LiftInput): Appended {
  const { appended } = liftSuppression(db, input);
  db.audit('suppression.lifted', `suppression:${appended[0]!.id}`, { scopes: appended.map((row) => row.scope) });
  return { appended };
}

/** `lift` for the address an endpoint has now. Throws `NOT_FOUND`. */
export function liftFor(db: WriteDb, { id, ...input }: Pick<LiftInput, 'scope' | 'note'> & { readonly id: number }): Appended {
  const endpoint = db.get<Pick<LiftInput, 'channel' | 'addressKey'>>(sql`select channel, address_key as addressKey from endpoint where id = ${id}`);
  if (!endpoint) throw new HeliographError('NOT_FOUND', { what: 'address' });
  return lift(db, { ...endpoint, ...input });
}

function where(filter: SuppressionFilter): Sql {
  const parts: Sql[] = [];
  if (filter.text) {
    const key = filter.text.normalize('NFC').toLowerCase();
    parts.push(sql`d.address_key >= ${key} and d.address_key < ${`${key}\u{10ffff}`}`);
  }
  if (filter.reasons?.length) parts.push(sql`s.reason in ${sqlList(filter.reasons)}`);
  // An address that is kept from everything is one line, whatever else was said of it: the wider one of those that match.
  const wider = filter.reasons?.length ? sql` and x.reason in ${sqlList(filter.reasons)}` : sql``;
  parts.push(sql`(d.scope = 'all' or not exists (select 1 from suppressed w join suppression x on x.id = w.suppression where w.channel = d.channel and w.address_key = d.address_key and w.scope = 'all'${wider}))`);
  return sqlJoin(parts, sql` and `);
}

/** Everything ever written down about one address, newest first, at most 500 facts. */
export function suppressionHistory(db: ReadDb, input: { readonly channel: Channel; readonly addressKey: string }): SuppressionRow[] {
  return db.all<SuppressionRow>(
    sql`select ${suppressionColumns} from suppression where channel = ${input.channel} and address_key = ${input.addressKey} order by id desc limit 500`,
  );
}

/** Addresses that are suppressed now: one entry each, for the wider of its scopes. */
export function suppressionCount(db: ReadDb, filter: SuppressionFilter): { readonly entries: number; readonly addresses: number } {
  const row = db.get<{ entries: number; addresses: number }>(sql`select count(*) as entries, count(distinct d.channel || ' ' || d.address_key) as addresses
    from suppressed d join suppression s on s.id = d.suppression where ${where(filter)}`);
  return row!;
}

interface ViewRow extends Omit<SuppressionView, 'note' | 'endpoint' | 'campaign' | 'alsoMarketing'> {
  readonly also: SuppressionReason | null;
  readonly note: string | null;
  readonly endpoint: number | null;
  readonly campaign: string | null;
}

/** The suppression list, newest first, a line an address. */
export function suppressionPage(db: ReadDb, input: { readonly filter: SuppressionFilter; readonly offset: number; readonly limit: number }): SuppressionView[] {
  return db
    .all<ViewRow>(
      sql`select s.id, s.channel, s.address_key as addressKey, d.scope, s.reason, s.source, s.note, s.at as since,
          (select e.id from endpoint e where e.address_key = s.address_key and e.channel = s.channel order by e.active desc, e.id limit 1) as endpoint,
          (select c.name from run r join campaign c on c.id = r.campaign where r.id = s.run) as campaign,
          case when d.scope = 'all' then (select x.reason from suppressed w join suppression x on x.id = w.suppression where w.channel = s.channel and w.address_key = s.address_key and w.scope = 'marketing') end as also
        from (select d.suppression as id, d.scope from suppressed d join suppression s on s.id = d.suppression where ${where(input.filter)}
          order by d.suppression desc limit ${input.limit} offset ${input.offset}) d
        join suppression s on s.id = d.id order by s.id desc`,
    )
    .map(({ note, endpoint, campaign, also, ...row }) => ({
      ...row,
      ...(note === null ? {} : { note }),
      ...(endpoint === null ? {} : { endpoint }),
      ...(campaign === null ? {} : { campaign }),
      ...(also === null ? {} : { alsoMarketing: also }),
    }));
}
