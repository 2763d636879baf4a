import { z } from 'zod';
import { mailtoAddress, publicUrl } from '../../src-preload/contract/reachability.js';
import { procedure, router } from './trpc.js';

const choice = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('none') }),
  z.object({ mode: z.literal('public'), url: publicUrl }),
  z.object({ mode: z.literal('mailto'), address: mailtoAddress }),
]);

export const reachabilityRouter = router({
  /** How recipients reach this workspace, and whether the collector listens. */
  get: procedure.query(({ ctx }) => ctx.workspace.collector.view()),
  status: procedure.query(({ ctx }) => ctx.workspace.collector.status()),
  /** A public address is kept only after a round trip through it. Throws `REACHABILITY_FAILED`. */
  set: procedure.input(choice).mutation(({ ctx, input }) => ctx.workspace.collector.set(input)),
  /** Tries to listen again, after a port was freed. */
  restart: procedure.mutation(async ({ ctx }) => {
    await ctx.workspace.collector.settingsChanged();
    return ctx.workspace.collector.status();
  }),
});
