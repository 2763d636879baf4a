import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReopenProblem, WorkspaceView } from '../../src-preload/contract/workspace.js';
import type { Host } from '../api/context.js';
import type { Clock } from '../platform/clock.js';
import { machineId } from '../platform/folders.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import { toErrorShape } from '../platform/rpc.js';
import type { SecretBox } from '../platform/secret-box.js';
import { prepareRestore, workspaceFiles } from '../store/index.js';
import { createProgramState } from './program-state.js';
import { fillSample } from './sample.js';
import { createSignal } from './signal.js';
import { type OpenWorkspace, openWorkspace } from './workspace.js';

export interface HostPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly configFolder: string;
  readonly documentsFolder: string;
  /** The machine's safe place for one workspace's key, by the workspace's uid: a folder that moves on this machine keeps its key. */
  readonly boxFor: (uid: string) => SecretBox | null;
  /** False for a command, which opens a workspace for its own work: what a person had open stays what opens at the next start. */
  readonly remembers?: boolean;
}

export interface RunningHost extends Host {
  current(): OpenWorkspace | undefined;
  /** Opens the workspace that was open at the last exit or crash, where it is still there. What refuses is logged and kept as `problem`, for the start screen. */
  reopen(): Promise<void>;
  /** Closes what is open because the program ends; it opens again at the next start. */
  stop(): Promise<void>;
}

/** Holds at most one open workspace and switches between them, one step at a time. */
export function createHost(ports: HostPorts): RunningHost {
  const program = createProgramState(ports.configFolder, ports.log);
  const switched = createSignal();
  let current: OpenWorkspace | undefined;
  let problem: ReopenProblem | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  /** Opening, closing and restoring wait for each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  };

  async function close(): Promise<void> {
    const closing = current;
    current = undefined;
    if (!closing) return;
    switched.fire();
    await closing.close();
  }

  async function open(folder: string, options: { create?: { name: string }; fill?: (workspace: OpenWorkspace) => Promise<void> } = {}): Promise<WorkspaceView> {
    await close();
    const opening: { workspace?: OpenWorkspace } = {};
    const opened = await openWorkspace(
      folder,
      {
        ...ports,
        machine: machineId(),
        onLost: (cause) => {
          ports.log.error('the store thread is gone; the workspace is closed', { cause });
          if (opening.workspace && current === opening.workspace) void inTurn(close);
        },
      },
      options,
    );
    // Nobody sees it before it is filled.
    try {
      await options.fill?.(opened);
    } catch (error) {
      await opened.close();
      throw error;
    }
    opening.workspace = opened;
    current = opened;
    const view = await opened.describe();
    problem = null;
    program.opened({ folder, name: view.name, openedAt: ports.clock.now() }, ports.remembers ?? true);
    switched.fire();
    return view;
  }

  function freeFolder(parent: string, name: string): string {
    for (let n = 1; ; n++) {
      const folder = join(parent, `${n === 1 ? name : `${name} ${n}`}.heliograph`);
      if (!existsSync(folder)) return folder;
    }
  }

  return {
    current: () => current,
    open: (folder) => inTurn(() => open(resolve(folder))),
    create: ({ name, parent }) =>
      inTurn(async () => {
        const folder = join(resolve(parent ?? ports.documentsFolder), `${name}.heliograph`);
        if (existsSync(folder)) throw new HeliographError('WORKSPACE_EXISTS', { folder });
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        return open(folder, { create: { name } });
      }),
    close: () =>
      inTurn(async () => {
        if (current && (ports.remembers ?? true)) program.closed();
        await close();
      }),
    stop: () => inTurn(close),
    reopen: () =>
      inTurn(async () => {
        const folder = program.lastOpen();
        if (folder === null || !existsSync(folder)) return;
        try {
          await open(folder);
        } catch (error) {
          ports.log.warn('the last workspace did not open', { error });
          problem = { folder, error: toErrorShape(error).error };
        }
      }),
    problem: () => problem,
    exploreSample: () =>
      inTurn(async () => {
        const folder = freeFolder(resolve(ports.documentsFolder), 'Sample');
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        return open(folder, { create: { name: basename(folder, '.heliograph') }, fill: fillSample });
      }),
    restore: (backup) =>
      inTurn(async () => {
        if (!current) throw new HeliographError('NO_WORKSPACE');
        const { folder, backups } = current;
        const chosen = backups.list().find((file) => file.name === backup);
        if (!chosen) throw new HeliographError('NOT_FOUND', { what: 'backup' });
        await backups.verify(chosen.path);
        await backups.create('before-restore');
        const database = join(folder, workspaceFiles.database);
        const prepared = await prepareRestore(chosen.path, database);
        await close();
        // The file of until now stays beside it until the restored one has opened.
        const before = `${database}.before-restore`;
        for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, { force: true });
        renameSync(database, before);
        renameSync(prepared, database);
        try {
          const view = await open(folder);
          rmSync(before, { force: true });
          return view;
        } catch (error) {
          for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, { force: true });
          renameSync(before, database);
          throw error;
        }
      }),
    recent: () => program.recent(),
    switches: (signal) => switched.listen(signal),
  };
}
