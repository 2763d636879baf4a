import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadHandle } from './db.js';
import { connectWriter } from './open.js';
import { workspaceFiles } from './store-thread.js';
import { reconcileSuppressions } from './suppressions-log.js';

/*
 * A backup takes the place of a workspace's file. At every moment of it the folder holds a whole `workspace.sqlite`: the restored one is made ready beside it
 * (`.restoring`), the one of until now gets a second name (`.before-restore`), and one rename puts the restored one over it.
 */

const preparedName = (database: string) => `${database}.restoring`;
const asideName = (database: string) => `${database}.before-restore`;

function remove(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** A write-ahead log belongs to one file: applied to another that took its name, it would destroy it. So it moves with its file; the index beside it is made anew. */
function moveWal(from: string, to: string): void {
  rmSync(`${from}-shm`, { force: true });
  rmSync(`${to}-wal`, { force: true });
  if (existsSync(`${from}-wal`)) renameSync(`${from}-wal`, `${to}-wal`);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes the file beside `database` that will take its place: a copy of the backup that says of itself that it was restored, whole on the disk before anybody relies on it.
 */
export async function prepareRestore(backup: string, database: string): Promise<string> {
  const prepared = preparedName(database);
  remove(prepared);
  await copyFile(backup, prepared);
  const db = connectWriter(prepared);
  try {
    db.exec('update workspace set restored = 1');
    db.pragma('wal_checkpoint(truncate)');
  } finally {
    db.close();
  }
  await syncFile(prepared);
  return prepared;
}

/**
 * Called on a closed workspace before its file goes away: everything in the write-ahead log moves into the file, and every opt-out that only this file knows
 * into `suppressions.log`. Throws when that cannot be written, and then the file must stay.
 */
export function settleWorkspace(folder: string): void {
  const db = connectWriter(join(folder, workspaceFiles.database));
  try {
    reconcileSuppressions(join(folder, workspaceFiles.suppressions), new ReadHandle(db));
    db.pragma('wal_checkpoint(truncate)');
  } finally {
    db.close();
  }
}

/** Keeps a file that cannot be read, and its write-ahead log, which could not be settled into it. */
export async function keepDamaged(database: string, as: string): Promise<void> {
  if (existsSync(`${database}-wal`)) await copyFile(`${database}-wal`, `${as}-wal`);
  await keepFile(database, as);
}

/** Takes back `keepDamaged`. */
export function dropDamaged(as: string): void {
  rmSync(as, { force: true });
  rmSync(`${as}-wal`, { force: true });
}

/** Gives a closed workspace's file a second name: at once where the disk knows hard links, else by a copy. */
async function keepFile(database: string, as: string): Promise<void> {
  rmSync(as, { force: true });
  try {
    linkSync(database, as);
  } catch {
    const draft = `${as}.part`;
    await copyFile(database, draft);
    await syncFile(draft);
    renameSync(draft, as);
  }
}

/** Puts `prepared` in the place of the database of a closed, settled workspace, or where it is missing; `swapBack` undoes it until `endSwap`. */
export async function swapIn(database: string, prepared: string): Promise<void> {
  if (existsSync(database)) await keepFile(database, asideName(database));
  moveWal(database, asideName(database));
  renameSync(prepared, database);
}

/** Puts the file of before a restore back in its place; where there was none, there is none again. */
export function swapBack(database: string): void {
  if (existsSync(asideName(database))) renameSync(asideName(database), database);
  else rmSync(database, { force: true });
  moveWal(asideName(database), database);
}

/** A program of before this order could be cut between its two renames, which left a folder without a database: the file of before the restore goes back. */
export function mendSwap(database: string): void {
  if (!existsSync(database) && existsSync(asideName(database))) swapBack(database);
}

/** Once the workspace has opened, what a restore or a crash in the middle of one left beside it is of no more use. */
export function endSwap(database: string): void {
  remove(preparedName(database));
  remove(asideName(database));
  rmSync(`${asideName(database)}.part`, { force: true });
}
