import { procedure, router } from './trpc.js';

export const homeRouter = router({
  counts: procedure.query(({ ctx, signal }) => ctx.workspace.read.home.counts({ now: Date.now(), damaged: ctx.workspace.damaged() }, { signal })),
  now: procedure.query(({ ctx, signal }) => ctx.workspace.read.home.now({ now: Date.now(), damaged: ctx.workspace.damaged() }, { signal })),
  days: procedure.query(({ ctx, signal }) => ctx.workspace.read.home.days({ now: Date.now() }, { signal })),
});
