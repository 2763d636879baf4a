import { z } from 'zod';
import { importService } from './imports.js';
import { procedure, router } from './trpc.js';

const uid = z.object({ uid: z.string() });

export const jobsRouter = router({
  list: procedure.input(z.object({ limit: z.number().int().min(1).max(200).default(20) })).query(({ ctx, input }) => ctx.workspace.jobs.list(input.limit)),
  get: procedure.input(uid).query(async ({ ctx, input }) => (await ctx.workspace.jobs.get(input.uid)) ?? null),
  /** An import that is cancelled restores what it changed, so its own service does it, for one inside a bringing over too; any other job just stops. */
  cancel: procedure.input(uid).mutation(async ({ ctx, input }) => {
    const { read } = ctx.workspace;
    const job = await ctx.workspace.jobs.get(input.uid);
    const importing = job?.kind === 'import.check' || job?.kind === 'import.merge' || job?.kind === 'bring-over';
    const cancelled = importing ? (await read.imports.list({ limit: 200 })).find((view) => view.job === input.uid && (view.state === 'checking' || view.state === 'merging')) : undefined;
    if (cancelled) await importService(ctx.workspace).cancel(cancelled.uid);
    else ctx.workspace.jobs.cancel(input.uid);
  }),
});
