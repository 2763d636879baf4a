import type { ContactFacts, SuppressionReason, SuppressionRow, SuppressionScope } from '../../src-preload/contract/audience.js';
import type { Channel } from '../../src-preload/contract/common.js';
import { type MessageReason, messageReasonCode } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { type Sql, sql, sqlJoin } from '../store/sql.js';
import { anyErased, erasedName, erasedPrefix } from './erased.js';

/** The ledger's word for each kind of suppression. */
export const reasonOfSuppression: Readonly<Record<SuppressionReason, MessageReason>> = {
  unsubscribe: 'unsubscribed',
  complaint: 'complained',
  hard_bounce: 'hard_bounced',
  stop: 'stopped',
  manual: 'suppressed',
  imported: 'suppressed',
  restored: 'suppressed',
};

/** How much a reason says. A weaker one never replaces a stronger one of the same scope, so that "complained" does not turn into "manual". */
const weight: Readonly<Record<SuppressionReason, number>> = { complaint: 5, stop: 4, unsubscribe: 3, hard_bounce: 2, manual: 1, imported: 1, restored: 0 };

/**
 * The scope where the caller names none: a complaint, a STOP and an address that does not exist stop everything (field.md 3 and 4), an unsubscribe answers
 * the marketing it came from.
 */
export const usualScope: Readonly<Record<SuppressionReason, SuppressionScope>> = {
  complaint: 'all',
  stop: 'all',
  hard_bounce: 'all',
  unsubscribe: 'marketing',
  manual: 'marketing',
  imported: 'marketing',
  restored: 'marketing',
};

export interface SuppressInput {
  readonly channel: Channel;
  /** From `normaliseAddress`, or an endpoint's `address_key`. */
  readonly addressKey: string;
  readonly reason: SuppressionReason;
  readonly scope?: SuppressionScope;
  /** Where it came from, such as `collector`, `smtp`, `paste`, `import: people.csv`. */
  readonly source: string;
  readonly note?: string | undefined;
  /** The message it answers. */
  readonly message?: { readonly run: number; readonly seq: number } | undefined;
}

export interface Appended {
  /** The facts that were written: none where the address was already suppressed as far and for as strong a reason. */
  readonly appended: readonly SuppressionRow[];
}

interface StandingRow {
  readonly scope: SuppressionScope;
  readonly reason: SuppressionReason;
}

/** The columns of a `SuppressionRow`. */
export const suppressionColumns = sql`id, at, act, channel, address_key as addressKey, scope, reason, source, actor, note, run, seq`;

/** The one of two reasons that says more; the first where they say as much. */
export function heavierReason(one: SuppressionReason, other: SuppressionReason): SuppressionReason {
  return weight[other] > weight[one] ? other : one;
}

function append(db: WriteDb, act: 'add' | 'lift', input: SuppressInput & { readonly scope: SuppressionScope }): SuppressionRow {
  const { lastId } = db.run(sql`insert into suppression (at, act, channel, address_key, scope, reason, source, actor, note, run, seq)
    values (${db.now}, ${act}, ${input.channel}, ${input.addressKey}, ${input.scope}, ${input.reason}, ${input.source}, ${JSON.stringify(db.actor)},
      ${input.note ?? null}, ${input.message?.run ?? null}, ${input.message?.seq ?? null})`);
  db.changed('suppression', lastId);
  db.changed('suppressed', lastId);
  return db.get<SuppressionRow>(sql`select ${suppressionColumns} from suppression where id = ${lastId}`)!;
}

/**
 * Suppresses one address or many. Facts are appended, never changed; `suppressed` is the state they add up to. A repeat appends nothing.
 * The store thread copies what is appended into the workspace's suppressions.log.
 */
export function suppress(db: WriteDb, input: SuppressInput | readonly SuppressInput[]): Appended {
  const appended: SuppressionRow[] = [];
  for (const one of 'channel' in input ? [input] : input) {
    const scope = one.scope ?? usualScope[one.reason];
    const standing = db
      .prepare(
        `select s.scope, s.reason from suppressed d join suppression s on s.id = d.suppression where d.channel = ? and d.address_key = ? and d.scope = ?`,
      )
      .get(one.channel, one.addressKey, scope) as StandingRow | undefined;
    if (standing && weight[standing.reason] >= weight[one.reason]) continue;
    const row = append(db, 'add', { ...one, scope });
    db.prepare(
      'insert into suppressed (channel, address_key, scope, suppression) values (?, ?, ?, ?) on conflict (channel, address_key, scope) do update set suppression = excluded.suppression',
    ).run(one.channel, one.addressKey, scope, row.id);
    appended.push(row);
  }
  return { appended };
}

interface OptOutAt {
  readonly channel: Channel;
  readonly address_key: string;
  readonly opt_out: number;
}

/**
 * Called before an endpoint is given another address, by whatever: its opt-out belongs to the person behind the old one, which is suppressed from now on. Without
 * this, the next file with that address would make it contactable again. `source` says who moved it.
 */
export function keepOptOut(db: WriteDb, before: OptOutAt, next: OptOutAt, from: Pick<SuppressInput, 'reason' | 'source'>): void {
  if (before.opt_out === 0 || (before.address_key === next.address_key && before.channel === next.channel)) return;
  suppress(db, { channel: before.channel, addressKey: before.address_key, ...from });
}

