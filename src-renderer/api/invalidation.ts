import type { QueryClient } from '@tanstack/react-query';
import { staleRouters } from './tables.js';

/** At most one refresh of what is on the screen in this time, however fast commits come (a send commits several times a second). */
const restMs = 250;

export interface Invalidator {
  /** A commit changed these tables. */
  changed(tables: readonly string[]): void;
  /** The stream of changes had a gap: nothing that is shown can be trusted. */
  everything(): void;
  stop(): void;
}

/** Collects commits and refreshes the queries of the routers they concern: the first at once, then one round per `restMs`. */
export function createInvalidator(client: QueryClient): Invalidator {
  let waiting: ReadonlySet<string> | 'all' = new Set();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const stale = waiting;
    waiting = new Set();
    if (stale === 'all') {
      void client.invalidateQueries();
    } else if (stale.size > 0) {
      void client.invalidateQueries({
        predicate: ({ queryKey: [path] }) => Array.isArray(path) && typeof path[0] === 'string' && stale.has(path[0]),
      });
    } else {
      return;
    }
    timer = setTimeout(flush, restMs);
  };
  const add = (more: ReadonlySet<string> | 'all') => {
    waiting = more === 'all' || waiting === 'all' ? 'all' : new Set([...waiting, ...more]);
    if (timer === undefined) flush();
  };
  return {
    changed: (tables) => add(staleRouters(tables)),
    everything: () => add('all'),
    stop: () => clearTimeout(timer),
  };
}
