import { existsSync, rmSync } from 'node:fs';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportCounts, ImportMerged, ImportUndone } from '../../../src-preload/contract/import.js';
import type { JobContext, JobKind } from '../../jobs/job.js';
import { toErrorShape } from '../../platform/rpc.js';
import { sql } from '../../store/sql.js';
import { checkFile } from './check.js';
import { findImport, type ImportRow, storedOptions } from './import.rows.js';
import { loadIndexes, type LoadSlice } from './load.js';
import type { importOperations } from './operations.js';
import { openStaging, type StagingReader, stagingPath } from './staging.js';

type Writes = { readonly imports: typeof importOperations };
type Context = JobContext<Writes>;

/** A slice should hold the store thread no longer than this, commit included (design 4). */
const merging: SliceRule = { ms: 20, least: 25, first: 200, most: 2_000 };
/** The first load of an empty workspace may exceed it: 1M rows in slices of 10,000 took 7.5 s, of 50,000 5.5 s (2026-11-24, a script; two fsyncs each). */
const loading: SliceRule = { ms: 100, least: 1_000, first: 5_000, most: 50_000 };

interface SliceRule {
  readonly ms: number;
  readonly least: number;
  readonly first: number;
  readonly most: number;
}

/** The size of the next slice, by how long the last one took. */
const nextSize = ({ ms, least, most }: SliceRule, size: number, started: number): number =>
  Math.round(Math.min(most, Math.max(least, size * Math.min(2, Math.max(0.5, ms / (performance.now() - started))))));

/** The dry run. Its path is resolved by who starts it, because an upload is known only to the shell. */
export const importCheckJob: JobKind<{ uid: string; path: string }, ImportCounts, Writes> = {
  run: async (context, { uid, path }) => {
    const row = findImport(context.db, uid);
    try {
      const counts = await checkFile(
        {
          db: context.db,
          files: context.files,
          now: () => context.now(),
          snapshot: (work) => context.snapshot(work),
          progress: (done, total) => context.progress(done, total, 'rows'),
          throwIfCancelled: () => context.throwIfCancelled(),
        },
        { uid, path, app: row.app, options: storedOptions(row) },
      );
      await context.write.imports.checked({ uid, counts });
      context.progress(counts.rows, counts.rows, 'rows');
      return counts;
    } catch (error) {
      await context.write.imports.checkFailed({ uid, error: toErrorShape(error).error });
      throw error;
    }
  },
};

/** Merges a checked import, or goes on with one that was interrupted. When it is cancelled meanwhile, takes back what it did and ends as cancelled. */
export const importMergeJob: JobKind<{ uid: string }, ImportMerged, Writes> = {
  run: async (context, { uid }) => {
    if (findImport(context.db, uid).state === 'merging') {
      const merged = await merge(context, uid);
      if (merged) {
        rmSync(stagingPath(context.files, uid), { force: true });
        return merged;
      }
    }
    await takeBack(context, uid);
    throw new HeliographError('CANCELLED');
  },
};

/** Takes back a finished import. */
export const importUndoJob: JobKind<{ uid: string }, ImportUndone, Writes> = { run: (context, { uid }) => takeBack(context, uid) };

/** Rows that are gone do not come back, so the import ends here instead of failing again at every open. */
async function openForMerge(context: Context, uid: string): Promise<StagingReader> {
  const path = stagingPath(context.files, uid);
  try {
    return openStaging(context.files, uid);
  } catch (cause) {
    const lost = existsSync(path)
      ? new HeliographError('FILE_UNREADABLE', { name: path, message: 'These are the checked rows. Take the import back and import the file again.' }, { cause })
      : new HeliographError('IMPORT_ROWS_LOST', {}, { cause });
    await context.write.imports.mergeFailed({ uid, error: toErrorShape(lost).error });
    throw lost;
  }
}

/** Undefined when the import was cancelled meanwhile. */
async function merge(context: Context, uid: string): Promise<ImportMerged | undefined> {
  let staging: StagingReader | undefined;
  try {
    staging = await openForMerge(context, uid);
    const going = (await load(context, findImport(context.db, uid), staging)) && (await mergeRows(context, findImport(context.db, uid), staging));
    return going ? ((await context.write.imports.finishMerge(uid)).merged ?? undefined) : undefined;
  } catch (error) {
    // Between two slices a person may have turned the merge round; then it is finished no more.
    if (error instanceof HeliographError && error.code === 'CONFLICT' && findImport(context.db, uid).state === 'undoing') return undefined;
    throw error;
  } finally {
    staging?.close();
  }
}

