import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { type Sql, sql, sqlId } from '../store/sql.js';

/** Ids per slice: about 10 ms of scanning on two shared cores, so a stale count stops almost at once. */
const sliceIds = 32_768;

/**
 * Runs a condition over the whole audience in ranges of endpoint ids and hands over, slice by slice, the wanted numbers of the matching rows. Every column is
 * joined into one text per slice and parsed as JSON: at a million rows that is two to four times faster than stepping through rows (README).
 * Columns must be integers and never null. Throws `CANCELLED` between slices, and `WORKSPACE_CORRUPT` as `highestId`.
 */
export function scan(db: ReadDb, columns: readonly Sql[], condition: Sql, visit: (columns: number[][]) => void): void {
  const high = highestId(db, 'endpoint');
  const lists = columns.map((column, index) => sql`group_concat(${column}) as ${sqlId(`c${index}`)}`).reduce((before, next) => sql`${before}, ${next}`);
  for (let from = 1; from <= high; from += sliceIds) {
    db.throwIfCancelled();
    const row = db.get<Record<string, string | null>>(
      sql`select ${lists} from endpoint e left join user u on u.id = e.user where (${condition}) and e.id between ${from} and ${from + sliceIds - 1}`,
    );
    const texts = columns.map((_, index) => row?.[`c${index}`]);
    if (texts[0] != null) visit(texts.map((text) => JSON.parse(`[${text ?? ''}]`) as number[]));
  }
}
