import type { Actor } from '../../src-preload/contract/common.js';
import { ReadHandle, WriteHandle, type Change, type ReadDb, type WriteDb } from '../../src-main/store/db.js';
import { connectWriter, migrate } from '../../src-main/store/open.js';
import { seededRandom } from './random.js';

/** A migrated in-memory workspace for tests of operations and queries, without threads. Time moves only when a test moves it. */
export interface MemoryStore {
  now: number;
  actor: Actor;
  /** Runs an operation in a transaction, as the store thread would. */
  write<I, R>(operation: (db: WriteDb, input: I) => R, input: I): R;
  read<I, R>(query: (db: ReadDb, input: I) => R, input: I): R;
  readonly changes: Change[];
  readonly db: ReadDb;
}

export function createMemoryStore(options: { now?: number; seed?: number } = {}): MemoryStore {
  const raw = connectWriter(':memory:');
  migrate(raw);
  const writer = new WriteHandle(raw);
  writer.setEraseKey(Buffer.alloc(32, 7));
  const random = seededRandom(options.seed ?? 1);
  const store: MemoryStore = {
    now: options.now ?? Date.UTC(2026, 10, 24, 9, 0, 0),
    actor: { kind: 'operator' },
    changes: [],
    db: new ReadHandle(raw),
    write(operation, input) {
      try {
        return raw
          .transaction(() => {
            const { value, changes } = writer.within({ now: store.now, actor: store.actor, random }, () => operation(writer, input));
            store.changes.push(...changes);
            return value;
          })
          .immediate();
      } finally {
        writer.detach();
      }
    },
    read(query, input) {
      return query(store.db, input);
    },
  };
  raw.prepare("insert into app (uid, name, is_default, created_at) values ('00000000000000000000000000000001', 'Default', 1, ?)").run(store.now);
  return store;
}
