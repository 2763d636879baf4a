import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { WorkspaceView } from '../../src-preload/contract/workspace.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { type BackupFile, dropDamaged, keepDamaged, listBackups, lockWorkspace, mendSwap, prepareRestore, settleWorkspace, swapBack, swapIn, workspaceFiles, type WorkspaceLock } from '../store/index.js';
import { startThread } from './threads.js';
import { checkFolder, type OpenWorkspace } from './workspace.js';

/** What a restore asks of the host. */
export interface RestoreSteps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Closes the open workspace; its folder stays ours. */
  closeHeld(): Promise<WorkspaceLock>;
  /** Opens the folder whose lock is handed over. When that fails, the lock is still held. */
  start(folder: string, lock: WorkspaceLock): Promise<WorkspaceView>;
  /** Opens again what was open before, after the restore failed. */
  startFormer(folder: string): Promise<void>;
}

/**
 * Throws why no backup may take the place of the file in `folder`: it is another program's (`WORKSPACE_FOREIGN`), a newer Heliograph's (`WORKSPACE_NEWER`),
 * on a network drive, or in use. A damaged or missing file is what a restore is for.
 */
export function checkRestorable(folder: string): void {
  try {
    checkFolder(folder);
  } catch (error) {
    if (!(error instanceof HeliographError) || (error.code !== 'WORKSPACE_CORRUPT' && error.code !== 'WORKSPACE_MISSING')) throw error;
  }
}

/**
 * Puts the backup of that name in the place of the open workspace's file, which is backed up first. Throws `NOT_FOUND`, what is wrong with the backup, and
 * what hindered the exchange; the workspace of before is then open again.
 */
export async function restoreOpen(workspace: OpenWorkspace, name: string, steps: RestoreSteps): Promise<WorkspaceView> {
  const { folder, backups } = workspace;
  const chosen = await findSound(folder, name, steps.log);
  const whole = await backups.create('before-restore').then(
    () => true,
    (error: unknown) => {
      // A damaged file passes no check as a backup, and it is the one that most needs to be replaced: it is kept as it is.
      if (!(error instanceof HeliographError) || error.code !== 'BACKUP_FAILED') throw error;
      steps.log.warn('no backup could be made of the file that is replaced; the file itself is kept', { error });
      return false;
    },
  );
  const prepared = await prepareRestore(chosen.path, join(folder, workspaceFiles.database));
  return exchange(folder, prepared, whole, await steps.closeHeld(), steps);
}

/**
 * The same for a workspace that cannot be opened: its file, where there is one, is kept beside the backups. What is open meanwhile is closed by `leave` once nothing is in the way any
 * more. Throws also `WORKSPACE_LOCKED`.
 */
export async function restoreClosed(folder: string, name: string, steps: Omit<RestoreSteps, 'closeHeld'> & { readonly leave: () => Promise<void> }): Promise<WorkspaceView> {
  const database = join(folder, workspaceFiles.database);
  const chosen = await findSound(folder, name, steps.log);
  const lock = lockWorkspace(join(folder, workspaceFiles.lock));
  let prepared: string;
  try {
    mendSwap(database);
    prepared = await prepareRestore(chosen.path, database);
  } catch (error) {
    lock.release();
    throw error;
  }
  await steps.leave();
  return exchange(folder, prepared, false, lock, steps);
}

/** The backup of that name, checked whole on a thread of its own. */
async function findSound(folder: string, name: string, log: Logger): Promise<BackupFile> {
  const chosen = listBackups(join(folder, workspaceFiles.backups)).find((file) => file.name === name);
  if (!chosen) throw new HeliographError('NOT_FOUND', { what: 'backup' });
  const thread = startThread({ role: 'store', folder }, log);
  try {
    await thread.client.call('verifyBackup', chosen.path);
  } finally {
    await thread.stop();
  }
  return chosen;
}

/** `whole`: the file that goes away is in a backup; else it is kept itself. Opens the restored workspace, or the one of before and throws. */
async function exchange(folder: string, prepared: string, whole: boolean, lock: WorkspaceLock, steps: Pick<RestoreSteps, 'clock' | 'log' | 'start' | 'startFormer'>): Promise<WorkspaceView> {
  const database = join(folder, workspaceFiles.database);
  const damaged = join(folder, workspaceFiles.backups, `${new Date(steps.clock.now()).toISOString().replaceAll(':', '-')}.damaged`);
  let swapped = false;
  try {
    if (existsSync(database)) {
      try {
        settleWorkspace(folder);
      } catch (error) {
        if (whole) throw error;
        steps.log.warn('the damaged file could not be read to its end', { error });
      }
      if (!whole) await keepDamaged(database, damaged);
    }
    await swapIn(database, prepared);
    swapped = true;
    return await steps.start(folder, lock);
  } catch (error) {
    if (swapped) swapBack(database);
    // A second name of a file that is in use again.
    dropDamaged(damaged);
    lock.release();
    await steps.startFormer(folder);
    throw error;
  }
}
