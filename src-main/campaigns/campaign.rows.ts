import { type CampaignDraft, campaignDraft, type CampaignStatus } from '../../src-preload/contract/campaign.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

export interface CampaignRow {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly state: 'draft' | 'launched' | 'archived';
  readonly draft: string;
  readonly version: number;
  readonly revision: number;
  readonly tested_revision: number | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly deleted_at: number | null;
}

const columns: Sql = sql`id, uid, name, state, draft, version, revision, tested_revision, created_at, updated_at, deleted_at`;

/** Throws `NOT_FOUND`; a deleted campaign is only found with `deleted`. */
export function campaignByUid(db: ReadDb, uid: string, deleted = false): CampaignRow {
  const row = db.get<CampaignRow>(sql`select ${columns} from campaign where uid = ${uid}`);
  if (!row || (row.deleted_at !== null && !deleted)) throw new HeliographError('NOT_FOUND', { what: 'campaign' });
  return row;
}

/** Throws `WORKSPACE_CORRUPT` when the stored text is not a draft. */
export function parseDraft(row: Pick<CampaignRow, 'uid' | 'draft'>): CampaignDraft {
  const parsed = campaignDraft.safeParse(JSON.parse(row.draft));
  if (!parsed.success) throw new HeliographError('WORKSPACE_CORRUPT', { object: `campaign ${row.uid}` }, { cause: parsed.error });
  return parsed.data;
}

/** The newest run of a campaign that is not a test, as far as lists need it. */
export interface LatestRun {
  readonly id: number;
  readonly uid: string;
  readonly state: 'hold' | 'ask' | 'freezing' | 'sending' | 'stopped' | 'done';
  readonly paused: string | null;
  readonly wait_until: number | null;
  readonly created_at: number;
  readonly ended_at: number | null;
}

export function latestRun(db: ReadDb, campaign: number): LatestRun | undefined {
  return db.get<LatestRun>(sql`select id, uid, state, paused, wait_until, created_at, ended_at from run where campaign = ${campaign} and kind = 'campaign' order by id desc limit 1`);
}

/** A run in one word. */
export function runStatusWord(run: Pick<LatestRun, 'state' | 'paused' | 'wait_until'>): CampaignStatus {
  if (run.state !== 'sending') return run.state;
  if (run.paused === 'stopping') return 'stopping';
  if (run.paused !== null) return 'paused';
  return run.wait_until === null ? 'sending' : 'waiting';
}

/** A campaign in one word: archived, a draft, or what its newest run does. */
export function campaignStatusWord(state: CampaignRow['state'], run: LatestRun | undefined): CampaignStatus {
  if (state === 'archived') return 'archived';
  return state === 'draft' || !run ? 'draft' : runStatusWord(run);
}
