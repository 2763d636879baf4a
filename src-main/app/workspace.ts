import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Actor } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { WorkspaceView } from '../../src-preload/contract/workspace.js';
import type { Workspace } from '../api/context.js';
import type { AllOperations, AllQueries } from '../api/registry.js';
import { systemWait } from '../channels/index.js';
import { createJobs } from '../jobs/index.js';
import { createSegmentService } from '../segments/index.js';
import type { Clock } from '../platform/clock.js';
import { isNetworkDrive, syncProgram } from '../platform/folders.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import type { SecretBox } from '../platform/secret-box.js';
import { createSecrets } from '../settings/index.js';
import { checkFile, type Commit, createReaders, createWriters, listBackups, lockWorkspace, mendSwap, removeBackup, sweepBackupDrafts, sweepBackups, type BackupFile, workspaceFiles, type WorkspaceLock } from '../store/index.js';
import { createLive } from './live.js';
import { startReaders } from './readers.js';
import { startServices } from './services.js';
import { startThread } from './threads.js';

export interface WorkspacePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The machine's safe place for one workspace's key, by the workspace's uid; null where there is none. */
  readonly boxFor: (uid: string) => SecretBox | null;
  readonly machine: string;
  /** Ran when the store thread died under us: the workspace is unusable from then on. */
  readonly onLost: (cause: HeliographError) => void;
}

export interface OpenWorkspace extends Workspace {
  /** Stops sending, drains what waits, closes the file and lets the lock go. */
  close(): Promise<void>;
  /** The same, but this process keeps the workspace: for the moments in which another file takes the place of this one. */
  closeHeld(): Promise<WorkspaceLock>;
}

/**
 * Tells whether `folder` holds a workspace that this program can read, and leaves one that is not ours as it was. Throws `WORKSPACE_MISSING`, `WORKSPACE_NETWORK_DRIVE`,
 * `WORKSPACE_NEWER`, `WORKSPACE_FOREIGN`, `WORKSPACE_CORRUPT`.
 */
export function checkFolder(folder: string): void {
  const database = join(folder, workspaceFiles.database);
  if (isNetworkDrive(folder)) throw new HeliographError('WORKSPACE_NETWORK_DRIVE', { folder });
  mendSwap(database);
  if (!existsSync(database)) throw new HeliographError('WORKSPACE_MISSING', { folder });
  checkFile(database);
}

/** Throws `WORKSPACE_LOCKED` when another process holds the workspace in `folder` now. */
export function checkNotHeld(folder: string): void {
  lockWorkspace(join(folder, workspaceFiles.lock)).release();
}

export interface OpenOptions {
  readonly create?: { readonly name: string };
  readonly lock?: WorkspaceLock;
}

/**
 * Opens the workspace in `folder`, or makes a new one there when `create` names it. Everything that can refuse does so before anything runs:
 * what `checkFolder` throws, `WORKSPACE_EXISTS`, `WORKSPACE_LOCKED`. A `lock` that is held already becomes the workspace's own; when the opening fails, its holder still has it.
 */
