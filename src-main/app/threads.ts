import type { MessagePort, Worker } from 'node:worker_threads';
import type { CollectorThreadData } from '../collector/index.js';
import type { MailboxThreadData } from '../channels/mailbox/mailbox-thread.js';
import type { JobThreadData } from '../jobs/job-thread.js';
import type { Logger } from '../platform/logger.js';
import { createRpcClient } from '../platform/rpc.js';
import type { Thread } from '../platform/thread.js';
import type { SegmentThreadData } from '../segments/index.js';
import type { StoreThreadData } from '../store/index.js';
import createThread from './thread?nodeWorker';

/** What a worker thread is told at its start. `transfer` ports ride along. */
export type ThreadData = ({ readonly role: 'store' | 'reader' } & StoreThreadData) | ({ readonly role: 'segments' } & SegmentThreadData) | ({ readonly role: 'job' } & JobThreadData) | ({ readonly role: 'collector' } & CollectorThreadData)
  | ({ readonly role: 'mailbox' } & MailboxThreadData)
  | { readonly role: 'sender'; readonly store: MessagePort };

const closeTimeoutMs = 10_000;

/** Starts a worker thread and watches it. Whoever needs to know that it died waits for `died`. */
export function startThread(data: ThreadData, log: Logger, transfer: readonly MessagePort[] = []): Thread {
  const worker: Worker = createThread({ workerData: data, transferList: [...transfer], name: `heliograph ${data.role}` });
  const client = createRpcClient(worker);
  let stopping = false;
  const died = new Promise<void>((resolve) => {
    worker.once('error', (error) => log.error('thread failed', { role: data.role, error }));
    worker.once('exit', (code) => {
      client.fail(`the ${data.role} thread ended`);
      if (stopping) return;
      log.error('thread ended by itself', { role: data.role, code });
      resolve();
    });
  });
  return {
    client,
    died,
    async stop() {
      if (stopping) return;
      stopping = true;
      const closed = client.call('close', undefined).then(
        () => undefined,
        (error: unknown) => log.warn('thread did not close by itself', { role: data.role, error }),
      );
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([closed, new Promise<void>((resolve) => (timer = setTimeout(resolve, closeTimeoutMs)))]);
      clearTimeout(timer);
      await worker.terminate();
    },
  };
}
