import { z } from 'zod';
import { procedure, router } from './trpc.js';

const uid = z.object({ uid: z.string() });

export const jobsRouter = router({
  list: procedure.input(z.object({ limit: z.number().int().min(1).max(200).default(20) })).query(({ ctx, input }) => ctx.workspace.jobs.list(input.limit)),
  get: procedure.input(uid).query(async ({ ctx, input }) => (await ctx.workspace.jobs.get(input.uid)) ?? null),
  cancel: procedure.input(uid).mutation(({ ctx, input }) => ctx.workspace.jobs.cancel(input.uid)),
});
