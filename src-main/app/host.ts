import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReopenProblem, WorkspaceView } from '../../src-preload/contract/workspace.js';
import type { Host } from '../api/context.js';
import { systemWait } from '../channels/index.js';
import type { Clock } from '../platform/clock.js';
import { machineId } from '../platform/folders.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import { toErrorShape } from '../platform/rpc.js';
import type { SecretBox } from '../platform/secret-box.js';
import { endSwap, listBackups, workspaceFiles, type WorkspaceLock } from '../store/index.js';
import { createProgramState } from './program-state.js';
import { checkRestorable, restoreClosed, restoreOpen, type RestoreSteps } from './restoring.js';
import { fillSample } from './sample.js';
import { createSignal } from './signal.js';
import { checkFolder, checkNotHeld, type OpenWorkspace, openWorkspace } from './workspace.js';

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
  /** Real time, between attempts to open a workspace again whose store thread died; the system's if absent. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Waits before a workspace whose store thread died is opened again: once at once, then patiently, and no more after these. */
const reopenMs = [0, 2_000, 10_000];
/** A workspace that stayed open this long had no fault from its opening on: the next death begins with the shortest wait. */
const steadyMs = 5 * 60_000;

interface OpenOptions {
  readonly create?: { readonly name: string };
  readonly fill?: (workspace: OpenWorkspace) => Promise<void>;
  /** The folder's lock, where this process holds it already. */
  readonly lock?: WorkspaceLock;
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
  let losses = 0;
  let openedAt = 0;
  let recovering = new AbortController();

