import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import type { ImportMatch } from '../../../src-preload/contract/import.js';
import { createSideFile, openSideFile, sealSideFile } from '../../store/side-file.js';
import { standardFields } from '../columns.js';
import type { EndpointInput } from '../upsert.js';
import { mergeMap } from '../user.js';
import { createRepeats } from './repeats.js';

/**
 * What a staged row is to the workspace, as the check found it. `twin`: a new id on an address that an earlier row of the file brings; it merges into that one.
 * `user`: a row of a list of user ids. The numbers are in the staging file.
 */
export const stagedClass = { new: 0, changed: 1, same: 2, twin: 3, user: 4 } as const;
/** `ownUid`, `ownUser`: the file names no Id, or no UserId; the one in the row is only for an endpoint, or a person, that the load makes. */
export const stagedFlag = { optOut: 1, suppress: 2, kept: 4, inactive: 8, ownUid: 16, ownUser: 32 } as const;

/** One row on its way into the workspace. */
export interface StagedRow {
  readonly n: number;
  readonly class: number;
  readonly flags: number;
  /** The endpoint or user it matched; null for a new one. */
  readonly target: number | null;
  /** JSON: an `EndpointInput` without its app. */
  readonly payload: string;
}

export interface NewStagedRow {
  readonly class: number;
  readonly flags: number;
  readonly target: number | null;
  readonly input: Omit<EndpointInput, 'app'>;
}

/** What `load.ts` has to know of a staging file; undefined where its rows can only be merged one by one. */
export interface LoadPlan {
  /** The last row that is new, and the last of all. */
  readonly lastNew: number;
  readonly last: number;
  /** Rows of `staged_user`. */
  readonly users: number;
  /** Whether an address is unique in its app only. */
  readonly tokens: boolean;
}

export interface StagingWriter {
  add(row: NewStagedRow): void;
  /** Rows added so far. */
  readonly added: number;
  /**
   * Settles what comes more than once in the file. Gives back how many earlier rows were superseded, and how many are twins. `empty`: the workspace held nobody while
   * the file was checked, so the rows are also made ready to be loaded.
   */
  settle(empty: boolean): { superseded: number; twins: number };
  /** Rows by class, and how many of them keep an unsubscribe or bring one. */
  totals(): { byClass: ReadonlyMap<number, number>; kept: number; unsubscribes: number };
  /** Makes the file durable and closes it. */
  seal(): void;
  close(): void;
}

/*
 * The columns are those of `endpoint`, so that the first load is SQL (load.ts). Three things an `EndpointInput` can say have no place because they change nothing:
 * OptOut NONE, EndpointStatus ACTIVE and the file's row number. `address_key` is null where it is the address. `user_id` and `user_attributes` are the person's.
 */
const schema = `
create table staged (
  n integer primary key, class integer not null default 0, flags integer not null default 0, target integer, uid text, channel text, address text, address_key text,
  ${standardFields.map(({ column, type }) => `${column} ${type}`).join(', ')},
  attributes text, metrics text, effective_at integer, user_id text, user_attributes text
) strict;
create table staged_user (k integer primary key, user_id text not null, attributes text not null, mixed integer not null) strict;
create table staged_link (n integer primary key, k integer not null) strict;
create table plan (last_new integer not null, last integer not null, users integer not null, tokens integer not null) strict;`;
const columns = ['class', 'flags', 'target', 'uid', 'channel', 'address', 'address_key', 'attributes', 'metrics', 'effective_at', 'user_id', 'user_attributes', ...standardFields.map(({ column }) => column)];

/** What makes two rows of a file one: by `auto` the id, else the channel and address; by `user` the person and the channel. `fold_case` is JavaScript's lower case. */
const identOf = (match: ImportMatch): string => {
  const own = match === 'user' ? "'p:' || channel || ':' || user_id" : `case when flags & ${stagedFlag.ownUid} or uid is null then 'a:' || channel || ':' || coalesce(address_key, address) else 'i:' || fold_case(uid) end`;
  return `case when class = ${stagedClass.user} then 'u:' || user_id else ${own} end`;
};
const key = 'coalesce(staged.address_key, staged.address)';

