import { router } from './trpc.js';

/** The contract, one router per noun. To add a procedure: put it in its noun's file; a new noun adds one line here. */
export const appRouter = router({});

export type AppRouter = typeof appRouter;
