import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable, type Observer } from '@trpc/server/observable';
import type { OperationResultEnvelope } from '@trpc/client';
import { z } from 'zod';
import type { AppRouter } from './trpc.js';

/** What the preload exposes as `window.heliograph`: one message channel, and the path of a file that a person dropped or picked. */
export interface Bridge {
  send(message: unknown): void;
  /** Answers a function that stops listening, where the preload gives one. */
  onMessage(listener: (message: unknown) => void): unknown;
  pathForFile?(file: File): string;
}

declare global {
  interface Window {
    readonly heliograph?: Bridge;
  }
}

const result = z.union([z.object({ type: z.literal('started') }), z.object({ type: z.literal('stopped') }), z.object({ type: z.literal('data'), id: z.string().optional(), data: z.unknown() })]);
const message = z.union([
  z.object({ id: z.number(), result }),
  z.object({ id: z.number(), error: z.object({ message: z.string(), code: z.number(), data: z.looseObject({}) }) }),
]);

type Envelope = OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>;

interface Pending {
  readonly observer: Observer<Envelope, TRPCClientError<AppRouter>>;
  readonly subscription: boolean;
}

/** tRPC over the Electron bridge. A subscription that is resumed sends the id of the last event it saw. */
export function ipcLink(bridge: Bridge): TRPCLink<AppRouter> {
  return () => {
    let nextId = 1;
    const pending = new Map<number, Pending>();
    bridge.onMessage((raw) => {
      const parsed = message.safeParse(raw);
      if (!parsed.success) return;
      const call = pending.get(parsed.data.id);
      if (!call) return;
      if ('error' in parsed.data) {
        pending.delete(parsed.data.id);
        call.observer.error(clientError(parsed.data.error));
        return;
      }
      const { result } = parsed.data;
      call.observer.next({ result: result.type === 'data' ? { type: 'data', data: result.data, ...(result.id === undefined ? {} : { id: result.id }) } : result });
      if (!call.subscription || result.type === 'stopped') {
        pending.delete(parsed.data.id);
        call.observer.complete();
      }
    });
    return ({ op }) =>
      observable((observer) => {
        const id = nextId++;
        const subscription = op.type === 'subscription';
        pending.set(id, { observer, subscription });
        const lastEventId = lastEventIdOf(op.input);
        bridge.send({ id, method: op.type, path: op.path, input: op.input, ...(lastEventId === undefined ? {} : { lastEventId }) });
        const stop = () => {
          // The main side aborts the work of a query or a subscription that nobody waits for.
          if (pending.delete(id)) bridge.send({ id, method: 'stop' });
        };
        op.signal?.addEventListener('abort', stop, { once: true });
        return stop;
      });
  };
}

/** The error's shape was made by the router's own formatter; its code and detail are checked where they are read (`lib/errors.ts`). */
function clientError(error: unknown): TRPCClientError<AppRouter> {
  return TRPCClientError.from<AppRouter>({ error } as Parameters<typeof TRPCClientError.from<AppRouter>>[0]);
}

function lastEventIdOf(input: unknown): string | undefined {
  return typeof input === 'object' && input !== null && 'lastEventId' in input && typeof input.lastEventId === 'string' ? input.lastEventId : undefined;
}
