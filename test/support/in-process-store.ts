import type { Operations, Queries, Reader, Writer } from '../../src-main/store/operation.js';
import type { Actor } from '../../src-preload/contract/common.js';
import type { MemoryStore } from './memory-store.js';

/** The typed faces of a store without threads: each call is one transaction (or one snapshot), answered in a later turn as a thread would. */
export function inProcessWriter<T extends Operations>(store: MemoryStore, operations: T, options: { now?: () => number; actor?: Actor; before?: (name: string) => void } = {}): Writer<T> {
  const face = Object.entries(operations).map(([name, operation]) => [
    name,
    async (input: never) => {
      await new Promise((resolve) => setImmediate(resolve));
      options.before?.(name);
      if (options.now) store.now = options.now();
      const usual = store.actor;
      store.actor = options.actor ?? { kind: 'engine' };
      try {
        return store.write(operation, input);
      } finally {
        store.actor = usual;
      }
    },
  ]);
  return Object.fromEntries(face) as Writer<T>;
}

export function inProcessReader<T extends Queries>(store: MemoryStore, queries: T): Reader<T> {
  const face = Object.entries(queries).map(([name, query]) => [
    name,
    async (input: never) => {
      await new Promise((resolve) => setImmediate(resolve));
      return store.read(query, input);
    },
  ]);
  return Object.fromEntries(face) as Reader<T>;
}
