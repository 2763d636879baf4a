import { MessagePort, type Transferable, type Worker } from 'node:worker_threads';
import { type ErrorShape, HeliographError } from '../../src-preload/contract/errors.js';

/** Either end of a worker-thread channel. */
export type Port = MessagePort | Worker;

type Message =
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly input: unknown; readonly cancel?: SharedArrayBuffer }
  | { readonly t: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly t: 'error'; readonly id: number; readonly error: ErrorShape; readonly cause: string }
  | { readonly t: 'event'; readonly name: string; readonly value: unknown };

/** Handlers may be synchronous or not. `cancelled()` turns true when the caller gave up; a synchronous handler can poll it while it works. */
export type Handlers = Readonly<Record<string, (input: never, control: { readonly cancelled: () => boolean }) => unknown>>;

export interface RpcServer {
  /** Tells the other side something it did not ask for. */
  emit(name: string, value: unknown): void;
  close(): void;
}

/** Puts an error in the form that crosses a thread: its code and facts, with the original text kept for the log. */
export function toErrorShape(error: unknown): { error: ErrorShape; cause: string } {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof HeliographError) return { error: { code: error.code, detail: error.detail }, cause };
  return { error: { code: 'INTERNAL', detail: { message: error instanceof Error ? error.message : String(error) } }, cause };
}

/** Answers calls that arrive on a port. A handler's error goes back to its caller; it never takes the thread down. */
export function serveRpc(port: Port, handlers: Handlers): RpcServer {
  const post = (message: Message) => port.postMessage(message);
  const onMessage = (message: Message) => {
    if (message.t !== 'call') return;
    const { id, name } = message;
    const flag = message.cancel ? new Int32Array(message.cancel) : undefined;
    const handler = handlers[name];
    void (async () => {
      try {
        if (!handler) throw new HeliographError('INTERNAL', { message: `no handler ${name}` });
        if (flag && Atomics.load(flag, 0) === 1) throw new HeliographError('CANCELLED');
        post({ t: 'ok', id, value: await handler(message.input as never, { cancelled: () => flag !== undefined && Atomics.load(flag, 0) === 1 }) });
      } catch (error) {
        post({ t: 'error', id, ...toErrorShape(error) });
      }
    })();
  };
  port.on('message', onMessage);
  return {
    emit: (name, value) => post({ t: 'event', name, value }),
    close: () => port.off('message', onMessage),
  };
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Called once the other side is done with the call, which after an abort is later than the rejection. */
  readonly onReply?: () => void;
  /** After an abort, wait for the other side to say that it stopped, instead of rejecting at once. */
  readonly waitForReply?: boolean;
  readonly transfer?: readonly Transferable[];
}

export interface RpcClient {
  /** Calls a handler on the other side. Rejects with `HeliographError`: the handler's own, `CANCELLED` after an abort, `THREAD_DIED` when the thread is gone. */
  call<Result>(name: string, input: unknown, options?: CallOptions): Promise<Result>;
  on(name: string, listener: (value: never) => void): () => void;
  /** Rejects what is in flight and every later call with `THREAD_DIED`. Called when the thread has exited. */
  fail(cause: unknown): void;
}

export function createRpcClient(port: Port): RpcClient {
  let nextId = 1;
  let dead: HeliographError | undefined;
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void; done: () => void }>();
  const listeners = new Map<string, Set<(value: never) => void>>();
  port.on('message', (message: Message) => {
    if (message.t === 'event') {
      for (const listener of listeners.get(message.name) ?? []) listener(message.value as never);
      return;
    }
    if (message.t === 'call') return;
    const waiting = pending.get(message.id);
    if (!waiting) return;
    pending.delete(message.id);
    waiting.done();
    // After an abort the promise is already rejected and settling it again does nothing.
    if (message.t === 'ok') waiting.resolve(message.value);
    else waiting.reject(new HeliographError(message.error.code, message.error.detail, { cause: message.cause }));
  });
  const fail = (cause: unknown) => {
    dead = cause instanceof HeliographError ? cause : new HeliographError('THREAD_DIED', {}, { cause });
    for (const waiting of pending.values()) {
      waiting.done();
      waiting.reject(dead);
    }
    pending.clear();
  };
  // A port to another thread closes when that thread ends, however it ends; a worker is watched by whoever started it.
  if (port instanceof MessagePort) port.once('close', () => fail('the thread at the other end is gone'));
  return {
    call<Result>(name: string, input: unknown, options: CallOptions = {}) {
      const refusal = dead ?? (options.signal?.aborted ? new HeliographError('CANCELLED') : undefined);
      if (refusal) {
        options.onReply?.();
        return Promise.reject(refusal);
      }
      return new Promise<Result>((resolve, reject) => {
        const id = nextId++;
        const { signal } = options;
        const cancel = signal ? new SharedArrayBuffer(4) : undefined;
        const onAbort = () => {
          if (cancel) Atomics.store(new Int32Array(cancel), 0, 1);
          if (!options.waitForReply) reject(new HeliographError('CANCELLED'));
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        pending.set(id, {
          resolve: resolve as (value: unknown) => void,
          reject,
          done: () => {
            signal?.removeEventListener('abort', onAbort);
            options.onReply?.();
          },
        });
        port.postMessage({ t: 'call', id, name, input, cancel } satisfies Message, options.transfer);
      });
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => set.delete(listener);
    },
    fail,
  };
}
