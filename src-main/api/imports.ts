import { basename, join } from 'node:path';
import { z } from 'zod';
import { importCheckInput, importInspectInput, importRef, type ImportSource, importStartInput } from '../../src-preload/contract/import.js';
import { createImportService, type ImportFile } from '../audience/import/index.js';
import { workspaceFiles } from '../store/index.js';
import type { Context, Workspace } from './context.js';
import { procedure, router } from './trpc.js';

/** The import service of an open workspace. */
export const importService = (workspace: Workspace) =>
  createImportService({
    read: workspace.read.imports,
    write: workspace.write.imports,
    jobs: workspace.jobs,
    files: join(workspace.folder, workspaceFiles.files),
  });

/** An upload is known to the shell alone; a path is what it is. */
const fileOf = (ctx: Context, source: ImportSource): ImportFile =>
  source.kind === 'upload' ? ctx.shell.resolveUpload(source.id) : { path: source.path, name: basename(source.path) };

export const importsRouter = router({
  /** Looks at the first megabyte: form, columns, samples, guesses. */
  inspect: procedure.input(importInspectInput).query(({ ctx, input: { source, ...options } }) => importService(ctx.workspace).inspect(fileOf(ctx, source), options)),
  /** Starts the dry run. */
  check: procedure.input(importCheckInput).mutation(({ ctx, input }) => importService(ctx.workspace).check(fileOf(ctx, input.source), input)),
  /** Merges a checked import. The upload goes now and not after the check: until here a person may come back and map it anew. */
  start: procedure.input(importStartInput).mutation(async ({ ctx, input }) => {
    const view = await importService(ctx.workspace).start(input.uid, input.segmentName);
    if (view.options.source.kind === 'upload') ctx.shell.releaseUpload(view.options.source.id);
    return view;
  }),
  cancel: procedure.input(importRef).mutation(({ ctx, input }) => importService(ctx.workspace).cancel(input.uid)),
  undo: procedure.input(importRef).mutation(({ ctx, input }) => importService(ctx.workspace).undo(input.uid)),
  resume: procedure.input(importRef).mutation(({ ctx, input }) => importService(ctx.workspace).resume(input.uid)),
  list: procedure.input(z.object({ limit: z.number().int().min(1).max(1_000).default(200) })).query(({ ctx, input }) => ctx.workspace.read.imports.list(input)),
  get: procedure.input(importRef).query(({ ctx, input }) => ctx.workspace.read.imports.get(input.uid)),
  /** The rejected rows as a CSV file, by save dialog or download. */
  rejects: procedure.input(importRef).mutation(async ({ ctx, input }) => {
    const { path, name } = await importService(ctx.workspace).rejects(input.uid);
    return ctx.shell.offerFile(path, name);
  }),
});
