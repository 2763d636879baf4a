import { z } from 'zod';
import { liftBouncesInput, recipientQuery, resolveUnknownInput } from '../../src-preload/contract/campaign.js';
import { systemClock } from '../platform/clock.js';
import { nudge } from './campaigns.js';
import { procedure, router } from './trpc.js';

const run = z.object({ run: z.string().min(1).max(64) });

/** The shapes are listed at the head of `contract/campaign.ts`. */
export const runsRouter = router({
  list: procedure.input(z.object({ campaign: z.string().max(64).optional() })).query(({ ctx, input, signal }) => ctx.workspace.read.delivery.listRuns(input, { signal })),
  status: procedure.input(run).query(({ ctx, input, signal }) => ctx.workspace.read.delivery.runStatus({ ...input, now: systemClock.now() }, { signal })),
  recipients: procedure.input(recipientQuery).query(({ ctx, input, signal }) => ctx.workspace.read.delivery.recipients(input, { signal })),
  unknown: procedure
    .input(run.extend({ after: z.number().int().nonnegative().optional(), limit: z.number().int().min(1).max(500).optional() }))
    .query(({ ctx, input, signal }) => ctx.workspace.read.delivery.unknownMessages(input, { signal })),

  takeBack: procedure.input(run).mutation(({ ctx, input }) => ctx.workspace.write.delivery.takeBack(input)),
  confirm: procedure
    .input(run)
    .mutation(({ ctx, input }) => ctx.workspace.write.delivery.confirmLaunch({ ...input, collectorUrl: ctx.workspace.collector.status().url })),
  /** The row says so first; the scheduler is told at once, so that no more is begun. */
  pause: procedure.input(run).mutation(async ({ ctx, input }) => {
    await ctx.workspace.write.delivery.pauseRun(input, { priority: 'claim' });
    nudge(ctx.workspace);
  }),
  resume: procedure.input(run).mutation(async ({ ctx, input }) => {
    await ctx.workspace.write.delivery.resumeRun(input);
    nudge(ctx.workspace);
  }),
  stop: procedure.input(run).mutation(async ({ ctx, input }) => {
    await ctx.workspace.write.delivery.stopRun(input, { priority: 'claim' });
    nudge(ctx.workspace);
  }),

  /** Settles all it was asked for, in slices; a restored workspace may hold very many. */
  resolveUnknown: procedure.input(resolveUnknownInput).mutation(async ({ ctx, input, signal }) => {
    let resolved = 0;
    for (;;) {
      const step = await ctx.workspace.write.delivery.resolveUnknown(input);
      resolved += step.resolved;
      if (step.left === 0 || step.resolved === 0 || signal?.aborted) return { resolved, left: step.left };
    }
  }),

  liftable: procedure.input(run).query(({ ctx, input, signal }) => ctx.workspace.read.delivery.liftableBounces(input, { signal })),
  liftBounces: procedure.input(liftBouncesInput).mutation(async ({ ctx, input, signal }) => {
    let lifted = 0;
    let again = 0;
    for (;;) {
      const step = await ctx.workspace.write.delivery.liftBounces(input);
      lifted += step.lifted;
      again += step.again;
      if (step.left && step.lifted > 0 && !signal?.aborted) continue;
      if (again > 0) nudge(ctx.workspace);
      return { lifted, again };
    }
  }),
});
