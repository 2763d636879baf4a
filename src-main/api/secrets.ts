import { z } from 'zod';
import { passphrase } from '../../src-preload/contract/secrets.js';
import { procedure, router } from './trpc.js';

export const secretsRouter = router({
  status: procedure.query(({ ctx }) => ctx.workspace.secrets.status()),
  setPassphrase: procedure.input(z.object({ passphrase })).mutation(({ ctx, input }) => ctx.workspace.secrets.setPassphrase(input.passphrase)),
  unlock: procedure.input(z.object({ passphrase: z.string().min(1).max(1024) })).mutation(async ({ ctx, input }) => {
    await ctx.workspace.secrets.unlock(input.passphrase);
    await ctx.workspace.openErasures();
  }),
});