export async function openWorkspace(folder: string, ports: WorkspacePorts, options: OpenOptions): Promise<OpenWorkspace> {
  const database = join(folder, workspaceFiles.database);
  if (options.create) {
    if (existsSync(database)) throw new HeliographError('WORKSPACE_EXISTS', { folder });
    if (isNetworkDrive(folder)) throw new HeliographError('WORKSPACE_NETWORK_DRIVE', { folder });
  } else {
    // Looked at before anything is made in it: a folder that is not ours stays as it was.
    checkFolder(folder);
  }
  for (const part of ['', workspaceFiles.files, workspaceFiles.backups]) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });

  const lock = options.lock ?? lockWorkspace(join(folder, workspaceFiles.lock));
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop().catch((error: unknown) => ports.log.error('stopping failed', { error }));
  };
  try {
    const backupsFolder = join(folder, workspaceFiles.backups);
    try {
      // Before the store thread, which makes a backup of its own before it changes an older file.
      sweepBackupDrafts(backupsFolder);
    } catch (error) {
      ports.log.warn('an unfinished backup could not be removed', { error });
    }
    const store = startThread({ role: 'store', folder }, ports.log);
    stops.push(() => store.stop());
    void store.died.then(() => ports.onLost(new HeliographError('THREAD_DIED', { thread: 'store' })));
    const opened = await store.client.call<{ fresh: boolean; commit: number }>('open', undefined);
    let { commit: newest } = opened;
    store.client.on('commit', ({ commit }: Commit) => (newest = commit));
    if (opened.fresh && !options.create) throw new HeliographError('WORKSPACE_MISSING', { folder });

    const writeAs = (actor: Actor) => createWriters<AllOperations>(store.client, actor);
    const write = writeAs({ kind: 'operator' });
    const engine = writeAs({ kind: 'engine' });
    const identity = { machine: ports.machine, path: folder };
    if (options.create) {
      await engine.workspace.initialise({ ...identity, name: options.create.name });
      await engine.settings.patch({ reportingZone: Intl.DateTimeFormat().resolvedOptions().timeZone });
    }
    const { row, recovered } = await engine.workspace.opened(identity);
    await engine.jobs.closeInterrupted(undefined);

    const live = createLive(ports.clock);
    stops.push(() => Promise.resolve(live.close()));

    const readers = startReaders(folder, ports.log);
    stops.push(() => readers.stop());
    const read = createReaders<AllQueries>(readers.clients);

    const segments = createSegmentService({
      log: ports.log,
      wait: systemWait,
      startThread: () => startThread({ role: 'segments', folder }, ports.log),
      bySql: {
        count: (input, options = {}) => read.segments.count(input, options.signal ? { signal: options.signal } : {}),
        effects: (input, options = {}) => read.segments.effects(input, options.signal ? { signal: options.signal } : {}),
      },
      heard: newest,
    });
    stops.push(() => segments.stop());
    store.client.on('commit', (commit: Commit) => {
      live.commit(commit);
      segments.commit(commit);
    });

    /** One end of a new channel to the store thread, for another thread to hold. */
    const storePort = async () => {
      const { port1, port2 } = new MessageChannel();
      await store.client.call('attach', { port: port1 }, { transfer: [port1] });
      return port2;
    };

    const jobs = createJobs({
      clock: ports.clock,
      log: ports.log,
      read: read.jobs,
      write: engine.jobs,
      startThread: async () => {
        const port = await storePort();
        return startThread({ role: 'job', folder, store: port }, ports.log, [port]);
      },
    });
    stops.push(() => jobs.stop());
    const stopWatching = jobs.watch(() => live.touch('job'));
    stops.push(() => Promise.resolve(stopWatching()));

    const secrets = await createSecrets({ read: read.secrets, write: engine.secrets, box: ports.boxFor(row.uid), random: ports.random });

    let damaged: string | null = null;
    if (recovered) {
      void readers.apart((client) => client.call<string[]>('quickCheck', undefined)).then(
        (answer) => {
          if (answer[0] === 'ok') return ports.log.info('quick check passed');
          ports.log.error('quick check found damage', { answer });
          damaged = answer.join('; ');
          live.touch('workspace');
        },
        (error: unknown) => ports.log.warn('quick check did not finish', { error }),
      );
    }

    const base = { folder, read, write, engine, jobs, segments, secrets, live, recovered };
    const services = await startServices({ ...base, ...ports, storePort, writeAs, setEraseKey: (key) => store.client.call('setEraseKey', key), onStop: (stop) => void stops.push(stop) });

    const closeHeld = async (): Promise<WorkspaceLock> => {
      const stopStore = stops.shift();
      await stopAll();
      // A damaged file stays marked as one that did not end well: each opening checks it again, until it is restored.
      if (damaged === null) await engine.workspace.closed(undefined).catch((error: unknown) => ports.log.error('could not mark the workspace as closed', { error }));
      await stopStore?.();
      return lock;
    };
    return {
      ...base,
      ...services,
      damaged: () => damaged,
      describe: async (): Promise<WorkspaceView> => {
        const now = await read.workspace.get(undefined);
        return { uid: row.uid, name: now.name, folder, createdAt: row.created_at, sendingPaused: now.sending_paused, recovered, damaged, syncFolder: syncProgram(folder) };
      },
      backups: {
        list: () => listBackups(backupsFolder),
        create: async (label) => {
          const made = await readers.apart((client) => client.call<BackupFile>('backup', { label, now: ports.clock.now() }));
          sweepBackups(backupsFolder, (await read.settings.all(undefined)).backupKeepDays, ports.clock.now());
          return made;
        },
        remove: (name) => removeBackup(backupsFolder, name),
      },
      checkpoint: () => store.client.call('checkpoint', undefined),
      close: async () => (await closeHeld()).release(),
      closeHeld,
    };
  } catch (error) {
    await stopAll();
    if (!options.lock) lock.release();
    if (options.create && !existsSync(database)) rmSync(folder, { recursive: true, force: true });
    ports.log.warn('workspace did not open', { folder: basename(folder), error });
    throw error;
  }
}
