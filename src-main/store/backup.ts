import type BetterSqlite3 from 'better-sqlite3';
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { schemaVersion } from './migrations/index.js';
import { assertSchema, connectReader, inspect } from './open.js';

export interface BackupFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly madeAt: number;
}

/**
 * Writes a compact copy with `VACUUM INTO` beside the others, opens it and checks it before it gets its name: a backup that cannot be opened never
 * counts as one. Throws `BACKUP_FAILED` with the cause, `DISK_FULL` when that is the cause.
 */
export function makeBackup(raw: BetterSqlite3.Database, folder: string, label: string, nowMs: number): BackupFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `${new Date(nowMs).toISOString().replaceAll(':', '-').replace(/\.\d+Z$/, 'Z')}-${label.replaceAll(/[^a-z0-9-]/gi, '-')}.sqlite`;
  const path = join(folder, name);
  const draft = `${path}.part`;
  rmSync(draft, { force: true });
  try {
    raw.prepare('vacuum into ?').run(draft);
    chmodSync(draft, 0o600);
    verifyBackup(draft);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    const full = error instanceof Error && 'code' in error && (error.code === 'SQLITE_FULL' || error.code === 'ENOSPC');
    throw new HeliographError(full ? 'DISK_FULL' : 'BACKUP_FAILED', {}, { cause: error });
  }
  return { name, path, bytes: statSync(path).size, madeAt: nowMs };
}

/** Opens a copy and lets SQLite check it. Throws what is wrong with it: `WORKSPACE_FOREIGN`, `WORKSPACE_NEWER`, `WORKSPACE_CORRUPT`. */
export function verifyBackup(file: string): { version: number } {
  let db: BetterSqlite3.Database;
  try {
    db = connectReader(file);
  } catch (error) {
    throw new HeliographError('WORKSPACE_CORRUPT', {}, { cause: error });
  }
  try {
    const { version, fresh } = inspect(db);
    if (version > schemaVersion) throw new HeliographError('WORKSPACE_NEWER', { file: version, program: schemaVersion });
    if (fresh) throw new HeliographError('WORKSPACE_CORRUPT', { object: 'empty file' });
    assertSchema(db, version);
    const answer = db.prepare<[], string>('pragma quick_check(1)').pluck().get();
    if (answer !== 'ok') throw new HeliographError('WORKSPACE_CORRUPT', { object: String(answer) });
    return { version };
  } catch (error) {
    throw error instanceof HeliographError ? error : new HeliographError('WORKSPACE_CORRUPT', {}, { cause: error });
  } finally {
    db.close();
  }
}

/** The backups of a workspace, newest first. Only plain files: a link could lead anywhere, and one that leads nowhere must not hide the others. */
export function listBackups(folder: string): BackupFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .flatMap((name) => {
      const path = join(folder, name);
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found?.isFile() ? [{ name, path, bytes: found.size, madeAt: Math.round(found.mtimeMs) }] : [];
    })
    .sort((a, b) => b.madeAt - a.madeAt);
}

/** Deletes one backup. Throws `NOT_FOUND` for a name that `listBackups` does not give. */
export function removeBackup(folder: string, name: string): void {
  const found = listBackups(folder).find((backup) => backup.name === name);
  if (!found) throw new HeliographError('NOT_FOUND', { what: 'backup' });
  rmSync(found.path, { force: true });
}

/** Removes the backups that are older than `keepDays`; 0 keeps all. */
export function sweepBackups(folder: string, keepDays: number, nowMs: number): void {
  if (keepDays === 0) return;
  for (const { path, madeAt } of listBackups(folder)) if (madeAt < nowMs - keepDays * 86_400_000) rmSync(path, { force: true });
}

/** Removes backups that a quit or a crash cut short: they hold everybody's data and nobody would ever look for them. */
export function sweepBackupDrafts(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (/\.sqlite\.part(-journal|-wal|-shm)?$/.test(name)) rmSync(join(folder, name), { force: true });
}
