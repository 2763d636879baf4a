import { settingsPatch } from '../../src-preload/contract/settings.js';
import { procedure, router } from './trpc.js';

export const settingsRouter = router({
  get: procedure.query(({ ctx }) => ctx.workspace.read.settings.all(undefined)),
  // How recipients reach us is set through `reachability.set`, which verifies it.
  set: procedure.input(settingsPatch.omit({ reachability: true })).mutation(async ({ ctx, input }) => {
    const settings = await ctx.workspace.write.settings.patch(input);
    if (input.collector || input.unsubscribePage || input.defaultFrom) await ctx.workspace.collector.settingsChanged();
    return settings;
  }),
});
