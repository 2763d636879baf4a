import type BetterSqlite3 from 'better-sqlite3';
import type { Actor } from '../../src-preload/contract/common.js';
import { systemClock, type Clock } from '../../src-main/platform/clock.js';
import { systemRandom } from '../../src-main/platform/random.js';
import { ReadHandle, WriteHandle, type ReadDb, type WriteDb } from '../../src-main/store/db.js';
import { createGroupCommit } from '../../src-main/store/group-commit.js';
import { connectReader, connectWriter, migrate } from '../../src-main/store/open.js';
import type { Operations, Priority, Queries, Reader, Writer, WriteOptions } from '../../src-main/store/operation.js';

/** A workspace file with the store thread's own queue and pragmas, and a reader, in this thread: for processes that are killed and for disks that fill. */
export interface FileStore {
  readonly raw: BetterSqlite3.Database;
  writer<T extends Operations>(operations: T, actor?: Actor): Writer<T>;
  reader<T extends Queries>(queries: T): Reader<T>;
  /** One operation at once, outside the queue. */
  write<I, R>(operation: (db: WriteDb, input: I) => R, input: I): R;
  read<I, R>(query: (db: ReadDb, input: I) => R, input: I): R;
  now: number;
  close(): void;
}

export function openFileStore(file: string, clock: Clock = systemClock): FileStore {
  const raw = connectWriter(file);
  migrate(raw);
  raw.prepare("insert into app (id, uid, name, is_default, created_at) values (1, '00000000000000000000000000000001', 'Default', 1, ?) on conflict do nothing").run(clock.now());
  const queue = createGroupCommit(raw, { clock, random: systemRandom, schedule: (drain) => setImmediate(drain), afterCommit: () => undefined, onAfterCommitFailed: (error) => { throw error; } });
  const readerRaw = connectReader(file);
  const reader = new ReadHandle(readerRaw);
  const direct = new WriteHandle(raw);
  let moved: number | undefined;
  return {
    raw,
    writer: <T extends Operations>(operations: T, actor: Actor = { kind: 'engine' }) =>
      Object.fromEntries(
        Object.entries(operations).map(([name, operation]) => [
          name,
          (input: unknown, options?: WriteOptions) => queue.run(name, operation, input, actor, options?.priority ?? ('user' satisfies Priority)),
        ]),
      ) as Writer<T>,
    reader: <T extends Queries>(queries: T) =>
      Object.fromEntries(
        Object.entries(queries).map(([name, query]) => [
          name,
          async (input: never) => {
            await new Promise((resolve) => setImmediate(resolve));
            readerRaw.exec('begin');
            try {
              return query(reader, input);
            } finally {
              readerRaw.exec('commit');
            }
          },
        ]),
      ) as Reader<T>,
    write: (operation, input) =>
      raw.transaction(() => direct.within({ now: moved ?? clock.now(), actor: { kind: 'operator' }, random: systemRandom }, () => operation(direct, input)).value).immediate(),
    read: (query, input) => query(reader, input),
    get now() {
      return moved ?? clock.now();
    },
    set now(at: number) {
      moved = at;
    },
    close: () => {
      readerRaw.close();
      raw.close();
    },
  };
}
