import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecentWorkspace } from '../../src-preload/contract/workspace.js';
import type { Logger } from '../platform/logger.js';

const state = z.object({ recent: z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.number() })).default([]) });
type State = z.infer<typeof state>;
const recentLimit = 12;

/** `program.json` beside the key files: what belongs to this machine and not to a workspace. A damaged file counts as none. */
export function createProgramState(folder: string, log: Logger) {
  const file = join(folder, 'program.json');
  const read = (): State => {
    if (!existsSync(file)) return { recent: [] };
    try {
      return state.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      log.warn('program.json could not be read and is made anew', { error });
      return { recent: [] };
    }
  };
  return {
    recent: (): RecentWorkspace[] => read().recent.map((entry) => ({ ...entry, exists: existsSync(entry.folder) })),
    opened: (entry: { folder: string; name: string; openedAt: number }): void => {
      const recent = [entry, ...read().recent.filter((other) => other.folder !== entry.folder)].slice(0, recentLimit);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Written aside and renamed, so that a crash leaves the old file or the new one.
      writeFileSync(`${file}.part`, JSON.stringify({ recent }, null, 2), { mode: 0o600 });
      renameSync(`${file}.part`, file);
    },
  };
}
