import type { ResolveUnknownInput } from '../../src-preload/contract/campaign.js';
import { messageReasons, messageStateCode } from '../../src-preload/contract/delivery.js';
import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { Ledger, sent } from './counts.js';
import { runByUid } from './run.rows.js';

interface UnknownRow {
  readonly seq: number;
  readonly reason: number | null;
  /** When it was claimed, or lost sight of; null where nobody knows. */
  readonly at: number | null;
}

/** Rows one call settles; callers repeat while `left` is not 0. */
export const resolveSliceRows = 5_000;

/**
 * A person says what became of messages that may have been sent. `sent` and `failed` settle them; `send_again` puts them back with the same Message-ID (it follows from run
 * and seq), and a run that was done goes on. Rows that are not unknown are left alone. At most `resolveSliceRows` a call; `left` are those still unknown of what was asked for.
 */
export function resolveUnknown(db: WriteDb, input: ResolveUnknownInput): { resolved: number; left: number } {
  const run = runByUid(db, input.run);
  const reply = sql`left join message_reply r on r.run = m.run and r.seq = m.seq`;
  const rows =
    input.which === 'all'
      ? db.all<UnknownRow>(sql`select m.seq, m.reason, case when r.response is not null then r.at end as at from message m indexed by message_unsettled ${reply}
          where m.run = ${run.id} and m.state in (1, 2, 3, 7) and m.state = ${messageStateCode.unknown} order by m.seq limit ${resolveSliceRows + 1}`)
      : db.all<UnknownRow>(sql`select m.seq, m.reason, case when r.response is not null then r.at end as at from json_each(${JSON.stringify(input.which)}) j
          join message m on m.run = ${run.id} and m.seq = j.value ${reply} where m.state = ${messageStateCode.unknown} limit ${resolveSliceRows + 1}`);
  const ledger = new Ledger(db, run.id);
  let resolved = 0;
  for (const row of rows.slice(0, resolveSliceRows)) {
    const reason = messageReasons[row.reason ?? 0]!;
    const from = { state: 'unknown', reason } as const;
    const to = input.as === 'sent' ? sent : input.as === 'failed' ? ({ state: 'failed', reason: 'said_not_sent' } as const) : ({ state: 'deferred', reason: 'none' } as const);
    if (!ledger.move(row.seq, from, to, { acceptedAt: row.at })) continue;
    resolved++;
    // A person who knows better: the address is free for whoever has it.
    if (input.as === 'failed') db.prepare('update message_reply set reached = 0 where run = ? and seq = ?').run(run.id, row.seq);
    if (input.as === 'send_again') db.run(sql`insert or replace into deferred (run, seq, due, attempts) values (${run.id}, ${row.seq}, ${db.now}, 0)`);
  }
  ledger.flush();
  if (resolved > 0) {
    if (input.as === 'send_again' && (run.state === 'done' || run.state === 'stopped')) {
      db.run(sql`update run set state = 'sending', ended_at = null, paused = null where id = ${run.id}`);
    }
    db.changed('run', run.id);
    db.audit('run.unknown_resolved', `run:${run.uid}`, { as: input.as, messages: resolved });
  }
  const left =
    input.which === 'all'
      ? (db.get<{ n: number | null }>(sql`select sum(n) as n from run_count where run = ${run.id} and state = 'unknown'`)?.n ?? 0)
      : Math.max(0, rows.length - resolveSliceRows);
  return { resolved, left };
}
