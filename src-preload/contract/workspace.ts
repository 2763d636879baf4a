import { z } from 'zod';
import type { ErrorShape } from './errors.js';

/** Why nothing is sent at all: the folder was copied or moved, a backup was restored, or a person said so. */
export const sendingPauses = ['moved', 'restored', 'operator', 'moved_restored'] as const;
export type SendingPause = (typeof sendingPauses)[number];

export interface WorkspaceView {
  readonly uid: string;
  readonly name: string;
  /** The folder `NAME.heliograph`. */
  readonly folder: string;
  readonly createdAt: number;
  readonly sendingPaused: SendingPause | null;
  /** The program did not end cleanly last time; the file is checked in the background. */
  readonly recovered: boolean;
  /** What that check found damaged, in SQLite's words; null while nothing is known to be. */
  readonly damaged: string | null;
  /** The folder lies where a sync program works: said in Settings, because syncing a live database can damage it. */
  readonly syncFolder: string | null;
}

export const newWorkspace = z.object({
  name: z.string().trim().min(1).max(80).refine((name) => !/[\\/:*?"<>|\p{Cc}]/u.test(name) && !name.startsWith('.'), 'cannot be a folder name'),
  /** Parent folder; the program's own documents folder when absent. */
  parent: z.string().optional(),
});

export interface RecentWorkspace {
  readonly folder: string;
  readonly name: string;
  readonly openedAt: number;
  readonly exists: boolean;
}

/** Why the workspace that was open at the last exit or crash did not open by itself, or one that was lost while it was open did not come back. */
export interface ReopenProblem {
  readonly folder: string;
  readonly error: ErrorShape;
}

export interface BackupView {
  readonly name: string;
  readonly bytes: number;
  readonly madeAt: number;
}
