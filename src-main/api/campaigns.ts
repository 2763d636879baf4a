import { z } from 'zod';
import { campaignDraft, testSendInput } from '../../src-preload/contract/campaign.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { systemClock } from '../platform/clock.js';
import type { Workspace } from './context.js';
import { procedure, router } from './trpc.js';

const uid = z.object({ uid: z.string().min(1).max(64) });

const collectorUrl = (workspace: Workspace) => workspace.collector.status().url;

/** Lets the scheduler look at once instead of at its next second; its failures are logged there. */
export function nudge(workspace: Workspace): void {
  void workspace.scheduler.tick();
}

/** The shapes are listed at the head of `contract/campaign.ts`. */
export const campaignsRouter = router({
  list: procedure.input(z.object({ archived: z.boolean().optional() })).query(({ ctx, input, signal }) => ctx.workspace.read.campaigns.list(input, { signal })),
  get: procedure.input(uid).query(({ ctx, input, signal }) => ctx.workspace.read.campaigns.get(input, { signal })),

  create: procedure
    .input(z.object({ name: campaignDraft.shape.name.optional(), segment: uid.shape.uid.optional(), template: uid.shape.uid.optional() }))
    .mutation(async ({ ctx, input }) => ctx.workspace.read.campaigns.get(await ctx.workspace.write.campaigns.create(input))),
  save: procedure
    .input(z.object({ uid: uid.shape.uid, revision: z.number().int(), draft: campaignDraft }))
    .mutation(({ ctx, input }) => ctx.workspace.write.campaigns.save(input)),
  duplicate: procedure.input(uid).mutation(async ({ ctx, input }) => ctx.workspace.read.campaigns.get(await ctx.workspace.write.campaigns.duplicate(input))),
  archive: procedure.input(uid).mutation(({ ctx, input }) => ctx.workspace.write.campaigns.archive(input)),
  unarchive: procedure.input(uid).mutation(({ ctx, input }) => ctx.workspace.write.campaigns.unarchive(input)),
  delete: procedure.input(uid).mutation(({ ctx, input }) => ctx.workspace.write.campaigns.delete(input)),
  restore: procedure.input(uid).mutation(({ ctx, input }) => ctx.workspace.write.campaigns.restore(input)),

  review: procedure
    .input(uid)
    .query(({ ctx, input, signal }) => ctx.workspace.read.campaigns.review({ ...input, asOf: systemClock.now(), collectorUrl: collectorUrl(ctx.workspace) }, { signal })),
  testSend: procedure.input(testSendInput).mutation(async ({ ctx, input }) => {
    // A message that cannot be made for this person is refused here, by name: the send log would tell it too late.
    await ctx.workspace.read.delivery.tryTest({ uid: input.uid, endpoint: input.endpoint });
    const sent = await ctx.workspace.write.delivery.testSend({ ...input, collectorUrl: collectorUrl(ctx.workspace) });
    nudge(ctx.workspace);
    return sent;
  }),

  /** Asks every check of the review again: the screen's may be old, and the command line has none. */
  launch: procedure.input(z.object({ uid: uid.shape.uid, revision: z.number().int() })).mutation(async ({ ctx, input, signal }) => {
    const { read, write } = ctx.workspace;
    const at = { collectorUrl: collectorUrl(ctx.workspace) };
    const review = await read.campaigns.review({ uid: input.uid, asOf: systemClock.now(), ...at }, { signal });
    const blocks = review.checks.filter(({ level, id }) => level === 'block' && id !== 'reachability');
    if (blocks.length > 0) throw new HeliographError('CAMPAIGN_NOT_READY', { check: blocks[0]!.id, count: blocks.length });
    // Without a way for recipients to reach us the operation refuses with its own code.
    return write.delivery.launch({ ...input, ...at });
  }),
});