/** The folder of one import: its staging file and its rejected rows. */
export const importFolder = (files: string, uid: string): string => join(files, 'imports', uid);
export const stagingPath = (files: string, uid: string): string => join(importFolder(files, uid), 'staging.sqlite');
export const rejectsPath = (files: string, uid: string): string => join(importFolder(files, uid), 'rejected.csv');

/** Rows of a transaction: enough to make its cost vanish, few enough to stay in the page cache. */
const batchRows = 20_000;

export function createStaging(files: string, uid: string, newUid: () => string, match: ImportMatch = 'auto'): StagingWriter {
  mkdirSync(importFolder(files, uid), { recursive: true, mode: 0o700 });
  const path = stagingPath(files, uid);
  rmSync(path, { force: true });
  const db = createSideFile(path);
  chmodSync(path, 0o600);
  db.exec(schema);
  db.function('fold_case', { deterministic: true }, (text: unknown) => String(text).toLowerCase());
  db.aggregate('merge_maps', { start: null, step: (stored: string | null, over: string | null) => mergeTexts(stored, over), result: (merged) => merged ?? '{}' });
  const insert = createInsert(db);
  const idents = createRepeats();
  const addresses = createRepeats();
  let withoutId = false;
  let inactive = false;
  let tokens = false;
  let pending = 0;
  let added = 0;
  const flush = () => {
    if (db.inTransaction) db.exec('commit');
    pending = 0;
  };
  /** Watches for what may come twice, and gives the row's flags. */
  function watch(row: NewStagedRow): number {
    const { input } = row;
    let { flags } = row;
    const address = input.address === undefined ? undefined : `${input.channel}:${input.address.addressKey}`;
    if (input.status === 'INACTIVE') flags |= stagedFlag.inactive;
    if (row.class === stagedClass.user) idents.add(`u:${input.userId}`);
    else if (input.id === undefined) {
      withoutId = true;
      flags |= stagedFlag.ownUid;
      idents.add(match === 'user' ? `p:${input.channel}:${input.userId}` : `a:${address}`);
    } else idents.add(`i:${input.id.toLowerCase()}`);
    if (address === undefined) return flags;
    if (input.id !== undefined && input.status === 'INACTIVE') inactive = true;
    else addresses.add(address);
    if (input.channel !== 'EMAIL' && input.channel !== 'SMS' && input.channel !== 'VOICE') tokens = true;
    return flags;
  }

  return {
    get added() {
      return added;
    },
    add(row) {
      added++;
      if (pending === 0) db.exec('begin');
      const { input } = row;
      const { address } = input;
      let flags = watch(row);
      let userId = input.userId ?? null;
      if (row.class === stagedClass.new && userId === null && input.userAttributes !== undefined) {
        userId = newUid();
        flags |= stagedFlag.ownUser;
      }
      const values: (string | number | null)[] = [
        row.class === 0 ? null : row.class,
        flags === 0 ? null : flags,
        row.target,
        input.id ?? (row.class === stagedClass.new ? newUid() : null),
        input.channel ?? null,
        address === undefined ? null : address.address,
        address === undefined || address.addressKey === address.address ? null : address.addressKey,
        input.attributes === undefined ? null : JSON.stringify(input.attributes),
        input.metrics === undefined ? null : JSON.stringify(input.metrics),
        input.effectiveAt ?? null,
        userId,
        input.userAttributes === undefined ? null : JSON.stringify(input.userAttributes),
      ];
      if (input.demographic || input.location) for (const column of standardFields) values.push(column.of(input) ?? null);
      insert(values);
      if (++pending >= batchRows) flush();
    },
    settle(empty) {
      flush();
      const superseded = idents.perhaps() ? removeSuperseded(db, identOf(match)) : 0;
      // An inactive endpoint with an id of its own is met by rows without one only.
      const meeting = addresses.perhaps() || (withoutId && inactive);
      // By id alone, each is an endpoint of its own.
      const twins = meeting && match !== 'id' ? markTwins(db) : 0;
      if (empty) planLoad(db, { meeting, tokens });
      return { superseded, twins };
    },
    totals() {
      const rows = db
        .prepare<[], { class: number; n: number; kept: number; unsubscribes: number }>(
          `select class, count(*) as n, sum(flags & ${stagedFlag.kept} <> 0) as kept, sum(flags & ${stagedFlag.optOut | stagedFlag.suppress} <> 0) as unsubscribes from staged group by class`,
        )
        .all();
      const sum = (of: 'kept' | 'unsubscribes') => rows.reduce((total, row) => total + row[of], 0);
      return { byClass: new Map(rows.map((row) => [row.class, row.n])), kept: sum('kept'), unsubscribes: sum('unsubscribes') };
    },
    seal() {
      flush();
      sealSideFile(db);
    },
    close: () => db.close(),
  };
}

