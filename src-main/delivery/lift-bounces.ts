import type { LiftBouncesInput } from '../../src-preload/contract/campaign.js';
import { messageReasonCode, messageStateCode } from '../../src-preload/contract/delivery.js';
import type { SuppressionRow } from '../../src-preload/contract/audience.js';
import { type Appended, liftSuppression, suppress } from '../audience/index.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';
import { Ledger } from './counts.js';
import { assertRunState, runByUid, type RunRow } from './run.rows.js';

/** Suppressions one call lifts; callers repeat while `left` is true. */
export const liftSliceRows = 1_000;

/** Hard bounces that this run wrote down and that still stand: not those that another run, a complaint or a person added or made stronger since. */
function standing(db: ReadDb, run: RunRow): Sql {
  // Suppressions are numbered in the order of time, so that older ones are not looked at.
  const before = db.get<{ id: number }>(sql`select id from suppression where at < ${run.created_at} order by id desc limit 1`)?.id ?? 0;
  return sql`from suppressed d join suppression s on s.id = d.suppression
    where d.suppression > ${before} and s.run = ${run.id} and s.act = 'add' and s.reason = 'hard_bounce' and s.source = 'smtp'`;
}

/** How many addresses `liftBounces` would make contactable again. */
export function liftableBounces(db: ReadDb, input: { readonly run: string }): { addresses: number } {
  const run = runByUid(db, input.run);
  return { addresses: db.get<{ n: number }>(sql`select count(*) as n ${standing(db, run)}`)!.n };
}

/**
 * Lifts the suppressions that this run made because a server called its recipients unknown. With `sendAgain` the messages that were refused for it wait again: the server answered that it
 * did not take them, so nobody gets two; the claim asks consent again, and a run that was over goes on. At most `liftSliceRows` a call.
 * Only an operator may (`NOT_ALLOWED`). Throws `CAMPAIGN_STATE` for `sendAgain` while the run is being stopped.
 */
export function liftBounces(db: WriteDb, input: LiftBouncesInput): { lifted: number; again: number; left: boolean } & Appended {
  const run = runByUid(db, input.run);
  if (input.sendAgain && run.paused === 'stopping') assertRunState({ ...run, state: 'stopped' }, 'sending');
  const rows = db.all<Pick<SuppressionRow, 'id' | 'channel' | 'addressKey' | 'scope' | 'seq'>>(sql`select s.id, s.channel, s.address_key as addressKey, d.scope, s.seq ${standing(db, run)} order by s.id limit ${liftSliceRows + 1}`);
  const slice = rows.slice(0, liftSliceRows);
  const appended: SuppressionRow[] = [];
  const ledger = new Ledger(db, run.id);
  let again = 0;
  for (const { id, channel, addressKey, scope, seq } of slice) {
    appended.push(...liftSuppression(db, { channel, addressKey, scope, note: input.note }).appended);
    // The bounce may have taken the place of a weaker reason, which still holds.
    const former = db.get<Pick<SuppressionRow, 'act' | 'reason' | 'source' | 'note'>>(sql`select act, reason, source, note from suppression
      where channel = ${channel} and address_key = ${addressKey} and scope = ${scope} and id < ${id} order by id desc limit 1`);
    if (former?.act === 'add') {
      appended.push(...suppress(db, { channel, addressKey, scope, reason: former.reason, source: former.source, ...(former.note === null ? {} : { note: former.note }) }).appended);
    }
    if (!input.sendAgain || seq === null) continue;
    const refused = db.get(sql`select 1 as found from message where run = ${run.id} and seq = ${seq} and state = ${messageStateCode.failed} and reason = ${messageReasonCode.refused_hard}`);
    if (!refused || !ledger.move(seq, { state: 'failed', reason: 'refused_hard' }, { state: 'deferred', reason: 'none' })) continue;
    db.run(sql`insert or replace into deferred (run, seq, due, attempts) values (${run.id}, ${seq}, ${db.now}, 0)`);
    again++;
  }
  ledger.flush();
  if (again > 0 && (run.state === 'done' || run.state === 'stopped')) db.run(sql`update run set state = 'sending', ended_at = null, paused = null where id = ${run.id}`);
  if (slice.length > 0) {
    db.changed('run', run.id);
    db.audit('run.bounces_lifted', `run:${run.uid}`, { suppressions: slice.length, messages: again });
  }
  return { lifted: slice.length, again, left: rows.length > liftSliceRows, appended };
}
