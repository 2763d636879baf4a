import { type BringOverReport, bringOverReport } from '../../src-preload/contract/bring-over.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import type { Queries } from '../store/operation.js';
import { sql } from '../store/sql.js';

/** The report of a bringing over, by its job. Throws `NOT_FOUND` where the job is of another kind or left none. */
export function readBringOver(db: ReadDb, job: string): BringOverReport {
  const row = db.get<{ result: string | null }>(sql`select result from job where uid = ${job} and kind = 'bring-over'`);
  const parsed = row?.result == null ? undefined : bringOverReport.safeParse(JSON.parse(row.result));
  if (!parsed?.success) throw new HeliographError('NOT_FOUND', { what: 'report' });
  return parsed.data;
}

export const bringOverQueries = { report: (db: ReadDb, { job }: { readonly job: string }): BringOverReport => readBringOver(db, job) } as const satisfies Queries;
