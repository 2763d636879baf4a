import { describeError } from '../../src-preload/contract/error-words.js';
import { HeliographError, isHeliographError } from '../../src-preload/contract/errors.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Reader, Writer } from '../store/operation.js';
import { freezeSlices } from './freeze.js';
import type { deliveryOperations, deliveryQueries } from './operations.js';
import type { OpenRun, RunPlan } from './plan.js';
import type { OpenableConnection, Sender, SenderJob, SenderLinks } from './sender-port.js';

export interface SchedulerPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly read: Reader<typeof deliveryQueries>;
  /** Acting as the engine. */
  readonly write: Writer<typeof deliveryOperations>;
  /** Starts a sender that has taken over. Called once it is needed, and again after one died. */
  readonly openSender: () => Promise<Sender>;
  /** A connection with its secret, ready to open; for the test mailbox its address of this moment. Throws `NOT_FOUND`, `SECRETS_LOCKED`. */
  readonly connection: (uid: string) => Promise<OpenableConnection>;
  /** The key that signs links. */
  readonly linkKey: () => Promise<{ readonly keyId: string; readonly privateKey: Uint8Array }>;
  /** Where the collector listens on this machine, or null. */
  readonly collectorUrl: () => string | null;
}

export interface Scheduler {
  /**
   * Looks at every open run against the wall clock and begins what is due; what takes long goes on by itself. The app calls it every second, on wake and after anything that changes a run
   * (so that a pause is felt at once); calls that come while one is at work are one more round.
   */
  tick(): Promise<void>;
  /** Waits until nothing that a tick began is at work. For tests and for the command line. */
  settled(): Promise<void>;
  /** Claims no more, waits for replies in flight (10 s at most), ends. */
  stop(): Promise<void>;
}

/** After a failure of ours the same step is not tried again at once. */
const retryMs = 15_000;
/** Slices of a stop in one round: the store stays free for others between rounds. */
const stopSlicesARound = 20;

/** What is kept with a run is read by people. */
function inWords({ code, detail }: HeliographError): string {
  const { what, why } = describeError(code, detail);
  return [what, why].filter(Boolean).join(' ');
}

