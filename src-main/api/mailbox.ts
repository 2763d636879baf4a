import { z } from 'zod';
import { rowId } from '../../src-preload/contract/common.js';
import { mailboxPage, mailboxSearch } from '../../src-preload/contract/mailbox.js';
import { procedure, router } from './trpc.js';

const byId = z.object({ id: rowId });

/** The test mailbox: what was received, and the recipient's acts. */
export const mailboxRouter = router({
  status: procedure.query(({ ctx }) => ctx.workspace.mailbox.status()),
  page: procedure.input(mailboxPage).query(({ ctx, input }) => ctx.workspace.mailbox.page(input)),
  count: procedure.input(mailboxSearch).query(({ ctx, input }) => ctx.workspace.mailbox.count(input.search)),
  message: procedure.input(byId).query(({ ctx, input }) => ctx.workspace.mailbox.message(input.id)),
  /** The message's bytes in base64, for saving as .eml. */
  raw: procedure.input(byId).query(async ({ ctx, input }) => (await ctx.workspace.mailbox.raw(input.id)).toString('base64')),
  /** Follows a link to the collector as the recipient. Throws `NOT_ALLOWED` for other links. */
  follow: procedure.input(byId.extend({ url: z.string().max(8000) })).mutation(({ ctx, input }) => ctx.workspace.mailbox.follow(input.id, input.url)),
  loadImages: procedure.input(byId).mutation(({ ctx, input }) => ctx.workspace.mailbox.loadImages(input.id)),
  /** One-click unsubscribe, as a mail provider sends it. */
  unsubscribe: procedure.input(byId).mutation(({ ctx, input }) => ctx.workspace.mailbox.unsubscribe(input.id)),
  empty: procedure.mutation(({ ctx }) => ctx.workspace.mailbox.empty()),
});
