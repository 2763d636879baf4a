import { messageReasonCode, messageReasons, messageStateCode } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { endpointViewColumns, type EndpointViewRow } from '../audience/index.js';
import { purposeReasonSql, topicGate } from '../campaigns/index.js';
import type { WriteDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';
import { claimed, Ledger, pending, type Place } from './counts.js';
import { type MessageResult, recordResults } from './results.js';
import { inFlightDue, isDone, runById, type RunRow, sendingPaused } from './run.rows.js';

export interface ClaimInput {
  /** From `startSender`. A sender thread that was replaced gets `CONFLICT` and can neither claim nor record. */
  readonly epoch: number;
  /** Row id of the run. */
  readonly run: number;
  /** What became of earlier claims. They are recorded whatever else happens. */
  readonly results: readonly MessageResult[];
  /** How many messages of this run may be claimed at once: twice the connections in use. 0: only record. */
  readonly window: number;
}

/** One message to make and send. */
export interface ClaimedMessage {
  readonly seq: number;
  readonly treatment: number;
  readonly address: string;
  /** The person as read in the claim's transaction, for `toEndpointView`; null for a test send without a person. */
  readonly row: EndpointViewRow | null;
}

export interface ClaimAnswer {
  readonly messages: readonly ClaimedMessage[];
  /**
   * `going`: ask again as soon as there is room. `waiting`: nothing is due, or everything allowed is out; ask again at `nextDue` or with the next result. `halted`: paused, stopped or the workspace's sending is paused: claim
   * no more until told. `done`: every message is settled.
   */
  readonly status: 'going' | 'waiting' | 'halted' | 'done';
  readonly nextDue: number | null;
}

/** A claim looks at this many ledger rows at most, so that a long stretch of skipped ones never holds the store thread. */
const scanRows = 5_000;

interface CandidateRow extends EndpointViewRow {
  readonly m_seq: number;
  readonly m_treatment: number;
  readonly m_reason: number | null;
  readonly m_key: string | null;
  readonly endpoint: number;
  readonly adhoc: string | null;
  readonly why: number;
  readonly held: number;
}

/**
 * Claim before call (design 4): one transaction records the last results and claims the next rows. For each row consent, topic, suppression, address, activity and deletion are asked again,
 * because the freeze may be days old, and whether this run wrote to the address already as somebody else's; what no longer holds becomes `skipped` with its reason. Nothing may be sent that this did not give out, and what it gave out is
 * never given out again by itself.
 */
export function claim(db: WriteDb, input: ClaimInput): ClaimAnswer {
  assertEpoch(db, input.epoch);
  const before = runById(db, input.run);
  const ledger = new Ledger(db, before.id);
  const run = recordResults(db, ledger, before, input.results);
  ledger.flush();
  if (run.state !== 'sending' || run.paused !== null || sendingPaused(db) !== null) return { messages: [], status: 'halted', nextDue: null };
  if (run.wait_until !== null && run.wait_until > db.now) return { messages: [], status: 'waiting', nextDue: run.wait_until };

  const out = db.get<{ n: number }>(sql`select n from run_count where run = ${run.id} and state = 'claimed' and reason = ''`)?.n ?? 0;
  // A server that just came back is tried with one message first.
  const want = Math.max(0, (run.wait_step > 0 ? Math.min(1, input.window) : input.window) - out);
  if (want === 0) return { messages: [], status: 'waiting', nextDue: null };
  const picker = new Picker(db, run);
  picker.deferred(want);
  for (const lane of db.all<LaneRow>(sql`select lane, seq_to, cursor from lane where run = ${run.id} and due <= ${db.now} and cursor < seq_to order by lane`)) {
    if (picker.messages.length >= want) break;
    picker.lane(lane, want);
  }
  picker.flush();
  if (picker.messages.length > 0 || picker.moreToScan) return { messages: picker.messages, status: 'going', nextDue: null };
  return settleIdle(db, run, out);
}

/** Nothing to claim: done, or waiting for a time. While messages are out, their results bring the next question. */
function settleIdle(db: WriteDb, run: RunRow, out: number): ClaimAnswer {
  if (out === 0 && finishIfDone(db, run)) return { messages: [], status: 'done', nextDue: null };
  const { due } = db.get<{ due: number | null }>(sql`
    select min(due) as due from (
      select min(due) as due from deferred where run = ${run.id}
      union all select min(due) from lane where run = ${run.id} and cursor < seq_to)`)!;
  return { messages: [], status: 'waiting', nextDue: due === inFlightDue ? null : due };
}

/** Ends a run whose every message is settled. Gives false while something is left. */
export function finishIfDone(db: WriteDb, run: RunRow): boolean {
  if (run.state !== 'sending' || !isDone(db, run.id)) return false;
  db.run(sql`update run set state = 'done', ended_at = ${db.now}, paused = null, paused_response = null, wait_until = null, wait_step = 0 where id = ${run.id}`);
  db.changed('run', run.id);
  db.audit('run.done', `run:${run.uid}`);
  return true;
}

interface LaneRow {
  readonly lane: number;
  readonly seq_to: number;
  readonly cursor: number;
}

const otherAtAddress = (what: Sql) => sql`exists (select 1 from message_reply p join message o on o.run = p.run and o.seq = p.seq
  where p.run = m.run and p.address_key = e.address_key and p.seq <> m.seq and ${what})`;
/** Another message of this run reached the address, or may have: the person had it then, and was given another since. */
const alreadyWritten = otherAtAddress(sql`p.reached = 1`);
/** Another one is on its way there. What becomes of it decides. */
const onItsWay = otherAtAddress(sql`o.state = ${messageStateCode.claimed}`);
/** This one may have reached the address its person had before: that is where it went, and its links speak for that address. */
const wentElsewhere = sql`exists (select 1 from message_reply p where p.run = m.run and p.seq = m.seq and p.reached = 1 and p.address_key <> e.address_key)`;
/** How long a message waits for another one to its address. */
export const onItsWayMs = 5_000;

/** Takes candidates, asks whether each may still be sent, and claims those. */
class Picker {
  readonly messages: ClaimedMessage[] = [];
  moreToScan = false;
  readonly #ledger: Ledger;
  readonly #columns: Sql;

  constructor(
    private readonly db: WriteDb,
    private readonly run: RunRow,
  ) {
    this.#ledger = new Ledger(db, run.id);
    // A test goes to an address somebody typed; the person only lends their data.
    const why =
      run.kind === 'test'
        ? sql`case when m.endpoint > 0 and e.id is null then ${messageReasonCode.deleted} else 0 end`
        : sql`case when e.id is null then ${messageReasonCode.deleted}
            else coalesce(nullif(${purposeReasonSql('EMAIL', run.purpose, topicGate(db, run.topic))}, 0), case when ${wentElsewhere} then ${messageReasonCode.address_changed} when ${alreadyWritten} then ${messageReasonCode.duplicate_address} else 0 end) end`;
    const held = run.kind === 'test' ? sql`0` : onItsWay;
    this.#columns = sql`m.seq as m_seq, m.treatment as m_treatment, m.reason as m_reason, e.address_key as m_key, m.endpoint as endpoint, a.address as adhoc, ${why} as why, ${held} as held, ${endpointViewColumns}`;
  }

  /** Rows that are due again. */
  deferred(limit: number): void {
    const rows = this.db.all<CandidateRow>(sql`select ${this.#columns}
      from deferred d join message m on m.run = d.run and m.seq = d.seq left join adhoc_address a on a.run = m.run and a.seq = m.seq
      left join endpoint e on e.id = m.endpoint left join user u on u.id = e.user
      where d.run = ${this.run.id} and d.due <= ${this.db.now} and m.state = ${messageStateCode.deferred} order by d.due, d.seq limit ${limit}`);
    for (const row of rows) {
      const reason = messageReasons[row.m_reason ?? 0]!;
      if (!this.take(row, { state: 'deferred', reason })) continue;
      const settled = row.why !== 0;
      this.db
        .prepare(settled ? 'delete from deferred where run = ? and seq = ?' : `update deferred set due = ${inFlightDue} where run = ? and seq = ?`)
        .run(this.run.id, row.m_seq);
    }
  }

  /** The next pending rows of a lane; moves its cursor over what was looked at. */
  lane(lane: LaneRow, want: number): void {
    let cursor = lane.cursor;
    const end = Math.min(lane.seq_to, lane.cursor + scanRows);
    while (this.messages.length < want && cursor < end) {
      const limit = want - this.messages.length;
      const rows = this.db.all<CandidateRow>(sql`select ${this.#columns}
        from message m left join adhoc_address a on a.run = m.run and a.seq = m.seq left join endpoint e on e.id = m.endpoint left join user u on u.id = e.user
        where m.run = ${this.run.id} and m.seq > ${cursor} and m.seq <= ${end} and m.state = 0 order by m.seq limit ${limit}`);
      for (const row of rows) this.take(row, pending);
      cursor = rows.length < limit ? end : rows.at(-1)!.m_seq;
    }
    if (cursor !== lane.cursor) this.db.prepare('update lane set cursor = ? where run = ? and lane = ?').run(cursor, this.run.id, lane.lane);
    if (cursor < lane.seq_to) this.moreToScan = true;
  }

  /** Claims the message, or leaves it out. False when it was not there any more, or waits. */
  private take(row: CandidateRow, from: Place): boolean {
    if (row.why === 0 && row.held === 1) {
      const waits: Place = from.state === 'deferred' ? from : { state: 'deferred', reason: 'none' };
      if (from.state !== 'deferred') this.#ledger.move(row.m_seq, from, waits);
      this.db
        .prepare('insert into deferred (run, seq, due, attempts) values (?, ?, ?, 0) on conflict (run, seq) do update set due = excluded.due')
        .run(this.run.id, row.m_seq, this.db.now + onItsWayMs);
      return false;
    }
    if (row.why !== 0) return this.#ledger.move(row.m_seq, from, { state: 'skipped', reason: messageReasons[row.why]! });
    if (!this.#ledger.move(row.m_seq, from, claimed)) return false;
    const { m_seq, m_treatment, m_reason: _reason, m_key, endpoint, adhoc, why: _why, held: _held, ...view } = row;
    if (this.run.kind !== 'test') {
      // An empty answer: claimed then, and nothing heard yet.
      this.db
        .prepare(
          `insert into message_reply (run, seq, at, response, address_key) values (?, ?, ?, '', ?)
            on conflict (run, seq) do update set at = excluded.at, provider_id = null, response = '', address_key = excluded.address_key`,
        )
        .run(this.run.id, m_seq, this.db.now, m_key);
    }
    this.messages.push({ seq: m_seq, treatment: m_treatment, address: adhoc ?? row.address, row: endpoint === 0 ? null : view });
    return true;
  }

  flush(): void {
    this.#ledger.flush();
  }
}

/** Throws `CONFLICT` for a sender that has been replaced. */
export function assertEpoch(db: WriteDb, epoch: number): void {
  const current = db.get<{ epoch: number }>(sql`select epoch from sender_epoch`)!.epoch;
  if (epoch !== current) throw new HeliographError('CONFLICT', { what: 'The sender', current, epoch });
}
