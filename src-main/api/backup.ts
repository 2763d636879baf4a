import { z } from 'zod';
import type { BackupView } from '../../src-preload/contract/workspace.js';
import type { BackupFile } from '../store/index.js';
import { procedure, router } from './trpc.js';

export const toBackupView = ({ name, bytes, madeAt }: BackupFile): BackupView => ({ name, bytes, madeAt });

export const backupRouter = router({
  list: procedure.query(({ ctx }) => ctx.workspace.backups.list().map(toBackupView)),
  create: procedure.mutation(async ({ ctx }) => toBackupView(await ctx.workspace.backups.create('manual'))),
  /** Deletes it for good. */
  remove: procedure.input(z.object({ name: z.string().min(1).max(255) })).mutation(({ ctx, input }) => ctx.workspace.backups.remove(input.name)),
  restore: procedure.input(z.object({ name: z.string().min(1).max(255) })).mutation(({ ctx, input }) => ctx.host.restore(input.name)),
});
