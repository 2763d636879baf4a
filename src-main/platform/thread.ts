import type { RpcClient } from './rpc.js';

/** A running worker thread. When it exits by itself every call in flight and later fails with `THREAD_DIED`. */
export interface Thread {
  readonly client: RpcClient;
  /** Resolves only if the thread ends without having been asked to. */
  readonly died: Promise<void>;
  /** Asks the thread to close (`close` call), and ends it by force after ten seconds. */
  stop(): Promise<void>;
}
