import { createRequire } from 'node:module';
import { chmodSync, existsSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { registerFunctions } from './functions.js';
import { restoreIndexes } from './indexes.js';
import { assertNodeApi } from '../platform/node-api.js';
import { migrations, schemaVersion } from './migrations/index.js';

/** `HELG`: says that a SQLite file is ours (PRAGMA application_id). */
export const applicationId = 0x48_45_4c_47;

const nodeRequire = createRequire(import.meta.url);

function connect(file: string, options: BetterSqlite3.Options): BetterSqlite3.Database {
  assertNodeApi();
  const Database = nodeRequire('better-sqlite3') as typeof BetterSqlite3;
  const db = new Database(file, options);
  // A workspace file may come from anybody: no functions from its schema, no writing through views, no shadow tables.
  db.pragma('trusted_schema = off');
  db.pragma('cell_size_check = on');
  registerFunctions(db);
  return db;
}

/** Opens the writing connection of a workspace file and migrates nothing. `file` may be `:memory:` in tests. */
export function connectWriter(file: string): BetterSqlite3.Database {
  const db = connect(file, {});
  db.unsafeMode(false);
  db.pragma('journal_mode = wal');
  // The build's default under WAL is NORMAL, which may lose the last commits at a power cut; a claim must not be lost.
  db.pragma('synchronous = full');
  db.pragma('fullfsync = on');
  db.pragma('foreign_keys = on');
  db.pragma('cache_size = -65536');
  db.pragma('temp_store = memory');
  if (file !== ':memory:' && existsSync(file)) chmodSync(file, 0o600);
  return db;
}

export function connectReader(file: string): BetterSqlite3.Database {
  const db = connect(file, { readonly: true, fileMustExist: true });
  db.pragma('cache_size = -65536');
  db.pragma('temp_store = memory');
  return db;
}

/** The lock database: one question, answered at once. */
export function connectLock(file: string): BetterSqlite3.Database {
  const db = connect(file, { timeout: 0 });
  chmodSync(file, 0o600);
  return db;
}

export interface MigrateHooks {
  /** Called once before the first step on a file that already has a schema: makes the backup. */
  readonly beforeFirst?: (fromVersion: number) => void;
}

/**
 * Brings a file to the newest schema, each step in its own transaction. A failing step stops everything and leaves the file as it was before it.
 * Throws `WORKSPACE_NEWER` for a file from a newer Heliograph, `WORKSPACE_FOREIGN` for a database that is not ours, `WORKSPACE_CORRUPT` for no database at all.
 */
export function migrate(db: BetterSqlite3.Database, hooks: MigrateHooks = {}): { from: number; to: number } {
  const { version: from, fresh } = inspect(db);
  if (from > schemaVersion) throw new HeliographError('WORKSPACE_NEWER', { file: from, program: schemaVersion });
  if (from < schemaVersion && !fresh) {
    // Before the first step: a stranger's trigger would run inside the steps.
    assertSchema(db, from);
    hooks.beforeFirst?.(from);
  }
  for (const step of migrations.filter((one) => one.version > from)) {
    db.transaction(() => {
      step.up(db);
      db.pragma(`user_version = ${step.version}`);
      db.pragma(`application_id = ${applicationId}`);
    }).immediate();
  }
  if (!fresh) {
    assertSchema(db);
    restoreIndexes(db);
  }
  return { from, to: schemaVersion };
}

/**
 * Looks at the file of an existing workspace without changing a byte of it. Throws `WORKSPACE_NEWER`, `WORKSPACE_FOREIGN` or `WORKSPACE_CORRUPT`, which an empty file is
 * too: to fill it would make a new workspace in the place of one that was lost.
 */
export function checkFile(file: string): void {
  let db: BetterSqlite3.Database;
  try {
    db = connectReader(file);
  } catch (error) {
    throw new HeliographError('WORKSPACE_CORRUPT', {}, { cause: error });
  }
  try {
    const { version, fresh } = inspect(db);
    if (version > schemaVersion) throw new HeliographError('WORKSPACE_NEWER', { file: version, program: schemaVersion });
    if (fresh) throw new HeliographError('WORKSPACE_CORRUPT', { object: 'empty file' });
    assertSchema(db, version);
  } finally {
    db.close();
  }
}

/** Reads what a file says of itself, before anything is written to it. */
export function inspect(db: BetterSqlite3.Database): { version: number; fresh: boolean } {
  try {
    const id = Number(db.pragma('application_id', { simple: true }));
    const version = Number(db.pragma('user_version', { simple: true }));
    const objects = db.prepare<[], { n: number }>('select count(*) as n from sqlite_schema').get()!.n;
    if (objects === 0 && id === 0 && version === 0) return { version: 0, fresh: true };
    if (id !== applicationId || version < 1) throw new HeliographError('WORKSPACE_FOREIGN', { applicationId: id });
    return { version, fresh: false };
  } catch (error) {
    if (error instanceof HeliographError) throw error;
    throw new HeliographError('WORKSPACE_CORRUPT', {}, { cause: error });
  }
}

/**
 * Compares every table, index, trigger and view of a file with what the migrations up to `version` make. A stranger's trigger or view would run inside our transactions,
 * so a difference refuses the file. Throws `WORKSPACE_FOREIGN` naming the first object that differs.
 */
export function assertSchema(db: BetterSqlite3.Database, version: number = schemaVersion): void {
  const read = (of: BetterSqlite3.Database) =>
    new Map(
      of
        .prepare<[], { type: string; name: string; sql: string | null }>("select type, name, sql from sqlite_schema where name not like 'sqlite_%'")
        .all()
        .map((row) => [`${row.type} ${row.name}`, row.sql ?? '']),
    );
  const model = connect(':memory:', {});
  try {
    for (const step of migrations.filter((one) => one.version <= version)) step.up(model);
    const want = read(model);
    const have = read(db);
    for (const [name, text] of have) if (want.get(name) !== text) throw new HeliographError('WORKSPACE_FOREIGN', { object: name });
    // A missing index is no damage: a first import that was cut short leaves some out, and `restoreIndexes` makes them again.
    for (const name of want.keys()) if (!have.has(name) && !name.startsWith('index ')) throw new HeliographError('WORKSPACE_CORRUPT', { object: name });
  } finally {
    model.close();
  }
}
