import type { RunStatus, RunSummary } from '../../src-preload/contract/campaign.js';
import { funnel } from '../../src-preload/contract/campaign.js';
import type { MessageReason, MessageState } from '../../src-preload/contract/delivery.js';
import { messageStateCode } from '../../src-preload/contract/delivery.js';
import { readPinned, runNumbers, runStatusWord } from '../campaigns/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { tickMs } from './counts.js';
import { inFlightDue, runByUid, type RunRow, sendingPaused } from './run.rows.js';

interface CampaignName {
  readonly campaign_uid: string;
  readonly campaign_name: string;
}

function toSummary(db: ReadDb, row: RunRow & CampaignName): RunSummary {
  return {
    uid: row.uid,
    campaign: row.campaign_uid,
    campaignName: row.campaign_name,
    kind: row.kind,
    status: runStatusWord(row),
    createdAt: row.created_at,
    endedAt: row.ended_at,
    numbers: runNumbers(db, row.id),
  };
}

/** Runs, newest first, at most 200; of one campaign where named. */
export function listRuns(db: ReadDb, input: { readonly campaign?: string }): RunSummary[] {
  const rows = db.all<RunRow & CampaignName>(sql`select r.*, c.uid as campaign_uid, c.name as campaign_name from run r join campaign c on c.id = r.campaign
    where ${input.campaign ?? null} is null or c.uid = ${input.campaign ?? null} order by r.id desc limit 200`);
  return rows.map((row) => toSummary(db, row));
}

/** The rate is taken over this many whole ticks and the one under way. */
const rateTicks = 2;
const lineTicks = 120;
const shownDomains = 12;

/** Everything the live monitor shows. Reads caches, the deferred rows and the last ten minutes of ticks; no ledger scan. `now` is the caller's clock. */
export function runStatus(db: ReadDb, input: { readonly run: string; readonly now: number }): RunStatus {
  const run = runByUid(db, input.run);
  const campaign = db.get<CampaignName>(sql`select uid as campaign_uid, name as campaign_name from campaign where id = ${run.campaign}`)!;
  const summary = toSummary(db, { ...run, ...campaign });
  const ticks = db.all<{ tick: number; sent: number }>(sql`select tick, sent from run_tick where run = ${run.id} and tick > ${Math.floor(input.now / tickMs) - lineTicks} order by tick`);
  const perSecond = run.state === 'sending' ? rate(ticks, input.now, run.started_at ?? 0) : 0;
  const pinned = readPinned(db, run.campaign, run.campaign_version);
  const connection = db.get<{ uid: string; name: string }>(sql`select uid, name from connection where uid = ${pinned.connection}`);
  return {
    ...summary,
    holdUntil: run.hold_until,
    startedAt: run.started_at,
    frozenAt: run.frozen_at,
    frozenCommit: run.frozen_commit,
    funnel: run.funnel === null ? null : funnel.parse(JSON.parse(run.funnel)),
    paused: run.paused === null ? null : { reason: run.paused, response: run.paused_response },
    askWhy: run.state === 'ask' ? run.paused_response : null,
    sendingPaused: sendingPaused(db),
    // A paused run tries nothing, whatever was planned before: what to do is said by the pause alone.
    waitUntil: run.paused === null ? run.wait_until : null,
    waitCause: run.state === 'sending' && run.paused === null && run.wait_until !== null ? run.paused_response : null,
    counts: db
      .all<{ state: MessageState; reason: MessageReason | ''; n: number }>(sql`select state, reason, n from run_count where run = ${run.id} and n > 0`)
      .map(({ state, reason, n }) => ({ state, reason: reason === '' ? 'none' : reason, messages: n }))
      .sort((a, b) => messageStateCode[a.state] - messageStateCode[b.state] || b.messages - a.messages),
    perSecond,
    etaSeconds: perSecond > 0 ? Math.ceil(summary.numbers.waiting / perSecond) : null,
    line: ticks.map(({ tick, sent }) => ({ at: tick * tickMs, sent })),
    domains: domains(db, run.id),
    deferred: db.all(sql`select coalesce(nullif(response, ''), '') as response, count(*) as messages, min(due) as nextDue from deferred
      where run = ${run.id} and due < ${inFlightDue} group by 1 order by 2 desc limit 10`),
    connection: connection ?? null,
  };
}

/** Accepted a second over the last ticks, or since the start where that is shorter. */
function rate(ticks: readonly { tick: number; sent: number }[], now: number, startedAt: number): number {
  const current = Math.floor(now / tickMs);
  const from = current - rateTicks;
  const sent = ticks.reduce((sum, t) => (t.tick >= from ? sum + t.sent : sum), 0);
  const seconds = (now - Math.max(from * tickMs, startedAt)) / 1000;
  return sent === 0 ? 0 : Math.round((sent / Math.max(1, seconds)) * 10) / 10;
}

function domains(db: ReadDb, run: number): RunStatus['domains'] {
  const rows = db.all<RunStatus['domains'][number]>(sql`select domain, sent, failed, deferred from run_domain where run = ${run} and domain <> '' and sent + failed + deferred > 0 order by sent + failed + deferred desc, domain limit ${shownDomains}`);
  const all = db.get<{ sent: number; failed: number; deferred: number }>(sql`select coalesce(sum(sent), 0) as sent, coalesce(sum(failed), 0) as failed, coalesce(sum(deferred), 0) as deferred from run_domain where run = ${run}`)!;
  const rest = rows.reduce((left, row) => ({ sent: left.sent - row.sent, failed: left.failed - row.failed, deferred: left.deferred - row.deferred }), all);
  return rest.sent + rest.failed + rest.deferred === 0 ? rows : [...rows, { domain: '', ...rest }];
}
