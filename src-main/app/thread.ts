import { parentPort, workerData } from 'node:worker_threads';
import type { AllOperations } from '../api/registry.js';
import { systemClock } from '../platform/clock.js';
import { createLogger } from '../platform/logger.js';
import { systemRandom } from '../platform/random.js';
import type { ThreadData } from './threads.js';

/** The entry of every worker thread: what it is follows from `role`. Each role loads only what it needs, so that a workspace opens quickly. */
const data = workerData as ThreadData;
const port = parentPort!;
const log = createLogger((line) => process.stderr.write(`${line}\n`), () => systemClock.now(), { thread: data.role });
const system = { clock: systemClock, random: systemRandom, log };

switch (data.role) {
  case 'store': {
    const [{ runStoreThread }, { operations }] = await Promise.all([import('../store/index.js'), import('../api/registry.js')]);
    runStoreThread(port, data, { ...system, operations });
    break;
  }
  case 'reader': {
    const [{ runReaderThread }, { queries }] = await Promise.all([import('../store/index.js'), import('../api/registry.js')]);
    runReaderThread(port, data, { queries });
    break;
  }
  case 'segments': {
    const { runSegmentThread } = await import('../segments/engine/thread.js');
    runSegmentThread(port, data, system);
    break;
  }
  case 'collector': {
    const { runCollectorThread } = await import('../collector/thread.js');
    runCollectorThread(port, data, system);
    break;
  }
  case 'mailbox': {
    const { runMailboxThread } = await import('../channels/mailbox/mailbox-thread.js');
    runMailboxThread(port, data, system);
    break;
  }
  case 'sender': {
    const [{ openEmailSender, systemWait }, { runSenderThread }, { connectStore }] = await Promise.all([import('../channels/index.js'), import('../delivery/index.js'), import('../store/index.js')]);
    runSenderThread(port, {
      ...system,
      wait: systemWait,
      write: connectStore<AllOperations>(data.store, { kind: 'engine' }, 'claim').delivery,
      openConnection: (connection, pace) => openEmailSender(connection, { ...system, wait: systemWait, ...(pace ? { pace } : {}) }),
    });
    break;
  }
  case 'job': {
    const [{ runJobThread }, { jobKinds }] = await Promise.all([import('../jobs/index.js'), import('./job-kinds.js')]);
    runJobThread(port, data, { ...system, kinds: jobKinds });
    break;
  }
}
