import type { CollectorStatus } from '../../src-preload/contract/collector.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type LinkBase, linkBaseFor, type Reachability, type ReachabilityView } from '../../src-preload/contract/reachability.js';
import type { Settings, SettingsPatch } from '../../src-preload/contract/settings.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import type { Thread } from '../platform/thread.js';
import { proveReachable } from './reachability.js';
import type { CollectorConfig } from './server.js';

/** What the main thread's side of the collector needs; `app/` fills it. */
export interface CollectorServicePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly settings: { all(): Promise<Settings>; patch(patch: SettingsPatch): Promise<unknown> };
  /** SPKI DER by key id. */
  readonly publicKeys: () => Promise<ReadonlyMap<string, Uint8Array>>;
  /** Starts a thread that runs `runCollectorThread`. */
  readonly startThread: () => Promise<Thread>;
  /** Real time, between attempts to start it again. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** For the round trip; the global one if absent. */
  readonly fetch?: typeof fetch;
  /** Told whenever the status changed. */
  readonly onStatus?: (status: CollectorStatus) => void;
}

/** The collector as the rest of the program sees it: one per open workspace. */
export interface CollectorService {
  /** Starts the thread and listens. What hinders it (a taken port) goes into `status`: a workspace opens without its collector. */
  start(): Promise<void>;
  stop(): Promise<void>;
  status(): CollectorStatus;
  /** Call after settings or keys changed: texts, sender name, host or port. */
  settingsChanged(): Promise<void>;
  view(): Promise<ReachabilityView>;
  /** The round trip of design 2: asks `url` from here and wants this collector's own proof back, by GET and by POST. Throws `REACHABILITY_FAILED`. */
  verify(url: string): Promise<void>;
  /** Sets how recipients reach us; a public address is verified first. */
  set(choice: { mode: 'none' } | { mode: 'public'; url: string } | { mode: 'mailto'; address: string }): Promise<ReachabilityView>;
  /** What links a run may carry: on a real connection, or into the test mailbox. */
  linkBase(sandbox: boolean): Promise<LinkBase>;
}

/** Waits before a thread that died is started again: once at once, then patiently, because what killed it may still be there. */
const restartMs = [0, 1_000, 5_000, 30_000, 60_000];
/** A thread that lived this long had no fault of its own from the start: the next death begins with the shortest wait. */
const steadyMs = 5 * 60_000;

export function createCollectorService(ports: CollectorServicePorts): CollectorService {
  const { clock, log } = ports;
  const proofKey = ports.random.bytes(32);
  let thread: Thread | undefined;
  let status: CollectorStatus = { state: 'stopped', url: null, problem: null };
  let bound: { host: string; port: number } | undefined;
  let deaths = 0;
  let closing = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  /** Starting, stopping and configuring wait for each other: two quick changes of settings end with the later one. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };

  const tell = (next: CollectorStatus) => {
    status = next;
    ports.onStatus?.(next);
  };
  const configOf = async (settings: Settings): Promise<CollectorConfig> => ({
    keys: await ports.publicKeys(),
    page: settings.unsubscribePage,
    senderName: settings.defaultFrom.name,
    proofKey,
  });

  async function startNow(): Promise<void> {
    const settings = await ports.settings.all();
    const { host, port } = settings.collector;
    const started = await ports.startThread();
    thread = started;
    const startedAt = clock.monotonic();
    // From the first moment on: it may die before it listens.
    void started.died.then(() => {
      if (thread !== started) return;
      if (clock.monotonic() - startedAt >= steadyMs) deaths = 0;
      died();
    });
    try {
      const listening = await started.client.call<{ url: string; port: number }>('listen', { host, port, config: await configOf(settings) });
      // The first free port is kept: links that were sent name it.
      if (port === 0) await ports.settings.patch({ collector: { host, port: listening.port } });
      if (thread !== started) return;
      bound = { host, port: listening.port };
      tell({ state: 'running', url: listening.url, problem: null });
    } catch (error) {
      const lived = thread === started;
      if (lived) thread = undefined;
      await started.stop();
      if (!lived) return;
      if (!(error instanceof HeliographError)) throw error;
      log.warn('the collector does not listen', { error });
      if (error.code === 'THREAD_DIED') died();
      else tell({ state: 'stopped', url: null, problem: { code: error.code, detail: error.detail } });
    }
  }
  function died(): void {
    thread = undefined;
    bound = undefined;
    tell({ state: 'stopped', url: null, problem: { code: 'THREAD_DIED', detail: { thread: 'collector' } } });
    void startAgain();
  }
  /** Links that were sent lead here: a collector that died comes back by itself. What stays wrong (a taken port) is left in the status. */
  async function startAgain(): Promise<void> {
    const { signal } = closing;
    await ports.wait(restartMs[Math.min(deaths++, restartMs.length - 1)]!, signal);
    await inTurn(async () => {
      if (!signal.aborted && !thread) await startNow();
    }).catch((error: unknown) => log.error('the collector could not be started again', { error }));
  }
  async function stopNow(): Promise<void> {
    closing.abort();
    closing = new AbortController();
    const running = thread;
    thread = undefined;
    bound = undefined;
    await running?.stop();
    tell({ state: 'stopped', url: null, problem: null });
  }
  const setting = async (): Promise<Reachability> => (await ports.settings.all()).reachability;
  const view = async (): Promise<ReachabilityView> => ({ setting: await setting(), collector: { state: status.state, url: status.url } });
  const verify = async (url: string) => {
    if (status.state !== 'running') throw new HeliographError('REACHABILITY_FAILED', { reason: 'collector_stopped' });
    await proveReachable(url, { proofKey, nonce: ports.random.bytes(16).toString('base64url'), fetch: ports.fetch ?? fetch });
  };

  return {
    start: () => inTurn(startNow),
    stop: () => inTurn(stopNow),
    status: () => status,
    settingsChanged: () =>
      inTurn(async () => {
        const settings = await ports.settings.all();
        const moved = bound === undefined || bound.host !== settings.collector.host || (settings.collector.port !== 0 && bound.port !== settings.collector.port);
        if (!moved && thread) {
          await thread.client.call('configure', await configOf(settings));
          return;
        }
        await stopNow();
        await startNow();
      }),
    view,
    verify,
    async set(choice) {
      if (choice.mode === 'public') {
        const url = choice.url.replace(/\/+$/, '');
        await verify(url);
        await ports.settings.patch({ reachability: { mode: 'public', url, verifiedAt: clock.now() } });
      } else {
        await ports.settings.patch({ reachability: choice });
      }
      return view();
    },
    linkBase: async (sandbox) => linkBaseFor(sandbox, await setting(), status.url),
  };
}