export function createScheduler(ports: SchedulerPorts): Scheduler {
  const { clock, log, read, write } = ports;
  const sending = new Set<number>();
  /** Long steps at work, by run. */
  const working = new Map<number, Promise<void>>();
  const notBefore = new Map<number, number>();
  const abort = new AbortController();
  let sender: Promise<Sender> | undefined;
  let round: Promise<void> | undefined;
  let again = false;
  /** A sender died: its claims stay open until another takes over, even when nothing else is to send. */
  let orphaned = false;

  function theSender(): Promise<Sender> {
    if (sender) return sender;
    if (abort.signal.aborted) return Promise.reject(new HeliographError('CANCELLED'));
    const opening = ports.openSender();
    sender = opening;
    const forget = () => {
      if (sender === opening) sender = undefined;
      sending.clear();
    };
    opening.then(
      (opened) => {
        opened.onEnded(({ run, status }) => {
          sending.delete(run);
          if (status === 'failed') notBefore.set(run, clock.monotonic() + retryMs);
        });
        void opened.died.then(() => {
          log.error('the sender ended by itself; a new one takes over');
          forget();
          orphaned = true;
        });
      },
      forget,
    );
    return opening;
  }

  /** Does a long step of a run unless one is at work; a failure is logged and put off. */
  function work(run: OpenRun, step: () => Promise<void>): void {
    if (working.has(run.id) || clock.monotonic() < (notBefore.get(run.id) ?? 0)) return;
    const running = step().then(
      () => void notBefore.delete(run.id),
      (error: unknown) => {
        if (abort.signal.aborted || (isHeliographError(error) && error.code === 'CANCELLED')) return;
        notBefore.set(run.id, clock.monotonic() + retryMs);
        log.error('a step of a run failed', { run: run.uid, state: run.state, error });
      },
    );
    working.set(run.id, running.finally(() => working.delete(run.id)));
  }

  async function freeze(run: OpenRun): Promise<void> {
    try {
      while ((await write.dropFrozen({ run: run.id }, { priority: 'bulk' })) > 0) if (abort.signal.aborted) return;
      const audience = await read.freezeAudience({ run: run.id, asOf: clock.now() }, { signal: abort.signal });
      for (const slice of freezeSlices(run.id, audience)) {
        if (abort.signal.aborted) return;
        await write.freezeSlice(slice, { priority: 'bulk' });
      }
      await write.openRun({ run: run.id, commit: audience.commit, total: audience.endpoints.length, funnel: audience.funnel });
    } catch (error) {
      // The segment is gone, its list was replaced or its rules no longer work: a person has to look; everything else is tried again.
      if (!isHeliographError(error) || (error.code !== 'NOT_FOUND' && error.code !== 'BAD_INPUT' && error.code !== 'WORKSPACE_CORRUPT' && error.code !== 'LIST_REPLACED')) throw error;
      log.error('the recipients could not be fixed', { run: run.uid, error });
      await write.askAgain({ run: run.id, why: inWords(error), takeNewestList: error.code === 'LIST_REPLACED' });
    }
    again = true;
  }

  async function begin(run: OpenRun): Promise<void> {
    let job: SenderJob;
    try {
      const plan = await read.plan({ run: run.id, collectorUrl: ports.collectorUrl() });
      job = { ...plan, run: run.id, links: await linksFor(plan), connection: await ports.connection(plan.pinned.connection) };
      const opened = await theSender();
      if (abort.signal.aborted) return;
      sending.add(run.id);
      await opened.start(job);
    } catch (error) {
      sending.delete(run.id);
      if (!isHeliographError(error) || error.code === 'THREAD_DIED' || error.code === 'CANCELLED' || error.code === 'STORE_UNAVAILABLE' || error.code === 'INTERNAL') throw error;
      log.error('a run cannot be sent as things are', { run: run.uid, error });
      await write.pauseUnbuildable({ run: run.id, why: inWords(error) });
    }
  }

  async function linksFor({ links }: RunPlan): Promise<SenderLinks> {
    if (links.kind === 'mailto') return links;
    if (links.kind === 'tracked') return { ...links, ...(await ports.linkKey()) };
    throw links.why === 'collector_stopped' ? new HeliographError('COLLECTOR_UNAVAILABLE') : new HeliographError('REACHABILITY_REQUIRED', { why: links.why });
  }

  async function windUp(run: OpenRun): Promise<void> {
    for (let i = 0; i < stopSlicesARound && !abort.signal.aborted; i++) if (await write.stopSlice({ run: run.id }, { priority: 'bulk' })) return;
  }

  async function look(run: OpenRun, sendingPaused: boolean): Promise<void> {
    switch (run.state) {
      case 'ask':
        return;
      case 'hold':
        if (!sendingPaused && run.holdUntil !== null && run.holdUntil <= clock.now() && (await write.beginFreeze({ run: run.id }))) {
          work({ ...run, state: 'freezing' }, () => freeze(run));
        }
        return;
      case 'freezing':
        if (!sendingPaused) work(run, () => freeze(run));
        return;
      case 'sending':
        break;
    }
    if (run.paused !== null || sendingPaused) {
      if (sending.has(run.id)) await (await theSender()).halt(run.id);
      if (run.paused === 'stopping') work(run, () => windUp(run));
      else if (run.due === null && !sending.has(run.id)) await write.finishRun({ run: run.id });
      return;
    }
    if (sending.has(run.id)) return;
    if (run.due === null) await write.finishRun({ run: run.id });
    else if (run.due <= clock.now()) work(run, () => begin(run));
  }

  async function lookAtAll(): Promise<void> {
    do {
      again = false;
      if (orphaned) {
        await theSender();
        orphaned = false;
      }
      const { sendingPaused, runs } = await read.openRuns(undefined);
      for (const run of runs) {
        if (abort.signal.aborted) return;
        await look(run, sendingPaused !== null).catch((error: unknown) => log.error('a run could not be looked after', { run: run.uid, error }));
      }
    } while (again);
  }

  const tick = (): Promise<void> => {
    if (abort.signal.aborted) return Promise.resolve();
    again = true;
    round ??= lookAtAll()
      .catch((error: unknown) => log.error('the scheduler could not look at the runs', { error }))
      .finally(() => (round = undefined));
    return round;
  };

  return {
    tick,
    async settled() {
      while (round || working.size > 0) await Promise.all([round, ...working.values()]);
    },
    async stop() {
      abort.abort();
      const opened = await sender?.catch(() => undefined);
      await opened?.close();
      await Promise.all([round, ...working.values()]);
      // A step that was at work may have opened one meanwhile; closing twice does nothing.
      await (await sender?.catch(() => undefined))?.close();
    },
  };
}