/** The first load, where this is one: as many rows as it can take, then the indexes. False when the import was cancelled meanwhile. */
async function load(context: Context, row: ImportRow, staging: StagingReader): Promise<boolean> {
  const { plan } = staging;
  const { base } = plan ? await context.write.imports.beginLoad({ uid: row.uid, plan }) : { base: null };
  try {
    if (!plan || !base) return true;
    const slice = { uid: row.uid, path: stagingPath(context.files, row.uid), base, plan, total: staging.count(row.segment !== null) };
    return await loadRows(context, slice);
  } catch (error) {
    if (error instanceof HeliographError && error.code === 'CONFLICT') return true;
    throw error;
  } finally {
    await rebuildIndexes(context);
  }
}

async function loadRows(context: Context, slice: Omit<LoadSlice, 'limit'>): Promise<boolean> {
  const { imports } = context.write;
  for (let after = 0, limit = loading.first; after < slice.plan.users;) {
    context.throwIfCancelled();
    const started = performance.now();
    if (!(await imports.loadUsers({ ...slice, limit, after }, { priority: 'bulk' }))) return false;
    context.progress(0, slice.total, 'rows');
    after += limit;
    limit = nextSize(loading, limit, started);
  }
  for (let after = 0, limit = loading.first; after < slice.plan.lastNew;) {
    context.throwIfCancelled();
    const started = performance.now();
    const merged = await imports.loadSlice({ ...slice, limit }, { priority: 'bulk' });
    if (!merged) return false;
    context.progress(merged.rows, merged.total, 'rows');
    after += limit;
    limit = nextSize(loading, limit, started);
  }
  return true;
}

/** Those a load left out: this one, or one whose thread died. */
async function rebuildIndexes(context: Context): Promise<void> {
  const present = new Set(context.db.all<{ name: string }>(sql`select name from sqlite_schema where type = 'index'`).map(({ name }) => name));
  const missing = loadIndexes.filter((name) => !present.has(name));
  if (missing.length === 0) return;
  context.progress(0, null, 'indexing');
  for (const name of missing) await context.write.imports.rebuildIndex(name, { priority: 'bulk' });
  await context.write.imports.endLoad(undefined);
}

/** Merges slice after slice. False when the import was cancelled meanwhile. */
async function mergeRows(context: Context, row: ImportRow, staging: StagingReader): Promise<boolean> {
  const withSame = row.segment !== null;
  const total = staging.count(withSame);
  let size = merging.first;
  let rows = staging.after(row.resume, size, withSame);
  while (rows.length > 0) {
    context.throwIfCancelled();
    const started = performance.now();
    const waiting = context.write.imports.mergeSlice({ uid: row.uid, rows, total }, { priority: 'bulk' });
    // Looked at below; what is read meanwhile must not leave a refusal without anybody to take it.
    waiting.catch(() => undefined);
    // The next rows are read while the store thread writes these.
    const next = staging.after(rows.at(-1)!.n, size, withSame);
    const merged = await waiting;
    if (!merged) return false;
    context.progress(merged.rows, merged.total, 'rows');
    size = nextSize(merging, size, started);
    rows = next;
  }
  return true;
}

const undoRows = 200;
/** Members are only deleted, so more of them fit in a slice. */
const memberRows = 5_000;

async function takeBack(context: Context, uid: string): Promise<ImportUndone> {
  const total = context.db.get<{ n: number }>(sql`select count(*) as n from import_image where import = ${findImport(context.db, uid).id}`)!.n;
  let done = 0;
  let undone: ImportUndone = { restored: 0, removed: 0, kept: 0 };
  // Rows that traded addresses wait for each other: passes go on while any of them helps, the last one keeps what is left.
  for (let last = false, finished = false; !finished;) {
    let after: number | null = 0;
    let waiting = 0;
    let moved = 0;
    while (after !== null) {
      context.throwIfCancelled();
      const step: { after: number | null; waiting: number; done: number; undone: ImportUndone } = await context.write.imports.undoSlice(
        { uid, after, limit: undoRows, last },
        { priority: 'bulk' },
      );
      ({ after, undone } = step);
      waiting += step.waiting;
      moved += step.done;
      done += step.done;
      context.progress(done, total, 'restored');
    }
    finished = waiting === 0;
    last = moved === 0;
  }
  for (let after: number | null = 0; after !== null;) {
    context.throwIfCancelled();
    const step: { after: number | null } = await context.write.imports.undoUserSlice({ uid, after, limit: undoRows }, { priority: 'bulk' });
    after = step.after;
  }
  while ((await context.write.imports.dropMembers({ uid, limit: memberRows }, { priority: 'bulk' })) > 0) context.throwIfCancelled();
  await context.write.imports.finishUndo(uid);
  rmSync(stagingPath(context.files, uid), { force: true });
  return undone;
}
