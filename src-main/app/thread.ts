import { parentPort, workerData } from 'node:worker_threads';
import { type AllOperations, operations, queries } from '../api/registry.js';
import { openEmailSender, systemWait } from '../channels/index.js';
import { runMailboxThread } from '../channels/mailbox/mailbox-thread.js';
import { runCollectorThread } from '../collector/index.js';
import { runSenderThread } from '../delivery/index.js';
import { runJobThread } from '../jobs/index.js';
import { systemClock } from '../platform/clock.js';
import { createLogger } from '../platform/logger.js';
import { systemRandom } from '../platform/random.js';
import { connectStore, runReaderThread, runStoreThread } from '../store/index.js';
import { jobKinds } from './job-kinds.js';
import type { ThreadData } from './threads.js';

/** The entry of every worker thread: what it is follows from `role`. */
const data = workerData as ThreadData;
const port = parentPort!;
const log = createLogger((line) => process.stderr.write(`${line}\n`), () => systemClock.now(), { thread: data.role });

switch (data.role) {
  case 'store':
    runStoreThread(port, data, { clock: systemClock, random: systemRandom, operations });
    break;
  case 'reader':
    runReaderThread(port, data, { queries });
    break;
  case 'collector':
    runCollectorThread(port, data, { clock: systemClock, random: systemRandom, log });
    break;
  case 'mailbox':
    runMailboxThread(port, data, { clock: systemClock, random: systemRandom, log });
    break;
  case 'sender':
    runSenderThread(port, {
      clock: systemClock,
      log,
      wait: systemWait,
      write: connectStore<AllOperations>(data.store, { kind: 'engine' }, 'claim').delivery,
      openConnection: (connection, pace) => openEmailSender(connection, { clock: systemClock, random: systemRandom, log, wait: systemWait, ...(pace ? { pace } : {}) }),
    });
    break;
  case 'job':
    runJobThread(port, data, { clock: systemClock, kinds: jobKinds, log });
    break;
}
