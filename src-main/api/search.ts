import { searchInput } from '../../src-preload/contract/search.js';
import { procedure, router } from './trpc.js';

export const searchRouter = router({
  find: procedure.input(searchInput).query(({ ctx, input, signal }) => ctx.workspace.read.home.find(input, { signal })),
});
