import { mergeImage, mergeInput } from '../../src-preload/contract/merge.js';
import { procedure, router } from './trpc.js';

/** Most pairs one look names; the next look comes after they were dealt with. */
const pairLimit = 200;

/** Acts on whole people. */
export const peopleRouter = router({
  /** Gives back the image that `unmerge` takes. */
  merge: procedure.input(mergeInput).mutation(({ ctx, input }) => ctx.workspace.write.audience.mergePeople(input)),
  unmerge: procedure.input(mergeImage).mutation(({ ctx, input }) => ctx.workspace.write.audience.unmergePeople(input)),
  /** Looks through everybody: seconds at a million, so it is asked for and never refreshed by itself. */
  duplicates: procedure.query(({ ctx, signal }) => ctx.workspace.read.audience.duplicates({ limit: pairLimit }, { signal })),
});
