import { existsSync, rmSync } from 'node:fs';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportCounts, ImportMerged, ImportOptions, ImportUndone } from '../../../src-preload/contract/import.js';
import type { JobContext, JobKind } from '../../jobs/job.js';
import { systemRandom, uuidv7 } from '../../platform/random.js';
import { toErrorShape } from '../../platform/rpc.js';
import { sql } from '../../store/sql.js';
import { checkFile } from './check.js';
import { findImport, type ImportRow } from './import.rows.js';
import { loadIndexes, prepareLoad } from './load.js';
import { sourceOf } from './slice.js';
import type { importOperations } from './operations.js';
import { openStaging, type StagingReader, stagingPath } from './staging.js';

type Writes = { readonly imports: typeof importOperations };
type Context = JobContext<Writes>;

/** A slice should hold the store thread no longer than this, commit included (design 4). */
const sliceMs = 20;
const sliceRows = { least: 25, first: 200, most: 2_000, firstLoad: 10_000 } as const;

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
        { uid, path, app: row.app, options: JSON.parse(row.options) as ImportOptions },
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
    const loading = await context.write.imports.beginLoad(uid);
    try {
      if (!(await mergeRows(context, findImport(context.db, uid), staging, loading))) return undefined;
    } finally {
      if (loading) {
        context.progress(0, null, 'indexing');
        for (const name of loadIndexes) await context.write.imports.rebuildIndex(name, { priority: 'bulk' });
      }
    }
    return (await context.write.imports.finishMerge(uid)).merged ?? undefined;
  } catch (error) {
    // Between two slices a person may have turned the merge round; then it is finished no more.
    if (error instanceof HeliographError && error.code === 'CONFLICT' && findImport(context.db, uid).state === 'undoing') return undefined;
    throw error;
  } finally {
    staging?.close();
  }
}

/** Merges slice after slice. False when the import was cancelled meanwhile. */
async function mergeRows(context: Context, row: ImportRow, staging: StagingReader, loading: boolean): Promise<boolean> {
  const withSame = row.segment !== null;
  const total = staging.count(withSame);
  const newUid = pooledUids(context);
  let size: number = loading ? sliceRows.firstLoad : sliceRows.first;
  const read = (after: number) => {
    const rows = staging.after(after, size, withSame);
    return { rows, ready: loading && rows.length > 0 ? prepareLoad(rows, row.app, sourceOf(row), newUid) : undefined };
  };
  let slice = read(row.resume);
  while (slice.rows.length > 0) {
    context.throwIfCancelled();
    const started = performance.now();
    const { rows, ready } = slice;
    const lastN = rows.at(-1)!.n;
    const write = context.write.imports;
    const waiting =
      ready === undefined
        ? write.mergeSlice({ uid: row.uid, rows, total }, { priority: 'bulk' })
        : write.loadSlice({ uid: row.uid, rows: ready, count: rows.length, lastN, total }, { priority: 'bulk' });
    // Looked at below; what is read meanwhile must not leave a refusal without anybody to take it.
    waiting.catch(() => undefined);
    // The next rows are read and made ready while the store thread writes these.
    const next = read(lastN);
    let merged: ImportMerged | null;
    try {
      merged = await waiting;
    } catch (error) {
      if (ready === undefined || !(error instanceof HeliographError) || error.code !== 'CONFLICT') throw error;
      merged = await write.mergeSlice({ uid: row.uid, rows, total }, { priority: 'bulk' });
    }
    if (!merged) return false;
    context.progress(merged.rows, merged.total, 'rows');
    if (!loading)
      size = Math.round(Math.min(sliceRows.most, Math.max(sliceRows.least, size * Math.min(2, Math.max(0.5, sliceMs / (performance.now() - started))))));
    slice = next;
  }
  return true;
}

/** UUIDv7s with their chance drawn a few thousand at a time: a system call for each would be a tenth of a load. */
function pooledUids(context: Context): () => string {
  let pool: Buffer = Buffer.alloc(0);
  const random = {
    bytes: (length: number): Buffer => {
      if (pool.length < length) pool = systemRandom.bytes(65_536);
      const bytes = pool.subarray(0, length);
      pool = pool.subarray(length);
      return bytes;
    },
  };
  return () => uuidv7(context.now(), random);
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
