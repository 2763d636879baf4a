import { join } from 'node:path';
import { z } from 'zod';
import { exportInput, exportResult, type ExportWhat } from '../../src-preload/contract/export.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { isExportedFile } from '../exports/index.js';
import { workspaceFiles } from '../store/index.js';
import { procedure, router } from './trpc.js';

const titles: Readonly<Record<ExportWhat['kind'], string>> = {
  people: 'Export people',
  segment: 'Export segment',
  suppressions: 'Export suppressions',
  recipients: 'Export recipients',
  bringOver: 'Export report',
  person: 'Export person',
  report: 'Export report',
};

export const exportsRouter = router({
  /** Starts writing a file; watch the job, then `deliver` it. */
  start: procedure.input(exportInput).mutation(({ ctx, input }) => ctx.workspace.jobs.start('export', titles[input.what.kind], input)),
  /** Hands a finished export to the person: a save dialog, or a link to fetch it by. Once: the file is removed then. */
  deliver: procedure.input(z.strictObject({ job: z.string() })).mutation(async ({ ctx, input }) => {
    const job = await ctx.workspace.jobs.finished(input.job);
    if (job.kind !== 'export') throw new HeliographError('NOT_FOUND', { what: 'export' });
    if (job.error) throw new HeliographError(job.error.code, job.error.detail);
    const result = exportResult.parse(job.result);
    if (!isExportedFile(join(ctx.workspace.folder, workspaceFiles.files), result.path)) throw new HeliographError('NOT_FOUND', { what: 'export' });
    return { ...(await ctx.shell.offerFile(result.path, result.name)), rows: result.rows };
  }),
});
