import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import type { Actor } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type Random, uuidv7 } from '../platform/random.js';
import { type Sql, type SqlValue, sql } from './sql.js';

/**
 * A read-only handle on one stable snapshot. The type of the handle says what a function may do: a **query** takes a `ReadDb`, an **operation**
 * a `WriteDb`. Nobody outside `store/` opens a database.
 */
export interface ReadDb {
  readonly kind: 'read' | 'write';
  /** The first row, or undefined. `Row` is the caller's word for the columns selected: keep it beside the SQL, in `<noun>.rows.ts`. */
  get<Row>(query: Sql): Row | undefined;
  all<Row>(query: Sql): Row[];
  iterate<Row>(query: Sql): IterableIterator<Row>;
  /** A prepared statement for a hot loop with constant text; everything else goes through `sql`. Cached by text. */
  prepare(text: string): BetterSqlite3.Statement<SqlValue[]>;
  /** The number of the commit this snapshot shows. */
  commitNumber(): number;
  /** Long queries call this between slices. Throws `CANCELLED` when the caller gave up. */
  throwIfCancelled(): void;
}

/** A handle inside one IMMEDIATE transaction of the store thread. */
export interface WriteDb extends ReadDb {
  readonly kind: 'write';
  /** The instant of this transaction, UTC ms. */
  readonly now: number;
  readonly actor: Actor;
  run(statement: Sql): { changes: number; lastId: number };
  /** A new UUIDv7. */
  newUid(): string;
  /**
   * Makes a sealed side file readable as schema `side` until this transaction ends. The path is one the program made itself, and a transaction reads one file only.
   * The text of a statement that reads it must be constant.
   */
  attach(path: string): void;
  /** HMAC-SHA-256 under the workspace's erase key, in hex: how an erased address or person is remembered. Throws `SECRETS_LOCKED` while the key is not open. */
  keyedHash(text: string): string;
  /** Tells what this transaction changed, so that windows and engines can follow. Ranges of ids, never one entry per row of bulk work. */
  changed(table: string, fromId: number, toId?: number): void;
  /** Writes one line of the audit log, in this transaction. `subject` is `noun:uid`; `detail` holds no secret and no address. */
  audit(action: string, subject: string, detail?: Readonly<Record<string, unknown>>): void;
}

/** Which ids of which table a commit touched. */
export interface Change {
  readonly table: string;
  readonly fromId: number;
  readonly toId: number;
}

/** Adds a change to a list, as part of the last range of its table where it touches it. */
export function addChange(changes: Change[], { table, fromId, toId }: Change): void {
  const index = changes.findLastIndex((change) => change.table === table);
  const last = changes[index];
  if (last && fromId >= last.fromId && fromId <= last.toId + 1) changes[index] = { table, fromId: last.fromId, toId: Math.max(last.toId, toId) };
  else changes.push({ table, fromId, toId });
}

export class ReadHandle implements ReadDb {
  readonly kind: 'read' | 'write' = 'read';
  readonly #statements = new Map<string, BetterSqlite3.Statement<SqlValue[]>>();
  constructor(
    readonly raw: BetterSqlite3.Database,
    private readonly cancelled: () => boolean = () => false,
  ) {}
  prepare(text: string): BetterSqlite3.Statement<SqlValue[]> {
    let statement = this.#statements.get(text);
    if (!statement) {
      // Dynamic segment queries each have their own text: the cache forgets all at 500 rather than grow without end.
      if (this.#statements.size >= 500) this.#statements.clear();
      statement = this.raw.prepare<SqlValue[]>(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
  get<Row>(query: Sql): Row | undefined {
    return this.prepare(query.text).get(...query.values) as Row | undefined;
  }
  all<Row>(query: Sql): Row[] {
    return this.prepare(query.text).all(...query.values) as Row[];
  }
  iterate<Row>(query: Sql): IterableIterator<Row> {
    // A statement that is being iterated cannot be run again, so an iterator never shares the cached one.
    return this.raw.prepare<SqlValue[]>(query.text).iterate(...query.values) as IterableIterator<Row>;
  }
  commitNumber(): number {
    return this.get<{ n: number }>(sql`select n from commit_counter`)?.n ?? 0;
  }
  throwIfCancelled(): void {
    if (this.cancelled()) throw new HeliographError('CANCELLED');
  }
}

/** What a transaction needs from outside: time, chance and who asks. */
export interface TransactionContext {
  readonly now: number;
  readonly actor: Actor;
  readonly random: Random;
}

export class WriteHandle extends ReadHandle implements WriteDb {
  override readonly kind = 'write';
  #context: TransactionContext | undefined;
  #changes: Change[] = [];
  #attached: string | undefined;
  #eraseKey: Buffer | undefined;

  /** Runs `work` with the context of one transaction and gives back what it changed. The caller owns BEGIN and COMMIT. */
  within<T>(context: TransactionContext, work: () => T): { value: T; changes: Change[] } {
    this.#context = context;
    this.#changes = [];
    try {
      const value = work();
      return { value, changes: this.#changes };
    } finally {
      this.#context = undefined;
    }
  }
  private get context(): TransactionContext {
    if (!this.#context) throw new Error('an operation ran outside a transaction');
    return this.#context;
  }
  get now(): number {
    return this.context.now;
  }
  get actor(): Actor {
    return this.context.actor;
  }
  run(statement: Sql): { changes: number; lastId: number } {
    const result = this.prepare(statement.text).run(...statement.values);
    return { changes: result.changes, lastId: Number(result.lastInsertRowid) };
  }
  attach(path: string): void {
    if (this.#attached === path) return;
    // SQLite would make an empty file where there is none.
    if (this.#attached !== undefined || !existsSync(path)) throw new Error('a side file cannot be attached');
    this.prepare('attach ? as side').run(path);
    this.#attached = path;
  }
  /**
   * Lets go of what a transaction attached; SQLite allows it only outside of one, so who owns COMMIT and ROLLBACK calls this after them. Never throws: what is committed
   * is committed, and a file that cannot be let go now is let go after the next transaction.
   */
  detach(): void {
    if (this.#attached === undefined) return;
    try {
      this.raw.exec('detach side');
      this.#attached = undefined;
    } catch {
      return;
    }
  }
  /** Hands over the key for `keyedHash`; it comes by message and is kept in memory only. */
  setEraseKey(key: Buffer): void {
    this.#eraseKey = key;
  }
  keyedHash(text: string): string {
    if (!this.#eraseKey) throw new HeliographError('SECRETS_LOCKED');
    return createHmac('sha256', this.#eraseKey).update(text).digest('hex');
  }
  newUid(): string {
    return uuidv7(this.context.now, this.context.random);
  }
  changed(table: string, fromId: number, toId: number = fromId): void {
    addChange(this.#changes, { table, fromId, toId });
  }
  audit(action: string, subject: string, detail: Readonly<Record<string, unknown>> = {}): void {
    this.run(
      sql`insert into audit (at, actor, action, subject, detail) values (${this.now}, ${JSON.stringify(this.actor)}, ${action}, ${subject}, ${JSON.stringify(detail)})`,
    );
  }
}
