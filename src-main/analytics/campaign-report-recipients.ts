import { messageReasonCode, messageReasons, messageStateCode, messageStates, outcomeKindCode, outcomeKinds } from '../../src-preload/contract/delivery.js';
import type { RecipientFilter, ReportCountInput, ReportRecipient, ReportRecipientsInput } from '../../src-preload/contract/report.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql, sqlJoin } from '../store/sql.js';
import { domainOf, toSend } from './campaign-report-counts.js';
import { requireRun } from './campaign-report-run.js';

const has = (...kinds: readonly (keyof typeof outcomeKindCode)[]): Sql =>
  sql`exists (select 1 from outcome o where o.run = m.run and o.seq = m.seq and o.kind in (${sqlJoin(kinds.map((kind) => sql`${outcomeKindCode[kind]}`), sql`, `)}))`;

function outcomeCondition(outcome: NonNullable<RecipientFilter['outcome']>): Sql {
  switch (outcome) {
    case 'machine':
      return sql`${has('open_machine')} and not ${has('open')}`;
    case 'scanner':
      return sql`${has('click_scanner')} and not ${has('click')}`;
    case 'bounced':
      return has('hard_bounce', 'soft_bounce');
    case 'no_open':
      return sql`m.state = ${messageStateCode.sent} and not ${has('open')}`;
    case 'no_click':
      return sql`m.state = ${messageStateCode.sent} and not ${has('click')}`;
    default:
      return has(outcome);
  }
}

/** The filter as one condition over `message m` (and, for a domain, `endpoint e`). The same meaning as the numbers of the report, so that each number opens its people. */
export function recipientCondition(run: number, filter: RecipientFilter): { where: Sql; joinsEndpoint: boolean } {
  const parts: Sql[] = [sql`m.run = ${run}`];
  if (filter.state !== undefined) parts.push(sql`m.state = ${messageStateCode[filter.state]}`);
  if (filter.waiting) parts.push(sql`m.state in (${messageStateCode.pending}, ${messageStateCode.held}, ${messageStateCode.deferred}, ${messageStateCode.claimed})`);
  if (filter.toSend) parts.push(toSend);
  if (filter.reason !== undefined) parts.push(sql`coalesce(m.reason, 0) = ${messageReasonCode[filter.reason]}`);
  if (filter.treatment !== undefined) parts.push(sql`m.treatment = ${filter.treatment}`);
  if (filter.outcome !== undefined) parts.push(outcomeCondition(filter.outcome));
  if (filter.link !== undefined) {
    parts.push(sql`exists (select 1 from link_click l where l.run = m.run and l.seq = m.seq and l.link = ${filter.link} and l.kind = ${outcomeKindCode.click})`);
  }
  if (filter.domain !== undefined) parts.push(sql`${domainOf} = ${filter.domain}`);
  return { where: sqlJoin(parts, sql` and `), joinsEndpoint: filter.domain !== undefined };
}

/** From the few outcomes rather than from the many messages, where the filter lets us. */
function source({ outcome }: RecipientFilter, run: number, joinsEndpoint: boolean): Sql {
  const kinds =
    outcome === undefined || outcome === 'no_open' || outcome === 'no_click'
      ? undefined
      : outcome === 'machine' ? ['open_machine' as const] : outcome === 'scanner' ? ['click_scanner' as const] : outcome === 'bounced' ? ['hard_bounce' as const, 'soft_bounce' as const] : [outcome];
  const messages = kinds
    ? sql`(select distinct seq from outcome where run = ${run} and kind in (${sqlJoin(kinds.map((kind) => sql`${outcomeKindCode[kind]}`), sql`, `)})) k cross join message m on m.run = ${run} and m.seq = k.seq`
    : sql`message m`;
  return joinsEndpoint ? sql`${messages} left join endpoint e on e.id = m.endpoint` : messages;
}

export function countRecipients(db: ReadDb, input: ReportCountInput): number {
  const run = requireRun(db, input.run);
  const { where, joinsEndpoint } = recipientCondition(run.id, input.filter);
  return db.get<{ n: number }>(sql`select count(*) as n from ${source(input.filter, run.id, joinsEndpoint)} where ${where}`)!.n;
}

interface Row {
  seq: number;
  endpoint: number;
  treatment: number;
  state: number;
  reason: number | null;
  address: string | null;
  user_id: string | null;
  at: number | null;
  response: string | null;
  outcomes: string;
}

/** The wide rows for message numbers picked by `picked` (a select of `seq`), in ledger order. */
export function recipientRowsSql(run: number, picked: Sql): Sql {
  return sql`select m.seq, m.endpoint, m.treatment, m.state, m.reason, coalesce(a.address, e.address) as address, u.user_id, case when p.response <> '' then p.at end as at, nullif(coalesce(d.response, p.response), '') as response,
      (select json_group_array(json_array(o.kind, o.at)) from outcome o where o.run = m.run and o.seq = m.seq) as outcomes
    from (${picked}) k cross join message m on m.run = ${run} and m.seq = k.seq left join adhoc_address a on a.run = m.run and a.seq = m.seq left join endpoint e on e.id = m.endpoint
      left join user u on u.id = e.user left join message_reply p on p.run = m.run and p.seq = m.seq left join deferred d on d.run = m.run and d.seq = m.seq
    order by m.seq`;
}

export function toRecipient(row: Row): ReportRecipient {
  return {
    seq: row.seq,
    endpoint: row.endpoint > 0 ? row.endpoint : null,
    address: row.address,
    userId: row.user_id,
    treatment: row.treatment,
    state: messageStates[row.state]!,
    reason: messageReasons[row.reason ?? 0]!,
    at: row.at,
    response: row.response,
    outcomes: (JSON.parse(row.outcomes) as [number, number][]).map(([kind, at]) => ({ kind: outcomeKinds[kind]!, at })),
  };
}

/** One page of a run's messages in ledger order. */
export function listRecipients(db: ReadDb, input: ReportRecipientsInput): ReportRecipient[] {
  const run = requireRun(db, input.run);
  const { where, joinsEndpoint } = recipientCondition(run.id, input.filter);
  const picked = sql`select m.seq from ${source(input.filter, run.id, joinsEndpoint)} where ${where} order by m.seq limit ${input.limit} offset ${input.offset}`;
  return db.all<Row>(recipientRowsSql(run.id, picked)).map(toRecipient);
}

/** Every message that the filter picks, one after the other: for exports, in constant memory. */
export function* iterateRecipients(db: ReadDb, runUid: string, filter: RecipientFilter): IterableIterator<ReportRecipient> {
  const run = requireRun(db, runUid);
  const { where, joinsEndpoint } = recipientCondition(run.id, filter);
  const page = 5_000;
  for (let after = -1; ; ) {
    db.throwIfCancelled();
    const picked = sql`select m.seq from ${source(filter, run.id, joinsEndpoint)} where ${where} and m.seq > ${after} order by m.seq limit ${page}`;
    const rows = db.all<Row>(recipientRowsSql(run.id, picked));
    for (const row of rows) yield toRecipient(row);
    if (rows.length < page) return;
    after = rows.at(-1)!.seq;
  }
}
