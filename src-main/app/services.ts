import { resolveTxt } from 'node:dns/promises';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { Actor } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { AllOperations, AllQueries } from '../api/registry.js';
import { forgetImports, resumeImports } from '../audience/import/index.js';
import { type ConnectionService, createConnectionService, systemWait } from '../channels/index.js';
import { createMailboxService, type MailboxService } from '../channels/mailbox/mailbox-service.js';
import { type CollectorService, createCollectorService } from '../collector/index.js';
import { connectSender, createScheduler, type Scheduler } from '../delivery/index.js';
import { sweepExports } from '../exports/index.js';
import { createSizeRecorder, forgetLists, type SegmentNumbers } from '../segments/index.js';
import type { Jobs } from '../jobs/index.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import type { Secrets } from '../settings/index.js';
import { sweepBackups, workspaceFiles } from '../store/index.js';
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
  readonly segments: SegmentNumbers;
  readonly secrets: Secrets;
  readonly live: Live;
  /** One end of a channel to the store thread, to hand to another thread. */
  readonly storePort: () => Promise<MessagePort>;
  readonly writeAs: (actor: Actor) => Writers<AllOperations>;
  /** Hands the erase key to the store thread. */
  readonly setEraseKey: (key: Buffer) => Promise<void>;
  /** Stops run in the reverse order of being named here, before the readers and the store stop. */
  readonly onStop: (stop: () => Promise<void>) => void;
}

export interface Services {
  readonly collector: CollectorService;
  readonly mailbox: MailboxService;
  readonly connections: ConnectionService;
  readonly scheduler: Scheduler;
  /** See `Workspace.openErasures`. */
  openErasures(): Promise<void>;
}

/** The scheduler trusts rows and the wall clock, so this is only how often it looks; no timer is ever longer (design 5, "Time"). */
const tickMs = 1000;
/** The first look comes once the opening is over; the later ones find what a new day or a new segment asks for. */
const sizesMs = 5 * 60_000;

/** What runs beside the store while a workspace is open, in the order it starts: nothing can be sent before the ledger is put right. */
export async function startServices(ports: ServicePorts): Promise<Services> {
  const { clock, random, log, read, engine, secrets, live } = ports;
  const openedAt = clock.now();

  await engine.delivery.recoverAtOpen({ suppressionsLog: join(ports.folder, workspaceFiles.suppressions) });

  const openErasures = async (): Promise<void> => {
    await ports.setEraseKey(await secrets.eraseKey());
    const replayed = await engine.audience.replayErasures({ suppressionsLog: join(ports.folder, workspaceFiles.suppressions) });
    if (replayed > 0) log.info('erased again after a restore', { acts: replayed });
  };
  // Locked: nothing can be sent, nobody whose address was erased comes in, and the unlocking catches up.
  await openErasures().catch((error: unknown) => {
    if (!(error instanceof HeliographError) || error.code !== 'SECRETS_LOCKED') throw error;
    log.warn('the erase key is locked');
  });

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
    wait: systemWait,
    onStatus: () => live.touch('setting'),
  });
  await collector.start();
  ports.onStop(() => collector.stop());

  const mailbox = createMailboxService({
    log,
    startThread: () => Promise.resolve(startThread({ role: 'mailbox', path: join(ports.folder, workspaceFiles.files, 'mailbox.sqlite') }, log)),
    collectorBases: () => [collector.status().url].filter((url) => url !== null),
    onChanged: () => live.touch('mailbox'),
  });
  await mailbox.start();
  ports.onStop(() => mailbox.stop());

  const connections = createConnectionService({
    read: read.connections,
    write: ports.write.connections,
    secrets,
    mailbox: () => mailbox.access(),
    verify: { clock, random, log, resolveTxt },
  });

  const scheduler = createScheduler({
    clock,
    log,
    read: read.delivery,
    write: engine.delivery,
    openSender: async () => {
      const store = await ports.storePort();
      return connectSender(startThread({ role: 'sender', store }, log, [store]));
    },
    connection: (uid) => connections.openable(uid),
    linkKey: async () => {
      const { kid, privateKey } = await secrets.signingKey();
      return { keyId: kid, privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) };
    },
    collectorUrl: () => collector.status().url,
  });
  const timer = setInterval(() => void scheduler.tick(), tickMs);
  ports.onStop(async () => {
    clearInterval(timer);
    await scheduler.stop();
  });
  const sizes = createSizeRecorder({ clock, log, read: read.segments, write: engine.segments, numbers: ports.segments });
  const sizesTimer = setInterval(() => void sizes.look(), sizesMs);
  ports.onStop(() => {
    clearInterval(sizesTimer);
    return sizes.stop();
  });
  const files = join(ports.folder, workspaceFiles.files);
  const imports = { read: read.imports, write: engine.imports, jobs: ports.jobs, files };
  await resumeImports({ ...imports, log }).catch((error: unknown) => log.error('interrupted imports could not be looked up', { error }));

  // Housekeeping: nobody waits for it, and no file that will not go shuts the workspace.
  const closing = new AbortController();
  const tidied = tidy(log, [
    ['old exports', () => Promise.resolve(sweepExports(files, clock.now()))],
    ['lists that nothing leads to', () => forgetLists({ read: read.segments, write: engine.segments }, openedAt, closing.signal)],
    ['old backups', async () => sweepBackups(join(ports.folder, workspaceFiles.backups), (await read.settings.all(undefined)).backupKeepDays, clock.now())],
    ['old imports', () => forgetImports(imports, clock.now(), closing.signal)],
  ]);
  ports.onStop(() => {
    closing.abort();
    return tidied;
  });
  return { collector, mailbox, connections, scheduler, openErasures };
}

/** Does one after the other, each whatever became of the one before. Never rejects. */
async function tidy(log: Logger, chores: readonly (readonly [what: string, work: () => Promise<void>])[]): Promise<void> {
  for (const [what, work] of chores) {
    try {
      await work();
    } catch (error) {
      log.warn('housekeeping failed', { what, error });
    }
  }
}
