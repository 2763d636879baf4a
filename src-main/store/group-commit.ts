import type BetterSqlite3 from 'better-sqlite3';
import type { Actor } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { Clock } from '../platform/clock.js';
import type { Random } from '../platform/random.js';
import { addChange, type Change, WriteHandle } from './db.js';
import { type Operation, priorities, type Priority } from './operation.js';
import { sql } from './sql.js';
import { toStoreError } from './sqlite-error.js';

/** Waiting operations share a commit until this much time went into them; a bulk slice ends the batch, so a claim never waits behind two. */
const batchBudgetMs = 20;

export interface Commit {
  readonly commit: number;
  readonly changes: readonly Change[];
}

export interface GroupCommit {
  /** Queues one operation. Resolves after the commit that holds it is on disk. */
  run(name: string, operation: Operation<never, unknown>, input: unknown, actor: Actor, priority: Priority): Promise<unknown>;
  /** Runs all that waits, now. Called by a timer of the thread; tests call it to step. */
  drain(): void;
  /** The key for `WriteDb.keyedHash`, once the secrets are open. */
  setEraseKey(key: Buffer): void;
}

interface Waiting {
  readonly name: string;
  readonly operation: Operation<never, unknown>;
  readonly input: unknown;
  readonly actor: Actor;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The store thread's queue (design 4): claims and consent before the collector before the user before bulk; small operations that wait together
 * share one IMMEDIATE transaction, each in a savepoint of its own so that a refusal undoes itself alone. `afterCommit` runs when the commit is on
 * disk and before anybody is told.
 */
export function createGroupCommit(
  raw: BetterSqlite3.Database,
  ports: { clock: Clock; random: Random; schedule: (drain: () => void) => void; afterCommit: (commit: Commit) => void; onAfterCommitFailed: (error: unknown) => void },
): GroupCommit {
  const db = new WriteHandle(raw);
  const queues: Waiting[][] = Object.keys(priorities).map(() => []);
  let scheduled = false;

  const takeNext = () => queues.find((queue) => queue.length > 0);

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    ports.schedule(drain);
  };

  function drain(): void {
    scheduled = false;
    const batch: { waiting: Waiting; value: unknown }[] = [];
    const changes: Change[] = [];
    const bulk = queues[priorities.bulk]!;
    let begun = false;
    try {
      raw.exec('begin immediate');
      begun = true;
      const before = raw.prepare<[], { n: number }>('select total_changes() as n').get()!.n;
      const start = ports.clock.monotonic();
      for (let queue = takeNext(); queue; queue = takeNext()) {
        const waiting = queue.shift()!;
        const outcome = runOne(waiting);
        if (outcome) {
          batch.push({ waiting, value: outcome.value });
          for (const change of outcome.changes) addChange(changes, change);
        }
        if (queue === bulk || ports.clock.monotonic() - start > batchBudgetMs) break;
      }
      const wrote = raw.prepare<[], { n: number }>('select total_changes() as n').get()!.n !== before;
      if (wrote) db.run(sql`update commit_counter set n = n + 1`);
      raw.exec('commit');
      db.detach();
      // From here on it is on disk and nobody may hear otherwise, whatever becomes of the log beside it.
      try {
        if (wrote) ports.afterCommit({ commit: db.commitNumber(), changes });
      } catch (error) {
        ports.onAfterCommitFailed(error);
      }
      for (const { waiting, value } of batch) waiting.resolve(value);
    } catch (error) {
      if (raw.inTransaction) raw.exec('rollback');
      db.detach();
      for (const { waiting } of batch) waiting.reject(toStoreError(error, waiting.name));
      if (!begun) takeNext()?.shift()?.reject(toStoreError(error, 'begin'));
    }
    if (takeNext()) schedule();
  }

  /** Runs one operation in a savepoint; a refusal is told at once. Throws only when SQLite itself gave up the whole transaction. */
  function runOne(waiting: Waiting): { value: unknown; changes: Change[] } | undefined {
    raw.exec('savepoint operation');
    try {
      const result = db.within({ now: ports.clock.now(), actor: waiting.actor, random: ports.random }, () => waiting.operation(db, waiting.input as never));
      raw.exec('release operation');
      return result;
    } catch (error) {
      waiting.reject(toStoreError(error, waiting.name));
      // On a full disk or an I/O error SQLite may have rolled back everything already (https://sqlite.org/lang_transaction.html).
      if (!raw.inTransaction) throw error;
      raw.exec('rollback to operation');
      raw.exec('release operation');
      return undefined;
    }
  }

  return {
    run: (name, operation, input, actor, priority) =>
      new Promise((resolve, reject) => {
        queues[priorities[priority]]!.push({ name, operation, input, actor, resolve, reject });
        schedule();
      }),
    drain,
    setEraseKey: (key) => db.setEraseKey(key),
  };
}

/** Looks an operation or query up by `module.name`. */
export function lookUp<T>(table: Readonly<Record<string, Readonly<Record<string, T>>>>, module: string, name: string): T {
  const found = Object.hasOwn(table, module) && Object.hasOwn(table[module]!, name) ? table[module]![name] : undefined;
  if (!found) throw new HeliographError('INTERNAL', { message: `no ${module}.${name} in the registry` });
  return found;
}
