import type { Logger } from '../platform/logger.js';
import type { RpcClient } from '../platform/rpc.js';
import type { Thread } from '../platform/thread.js';
import { startThread } from './threads.js';

const readerCount = 2;
/** More deaths than this in one life of the program are no accident; the calls then fail and say so. */
const replacements = 20;

export interface ReaderThreads {
  /** One per thread; a thread that died is replaced in its place. */
  readonly clients: readonly RpcClient[];
  /** Does what takes long (a backup, a check of the whole file) on a thread of its own, which ends afterwards: queries of the window never wait behind it. */
  apart<T>(work: (client: RpcClient) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Starts the read-only threads of one workspace. */
export function startReaders(folder: string, log: Logger): ReaderThreads {
  const threads: Thread[] = [];
  const clients: RpcClient[] = [];
  const apart = new Set<Thread>();
  let left = replacements;
  let stopped = false;
  const start = (index: number) => {
    const thread = startThread({ role: 'reader', folder }, log);
    threads[index] = thread;
    clients[index] = thread.client;
    void thread.died.then(() => {
      if (stopped || left-- <= 0) return;
      log.warn('a reader thread is replaced', { index, left });
      start(index);
    });
  };
  for (let index = 0; index < readerCount; index++) start(index);
  return {
    clients,
    async apart(work) {
      const thread = startThread({ role: 'reader', folder }, log);
      apart.add(thread);
      try {
        return await work(thread.client);
      } finally {
        apart.delete(thread);
        await thread.stop();
      }
    },
    async stop() {
      stopped = true;
      await Promise.all([...threads, ...apart].map((thread) => thread.stop()));
    },
  };
}
