import { z } from 'zod';
import { consentNote, suppressionFilter, suppressionScope, suppressManyInput } from '../../src-preload/contract/audience.js';
import { channel } from '../../src-preload/contract/common.js';
import { procedure, router } from './trpc.js';

export const suppressionsRouter = router({
  count: procedure.input(suppressionFilter).query(({ ctx, input, signal }) => ctx.workspace.read.audience.suppressionCount(input, { signal })),
  page: procedure
    .input(z.object({ filter: suppressionFilter, offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(200) }))
    .query(({ ctx, input, signal }) => ctx.workspace.read.audience.suppressionPage(input, { signal })),
  history: procedure
    .input(z.object({ channel, addressKey: z.string().min(1).max(4096) }))
    .query(({ ctx, input, signal }) => ctx.workspace.read.audience.suppressionHistory(input, { signal })),
  /** Many addresses at once, as pasted. */
  add: procedure.input(suppressManyInput).mutation(async ({ ctx, input }) => {
    const { appended: _appended, ...result } = await ctx.workspace.write.audience.suppressMany(input, { priority: 'claim' });
    return result;
  }),
  lift: procedure
    .input(z.object({ channel, addressKey: z.string().min(1).max(4096), scope: suppressionScope.optional(), note: consentNote }))
    .mutation(async ({ ctx, input }) => ({ lifted: (await ctx.workspace.write.audience.lift(input)).appended.length })),
});
