import { z } from 'zod';
import { attributeMap } from '../../src-preload/contract/endpoint.js';
import { audienceFilter, audienceListInput, consentNote, endpointEdit, endpointImage, pickLimit, suppressionScope, timelineInput } from '../../src-preload/contract/audience.js';
import { rowId } from '../../src-preload/contract/common.js';
import { systemClock } from '../platform/clock.js';
import { procedure, router } from './trpc.js';

const ids = z.array(rowId).min(1).max(pickLimit);
const picked = z.array(rowId).max(pickLimit);

export const audienceRouter = router({
  list: procedure.input(audienceListInput).query(({ ctx, input, signal }) => ctx.workspace.read.audience.list({ ...input, asOf: systemClock.now() }, { signal })),
  count: procedure.input(audienceFilter).query(({ ctx, input, signal }) => ctx.workspace.read.audience.count({ filter: input, asOf: systemClock.now() }, { signal })),
  rows: procedure.input(z.object({ ids })).query(({ ctx, input, signal }) => ctx.workspace.read.audience.rows(input, { signal })),
  addressesOf: procedure.input(z.object({ user: rowId })).query(({ ctx, input, signal }) => ctx.workspace.read.audience.addressesOf(input, { signal })),
  /** Row ids behind picked lines: of `people` with all their addresses, of `addresses` themselves; one more than may be acted on where there are too many. */
  addressIds: procedure
    .input(z.object({ people: picked, addresses: picked }))
    .query(({ ctx, input, signal }) => ctx.workspace.read.audience.addressIds({ ...input, limit: pickLimit }, { signal })),
  detail: procedure.input(z.object({ id: rowId })).query(({ ctx, input, signal }) => ctx.workspace.read.audience.detail(input, { signal })),
  timeline: procedure.input(timelineInput).query(({ ctx, input, signal }) => ctx.workspace.read.audience.timeline(input, { signal })),
  /** Which commit the audience is shown at: asked again after every change of it, so that a long list can be made anew at its own pace. */
  stamp: procedure.query(({ ctx, signal }) => ctx.workspace.read.audience.stamp(undefined, { signal })),
  update: procedure.input(z.object({ id: rowId, edit: endpointEdit })).mutation(({ ctx, input }) => ctx.workspace.write.audience.update(input)),
  updateUser: procedure.input(z.object({ user: rowId, attributes: attributeMap })).mutation(({ ctx, input }) => ctx.workspace.write.audience.updateUser(input)),
  setOptOut: procedure
    .input(z.object({ id: rowId, optOut: z.boolean(), note: consentNote.optional() }))
    .mutation(({ ctx, input }) => ctx.workspace.write.audience.setOptOut(input, { priority: 'claim' })),
  /** Gives back the images that `restore` takes. */
  remove: procedure.input(z.object({ ids })).mutation(({ ctx, input }) => ctx.workspace.write.audience.remove(input)),
  restore: procedure.input(z.object({ images: z.array(endpointImage).min(1).max(500) })).mutation(({ ctx, input }) => ctx.workspace.write.audience.restoreDeleted(input)),
  /** Lifts a suppression of the address an endpoint has. */
  liftFor: procedure
    .input(z.object({ id: rowId, scope: suppressionScope.optional(), note: consentNote }))
    .mutation(async ({ ctx, input }) => ({ lifted: (await ctx.workspace.write.audience.liftFor(input)).appended.length })),
  suppress: procedure
    .input(z.object({ ids, scope: suppressionScope, note: consentNote.optional() }))
    .mutation(async ({ ctx, input }) => ({ added: (await ctx.workspace.write.audience.suppressEndpoints(input, { priority: 'claim' })).appended.length })),
});
