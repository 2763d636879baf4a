import type { MessagePort } from 'node:worker_threads';
import type { Actor } from '../../src-preload/contract/common.js';
import type { AllOperations, AllQueries } from '../api/registry.js';
import { type CollectorService, createCollectorService } from '../collector/index.js';
import type { Jobs } from '../jobs/index.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import type { Secrets } from '../settings/index.js';
import type { Readers, Writers } from '../store/operation.js';
import type { Live } from './live.js';
import { startThread } from './threads.js';

/** What the running parts of a workspace are built from. */
export interface ServicePorts {
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly read: Readers<AllQueries>;
  readonly write: Writers<AllOperations>;
  readonly engine: Writers<AllOperations>;
  readonly jobs: Jobs;
  readonly secrets: Secrets;
  readonly live: Live;
  readonly recovered: boolean;
  readonly afterRestore: boolean;
  /** One end of a channel to the store thread, to hand to another thread. */
  readonly storePort: () => Promise<MessagePort>;
  readonly writeAs: (actor: Actor) => Writers<AllOperations>;
  /** Stops run in the reverse order of being named here, before the readers and the store stop. */
  readonly onStop: (stop: () => Promise<void>) => void;
}

/** What runs beside the store while a workspace is open, in the order it starts. */
export async function startServices(ports: ServicePorts): Promise<{ readonly collector: CollectorService }> {
  const { clock, random, log, read, engine, secrets } = ports;
  const collector = createCollectorService({
    clock,
    random,
    log,
    settings: { all: () => read.settings.all(undefined), patch: (patch) => engine.settings.patch(patch) },
    publicKeys: () => secrets.publicKeys(),
    startThread: async () => {
      const store = await ports.storePort();
      return startThread({ role: 'collector', store }, log, [store]);
    },
    onStatus: () => ports.live.touch('setting'),
  });
  await collector.start();
  ports.onStop(() => collector.stop());
  return { collector };
}
