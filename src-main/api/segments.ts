import {
  combineInput,
  combineResult,
  countInput,
  createSegmentInput,
  editMembersInput,
  eventFieldsInput,
  explainInput,
  renameSegmentInput,
  sampleInput,
  saveSegmentInput,
  segmentUid,
  undoMembersInput,
  valuesInput,
} from '../../src-preload/contract/segment-views.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { systemClock } from '../platform/clock.js';
import { editMembers, undoMembers } from '../segments/index.js';
import { procedure, router } from './trpc.js';

export const segmentsRouter = router({
  list: procedure.query(({ ctx, signal }) => ctx.workspace.read.segments.list({}, { signal })),
  get: procedure.input(segmentUid).query(({ ctx, input, signal }) => ctx.workspace.read.segments.get(input, { signal })),
  history: procedure.input(segmentUid).query(({ ctx, input, signal }) => ctx.workspace.read.segments.history(input, { signal })),

  /** How large it was, by day. */
  sizes: procedure.input(segmentUid).query(({ ctx, input, signal }) => ctx.workspace.read.segments.sizes(input, { signal })),

  create: procedure.input(createSegmentInput).mutation(({ ctx, input }) => ctx.workspace.write.segments.create(input)),
  save: procedure.input(saveSegmentInput).mutation(({ ctx, input }) => ctx.workspace.write.segments.save(input)),
  rename: procedure.input(renameSegmentInput).mutation(({ ctx, input }) => ctx.workspace.write.segments.rename(input)),
  duplicate: procedure.input(segmentUid).mutation(({ ctx, input }) => ctx.workspace.write.segments.duplicate(input)),
  remove: procedure.input(segmentUid).mutation(({ ctx, input }) => ctx.workspace.write.segments.remove(input)),
  /** Left without a name or a rule: not kept. */
  discard: procedure.input(segmentUid).mutation(({ ctx, input }) => ctx.workspace.write.segments.discard(input)),
  restore: procedure.input(segmentUid).mutation(({ ctx, input }) => ctx.workspace.write.segments.restore(input)),

  /** Adds, removes or replaces members of an imported segment; `undoMembers` takes what it gives back. */
  editMembers: procedure.input(editMembersInput).mutation(({ ctx, input, signal }) => editMembers({ read: ctx.workspace.read.segments, write: ctx.workspace.write.segments }, input, signal)),
  undoMembers: procedure.input(undoMembersInput).mutation(({ ctx, input }) => undoMembers({ write: ctx.workspace.write.segments }, input)),

  /** Makes a list of who is in other segments now, as a job; answers when it is done. */
  combine: procedure.input(combineInput).mutation(async ({ ctx, input }) => {
    const { jobs } = ctx.workspace;
    const started = await jobs.start('segment.combine', `Combine into ${input.name}`, input);
    const job = await jobs.finished(started.uid);
    if (job.error) throw new HeliographError(job.error.code, job.error.detail);
    return combineResult.parse(job.result);
  }),

  /** Follows the typing: the window aborts the question before. */
  count: procedure.input(countInput).query(({ ctx, input, signal }) => ctx.workspace.segments.count({ tree: input.tree, asOf: systemClock.now() }, { signal })),
  /** A stored segment's newest version, for lists. */
  countOf: procedure.input(segmentUid).query(async ({ ctx, input, signal }) => {
    const { tree } = await ctx.workspace.read.segments.get(input, { signal });
    return ctx.workspace.segments.count({ tree, asOf: systemClock.now() }, { signal });
  }),
  effects: procedure.input(countInput).query(({ ctx, input, signal }) => ctx.workspace.segments.effects({ tree: input.tree, asOf: systemClock.now() }, { signal })),
  everyone: procedure.query(({ ctx, signal }) => ctx.workspace.read.segments.everyone({}, { signal })),
  sample: procedure.input(sampleInput).query(({ ctx, input, signal }) => ctx.workspace.read.segments.sample({ ...input, asOf: systemClock.now() }, { signal })),

  /** Why an address is, or is not, in the rules. */
  explain: procedure.input(explainInput).query(({ ctx, input, signal }) => ctx.workspace.read.segments.explain({ ...input, asOf: systemClock.now() }, { signal })),

  names: procedure.query(({ ctx, signal }) => ctx.workspace.read.segments.names({}, { signal })),
  eventFields: procedure.input(eventFieldsInput).query(({ ctx, input, signal }) => ctx.workspace.read.segments.eventFields(input, { signal })),
  values: procedure.input(valuesInput).query(({ ctx, input, signal }) => ctx.workspace.read.segments.values(input, { signal })),
});