/**
 * Inserts rows with a statement for each set of columns that are there: to bind a value takes 0.15 us, an absent one no less, and most rows of a file fill the same few
 * of the 26 (2026-11-24, a script: 31 values a row 6.3 us, the 18 that are there 4.3 us).
 */
function createInsert(db: BetterSqlite3.Database): (values: readonly (string | number | null)[]) => void {
  const statements = new Map<number, BetterSqlite3.Statement<unknown[]>>();
  return (values) => {
    let filled = 0;
    const present: (string | number)[] = [];
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value === null) continue;
      filled |= 1 << i;
      present.push(value);
    }
    let statement = statements.get(filled);
    if (!statement) {
      // A file whose rows are all different keeps no more statements than this.
      if (statements.size >= 200) statements.clear();
      const names = columns.filter((_, i) => filled & (1 << i));
      statement = db.prepare(`insert into staged (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`);
      statements.set(filled, statement);
    }
    statement.run(present);
  };
}

function mergeTexts(stored: string | null, over: string | null): string | null {
  if (stored === null || over === null || stored === over) return over ?? stored;
  return mergeMap(stored, JSON.parse(over) as Record<string, string[]>);
}

/** Of rows that are one, the last holds. An opt-out of an earlier row holds for it: within a file, too, consent only tightens. */
function removeSuperseded(db: BetterSqlite3.Database, ident: string): number {
  db.exec(`
    create table seen as select ${ident} as ident, n, flags & 3 as flags from staged;
    create index seen_ident on seen (ident, n);
    update staged set flags = staged.flags | o.flags from (
      select max(flags & 1) | max(flags & 2) as flags, max(n) as last from seen group by ident having count(*) > 1 and max(flags) > 0
    ) as o where staged.n = o.last`);
  const { changes } = db
    .prepare('delete from staged where n in (select n from seen where exists (select 1 from seen as later where later.ident = seen.ident and later.n > seen.n))')
    .run();
  db.exec('drop table seen');
  return changes;
}

const hasId = `not flags & ${stagedFlag.ownUid} and uid is not null`;

function markTwins(db: BetterSqlite3.Database): number {
  const active = `address is not null and ${hasId} and not flags & ${stagedFlag.inactive}`;
  db.exec(`create table held as select channel, ${key} as address, n from staged where ${active}; create index held_address on held (channel, address, n)`);
  const { changes } = db
    .prepare(
      `update staged set class = ${stagedClass.twin} where class = ${stagedClass.new} and ${active}
       and exists (select 1 from held where held.channel = staged.channel and held.address = ${key} and held.n < staged.n)`,
    )
    .run();
  db.exec('drop table held');
  return changes;
}

/**
 * Makes the rows ready to be loaded, where each of them is new by itself or a twin. Twins go to the end of the file, because they need the indexes that are built after
 * the load; they carry what their person has at the end of the file, so that coming last changes nothing (but such a twin counts as same). Persons are merged and sorted by their id, because the store
 * keeps them in an index by it: 0.6M of them in order take 1.4 s, and a row that brings its person's number spares a look-up, 3.3 s for 1M rows (2026-11-24, a script).
 */
