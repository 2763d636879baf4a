import type BetterSqlite3 from 'better-sqlite3';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { connectLock } from './open.js';

/** Held for as long as a process has a workspace open. */
export interface WorkspaceLock {
  /** Lets it go; a second call does nothing. */
  release(): void;
}

/**
 * Takes the workspace for this process: an exclusive transaction on `lock.sqlite`, which the system lets go even after a crash, so no stale lock file
 * can shut a team out. Throws `WORKSPACE_LOCKED` when another process holds it.
 */
export function lockWorkspace(file: string): WorkspaceLock {
  let db: BetterSqlite3.Database | undefined;
  try {
    db = connectLock(file);
    db.pragma('journal_mode = delete');
    db.exec('create table if not exists held (n integer)');
    db.exec('begin exclusive');
  } catch (error) {
    db?.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) throw new HeliographError('WORKSPACE_LOCKED', {}, { cause: error });
    throw new HeliographError('STORE_UNAVAILABLE', { file: 'lock.sqlite' }, { cause: error });
  }
  const held = db;
  return {
    release: () => {
      if (!held.open) return;
      if (held.inTransaction) held.exec('rollback');
      held.close();
    },
  };
}
