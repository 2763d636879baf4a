import { z } from 'zod';
import { newWorkspace } from '../../src-preload/contract/workspace.js';
import { toBackupView } from './backup.js';
import { procedure, publicProcedure, router } from './trpc.js';

const workspaceFolder = z.object({ folder: z.string().min(1).max(4096) });

export const workspaceRouter = router({
  /** The open workspace, or null: the window then shows the start screen. */
  current: publicProcedure.query(async ({ ctx }) => (await ctx.host.current()?.describe()) ?? null),
  recent: publicProcedure.query(({ ctx }) => ctx.host.recent()),
  /** Why the workspace of last time did not open by itself, for the start screen. */
  problem: publicProcedure.query(({ ctx }) => ctx.host.problem()),
  /** What the shell can do for the start screen. */
  shell: publicProcedure.query(({ ctx }) => ({ canPickFolder: ctx.shell.pickFolder !== undefined, canPickFile: ctx.shell.pickFile !== undefined })),
  pickFolder: publicProcedure.mutation(async ({ ctx }) => (await ctx.shell.pickFolder?.('Open a workspace')) ?? null),
  create: publicProcedure.input(newWorkspace).mutation(({ ctx, input }) => ctx.host.create(input)),
  open: publicProcedure.input(workspaceFolder).mutation(({ ctx, input }) => ctx.host.open(input.folder)),
  /** The backups of a workspace that does not open, for the start screen. */
  backupsIn: publicProcedure.input(workspaceFolder).query(({ ctx, input }) => ctx.host.backupsIn(input.folder).map(toBackupView)),
  restoreClosed: publicProcedure.input(workspaceFolder.extend({ name: z.string().min(1).max(255) })).mutation(({ ctx, input }) => ctx.host.restoreClosed(input.folder, input.name)),
  close: publicProcedure.mutation(({ ctx }) => ctx.host.close()),
  exploreSample: publicProcedure.mutation(({ ctx }) => ctx.host.exploreSample()),
  rename: procedure.input(z.object({ name: newWorkspace.shape.name })).mutation(({ ctx, input }) => ctx.workspace.write.workspace.rename(input.name)),
  pauseSending: procedure.mutation(({ ctx }) => ctx.workspace.write.workspace.pauseSending('operator')),
  resumeSending: procedure.mutation(({ ctx }) => ctx.workspace.write.workspace.resumeSending(undefined)),
});