function planLoad(db: BetterSqlite3.Database, found: { meeting: boolean; tokens: boolean }): void {
  const one = (text: string) => db.prepare<[], number>(text).pluck().get();
  const first = `(${stagedClass.new}, ${stagedClass.twin})`;
  if (one(`select 1 from staged where class not in ${first} limit 1`)) return;
  if (found.meeting) {
    const twins = `class = ${stagedClass.twin}`;
    // Whose attributes they are depends on the rows before.
    if (one(`select 1 from staged where ${twins} and flags & ${stagedFlag.ownUser} limit 1`)) return;
    const met = `select 1 from staged where class = ${stagedClass.new} and address is not null group by channel, ${key}
      having sum(not (${hasId}) or not flags & ${stagedFlag.inactive}) > 1 or (count(*) > 1 and max(not (${hasId}))) limit 1`;
    if (one(met)) return;
  }
  // Rows of one person mostly say the same: then the text is taken as it is, at half the time of asking JavaScript for each row.
  db.exec(`
    create index staged_person on staged (user_id, n, user_attributes) where user_id is not null;
    insert into staged_user (user_id, attributes, mixed) select user_id, coalesce(min(user_attributes), '{}'), coalesce(min(user_attributes) <> max(user_attributes), 0)
      from staged where user_id is not null group by user_id order by user_id;
    update staged_user set attributes = (
      select merge_maps(user_attributes) from (select user_attributes from staged where staged.user_id = staged_user.user_id and staged.user_id is not null order by n)
    ) where mixed;
    insert into staged_link select s.n, u.k from staged_user u cross join staged s indexed by staged_person on s.user_id = u.user_id where s.user_id is not null order by s.n;
    drop index staged_person`);
  if (found.meeting) {
    db.exec(`
      create index staged_user_id on staged_user (user_id);
      update staged set user_attributes = (select attributes from staged_user u where u.user_id = staged.user_id)
        where class = ${stagedClass.twin} and user_attributes is not null and user_id is not null;
      drop index staged_user_id;
      update staged set n = n + (select max(n) from staged) where class = ${stagedClass.twin}`);
  }
  db.prepare(
    `insert into plan select coalesce(max(n) filter (where class = ${stagedClass.new}), 0), max(n), (select count(*) from staged_user), ? from staged having max(n) is not null`,
  ).run(Number(found.tokens));
}

export interface StagingReader {
  readonly plan: LoadPlan | undefined;
  /** Rows that the merge will see. */
  count(same: boolean): number;
  /** Rows in order after `n`. Without `same`, rows that change nothing are left out. */
  after(n: number, limit: number, same: boolean): StagedRow[];
  close(): void;
}

type StagedColumns = Readonly<Record<string, string | number | null>>;

export function openStaging(files: string, uid: string): StagingReader {
  const db = openSideFile(stagingPath(files, uid));
  const where = `where (class <> ${stagedClass.same} or flags & 3)`;
  const all = db.prepare<[number, number], StagedColumns>('select * from staged where n > ? order by n limit ?');
  const moving = db.prepare<[number, number], StagedColumns>(`select * from staged ${where} and n > ? order by n limit ?`);
  const plan = db.prepare<[], { last_new: number; last: number; users: number; tokens: number }>('select * from plan').get();
  return {
    plan: plan && { lastNew: plan.last_new, last: plan.last, users: plan.users, tokens: plan.tokens === 1 },
    count: (same) => db.prepare<[], { n: number }>(`select count(*) as n from staged ${same ? '' : where}`).get()!.n,
    after: (n, limit, same) =>
      (same ? all : moving).all(n, limit).map((row) => ({
        n: row['n'] as number,
        class: row['class'] as number,
        flags: row['flags'] as number,
        target: row['target'] as number | null,
        payload: JSON.stringify(toInput(row, row['flags'] as number)),
      })),
    close: () => db.close(),
  };
}

/** The upsert that a staged row stands for. */
function toInput(row: StagedColumns, flags: number): Omit<EndpointInput, 'app'> {
  const text = (name: string) => (row[name] ?? undefined) as string | undefined;
  const parsed = (name: string) => (row[name] === null ? undefined : (JSON.parse(row[name] as string) as never));
  const address = text('address');
  const input: Record<string, unknown> = {
    id: flags & stagedFlag.ownUid ? undefined : text('uid'),
    channel: text('channel'),
    address: address === undefined ? undefined : { address, addressKey: text('address_key') ?? address },
    status: flags & stagedFlag.inactive ? 'INACTIVE' : undefined,
    effectiveAt: row['effective_at'] ?? undefined,
    attributes: parsed('attributes'),
    metrics: parsed('metrics'),
    userId: flags & stagedFlag.ownUser ? undefined : text('user_id'),
    userAttributes: parsed('user_attributes'),
  };
  for (const { column, group, field } of standardFields) {
    const value = row[column];
    if (value !== null && value !== undefined) input[group] = { ...(input[group] as object | undefined), [field]: value };
  }
  return input;
}
