import { join } from 'node:path';
import { eraseTarget } from '../../src-preload/contract/erasure.js';
import { createEraseService } from '../audience/erase/index.js';
import { clearExports } from '../exports/index.js';
import { workspaceFiles } from '../store/index.js';
import type { Workspace } from './context.js';
import { procedure, router } from './trpc.js';

/** The erasures of an open workspace. */
export const eraseService = (workspace: Workspace) => {
  const files = join(workspace.folder, workspaceFiles.files);
  return createEraseService({
    read: workspace.read.audience,
    write: workspace.write.audience,
    files,
    ready: () => workspace.secrets.eraseKey(),
    settings: () => workspace.read.settings.all(undefined),
    clearExports: () => clearExports(files),
    clearMailbox: (addresses) => workspace.mailbox.erase(addresses),
    backups: () => workspace.backups.list(),
    checkpoint: () => workspace.checkpoint(),
  });
};

/** Erasing people (design 5). */
export const erasuresRouter = router({
  /** What would be erased, and why not now. */
  preview: procedure.input(eraseTarget).query(({ ctx, input, signal }) => ctx.workspace.read.audience.previewErasure(input, { signal })),
  /** Erases for good. Gives the receipt. */
  erase: procedure.input(eraseTarget).mutation(({ ctx, input }) => eraseService(ctx.workspace).erase(input)),
  /** Receipts, newest first. */
  list: procedure.query(({ ctx }) => eraseService(ctx.workspace).list()),
});
