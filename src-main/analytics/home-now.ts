import { DateTime } from 'luxon';
import { campaignDraft, type CampaignStatus } from '../../src-preload/contract/campaign.js';
import { messageReason, type MessageReason } from '../../src-preload/contract/delivery.js';
import { errorCode } from '../../src-preload/contract/errors.js';
import type { HomeDraft, HomeNeed, HomeNow, HomeRun } from '../../src-preload/contract/home.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';

/** A failed import is news for so long. */
const importNewsMs = 7 * 86_400_000;
const tickMs = 5_000;
const shownDrafts = 8;

interface RunRow {
  readonly id: number;
  readonly campaign: string;
  readonly name: string;
  readonly state: 'hold' | 'ask' | 'freezing' | 'sending' | 'stopped' | 'done';
  readonly paused: string | null;
  readonly paused_response: string | null;
  readonly wait_until: number | null;
  readonly hold_until: number | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly created_at: number;
  readonly total: number;
  readonly waiting: number;
  readonly unknown: number;
}

function status(run: RunRow): CampaignStatus {
  if (run.state !== 'sending') return run.state;
  if (run.paused === 'stopping') return 'stopping';
  if (run.paused !== null) return 'paused';
  return run.wait_until === null ? 'sending' : 'waiting';
}

/** Open runs, runs with messages that may have been sent, and those that ended since `since`. Test sends do not show. */
function runs(db: ReadDb, since: number): RunRow[] {
  return db.all<RunRow>(sql`
    select r.id, c.uid as campaign, c.name, r.state, r.paused, r.paused_response, r.wait_until, r.hold_until, r.started_at, r.ended_at, r.created_at,
      coalesce((select sum(n) from run_count k where k.run = r.id and k.state <> 'skipped'), 0) as total,
      coalesce((select sum(n) from run_count k where k.run = r.id and k.state in ('pending', 'held', 'deferred', 'claimed')), 0) as waiting,
      coalesce((select sum(n) from run_count k where k.run = r.id and k.state = 'unknown'), 0) as unknown
    from run r join campaign c on c.id = r.campaign
    where r.kind = 'campaign' and c.deleted_at is null
      and (r.state not in ('stopped', 'done') or r.ended_at >= ${since} or exists (select 1 from run_count k where k.run = r.id and k.state = 'unknown' and k.n > 0))
    order by r.id desc`);
}

/** `damaged`: what the check of the file found, which no row of the file could tell. */
export interface HomeInput {
  readonly now: number;
  readonly damaged: string | null;
}

/** Everything that waits for a person, worst first. */
export function needs(db: ReadDb, { now, damaged }: HomeInput, open: readonly RunRow[] = runs(db, Number.MAX_SAFE_INTEGER)): HomeNeed[] {
  const found: HomeNeed[] = [];
  if (damaged !== null) found.push({ kind: 'damaged', found: damaged });
  const paused = db.get<{ why: string | null }>(sql`select sending_paused as why from workspace`)?.why ?? null;
  const about = (run: RunRow) => ({ campaign: run.campaign, campaignName: run.name, at: run.started_at ?? run.created_at });
  if (paused !== null) found.push({ kind: 'sending_paused', why: paused, waiting: open.reduce((sum, run) => sum + run.waiting, 0) });
  for (const run of open) {
    if (run.state === 'sending' && run.paused !== null && run.paused !== 'stopping')
      found.push({ kind: 'run_paused', ...about(run), reason: run.paused, response: run.paused_response, waiting: run.waiting });
    if (run.state === 'ask') found.push({ kind: 'run_asks', ...about(run) });
    if (run.unknown > 0) found.push({ kind: 'run_unknown', ...about(run), messages: run.unknown, causes: causesOf(db, run.id) });
  }
  for (const row of db.all<{ uid: string; file_name: string; state: string; error: string | null; at: number }>(sql`
    select uid, file_name, state, error, coalesce(ended_at, created_at) as at from import
    where state = 'checked' or (state = 'failed' and coalesce(ended_at, created_at) >= ${now - importNewsMs}) order by id desc limit 10`)) {
    if (row.state === 'checked') found.push({ kind: 'import_checked', uid: row.uid, fileName: row.file_name, at: row.at });
    else found.push({ kind: 'import_failed', uid: row.uid, fileName: row.file_name, error: codeOf(row.error), at: row.at });
  }
  for (const row of db.all<{ uid: string; name: string; error: string; at: number }>(
    sql`select uid, name, last_error as error, updated_at as at from connection where deleted_at is null and last_error is not null order by id`,
  ))
    found.push({ kind: 'connection_failing', ...row });
  return found;
}

function causesOf(db: ReadDb, run: number): MessageReason[] {
  return db
    .all<{ reason: string }>(sql`select reason from run_count where run = ${run} and state = 'unknown' and n > 0 order by n desc, reason`)
    .flatMap(({ reason }) => messageReason.safeParse(reason).data ?? []);
}

/** The code of a stored error, which is `{code, detail}` as JSON or a bare code. */
function codeOf(error: string | null) {
  if (error === null) return null;
  const bare = /"code"\s*:\s*"([A-Z_]+)"/.exec(error)?.[1] ?? error;
  return errorCode.safeParse(bare).data ?? null;
}

function today(db: ReadDb, now: number, open: readonly RunRow[], since: number): HomeRun[] {
  return open
    .filter((run) => run.ended_at === null || run.ended_at >= since)
    .map((run) => ({
      campaign: run.campaign,
      name: run.name,
      status: status(run),
      at: run.hold_until !== null && run.state === 'hold' ? run.hold_until : (run.started_at ?? run.created_at),
      endedAt: run.ended_at,
      total: run.total,
      settled: run.total - run.waiting,
      unknown: run.unknown,
      // Two whole stretches and the one that is filling.
      perSecond:
        run.state === 'sending' && run.paused === null
          ? (db.get<{ n: number }>(sql`select coalesce(sum(sent), 0) as n from run_tick where run = ${run.id} and tick >= ${Math.floor(now / tickMs) - 2}`)?.n ?? 0) / (((now % tickMs) + 2 * tickMs) / 1000)
          : 0,
    }));
}

function drafts(db: ReadDb): HomeDraft[] {
  return db
    .all<{ uid: string; name: string; draft: string; at: number }>(
      sql`select uid, name, draft, updated_at as at from campaign where state = 'draft' and deleted_at is null order by updated_at desc limit ${shownDrafts}`,
    )
    .map(({ uid, name, draft, at }) => {
      const parsed = campaignDraft.safeParse(JSON.parse(draft));
      const open: HomeDraft['open'] = [];
      if (parsed.data?.segment == null) open.push('segment');
      if (parsed.data?.treatments[0]?.message == null) open.push('message');
      if (parsed.data?.connection == null) open.push('connection');
      return { uid, name, updatedAt: at, open };
    });
}

/** What needs a person now, what goes out today (in the reporting zone), and the drafts edited last. */
export function homeNow(db: ReadDb, input: HomeInput): HomeNow {
  const { now } = input;
  const since = DateTime.fromMillis(now, { zone: readSettings(db).reportingZone }).startOf('day').toMillis();
  const open = runs(db, since);
  return { needs: needs(db, input, open), today: today(db, now, open, since), drafts: drafts(db) };
}
