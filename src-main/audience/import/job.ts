import { rmSync } from 'node:fs';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportCounts, ImportMerged, ImportOptions, ImportUndone } from '../../../src-preload/contract/import.js';
import type { JobContext, JobKind } from '../../jobs/job.js';
import { toErrorShape } from '../../platform/rpc.js';
import { sql } from '../../store/sql.js';
import { checkFile } from './check.js';
import { findImport } from './import.rows.js';
import type { importOperations } from './operations.js';
import { openStaging, type StagingReader, stagingPath } from './staging.js';

type Writes = { readonly imports: typeof importOperations };
type Context = JobContext<Writes>;

/** A slice should hold the store thread no longer than this, commit included (design 4). */
const sliceMs = 20;
const sliceRows = { least: 25, first: 200, most: 2_000, firstLoad: 20_000 } as const;

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

async function openForMerge(context: Context, uid: string): Promise<StagingReader> {
  try {
    return openStaging(context.files, uid);
  } catch (error) {
    const lost = new HeliographError(
      'FILE_UNREADABLE',
      { name: 'staging.sqlite', message: 'The checked rows of this import are gone. Take it back and import the file again.' },
      { cause: error },
    );
    await context.write.imports.mergeFailed({ uid, error: toErrorShape(lost).error });
    throw lost;
  }
}

/** Undefined when the import was cancelled meanwhile. */
async function merge(context: Context, uid: string): Promise<ImportMerged | undefined> {
  const row = findImport(context.db, uid);
  const staging = await openForMerge(context, uid);
  try {
    const firstLoad =
      row.resume === 0 && !context.db.get(sql`select 1 as found from endpoint limit 1`) && !context.db.get(sql`select 1 as found from run limit 1`);
    const withSame = row.segment !== null;
    let size: number = firstLoad ? sliceRows.firstLoad : sliceRows.first;
    const total = staging.count(withSame);
    let rows = staging.after(row.resume, size, withSame);
    let merged = JSON.parse(row.merged!) as ImportMerged;
    while (rows.length > 0) {
      context.throwIfCancelled();
      const started = performance.now();
      const waiting = context.write.imports.mergeSlice({ uid, rows, total }, { priority: 'bulk' });
      // The next rows are read while the store thread writes these.
      const next = staging.after(rows.at(-1)!.n, size, withSame);
      const result = await waiting;
      if (!result) return undefined;
      merged = result;
      context.progress(merged.rows, merged.total, 'rows');
      if (!firstLoad)
        size = Math.round(Math.min(sliceRows.most, Math.max(sliceRows.least, size * Math.min(2, Math.max(0.5, sliceMs / (performance.now() - started))))));
      rows = next;
    }
    const done = await context.write.imports.finishMerge(uid);
    return done.merged ?? merged;
  } catch (error) {
    // Between two slices a person may have turned the merge round; then it is finished no more.
    if (error instanceof HeliographError && error.code === 'CONFLICT' && findImport(context.db, uid).state === 'undoing') return undefined;
    throw error;
  } finally {
    staging.close();
  }
}

const undoRows = 200;

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
  await context.write.imports.finishUndo(uid);
  rmSync(stagingPath(context.files, uid), { force: true });
  return undone;
}
