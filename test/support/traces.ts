import type { ReadDb } from '../../src-main/store/db.js';
import { sql, sqlId } from '../../src-main/store/sql.js';

/** Every place of a database where one of these texts stands: `table.column`, in any case of letters. What an erasure must leave empty. */
export function traces(db: ReadDb, texts: readonly string[]): string[] {
  const found: string[] = [];
  for (const { name: table } of db.all<{ name: string }>(sql`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`)) {
    for (const row of db.all<Record<string, unknown>>(sql`select * from ${sqlId(table)}`)) {
      for (const [column, value] of Object.entries(row)) {
        const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
        if (texts.some((one) => text.toLowerCase().includes(one.toLowerCase()))) found.push(`${table}.${column}`);
      }
    }
  }
  return [...new Set(found)].sort();
}
