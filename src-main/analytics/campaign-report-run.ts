import { funnel, type Funnel } from '../../src-preload/contract/campaign.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReportRun } from '../../src-preload/contract/report.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';

/** A run as the report needs it. */
export interface RunFacts extends ReportRun {
  readonly id: number;
  readonly campaign: number;
  readonly campaignVersion: number;
  readonly funnel: string | null;
}

const columns = sql`id, uid, state, campaign, campaign_version as campaignVersion, created_at as createdAt, started_at as startedAt, ended_at as endedAt, funnel`;

/** Throws `NOT_FOUND`. */
export function requireRun(db: ReadDb, uid: string): RunFacts {
  const run = db.get<RunFacts>(sql`select ${columns} from run where uid = ${uid}`);
  if (!run) throw new HeliographError('NOT_FOUND', { what: 'run' });
  return run;
}

/** A campaign's runs that are not tests, newest first. */
export function runsOf(db: ReadDb, campaign: number): RunFacts[] {
  return db.all<RunFacts>(sql`select ${columns} from run where campaign = ${campaign} and kind = 'campaign' order by id desc limit 200`);
}

export function toReportRun({ uid, state, createdAt, startedAt, endedAt }: RunFacts): ReportRun {
  return { uid, state, createdAt, startedAt, endedAt };
}

/** The freeze's funnel; null before the freeze, or when it is not what a freeze writes. */
export function funnelOf(run: RunFacts): Funnel | null {
  if (run.funnel === null) return null;
  const parsed = funnel.safeParse(JSON.parse(run.funnel));
  return parsed.success ? parsed.data : null;
}