  /** Opening, closing and restoring wait for each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  };
  /** What somebody asks for; it ends our own attempts to bring a lost workspace back. */
  const asked = <T>(work: () => Promise<T>): Promise<T> => {
    recovering.abort();
    recovering = new AbortController();
    losses = 0;
    return inTurn(work);
  };
  /** What is only for comfort (the list of recent workspaces) must not undo what was done. */
  const bestEffort = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      ports.log.warn(what, { error });
    }
  };

  async function close(): Promise<void> {
    const closing = current;
    current = undefined;
    if (!closing) return;
    switched.fire();
    await closing.close();
  }

  /** Opens `folder` when nothing is open. */
  async function start(folder: string, options: OpenOptions): Promise<WorkspaceView> {
    const state: { workspace?: OpenWorkspace; lost?: HeliographError } = {};
    const opened = await openWorkspace(
      folder,
      {
        ...ports,
        machine: machineId(),
        onLost: (cause) => {
          state.lost = cause;
          if (state.workspace) onLost(state.workspace, cause);
        },
      },
      options,
    );
    let view: WorkspaceView;
    // Nobody sees it before it is filled, and nobody sees it when its store died on the way.
    try {
      await options.fill?.(opened);
      view = await opened.describe();
      if (state.lost) throw state.lost;
    } catch (error) {
      const lock = await opened.closeHeld();
      if (!options.lock) lock.release();
      throw error;
    }
    state.workspace = opened;
    current = opened;
    openedAt = ports.clock.monotonic();
    problem = null;
    bestEffort('what a restore left could not be removed', () => endSwap(join(folder, workspaceFiles.database)));
    bestEffort('program.json could not be written', () => program.opened({ folder, name: view.name, openedAt: ports.clock.now() }, ports.remembers ?? true));
    switched.fire();
    return view;
  }

  /** Opens the workspace that was open before again, after something else failed. */
  async function startFormer(folder: string): Promise<void> {
    try {
      await start(folder, {});
    } catch (error) {
      ports.log.error('the workspace of before does not open again', { error });
      problem = { folder, error: toErrorShape(error).error };
      switched.fire();
    }
  }

  /** Switches to `folder`. What can be known to refuse it does so while the open workspace still works; what refuses later brings that one back. */
  async function open(folder: string, options: OpenOptions = {}): Promise<WorkspaceView> {
    const former = current?.folder;
    const other = former !== undefined && !isSameFolder(former, folder);
    if (other && !options.create) {
      checkFolder(folder);
      checkNotHeld(folder);
    }
    await close();
    try {
      return await start(folder, options);
    } catch (error) {
      if (other) await startFormer(former);
      throw error;
    }
  }

  /** The store thread of the open workspace died: without it nothing is written, so it is closed and opened again. */
  function onLost(workspace: OpenWorkspace, cause: HeliographError): void {
    if (current !== workspace) return;
    ports.log.error('the store thread is gone; the workspace is closed and opened again', { cause });
    if (ports.clock.monotonic() - openedAt >= steadyMs) losses = 0;
    const { signal } = recovering;
    inTurn(async () => {
      if (current === workspace) await close();
    })
      .then(() => bringBack(workspace.folder, signal, cause))
      .catch((error: unknown) => ports.log.error('a lost workspace could not be brought back', { error }));
  }

  async function bringBack(folder: string, signal: AbortSignal, cause: unknown): Promise<void> {
    for (let last = cause; !signal.aborted && !current; ) {
      const ms = reopenMs[losses++];
      if (ms === undefined) {
        ports.log.error('the workspace does not come back', { error: last });
        problem = { folder, error: toErrorShape(last).error };
        switched.fire();
        return;
      }
      await (ports.wait ?? systemWait)(ms, signal);
      try {
        await inTurn(async () => {
          if (!signal.aborted && !current) await start(folder, {});
        });
      } catch (error) {
        ports.log.warn('the workspace did not open again', { error });
        last = error;
      }
    }
  }

  function freeFolder(parent: string, name: string): string {
    for (let n = 1; ; n++) {
      const folder = join(parent, `${n === 1 ? name : `${name} ${n}`}.heliograph`);
      if (!existsSync(folder)) return folder;
    }
  }

  const steps: RestoreSteps = {
    clock: ports.clock,
    log: ports.log,
    closeHeld: async () => {
      const closing = current!;
      current = undefined;
      switched.fire();
      return closing.closeHeld();
    },
    start: (folder, lock) => start(folder, { lock }),
    startFormer,
  };

  return {
    current: () => current,
    open: (folder) => asked(() => open(resolve(folder))),
    create: ({ name, parent }) =>
      asked(async () => {
        const folder = join(resolve(parent ?? ports.documentsFolder), `${name}.heliograph`);
        if (existsSync(folder)) throw new HeliographError('WORKSPACE_EXISTS', { folder });
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        return open(folder, { create: { name } });
      }),
    close: () =>
      asked(async () => {
        if (current && (ports.remembers ?? true)) bestEffort('program.json could not be written', () => program.closed());
        await close();
      }),
    stop: () => asked(close),
    reopen: () =>
      asked(async () => {
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
      asked(async () => {
        const folder = freeFolder(resolve(ports.documentsFolder), 'Sample');
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        return open(folder, { create: { name: basename(folder, '.heliograph') }, fill: fillSample });
      }),
    restore: (backup) =>
      asked(() => {
        if (!current) throw new HeliographError('NO_WORKSPACE');
        return restoreOpen(current, backup, steps);
      }),
    backupsIn: (folder) => listBackups(join(resolve(folder), workspaceFiles.backups)),
    restoreClosed: (folder, backup) =>
      asked(async () => {
        const former = current?.folder;
        const path = resolve(folder);
        if (former !== undefined && isSameFolder(former, path)) throw new HeliographError('WORKSPACE_LOCKED');
        checkRestorable(path);
        return restoreClosed(path, backup, { ...steps, leave: close, startFormer: async () => (former === undefined ? undefined : startFormer(former)) });
      }),
    recent: () => program.recent(),
    switches: (signal) => switched.listen(signal),
  };
}

/** True also for one folder under two names. */
function isSameFolder(a: string, b: string): boolean {
  const real = (folder: string) => (existsSync(folder) ? realpathSync(folder) : folder);
  return real(a) === real(b);
}
