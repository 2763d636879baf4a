import { HeliographError } from '../../src-preload/contract/errors.js';
import { type LinkBase, linkBaseFor } from '../../src-preload/contract/reachability.js';
import { normaliseAddress } from '../audience/index.js';
import { assertDraft, campaignByUid, connectionFacts, pinCampaign, readPinned } from '../campaigns/index.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { pending, Ledger } from './counts.js';
import { assertRunState, runByUid } from './run.rows.js';

/** Between the press of "Launch" and the first message: long enough to read what one just did. */
export const holdMs = 30_000;

/** How recipients of a connection reach us now. `collectorUrl` is where the collector listens on this machine, or null. */
export function linksOf(db: ReadDb, provider: string, collectorUrl: string | null): LinkBase {
  return linkBaseFor(provider === 'sandbox', readSettings(db).reachability, collectorUrl);
}

/** A link that nobody can reach is never sent (design 2). Throws `REACHABILITY_REQUIRED` {why}, for the test mailbox `COLLECTOR_UNAVAILABLE`. */
function assertReachable(db: ReadDb, connectionUid: string, collectorUrl: string | null): void {
  const provider = connectionFacts(db, connectionUid)?.provider ?? '';
  const links = linksOf(db, provider, collectorUrl);
  if (links.kind !== 'none') return;
  if (links.why === 'collector_stopped') throw new HeliographError('COLLECTOR_UNAVAILABLE', {});
  throw new HeliographError('REACHABILITY_REQUIRED', { why: links.why });
}

export interface LaunchInput {
  /** Campaign uid, and the revision that was reviewed. */
  readonly uid: string;
  readonly revision: number;
  readonly collectorUrl: string | null;
}

/**
 * Launches a campaign: pins what it will send and to which segment version, and holds for 30 seconds, in which it can be taken back. Throws `CAMPAIGN_STATE`,
 * `CONFLICT` (edited since the review), `CAMPAIGN_NOT_READY` {check}, `REACHABILITY_REQUIRED` {why}.
 */
export function launch(db: WriteDb, input: LaunchInput): { run: string; holdUntil: number } {
  const row = campaignByUid(db, input.uid);
  assertDraft(row);
  if (row.revision !== input.revision) throw new HeliographError('CONFLICT', { what: 'The campaign', revision: row.revision });
  const { version, pinned } = pinCampaign(db, row, 'campaign', (provider) => linksOf(db, provider, input.collectorUrl).kind === 'tracked');
  assertReachable(db, pinned.connection, input.collectorUrl);
  const uid = db.newUid();
  const holdUntil = db.now + holdMs;
  const { lastId } = db.run(sql`insert into run (uid, campaign, campaign_version, kind, state, purpose, topic, hold_until, created_at)
    values (${uid}, ${row.id}, ${version}, 'campaign', 'hold', ${pinned.purpose}, ${pinned.topic?.id ?? null}, ${holdUntil}, ${db.now})`);
  db.run(sql`update campaign set state = 'launched', updated_at = ${db.now} where id = ${row.id}`);
  db.changed('run', lastId);
  db.changed('campaign', row.id);
  db.audit('campaign.launched', `campaign:${row.uid}`, { run: uid, version });
  return { run: uid, holdUntil };
}

interface RunUid {
  readonly run: string;
}

/** Takes a launch back while nothing was sent: the run is gone and the campaign a draft again. Throws `CAMPAIGN_STATE` once the hold is over. */
export function takeBack(db: WriteDb, input: RunUid): { campaign: string } {
  const run = runByUid(db, input.run);
  assertRunState(run, 'hold', 'ask');
  const { uid } = db.get<{ uid: string }>(sql`select uid from campaign where id = ${run.campaign}`)!;
  // A freeze that a restore cut may have left rows; none of them was ever claimable.
  for (const table of ['message', 'run_count', 'lane'] as const) db.prepare(`delete from ${table} where run = ?`).run(run.id);
  db.run(sql`delete from run where id = ${run.id}`);
  db.run(sql`update campaign set state = 'draft', updated_at = ${db.now} where id = ${run.campaign}`);
  db.changed('run', run.id);
  db.changed('campaign', run.campaign);
  db.audit('campaign.taken_back', `campaign:${uid}`, { run: run.uid });
  return { campaign: uid };
}

/** Answers a launch that asks (its hold was cut by a quit or a crash, or its recipients could not be fixed): it begins a new hold. Reachability is asked again. */
export function confirmLaunch(db: WriteDb, input: RunUid & { readonly collectorUrl: string | null }): { holdUntil: number } {
  const run = runByUid(db, input.run);
  assertRunState(run, 'ask');
  assertReachable(db, readPinned(db, run.campaign, run.campaign_version).connection, input.collectorUrl);
  const holdUntil = db.now + holdMs;
  db.run(sql`update run set state = 'hold', hold_until = ${holdUntil}, paused_response = null where id = ${run.id}`);
  db.changed('run', run.id);
  db.audit('campaign.confirmed', `run:${run.uid}`);
  return { holdUntil };
}

export interface TestSend {
  readonly uid: string;
  readonly addresses: readonly string[];
  /** Endpoint row id whose data fills the message, or null. */
  readonly endpoint: number | null;
  readonly collectorUrl: string | null;
}

/**
 * Sends the draft to a list of addresses, through the same ledger and claim as a campaign but without hold and freeze. The run is of kind `test`: its links are marked, nothing of
 * it is counted, and it suppresses nobody. Throws `BAD_INPUT` {field: addresses} for an address that is none.
 */
export function testSend(db: WriteDb, input: TestSend): { run: string } {
  const row = campaignByUid(db, input.uid);
  const addresses = input.addresses.map((raw) => {
    const normal = normaliseAddress('EMAIL', raw);
    if ('problem' in normal) throw new HeliographError('BAD_INPUT', { field: 'addresses', message: `${raw}: ${normal.problem}` });
    return normal;
  });
  const unique = addresses.filter((a, i) => addresses.findIndex((b) => b.addressKey === a.addressKey) === i).map((a) => a.address);
  if (input.endpoint !== null && !db.get(sql`select 1 from endpoint where id = ${input.endpoint}`)) throw new HeliographError('NOT_FOUND', { what: 'endpoint' });
  const { version, pinned } = pinCampaign(db, row, 'test');
  assertReachable(db, pinned.connection, input.collectorUrl);
  const uid = db.newUid();
  const { lastId: run } = db.run(sql`insert into run (uid, campaign, campaign_version, kind, state, purpose, topic, started_at, frozen_at, created_at)
    values (${uid}, ${row.id}, ${version}, 'test', 'sending', ${pinned.purpose}, ${pinned.topic?.id ?? null}, ${db.now}, ${db.now}, ${db.now})`);
  for (const [index, address] of unique.entries()) {
    db.run(sql`insert into message (run, seq, endpoint, state) values (${run}, ${index + 1}, ${input.endpoint ?? 0}, 0)`);
    db.run(sql`insert into adhoc_address (run, seq, address) values (${run}, ${index + 1}, ${address})`);
  }
  const ledger = new Ledger(db, run);
  ledger.count(pending, unique.length);
  ledger.flush();
  db.run(sql`insert into lane (run, lane, due, seq_from, seq_to, cursor) values (${run}, 0, ${db.now}, 1, ${unique.length}, 0)`);
  db.run(sql`update campaign set tested_revision = ${row.revision} where id = ${row.id}`);
  db.changed('run', run);
  db.changed('campaign', row.id);
  db.audit('campaign.tested', `campaign:${row.uid}`, { run: uid, messages: unique.length });
  return { run: uid };
}
