import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { type ErrorShape, HeliographError } from '../../src-preload/contract/errors.js';
import type { Context } from './context.js';

/** Finds our error in what tRPC caught: thrown by us, or a refused input, or something nobody foresaw. */
function errorShapeOf(error: unknown): ErrorShape {
  const cause = error instanceof TRPCError ? error.cause : error;
  if (cause instanceof HeliographError) return { code: cause.code, detail: cause.detail };
  if (cause instanceof z.ZodError) {
    const first = cause.issues[0];
    return { code: 'BAD_INPUT', detail: { field: first?.path.join('.') ?? '', message: first?.message ?? '' } };
  }
  if (error instanceof TRPCError && error.code === 'NOT_FOUND') return { code: 'NOT_FOUND', detail: { what: error.message } };
  return { code: 'INTERNAL', detail: {} };
}

const t = initTRPC.context<Context>().create({
  isServer: true,
  errorFormatter: ({ shape, error }) => ({ ...shape, message: errorShapeOf(error).code, data: { ...shape.data, stack: undefined, error: errorShapeOf(error) } }),
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** For what works without an open workspace: first start, recent workspaces, open, create. */
export const publicProcedure = t.procedure.use(async ({ ctx, next, path, type }) => {
  const result = await next();
  if (!result.ok) {
    // The window gets a code; whatever caused it stays on this side, in the log.
    const { code } = errorShapeOf(result.error);
    const cause = result.error.cause;
    if (code === 'INTERNAL') ctx.log.error('procedure failed', { path, type, error: cause ?? result.error });
    else if (cause instanceof HeliographError && cause.cause !== undefined) ctx.log.warn('procedure refused', { path, type, code, cause: cause.cause });
  }
  return result;
});

/** Everything else: `ctx.workspace` is there, or the caller gets `NO_WORKSPACE`. */
export const procedure = publicProcedure.use(({ ctx, next }) => {
  const workspace = ctx.host.current();
  if (!workspace) throw new HeliographError('NO_WORKSPACE');
  return next({ ctx: { ...ctx, workspace } });
});
