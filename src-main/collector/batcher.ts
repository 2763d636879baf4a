import { HeliographError } from '../../src-preload/contract/errors.js';

/**
 * Group commit for facts: while one batch is being written the next one gathers, so a lone fact is written at once and a storm costs one commit per batch.
 * No timers: under load the write itself is the clock.
 */
export interface Batcher<Fact> {
  /** Resolves when the fact is on disk. Rejects with `STORE_UNAVAILABLE` when too many wait, or with the store's own error. */
  add(fact: Fact): Promise<void>;
  /** Resolves when nothing waits any more. */
  drain(): Promise<void>;
}

interface Waiting<Fact> {
  readonly fact: Fact;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher<Fact>(ports: { readonly write: (facts: readonly Fact[]) => Promise<unknown>; readonly maxBatch: number; readonly maxWaiting: number }): Batcher<Fact> {
  let waiting: Waiting<Fact>[] = [];
  let running: Promise<void> | undefined;

  async function writeBatch(batch: readonly Waiting<Fact>[]): Promise<void> {
    try {
      await ports.write(batch.map(({ fact }) => fact));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length === 1) {
        batch[0]!.reject(error);
        return;
      }
      // One fact that cannot be written must not take the others with it: each is tried by itself.
      for (const one of batch) await writeBatch([one]);
    }
  }
  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, ports.maxBatch);
      waiting = waiting.slice(ports.maxBatch);
      await writeBatch(batch);
    }
    running = undefined;
  }
  return {
    add: (fact) =>
      new Promise<void>((resolve, reject) => {
        if (waiting.length >= ports.maxWaiting) return reject(new HeliographError('STORE_UNAVAILABLE', { waiting: waiting.length }));
        waiting.push({ fact, resolve, reject });
        running ??= run();
      }),
    drain: async () => {
      while (running) await running;
    },
  };
}
