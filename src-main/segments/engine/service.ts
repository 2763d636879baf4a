import { HeliographError, isHeliographError } from '../../../src-preload/contract/errors.js';
import type { SegmentCount, SegmentEffects } from '../../../src-preload/contract/segment-views.js';
import type { Logger } from '../../platform/logger.js';
import type { Thread } from '../../platform/thread.js';
import { addChange, type Change, type Commit } from '../../store/index.js';
import { type EngineInput, watchedTables as watched } from './engine.js';

interface Options {
  readonly signal?: AbortSignal | undefined;
}

/** Counts a tree at an instant: exactly, at the commit the answer names; rejects with `CANCELLED` once the signal fires, and with what compiling the tree throws. */
export interface SegmentNumbers {
  count(input: EngineInput, options?: Options): Promise<SegmentCount>;
  effects(input: EngineInput, options?: Options): Promise<SegmentEffects>;
}

export interface SegmentService extends SegmentNumbers {
  /** Call for every commit, in order. */
  commit(commit: Commit): void;
  stop(): Promise<void>;
}

/** The engine answers within this when its columns are in memory; after it, SQL is asked too and whoever is first is believed. */
const hedgeMs = 80;
/** Commits remembered while nobody asks; after more than these the engine reads everything anew at the next question, which costs less than following so many. */
export const rememberedCommits = 2_000;

/**
 * The segment numbers as the rest of the program sees them: the column engine in a thread of its own, with the SQL scan beside it while columns are still being read
 * (the first question after opening) or when the thread is gone. Both mean the same.
 */
export function createSegmentService(ports: {
  readonly log: Logger;
  /** Starts a thread that runs `runSegmentThread`. */
  readonly startThread: () => Thread;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** The SQL scan on a reader. */
  readonly bySql: SegmentNumbers;
  /** The newest commit before the first that `commit` will tell of. A snapshot may be asked for before anything is written. */
  readonly heard: number;
}): SegmentService {
  let thread: Thread | undefined;
  let stopped = false;
  let { heard } = ports;
  let commits: Commit[] = [];
  /** The last commit whose changes were let go; 0: none. What the thread knows from before it is of no use. */
  let forgotten = 0;
  let waiting: { readonly commit: number; readonly go: () => void }[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };

  function theThread(): Thread {
    if (thread) return thread;
    const started = ports.startThread();
    thread = started;
    // What it will read is newer than all of this.
    commits = [];
    forgotten = 0;
    void started.died.then(() => {
      if (thread === started) thread = undefined;
      ports.log.error('the segment engine ended by itself; SQL counts until the next question starts a new one');
      for (const { go } of waiting.splice(0)) go();
    });
    return started;
  }

  const heardOf = (commit: number) => (heard >= commit ? Promise.resolve() : new Promise<void>((go) => waiting.push({ commit, go })));

  function take(upTo: number): Change[] {
    const changes: Change[] = [];
    for (const { commit, changes: of } of commits) if (commit <= upTo) for (const change of of) addChange(changes, change);
    commits = commits.filter(({ commit }) => commit > upTo);
    return changes;
  }

  function ask<T>(name: 'count' | 'effects', input: EngineInput, signal: AbortSignal | undefined): Promise<T> {
    return inTurn(async () => {
      if (signal?.aborted) throw new HeliographError('CANCELLED');
      const { client } = theThread();
      const commit = await client.call<number>('snapshot', undefined);
      try {
        // Only ever a moment: the store thread tells of a commit as soon as it is on disk.
        await heardOf(commit);
        const changes = take(commit);
        const anew = forgotten > 0;
        // A snapshot from before the last forgotten commit is followed by changes that nobody remembers: then once more at the next question.
        if (commit >= forgotten) forgotten = 0;
        if (anew) await client.call('reset', undefined);
        await client.call('follow', changes);
      } catch (error) {
        await client.call('release', undefined).catch(() => undefined);
        throw error;
      }
      // Waits for the answer even after an abort: the next question needs the thread.
      return client.call<T>(name, input, { ...(signal ? { signal } : {}), waitForReply: true });
    });
  }

  /** The engine's answer, or SQL's where the engine needs longer or fails by no fault of the tree. The engine goes on reading columns either way. */
  async function first<T>(name: 'count' | 'effects', input: EngineInput, { signal }: Options, sqlScan: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // The scan takes a reader and a core: it ends once nobody waits for it.
    const won = new AbortController();
    const bySql = () => sqlScan(signal ? AbortSignal.any([signal, won.signal]) : won.signal);
    if (stopped) return bySql();
    const engine = ask<T>(name, input, signal);
    const slow = await Promise.race([engine.then(() => false, () => false), ports.wait(hedgeMs, signal).then(() => true)]);
    if (signal?.aborted) {
      engine.catch(() => undefined);
      throw new HeliographError('CANCELLED');
    }
    if (!slow) return engine.catch((error: unknown) => (isHeliographError(error) && error.code !== 'THREAD_DIED' && error.code !== 'INTERNAL' ? Promise.reject(error) : bySql()));
    return Promise.any([engine, bySql()])
      .catch((error: unknown) => {
        throw error instanceof AggregateError ? error.errors[0] : error;
      })
      .finally(() => won.abort());
  }

  return {
    count: (input, options = {}) => first('count', input, options, (signal) => ports.bySql.count(input, { signal })),
    effects: (input, options = {}) => first('effects', input, options, (signal) => ports.bySql.effects(input, { signal })),
    commit({ commit, changes }) {
      heard = commit;
      const of = changes.filter(({ table }) => watched.has(table));
      if (thread && of.length > 0) commits.push({ commit, changes: of });
      if (commits.length > rememberedCommits) {
        commits = [];
        forgotten = commit;
      }
      waiting = waiting.filter((one) => {
        if (one.commit <= commit) one.go();
        return one.commit > commit;
      });
    },
    async stop() {
      stopped = true;
      for (const { go } of waiting.splice(0)) go();
      await thread?.stop();
    },
  };
}
