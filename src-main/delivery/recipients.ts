import { type RecipientPage, recipientQuery, type RecipientQuery, type RecipientRow, type UnknownMessage } from '../../src-preload/contract/campaign.js';
import { messageReasonCode, messageReasons, messageStateCode, messageStates, outcomeKinds } from '../../src-preload/contract/delivery.js';
import { readPinned } from '../campaigns/index.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';
import { messageIdOf } from './compose.js';
import { inFlightDue, runByUid, type RunRow } from './run.rows.js';

interface MessageRow {
  readonly seq: number;
  readonly endpoint: number;
  readonly state: number;
  readonly reason: number | null;
  readonly address: string | null;
  readonly user_id: string | null;
  readonly at: number | null;
  readonly response: string | null;
  /** The server's answer; '' for one that was claimed and not answered, null where nobody knows. */
  readonly reply: string | null;
  readonly due: number | null;
  readonly attempts: number | null;
  readonly outcomes: string | null;
}

/** Ledger rows looked at per slice while a filter matches few. */
const scanRows = 50_000;

function select(run: RunRow, where: Sql, limit: number, from: Sql = sql`message m`): Sql {
  return sql`select m.seq, m.endpoint, m.state, m.reason, coalesce(a.address, e.address) as address, u.user_id, r.at, r.response as reply,
      nullif(coalesce(d.response, r.response), '') as response, d.due, d.attempts,
      (select json_group_array(json_array(o.kind, o.at)) from outcome o where o.run = m.run and o.seq = m.seq) as outcomes
    from ${from} left join adhoc_address a on a.run = m.run and a.seq = m.seq left join endpoint e on e.id = m.endpoint left join user u on u.id = e.user
      left join message_reply r on r.run = m.run and r.seq = m.seq left join deferred d on d.run = m.run and d.seq = m.seq
    where m.run = ${run.id} and ${where} order by m.seq limit ${limit}`;
}

/** One page of a run's messages, in ledger order, with what became of each. A rare state is looked for in slices, so that a cancel is heard. */
export function recipients(db: ReadDb, input: RecipientQuery): RecipientPage {
  const query = recipientQuery.parse(input);
  const run = runByUid(db, query.run);
  const state = query.state === undefined ? sql`1` : sql`m.state = ${messageStateCode[query.state]}`;
  const reason = query.reason === undefined ? sql`1` : sql`coalesce(m.reason, 0) = ${messageReasonCode[query.reason]}`;
  const last = db.get<{ seq: number | null }>(sql`select max(seq) as seq from message where run = ${run.id}`)?.seq ?? 0;
  const rows: MessageRow[] = [];
  for (let from = query.after; from < last && rows.length <= query.limit; from += scanRows) {
    db.throwIfCancelled();
    rows.push(...db.all<MessageRow>(select(run, sql`m.seq > ${from} and m.seq <= ${from + scanRows} and ${state} and ${reason}`, query.limit + 1 - rows.length)));
  }
  const page = rows.slice(0, query.limit).map(toRecipient);
  return { rows: page, next: rows.length > query.limit ? page.at(-1)!.seq : null };
}

function toRecipient(row: MessageRow): RecipientRow {
  return {
    seq: row.seq,
    endpoint: row.endpoint === 0 ? null : row.endpoint,
    address: row.address,
    userId: row.user_id,
    state: messageStates[row.state]!,
    reason: messageReasons[row.reason ?? 0]!,
    at: row.reply ? row.at : null,
    response: row.response,
    due: row.due === inFlightDue ? null : row.due,
    attempts: row.attempts ?? 0,
    outcomes: (JSON.parse(row.outcomes ?? '[]') as [number, number][]).map(([kind, at]) => ({ kind: outcomeKinds[kind]!, at })),
  };
}

export interface UnknownQuery {
  readonly run: string;
  readonly after?: number;
  readonly limit?: number;
}

/** Messages that may have been sent, for a person to settle. */
export function unknownMessages(db: ReadDb, input: UnknownQuery): { rows: UnknownMessage[]; next: number | null; total: number } {
  const run = runByUid(db, input.run);
  const { from } = readPinned(db, run.campaign, run.campaign_version);
  const limit = Math.min(500, input.limit ?? 100);
  const rows = db.all<MessageRow>(select(run, sql`m.seq > ${input.after ?? 0} and m.state in (1, 2, 3, 7) and m.state = ${messageStateCode.unknown}`, limit + 1, sql`message m indexed by message_unsettled`));
  const page = rows.slice(0, limit).map((row): UnknownMessage => {
    const { seq, address, userId, reason, response } = toRecipient(row);
    return { seq, address, userId, reason, messageId: messageIdOf(run.uid, seq, from.address), at: row.reply === null ? null : row.at, response };
  });
  const total = db.get<{ n: number | null }>(sql`select sum(n) as n from run_count where run = ${run.id} and state = 'unknown'`)?.n ?? 0;
  return { rows: page, next: rows.length > limit ? page.at(-1)!.seq : null, total };
}
