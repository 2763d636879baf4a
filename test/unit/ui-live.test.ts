import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { initial } from '../../src-main/store/migrations/0001-initial.js';
import { createInvalidator, restMs } from '../../src-renderer/api/invalidation.js';
import { isStale, staleReaders } from '../../src-renderer/api/tables.js';

describe('which screens a commit concerns', () => {
  it('knows every table of the schema', () => {
    const tables: string[] = [];
    initial.up({ exec: (text: string) => tables.push(...[...text.matchAll(/create table (\w+)/g)].map((m) => m[1] ?? '')) } as unknown as Parameters<typeof initial.up>[0]);
    expect(tables.length).toBeGreaterThan(30);
    expect(tables.filter((table) => staleReaders([table]) === 'all')).toEqual([]);
  });

  it('refreshes everything after a change it does not know, and one procedure where only that reads the table', () => {
    expect(staleReaders(['*'])).toBe('all');
    expect(staleReaders([])).toEqual(new Set());
    const stale = staleReaders(['suppressed']);
    expect([['home', 'counts'], ['home', 'days'], ['audience', 'page'], ['suppressions', 'list'], ['templates', 'list']].map((path) => isStale(path, stale))).toEqual([true, false, true, true, false]);
    // Segments ask about more than the audience.
    const afterEvents = staleReaders(['event']);
    expect([['segments', 'count'], ['segments', 'countOf'], ['segments', 'effects'], ['segments', 'list'], ['segments', 'names']].map((path) => isStale(path, afterEvents))).toEqual([true, true, true, false, false]);
  });
});

describe('refreshing queries', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A shown query whose answers the test gives one by one. */
  function shown(client: QueryClient, path: readonly string[]) {
    const asked: (() => void)[] = [];
    const observer = new QueryObserver(client, { queryKey: [path], retry: false, queryFn: () => new Promise((resolve) => asked.push(() => resolve(asked.length))) });
    const stop = observer.subscribe(() => undefined);
    return { asked: () => asked.length, answer: async () => { asked.at(-1)?.(); await vi.advanceTimersByTimeAsync(0); }, stop };
  }

  it('asks at once, then at most once per rest, and only what is concerned', async () => {
    const client = new QueryClient();
    const segments = shown(client, ['segments', 'list']);
    const templates = shown(client, ['templates', 'list']);
    await segments.answer();
    await templates.answer();
    const invalidator = createInvalidator(client);
    invalidator.changed(['segment']);
    await segments.answer();
    expect([segments.asked(), templates.asked()]).toEqual([2, 1]);
    for (let i = 0; i < 10; i++) invalidator.changed(['segment']);
    expect(segments.asked()).toBe(2);
    await vi.advanceTimersByTimeAsync(restMs);
    expect([segments.asked(), templates.asked()]).toEqual([3, 1]);
    await segments.answer();
    await vi.advanceTimersByTimeAsync(10 * restMs);
    expect(segments.asked()).toBe(3);
    invalidator.stop();
    segments.stop();
    templates.stop();
  });

  it('does not cut short a query that takes longer than commits are apart, and asks once more after it', async () => {
    const client = new QueryClient();
    const slow = shown(client, ['segments', 'count']);
    await slow.answer();
    const invalidator = createInvalidator(client);
    invalidator.changed(['endpoint']);
    expect(slow.asked()).toBe(2);
    for (let i = 0; i < 8; i++) {
      invalidator.changed(['endpoint']);
      await vi.advanceTimersByTimeAsync(restMs);
    }
    expect(slow.asked()).toBe(2);
    await slow.answer();
    await vi.advanceTimersByTimeAsync(2 * restMs);
    expect(slow.asked()).toBe(3);
    await slow.answer();
    await vi.advanceTimersByTimeAsync(10 * restMs);
    expect(slow.asked()).toBe(3);
    invalidator.stop();
    slow.stop();
  });

  it('goes on after a stop and a new start, as React does in development', async () => {
    const client = new QueryClient();
    const segments = shown(client, ['segments', 'list']);
    await segments.answer();
    const invalidator = createInvalidator(client);
    invalidator.changed(['segment']);
    invalidator.stop();
    await segments.answer();
    invalidator.changed(['segment']);
    expect(segments.asked()).toBe(3);
    invalidator.stop();
    segments.stop();
  });
});
