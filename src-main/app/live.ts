import type { Clock } from '../platform/clock.js';
import type { Commit } from '../store/index.js';

/** What windows are told after commits: which tables changed, at which commit. */
export interface LiveChange {
  readonly commit: number;
  readonly tables: readonly string[];
}

export interface Live {
  commit(commit: Commit): void;
  /** For what changes outside the database (a job's figures, a sender's rate). */
  touch(table: string): void;
  /** Changes as they come, those of one quarter second in one. Ends when the signal aborts. */
  changes(signal: AbortSignal): AsyncIterable<LiveChange>;
  close(): void;
}

const gatherMs = 250;

/** Gathers commits for a quarter of a second, so that 2,000 results a second are four messages to a window. */
export function createLive(clock: Clock): Live {
  let commitNumber = 0;
  let pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<(change: LiveChange) => void>();
  let lastAt = Number.NEGATIVE_INFINITY;

  const flush = () => {
    timer = undefined;
    lastAt = clock.monotonic();
    const change = { commit: commitNumber, tables: [...pending] };
    pending = new Set();
    for (const listener of listeners) listener(change);
  };
  const schedule = () => {
    if (listeners.size === 0) return pending.clear();
    timer ??= setTimeout(flush, Math.max(0, Math.min(gatherMs, lastAt + gatherMs - clock.monotonic())));
  };
  return {
    commit: ({ commit, changes }) => {
      commitNumber = commit;
      for (const change of changes) pending.add(change.table);
      if (changes.length > 0) schedule();
    },
    touch: (table) => {
      pending.add(table);
      schedule();
    },
    async *changes(signal) {
      const queue: LiveChange[] = [];
      let wake: () => void = () => undefined;
      const listener = (change: LiveChange) => {
        queue.push(change);
        wake();
      };
      const onAbort = () => wake();
      listeners.add(listener);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        while (!signal.aborted) {
          const next = queue.shift();
          if (next) yield next;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        listeners.delete(listener);
        signal.removeEventListener('abort', onAbort);
      }
    },
    close: () => {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
