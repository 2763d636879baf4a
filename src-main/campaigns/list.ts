import type { CampaignDetail, CampaignSummary, RunNumbers } from '../../src-preload/contract/campaign.js';
import { outcomeKindCode } from '../../src-preload/contract/delivery.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { campaignByUid, type CampaignRow, campaignStatusWord, latestRun, parseDraft } from './campaign.rows.js';

/** Campaigns, newest edit first. */
export function listCampaigns(db: ReadDb, input: { readonly archived?: boolean }): CampaignSummary[] {
  const rows = db.all<CampaignRow & { segment_name: string | null; purpose: string | null }>(sql`
    select c.*, c.draft ->> '$.purpose' as purpose, (select s.name from segment s where s.uid = c.draft ->> '$.segment') as segment_name
    from campaign c where c.deleted_at is null and (c.state = 'archived') = ${input.archived ?? false} order by c.updated_at desc, c.id desc`);
  return rows.map((row) => {
    const run = latestRun(db, row.id);
    return {
      uid: row.uid,
      name: row.name,
      status: campaignStatusWord(row.state, run),
      purpose: row.purpose === 'transactional' ? 'transactional' : 'marketing',
      segmentName: row.segment_name,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      run: run ? { uid: run.uid, createdAt: run.created_at, endedAt: run.ended_at, numbers: runNumbers(db, run.id), ...engagement(db, run.id) } : null,
    };
  });
}

export function getCampaign(db: ReadDb, input: { readonly uid: string }): CampaignDetail {
  const row = campaignByUid(db, input.uid);
  const run = latestRun(db, row.id);
  return {
    uid: row.uid,
    status: campaignStatusWord(row.state, run),
    revision: row.revision,
    draft: parseDraft(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    tested: row.tested_revision === row.revision,
    run: run?.uid ?? null,
  };
}

/** From the counter cache: no ledger row is read. */
export function runNumbers(db: ReadDb, run: number): RunNumbers {
  const numbers = { total: 0, waiting: 0, sent: 0, failed: 0, skipped: 0, unknown: 0 };
  for (const { state, n } of db.all<{ state: string; n: number }>(sql`select state, sum(n) as n from run_count where run = ${run} group by state`)) {
    numbers.total += n;
    if (state === 'sent' || state === 'failed' || state === 'skipped' || state === 'unknown') numbers[state] += n;
    else numbers.waiting += n;
  }
  return numbers;
}

/** Null: not tracked in this run. */
function engagement(db: ReadDb, run: number): { opened: number | null; clicked: number | null } {
  const tracked = db.get<{ opens: number; clicks: number }>(sql`select v.content ->> '$.trackOpens' as opens, v.content ->> '$.trackClicks' as clicks
    from run r join campaign_version v on v.campaign = r.campaign and v.version = r.campaign_version where r.id = ${run}`);
  const n = db.get<{ opened: number; clicked: number }>(sql`
    select count(*) filter (where kind = ${outcomeKindCode.open}) as opened, count(*) filter (where kind = ${outcomeKindCode.click}) as clicked from outcome where run = ${run}`)!;
  return { opened: tracked?.opens === 0 ? null : n.opened, clicked: tracked?.clicks === 0 ? null : n.clicked };
}
