import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ExportInput, exportInput, type ExportResult, type ExportWhat } from '../../src-preload/contract/export.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { JobKind } from '../jobs/index.js';
import type { ReadDb } from '../store/db.js';
import { peopleSource, segmentSource } from './people.js';
import { writePerson } from './person.js';
import type { ExportSource } from './source.js';
import { bringOverSource } from './bring-over.js';
import { recipientsSource, reportSource, suppressionsSource } from './tables.js';
import { writeExport } from './write.js';

/** Exports that nobody fetched are removed after this long: they hold personal data. */
const keptMs = 24 * 60 * 60 * 1000;

/** `to`: the file to write, where the person named one; without it the file lies in the workspace until it is handed over. */
export interface ExportJobInput extends ExportInput {
  readonly to?: string;
}

export function exportsFolder(files: string): string {
  return join(files, 'exports');
}

/**
 * True when `path` is a file that the export job left in this workspace. What a job row says is data of a workspace file, which may come from anybody: a path or a link that
 * leads elsewhere would hand out, and then remove, any file of this person. `files`: the workspace's `files/` folder.
 */
export function isExportedFile(files: string, path: string): boolean {
  if (!existsSync(path) || !lstatSync(path).isFile()) return false;
  return realpathSync(path) === join(exportsFolder(join(realpathSync(dirname(files)), basename(files))), basename(path));
}

function sourceOf(db: ReadDb, what: Exclude<ExportWhat, { kind: 'person' }>, now: number): ExportSource {
  switch (what.kind) {
    case 'people':
      return peopleSource(db, what.filter, now);
    case 'segment':
      return segmentSource(db, what.segment, now);
    case 'suppressions':
      return suppressionsSource(db);
    case 'recipients':
      return recipientsSource(db, what.run, what.filter);
    case 'bringOver':
      return bringOverSource(db, what.job);
    case 'report':
      return reportSource(db, what);
  }
}

/** Writes a table to a file, in one snapshot and flat memory. */
export const exportJob: JobKind<ExportJobInput, ExportResult> = {
  run: (context, input) => {
    const { to, ...rest } = input;
    const { what, format } = exportInput.parse(rest);
    const folder = exportsFolder(context.files);
    sweepExports(context.files, context.now());
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = to ?? join(folder, context.uid);
    const written = context.snapshot(() => {
      if (what.kind === 'person') return { path, name: 'Person.zip', ...writePerson(path, context.db, what.endpoint, context.now()) };
      if (format.kind === 'zip') throw new HeliographError('BAD_INPUT', { field: 'format', message: 'This can be written as a table only.' });
      const source = sourceOf(context.db, what, context.now());
      context.progress(0, source.total, 'rows');
      const { rows, bytes } = writeExport(path, source, format, (done) => {
        context.throwIfCancelled();
        context.progress(done, source.total, 'rows');
      });
      return { path, name: `${source.name}.${format.kind}${format.gzip ? '.gz' : ''}`, rows, bytes };
    });
    context.progress(written.rows, written.rows, 'rows');
    return Promise.resolve(written);
  },
};

/** Removes every export that nobody fetched yet: each may hold somebody who is being erased. Gives back how many. `files`: the workspace's `files/` folder. */
export function clearExports(files: string): number {
  const folder = exportsFolder(files);
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder);
  for (const name of names) rmSync(join(folder, name), { force: true, recursive: true });
  return names.length;
}

/** Removes exports that nobody fetched for a day; what cannot be looked at or removed is left for the next time. `files`: the workspace's `files/` folder. */
export function sweepExports(files: string, now: number): void {
  const folder = exportsFolder(files);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    // Not `statSync`: a link that leads nowhere is removed like a file.
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found || found.mtimeMs >= now - keptMs) continue;
    try {
      rmSync(path, { force: true, recursive: true });
    } catch {
      continue; // held open by another program (Windows): the next sweep takes it
    }
  }
}