export interface LiftInput {
  readonly channel: Channel;
  readonly addressKey: string;
  /** Both scopes where absent. */
  readonly scope?: SuppressionScope | undefined;
  /** Why, in the operator's own words; it stays with the fact for good. */
  readonly note: string;
}

/**
 * Lifts a suppression by appending that it was lifted. Only an operator or the recipient may (design 5: consent only tightens by itself): others get
 * `NOT_ALLOWED`. Throws `SUPPRESSION_REASON_REQUIRED` without a reason and `NOT_FOUND` where nothing is suppressed. Pinpoint's OptOut flag stays as it is.
 */
export function liftSuppression(db: WriteDb, input: LiftInput): Appended {
  if (db.actor.kind !== 'operator' && db.actor.kind !== 'recipient') throw new HeliographError('NOT_ALLOWED', { actor: db.actor.kind });
  const note = input.note.trim();
  if (note === '') throw new HeliographError('SUPPRESSION_REASON_REQUIRED');
  const { channel } = input;
  const standingOf = (addressKey: string) =>
    db
      .all<StandingRow>(
        sql`select s.scope, s.reason from suppressed d join suppression s on s.id = d.suppression where d.channel = ${channel} and d.address_key = ${addressKey} order by d.scope`,
      )
      .filter((row) => input.scope === undefined || row.scope === input.scope);
  const liftAt = (addressKey: string, standing: readonly StandingRow[]) =>
    standing.map((row) => {
      db.run(sql`delete from suppressed where channel = ${channel} and address_key = ${addressKey} and scope = ${row.scope}`);
      return append(db, 'lift', { channel, addressKey, scope: row.scope, reason: row.reason, source: db.actor.kind, note });
    });
  const standing = standingOf(input.addressKey);
  if (standing.length === 0) throw new HeliographError('NOT_FOUND', { what: 'suppression' });
  const appended = liftAt(input.addressKey, standing);
  // Else the address would be suppressed again by the next file that brings it.
  if (anyErased(db) && !input.addressKey.startsWith(erasedPrefix)) {
    const name = erasedName(db, channel, input.addressKey);
    liftAt(name, standingOf(name));
  }
  return { appended };
}

const caseOfReason = sqlJoin(
  (Object.entries(reasonOfSuppression) as [SuppressionReason, MessageReason][]).map(([reason, word]) => sql`when ${reason} then ${messageReasonCode[word]}`),
  sql` `,
);

/** The ledger's number for the reason of a `suppression s`. */
export const suppressionReasonSql = sql`case s.reason ${caseOfReason} end`;

/**
 * An SQL expression over `endpoint e`: the `messageReasonCode` that keeps a marketing message on this channel from it, or 0 where it may be sent.
 * One reason, in this order: wrong channel, inactive, no address, opted out, suppressed (the wider scope first). `contactFacts` names them all.
 */
export function eligibilityReasonSql(channel: Channel): Sql {
  return sql`case
    when e.channel <> ${channel} then ${messageReasonCode.wrong_channel}
    else ${contactReasonSql} end`;
}

/** The same whatever the channel: what stands in the way of an address on its own channel. */
export const contactReasonSql: Sql = sql`case
    when e.active = 0 then ${messageReasonCode.inactive}
    when e.address = '' then ${messageReasonCode.no_address}
    when e.opt_out = 1 then ${messageReasonCode.opted_out}
    else coalesce((select ${suppressionReasonSql} from suppressed d join suppression s on s.id = d.suppression
      where d.channel = e.channel and d.address_key = e.address_key order by d.scope limit 1), 0) end`;

/** Everything that stands between us and one address, each with since when and from where, for "May we contact?". */
export function contactFacts(
  db: ReadDb,
  endpoint: { readonly channel: Channel; readonly address: string; readonly address_key: string; readonly active: number; readonly opt_out: number; readonly opt_out_source: string | null },
): ContactFacts {
  const blocks: ContactFacts['blocks'] = [];
  if (endpoint.active === 0) blocks.push({ reason: 'inactive', liftable: false });
  if (endpoint.address === '') blocks.push({ reason: 'no_address', liftable: false });
  if (endpoint.opt_out === 1) blocks.push({ reason: 'opted_out', liftable: false, ...(endpoint.opt_out_source === null ? {} : { source: endpoint.opt_out_source }) });
  const rows = db.all<SuppressionRow>(sql`select s.id, s.at, s.act, s.channel, s.address_key as addressKey, s.scope, s.reason, s.source, s.actor, s.note, s.run, s.seq
    from suppressed d join suppression s on s.id = d.suppression where d.channel = ${endpoint.channel} and d.address_key = ${endpoint.address_key} order by d.scope`);
  for (const row of rows) {
    blocks.push({
      reason: reasonOfSuppression[row.reason],
      scope: row.scope,
      since: row.at,
      source: row.source,
      ...(row.note === null ? {} : { note: row.note }),
      liftable: true,
    });
  }
  return { mayContact: blocks.length === 0, blocks };
}
