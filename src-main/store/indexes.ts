import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { registerFunctions } from './functions.js';
import { migrations } from './migrations/index.js';

const nodeRequire = createRequire(import.meta.url);
let texts: ReadonlyMap<string, string> | undefined;

/** The text of every index as the migrations make it, by name. */
export function indexTexts(): ReadonlyMap<string, string> {
  if (texts) return texts;
  const model = new (nodeRequire('better-sqlite3') as typeof BetterSqlite3)(':memory:');
  try {
    registerFunctions(model);
    for (const step of migrations) step.up(model);
    const rows = model.prepare<[], { name: string; sql: string }>("select name, sql from sqlite_schema where type = 'index' and sql is not null").all();
    texts = new Map(rows.map(({ name, sql }) => [name, sql]));
    return texts;
  } finally {
    model.close();
  }
}

/**
 * Makes the indexes that a file lacks. The first load of an empty workspace builds its secondary indexes last (design 4, "Durability"); a crash in between leaves a
 * file without them, and nothing else. Gives back their names.
 */
export function restoreIndexes(db: BetterSqlite3.Database): string[] {
  const present = new Set(
    db
      .prepare<[], { name: string }>("select name from sqlite_schema where type = 'index'")
      .all()
      .map(({ name }) => name),
  );
  const missing = [...indexTexts()].filter(([name]) => !present.has(name));
  for (const [, text] of missing) db.exec(text);
  return missing.map(([name]) => name);
}
