import { settingsPatch } from '../../src-preload/contract/settings.js';
import { procedure, router } from './trpc.js';

export const settingsRouter = router({
  get: procedure.query(({ ctx }) => ctx.workspace.read.settings.all(undefined)),
  set: procedure.input(settingsPatch).mutation(({ ctx, input }) => ctx.workspace.write.settings.patch(input)),
});
