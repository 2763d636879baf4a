import { z } from 'zod';
import { connectionAdd, connectionEdit, connectionVerify } from '../../src-preload/contract/connection.js';
import { procedure, router } from './trpc.js';

const byUid = z.object({ uid: z.string() });

/** Ways of sending. Secrets go in with `add` and `edit` and never come back. */
export const connectionsRouter = router({
  list: procedure.query(({ ctx }) => ctx.workspace.read.connections.list(undefined)),
  get: procedure.input(byUid).query(({ ctx, input }) => ctx.workspace.read.connections.get(input)),
  /** Throws `PASSPHRASE_REQUIRED` at the first credential of a workspace without a recovery passphrase. */
  add: procedure.input(connectionAdd).mutation(({ ctx, input }) => ctx.workspace.connections.add(input)),
  edit: procedure.input(connectionEdit).mutation(({ ctx, input }) => ctx.workspace.connections.edit(input)),
  remove: procedure.input(byUid).mutation(({ ctx, input }) => ctx.workspace.connections.remove(input.uid)),
  /** A real conversation with the server; what it finds is kept with the connection. */
  verify: procedure.input(connectionVerify).mutation(({ ctx, input }) => ctx.workspace.connections.verify(input)),
});
