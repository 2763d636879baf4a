import type { ReadDb } from '../store/db.js';
import { type Sql, sql, sqlId } from '../store/sql.js';

/** Ids per slice: about 10 ms of scanning on two shared cores, so a stale count stops almost at once. */
const sliceIds = 32_768;

/**
 * Runs a condition over the whole audience in ranges of endpoint ids and hands over, slice by slice, the wanted numbers of the matching rows. Every column is
 * joined into one text per slice and parsed as JSON: at a million rows that is two to four times faster than stepping through rows (README).
 * Columns must be integers and never null. Throws `CANCELLED` between slices.
 */
export function scan(db: ReadDb, columns: readonly Sql[], condition: Sql, visit: (columns: number[][]) => void): void {
  const bounds = db.get<{ low: number | null; high: number | null }>(sql`select (select min(id) from endpoint) as low, (select max(id) from endpoint) as high`);
  if (!bounds || bounds.low === null || bounds.high === null) return;
  const lists = columns.map((column, index) => sql`group_concat(${column}) as ${sqlId(`c${index}`)}`).reduce((before, next) => sql`${before}, ${next}`);
  for (let from = bounds.low; from <= bounds.high; from += sliceIds) {
    db.throwIfCancelled();
    const row = db.get<Record<string, string | null>>(
      sql`select ${lists} from endpoint e left join user u on u.id = e.user where (${condition}) and e.id between ${from} and ${from + sliceIds - 1}`,
    );
    const texts = columns.map((_, index) => row?.[`c${index}`]);
    if (texts[0] != null) visit(texts.map((text) => JSON.parse(`[${text ?? ''}]`) as number[]));
  }
}

/** The highest user id, for arrays with one place per user. */
export function highestUser(db: ReadDb): number {
  return db.get<{ n: number | null }>(sql`select max(id) as n from user`)?.n ?? 0;
}
