import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecentWorkspace } from '../../src-preload/contract/workspace.js';
import type { Logger } from '../platform/logger.js';

const state = z.object({
  recent: z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.number() })).default([]),
  /** Open at the last exit or crash; null: closed on purpose. Absent in files of before, when the newest always came back. */
  open: z.string().nullable().optional(),
});
type State = z.infer<typeof state>;
const recentLimit = 12;
const toReopen = ({ open, recent }: State): string | null => (open === undefined ? (recent[0]?.folder ?? null) : open);

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
  const save = (next: State): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Written aside and renamed, so that a crash leaves the old file or the new one.
    writeFileSync(`${file}.part`, JSON.stringify(next, null, 2), { mode: 0o600 });
    renameSync(`${file}.part`, file);
  };
  return {
    recent: (): RecentWorkspace[] => read().recent.map((entry) => ({ ...entry, exists: existsSync(entry.folder) })),
    /** `remember`: it is to open by itself at the next start, until `closed`. */
    opened: (entry: { folder: string; name: string; openedAt: number }, remember: boolean): void => {
      const before = read();
      const recent = [entry, ...before.recent.filter((other) => other.folder !== entry.folder)].slice(0, recentLimit);
      save({ recent, open: remember ? entry.folder : toReopen(before) });
    },
    /** The person closed what was open. */
    closed: (): void => save({ ...read(), open: null }),
    /** The workspace to open by itself, where there is one. */
    lastOpen: (): string | null => toReopen(read()),
  };
}
