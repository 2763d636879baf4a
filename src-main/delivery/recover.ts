import { messageReasonCode, messageStateCode } from '../../src-preload/contract/delivery.js';
import { workspaceOperations } from '../settings/index.js';
import type { WriteDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';
import { claimed, Ledger } from './counts.js';

/**
 * A new sender thread takes over: it gets a number of its own, the one before can claim and record no more, and what it held is unknown (design 4: a dead sender
 * thread never re-sends). `lost` says how many messages that were.
 */
export function startSender(db: WriteDb, _input: undefined): { epoch: number; lost: number } {
  db.run(sql`update sender_epoch set epoch = epoch + 1`);
  const { epoch } = db.get<{ epoch: number }>(sql`select epoch from sender_epoch`)!;
  return { epoch, lost: loseClaims(db) };
}

/**
 * Writes down where messages that have no row since their claim may have gone, as far as anybody can know now: an opt-out must answer that address, whatever becomes of the
 * endpoint later. No server answered and nobody knows when they went (`response` is null, `at` is only where the run began).
 */
const addressesOf = (which: Sql) => sql`insert into message_reply (run, seq, at, address_key, reached)
  select m.run, m.seq, coalesce(r.started_at, r.created_at), e.address_key, 1 from message m join run r on r.id = m.run join endpoint e on e.id = m.endpoint
  where r.kind = 'campaign' and ${which}`;

function loseClaims(db: WriteDb): number {
  // A claim of today's program wrote its row; one of an earlier program, met after an update or in an old backup, did not.
  db.run(sql`${addressesOf(sql`m.state in (1, 2, 3, 7) and m.state = 3`)} on conflict (run, seq) do update set reached = 1`);
  const rows = db.all<{ run: number; seq: number }>(sql`select run, seq from message where state in (1, 2, 3, 7) and state = 3 order by run, seq`);
  const ledgers = new Map<number, Ledger>();
  for (const { run, seq } of rows) {
    const ledger = ledgers.get(run) ?? new Ledger(db, run);
    ledgers.set(run, ledger);
    ledger.move(seq, claimed, { state: 'unknown', reason: 'crashed' });
    db.run(sql`delete from deferred where run = ${run} and seq = ${seq}`);
  }
  for (const [run, ledger] of ledgers) {
    ledger.flush();
    db.changed('run', run);
    db.audit('run.messages_lost', `run:${uidOf(db, run)}`, { reason: 'crashed' });
  }
  return rows.length;
}

function uidOf(db: WriteDb, run: number): string {
  return db.get<{ uid: string }>(sql`select uid from run where id = ${run}`)?.uid ?? String(run);
}

/**
 * Puts the ledger right at every opening of a workspace, before anything sends: claims of the last life are unknown, a hold that was cut asks again. A freeze that was cut
 * is redone by the scheduler (its rows were never claimable).
 */
export function recoverAfterCrash(db: WriteDb, _input: undefined): { lost: number; asking: number } {
  db.run(sql`update sender_epoch set epoch = epoch + 1`);
  const lost = loseClaims(db);
  const { changes: asking } = db.run(sql`update run set state = 'ask', hold_until = null where state = 'hold'`);
  if (asking > 0) db.changed('run', 0);
  return { lost, asking };
}

/**
 * The one step at every opening, before anything can be sent. A file that a restore put in place says so itself, so that a crash between the swap and this commit changes
 * nothing: opt-outs since the backup are entered again, sending is paused, and what the backup holds as unsent becomes unknown, all in this transaction.
 */
export function recoverAtOpen(db: WriteDb, input: { readonly suppressionsLog: string }): void {
  const { restored } = db.get<{ restored: number }>(sql`select restored from workspace`)!;
  if (restored === 0) {
    recoverAfterCrash(db, undefined);
    return;
  }
  workspaceOperations.afterRestore(db, input);
  recoverAfterRestore(db, undefined);
  db.run(sql`update workspace set restored = 0`);
}

/**
 * After a restore: what the backup holds as unsent may have been sent after it was made, so it becomes unknown and only a person can say. Runs that had not begun ask again.
 * One transaction: the workspace is opened by nobody else yet.
 */
export function recoverAfterRestore(db: WriteDb, _input: undefined): { unknown: number; asking: number } {
  const { lost, asking } = recoverAfterCrash(db, undefined);
  let unknown = lost;
  const runs = db.all<{ id: number; uid: string }>(sql`select id, uid from run where state = 'sending'`);
  for (const { id, uid } of runs) {
    // What an earlier attempt left here is about an address that the message may not have gone to since, unless it may have reached it.
    db.run(sql`${addressesOf(sql`m.run = ${id} and m.state in (0, 1, 2)`)}
      on conflict (run, seq) do update set at = excluded.at, response = null, provider_id = null, reached = 1, address_key = case when reached = 1 then address_key else excluded.address_key end`);
    const { changes } = db.run(sql`update message set state = ${messageStateCode.unknown}, reason = ${messageReasonCode.restored} where run = ${id} and state in (0, 1, 2)`);
    db.run(sql`delete from deferred where run = ${id}`);
    db.run(sql`update lane set cursor = seq_to where run = ${id}`);
    db.run(sql`delete from run_count where run = ${id} and state in ('pending', 'held', 'deferred')`);
    db.run(sql`update run_domain set deferred = 0 where run = ${id}`);
    db.run(sql`insert into run_count (run, state, reason, n) values (${id}, 'unknown', 'restored', ${changes}) on conflict (run, state, reason) do update set n = n + excluded.n`);
    db.changed('message', id);
    db.audit('run.messages_lost', `run:${uid}`, { reason: 'restored', messages: changes });
    unknown += changes;
  }
  const { changes: refreeze } = db.run(sql`update run set state = 'ask', hold_until = null where state = 'freezing'`);
  return { unknown, asking: asking + refreeze };
}
