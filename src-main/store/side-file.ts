import { closeSync, fsyncSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { assertNodeApi } from '../platform/node-api.js';

const nodeRequire = createRequire(import.meta.url);

/**
 * A SQLite file beside the workspace's own, for work that can be done again from its source (an import's staging). While it is written nothing protects it
 * from a crash; `sealSideFile` puts it on the disk when it is whole. Not for anything that must outlive its job.
 */
export function createSideFile(path: string): BetterSqlite3.Database {
  assertNodeApi();
  const db = new (nodeRequire('better-sqlite3') as typeof BetterSqlite3)(path);
  db.pragma('journal_mode = off');
  db.pragma('synchronous = off');
  db.pragma('locking_mode = exclusive');
  db.pragma('cache_size = -65536');
  return db;
}

/** Opens a sealed side file for reading. Throws where it is not there. */
export function openSideFile(path: string): BetterSqlite3.Database {
  assertNodeApi();
  const db = new (nodeRequire('better-sqlite3') as typeof BetterSqlite3)(path, { readonly: true, fileMustExist: true });
  db.pragma('trusted_schema = off');
  db.pragma('query_only = on');
  db.pragma('cache_size = -65536');
  return db;
}

/** Changes a sealed side file in one transaction that survives a crash, and overwrites what it removes. Throws where it is not there. */
export function changeSideFile<T>(path: string, work: (db: BetterSqlite3.Database) => T): T {
  assertNodeApi();
  const db = new (nodeRequire('better-sqlite3') as typeof BetterSqlite3)(path, { fileMustExist: true });
  try {
    db.pragma('trusted_schema = off');
    db.pragma('synchronous = full');
    db.pragma('secure_delete = on');
    return db.transaction(() => work(db)).immediate();
  } finally {
    db.close();
  }
}

/** Closes a side file and waits until it is on the disk. */
export function sealSideFile(db: BetterSqlite3.Database): void {
  const path = db.name;
  db.close();
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
