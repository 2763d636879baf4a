import type { RpcClient } from './rpc.js';

/** A running worker thread. When it exits by itself every call in flight and later fails with `THREAD_DIED`. */
export interface Thread {
  readonly client: RpcClient;
  /** Resolves when the thread has ended, with its exit code (0: asked to). */
  readonly exited: Promise<number>;
  /** Asks the thread to close (`close` call), and ends it by force after ten seconds. */
  stop(): Promise<void>;
}
