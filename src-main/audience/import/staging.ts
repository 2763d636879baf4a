import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { createSideFile, openSideFile, sealSideFile } from '../../store/side-file.js';

/**
 * What a staged row is to the workspace, as the check found it. `twin`: a new id on an address that an earlier row of the file brings; it merges into that one.
 * `user`: a row of a list of user ids. The numbers are in the staging file.
 */
export const stagedClass = { new: 0, changed: 1, same: 2, twin: 3, user: 4 } as const;
export const stagedFlag = { optOut: 1, suppress: 2, kept: 4 } as const;

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
  readonly row: number;
  /** What makes two rows of a file one: the id, else the channel and address. */
  readonly ident: string;
  readonly class: number;
  readonly flags: number;
  readonly target: number | null;
  /** `channel:address` of an active endpoint, for twins. */
  readonly active: string | null;
  readonly payload: string;
}

export interface StagingWriter {
  add(row: NewStagedRow): void;
  /** Settles what comes more than once in the file. Gives back how many earlier rows were superseded, and how many are twins. */
  settle(): { superseded: number; twins: number };
  /** Rows by class, and how many of them keep an unsubscribe or bring one. */
  totals(): { byClass: ReadonlyMap<number, number>; kept: number; unsubscribes: number };
  /** Makes the file durable and closes it. */
  seal(): void;
  close(): void;
}

const schema =
  'create table staged (n integer primary key, row integer not null, ident text not null, class integer not null, flags integer not null, target integer, active text, payload text not null) strict';

/** The folder of one import: its staging file and its rejected rows. */
export const importFolder = (files: string, uid: string): string => join(files, 'imports', uid);
export const stagingPath = (files: string, uid: string): string => join(importFolder(files, uid), 'staging.sqlite');
export const rejectsPath = (files: string, uid: string): string => join(importFolder(files, uid), 'rejected.csv');

/** Rows of a transaction: enough to make its cost vanish, few enough to stay in the page cache. */
const batchRows = 20_000;

export function createStaging(files: string, uid: string): StagingWriter {
  mkdirSync(importFolder(files, uid), { recursive: true, mode: 0o700 });
  const path = stagingPath(files, uid);
  rmSync(path, { force: true });
  const db = createSideFile(path);
  chmodSync(path, 0o600);
  db.exec(schema);
  const insert = db.prepare('insert into staged (row, ident, class, flags, target, active, payload) values (?, ?, ?, ?, ?, ?, ?)');
  let pending = 0;
  let anyActive = false;
  const flush = () => {
    if (db.inTransaction) db.exec('commit');
    pending = 0;
  };
  return {
    add(row) {
      if (pending === 0) db.exec('begin');
      insert.run(row.row, row.ident, row.class, row.flags, row.target, row.active, row.payload);
      anyActive ||= row.active !== null;
      if (++pending >= batchRows) flush();
    },
    settle() {
      flush();
      let superseded = 0;
      if (!tryUnique(db)) {
        db.exec('create index staged_ident on staged (ident, n)');
        // An opt-out of an earlier row holds for the row that wins: within a file, too, consent only tightens.
        db.exec(`
          update staged set flags = staged.flags | o.flags from (
            select ident, max(flags & 1) | max(flags & 2) as flags, max(n) as last from staged
            where ident in (select ident from staged where flags & 3) group by ident having count(*) > 1
          ) as o where staged.n = o.last`);
        superseded = db
          .prepare('delete from staged where exists (select 1 from staged as later where later.ident = staged.ident and later.n > staged.n)')
          .run().changes;
      }
      let twins = 0;
      if (anyActive) {
        db.exec('create index staged_active on staged (active, n) where active is not null');
        twins = db
          .prepare(
            `update staged set class = ${stagedClass.twin} where class = ${stagedClass.new} and active is not null
             and exists (select 1 from staged as earlier where earlier.active = staged.active and earlier.n < staged.n)`,
          )
          .run().changes;
      }
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

/** One sort tells at once that nothing comes twice, which is the usual file. */
function tryUnique(db: BetterSqlite3.Database): boolean {
  try {
    db.exec('create unique index staged_once on staged (ident)');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_CONSTRAINT_UNIQUE') return false;
    throw error;
  }
}

export interface StagingReader {
  /** Rows that the merge will see. */
  count(same: boolean): number;
  /** Rows in order after `n`. Without `same`, rows that change nothing are left out. */
  after(n: number, limit: number, same: boolean): StagedRow[];
  close(): void;
}

export function openStaging(files: string, uid: string): StagingReader {
  const db = openSideFile(stagingPath(files, uid));
  const where = `where (class <> ${stagedClass.same} or flags & 3)`;
  const all = db.prepare<[number, number], StagedRow>('select n, class, flags, target, payload from staged where n > ? order by n limit ?');
  const moving = db.prepare<[number, number], StagedRow>(`select n, class, flags, target, payload from staged ${where} and n > ? order by n limit ?`);
  return {
    count: (same) => db.prepare<[], { n: number }>(`select count(*) as n from staged ${same ? '' : where}`).get()!.n,
    after: (n, limit, same) => (same ? all : moving).all(n, limit),
    close: () => db.close(),
  };
}
