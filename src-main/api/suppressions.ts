import { z } from 'zod';
import { consentNote, suppressionFilter, suppressionScope, suppressManyInput } from '../../src-preload/contract/audience.js';
import { channel } from '../../src-preload/contract/common.js';
import { suppressSliceAddresses } from '../audience/index.js';
import { procedure, router } from './trpc.js';

export const suppressionsRouter = router({
  count: procedure.input(suppressionFilter).query(({ ctx, input, signal }) => ctx.workspace.read.audience.suppressionCount(input, { signal })),
  page: procedure
    .input(z.object({ filter: suppressionFilter, offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(200) }))
    .query(({ ctx, input, signal }) => ctx.workspace.read.audience.suppressionPage(input, { signal })),
  history: procedure
    .input(z.object({ channel, addressKey: z.string().min(1).max(4096) }))
    .query(({ ctx, input, signal }) => ctx.workspace.read.audience.suppressionHistory(input, { signal })),
  /** What a list would do. A mutation only because a list is too long for a query's key. */
  check: procedure.input(suppressManyInput).mutation(async ({ ctx, input, signal }) => (await ctx.workspace.read.audience.planSuppressions(input, { signal })).check),
  /**
   * Addresses as pasted or from a file: looked up on a reader. A few are a person's act of consent, which goes before all else (design 4); a long list is written in slices between which
   * others come to their turn.
   */
  add: procedure.input(suppressManyInput).mutation(async ({ ctx, input, signal }) => {
    const { read, write } = ctx.workspace;
    const { check, facts } = await read.audience.planSuppressions(input, { signal });
    const source = input.file === undefined ? 'entered by hand' : `list: ${input.file}`;
    const priority = facts.length <= suppressSliceAddresses ? 'claim' : 'bulk';
    let added = 0;
    for (let from = 0; from < facts.length; from += suppressSliceAddresses) {
      const slice = { channel: input.channel, note: input.note, source, facts: facts.slice(from, from + suppressSliceAddresses) };
      added += (await write.audience.suppressSlice(slice, { priority })).appended.length;
    }
    if (added > 0) await write.audience.suppressionsEntered({ added, reason: input.reason, scope: input.scope });
    return check;
  }),
  lift: procedure
    .input(z.object({ channel, addressKey: z.string().min(1).max(4096), scope: suppressionScope.optional(), note: consentNote }))
    .mutation(async ({ ctx, input }) => ({ lifted: (await ctx.workspace.write.audience.lift(input)).appended.length })),
});
