import { publicProcedure, router } from './trpc.js';

export interface LiveMessage {
  readonly commit: number;
  /** Tables that changed; `*` after another workspace opened or the open one closed: everything is new. */
  readonly tables: readonly string[];
}

export const liveRouter = router({
  /** Follows the open workspace, and goes over to the next one when it is switched. */
  changes: publicProcedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<LiveMessage> {
    const ended = signal ?? new AbortController().signal;
    while (!ended.aborted) {
      const round = new AbortController();
      const stop = () => round.abort();
      ended.addEventListener('abort', stop, { once: true });
      void (async () => {
        for await (const _ of ctx.host.switches(round.signal)) round.abort();
      })();
      try {
        const workspace = ctx.host.current();
        yield { commit: 0, tables: ['*'] };
        if (workspace) yield* workspace.live.changes(round.signal);
        else await new Promise<void>((resolve) => round.signal.addEventListener('abort', () => resolve(), { once: true }));
      } finally {
        ended.removeEventListener('abort', stop);
        round.abort();
      }
    }
  }),
});
