import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from './db.js';
import { sql } from './sql.js';

/**
 * Ten times what a workspace is made for. Numbers are given out one after the other, so a higher one was written by somebody else: a file may come from anybody, and whoever
 * keeps a place per row, or goes through ranges of numbers, would take gigabytes or for ever.
 */
const highestPossible = 100_000_000;

/** The highest row id of endpoints or users; 0 without any. Throws `WORKSPACE_CORRUPT` where no workspace of ours could have come so far. */
export function highestId(db: ReadDb, table: 'endpoint' | 'user'): number {
  const { n } = db.get<{ n: number | null }>(table === 'endpoint' ? sql`select max(id) as n from endpoint` : sql`select max(id) as n from user`)!;
  if (n !== null && n > highestPossible) throw new HeliographError('WORKSPACE_CORRUPT', { object: table === 'endpoint' ? 'the numbers of addresses' : 'the numbers of people' });
  return n ?? 0;
}
