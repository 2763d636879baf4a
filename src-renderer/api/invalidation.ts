import type { QueryClient } from '@tanstack/react-query';
import { isStale, staleReaders } from './tables.js';

/** At most one refresh of a query in this time, however fast commits come (a send commits several times a second). */
export const restMs = 250;

export interface Invalidator {
  /** A commit changed these tables. */
  changed(tables: readonly string[]): void;
  stop(): void;
}

const noPath: readonly string[] = [];

/** The tRPC path a query key starts with. */
function pathOf(queryKey: readonly unknown[]): readonly string[] {
  const [path] = queryKey;
  return Array.isArray(path) && path.every((part) => typeof part === 'string') ? path : noPath;
}

/**
 * Refreshes the queries that commits concern: the first at once, then one round per `restMs`. A query that is still being answered is not cut short (a count that takes
 * longer than commits are apart would never finish): it is asked once more after its answer.
 */
export function createInvalidator(client: QueryClient): Invalidator {
  let waiting: ReadonlySet<string> | 'all' = new Set();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = new Set<string>();
  const flush = () => {
    timer = undefined;
    const stale = waiting;
    waiting = new Set();
    if (stale !== 'all' && stale.size === 0 && again.size === 0) return;
    for (const query of client.getQueryCache().getAll()) {
      const once = again.has(query.queryHash);
      if (!once && !isStale(pathOf(query.queryKey), stale)) continue;
      if (query.state.fetchStatus === 'fetching') {
        again.add(query.queryHash);
      } else {
        again.delete(query.queryHash);
        void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
      }
    }
    timer = setTimeout(flush, restMs);
  };
  return {
    changed: (tables) => {
      const more = staleReaders(tables);
      waiting = more === 'all' || waiting === 'all' ? 'all' : new Set([...waiting, ...more]);
      if (timer === undefined) flush();
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
