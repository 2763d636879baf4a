import { basename } from 'node:path';
import { z } from 'zod';
import { type BringOverEntry, bringOverFile, bringOverInput, bringOverReportInput, type BringOverSource } from '../../src-preload/contract/bring-over.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { BringOverJobInput } from '../bring-over/index.js';
import type { Context } from './context.js';
import { procedure, router } from './trpc.js';

/** An upload is known to the shell alone; what it was called, with its folders, the browser said. */
const resolved = (ctx: Context, sources: readonly BringOverSource[]): BringOverJobInput => ({
  sources: sources.map((source) => (source.kind === 'upload' ? { path: ctx.shell.resolveUpload(source.id).path, name: source.name } : { path: source.path, name: source.name ?? basename(source.path) })),
});

const titleOf = (sources: readonly BringOverSource[]): string => {
  const [first] = sources;
  const name = first?.name?.split('/')[0] ?? (first?.kind === 'path' ? basename(first.path) : '');
  const together = sources.every((source) => source.name?.startsWith(`${name}/`));
  return sources.length > 1 && !together ? `${name} and ${sources.length - 1} more` : name;
};

export const bringOverRouter = router({
  /** Looks at every file in a job of its own; writes nothing. */
  look: procedure.input(bringOverInput).mutation(async ({ ctx, input }) => {
    const { jobs } = ctx.workspace;
    const job = await jobs.finished((await jobs.start('bring-over.look', `Look at ${titleOf(input.sources)}`, resolved(ctx, input.sources))).uid);
    if (job.error) throw new HeliographError(job.error.code, job.error.detail);
    return z.array(bringOverFile).parse(job.result);
  }),
  /** Brings over. Uploads go when the job has ended well; else they are kept for another try. */
  start: procedure.input(bringOverInput).mutation(async ({ ctx, input }) => {
    const { jobs } = ctx.workspace;
    const job = await jobs.start('bring-over', `Bring over ${titleOf(input.sources)}`, resolved(ctx, input.sources));
    void jobs.finished(job.uid).then(
      ({ state }) => {
        if (state === 'done') for (const source of input.sources) if (source.kind === 'upload') ctx.shell.releaseUpload(source.id);
      },
      (error: unknown) => ctx.log.warn('uploads of a bringing over were not released', { error }),
    );
    return job;
  }),
  reports: procedure.query(async ({ ctx }): Promise<BringOverEntry[]> =>
    (await ctx.workspace.read.jobs.ofKind({ kind: 'bring-over', limit: 200 })).map(({ uid, title, state, createdAt, endedAt }) => ({ job: uid, title, state, createdAt, endedAt })),
  ),
  report: procedure.input(bringOverReportInput).query(({ ctx, input }) => ctx.workspace.read.bringOver.report(input)),
});
