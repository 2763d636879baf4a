import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Writer } from '../store/operation.js';
import { createComposer } from './compose.js';
import type { deliveryOperations } from './operations.js';
import { RunPump } from './run-pump.js';
import type { RunEnded, Sender, SenderJob } from './sender-port.js';
import { type OpenConnection, SharedConnection } from './shared-connection.js';
import type { RateLimiterState } from '../channels/rate-limiter.js';

export interface SenderPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Waits real time, or until the signal aborts. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** The store, acting as the engine. */
  readonly write: Pick<Writer<typeof deliveryOperations>, 'claim' | 'startSender'>;
  readonly openConnection: OpenConnection;
}

/**
 * The sender: owns provider connections and compiled treatments, one pump per run. It takes over from the sender before it when it is made (whose claims become unknown), so
 * there is only ever one that can claim.
 */
export async function createSender(ports: SenderPorts): Promise<Sender> {
  const { epoch, lost } = await ports.write.startSender(undefined, { priority: 'claim' });
  if (lost > 0) ports.log.warn('messages of a sender that ended by itself may have been sent', { messages: lost });
  const pumps = new Map<number, RunPump>();
  const connections = new Map<string, SharedConnection>();
  const paces = new Map<string, RateLimiterState>();
  const listeners: ((ended: RunEnded) => void)[] = [];

  function connectionFor(job: SenderJob): SharedConnection {
    const { uid } = job.connection;
    const known = connections.get(uid);
    if (known) {
      known.use(job.connection);
      return known;
    }
    const made = new SharedConnection(
      job.connection,
      ports.openConnection,
      (pace) => {
        connections.delete(uid);
        paces.set(uid, pace);
      },
      paces.get(uid),
    );
    connections.set(uid, made);
    return made;
  }

  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- refusals reach the caller as rejections, here as across a thread
    async start(job) {
      if (pumps.has(job.run)) return;
      const composer = createComposer(job);
      const pump = new RunPump({
        ...ports,
        log: ports.log.with({ run: job.runUid }),
        claim: (input) => ports.write.claim({ ...input, epoch, run: job.run }, { priority: 'claim' }),
        composer,
        lease: connectionFor(job).lease(),
      });
      pumps.set(job.run, pump);
      void pump.ended.then((status) => {
        pumps.delete(job.run);
        for (const listener of listeners) listener({ run: job.run, status });
      });
    },
    halt(run) {
      pumps.get(run)?.halt();
      return Promise.resolve();
    },
    async close() {
      for (const pump of pumps.values()) pump.halt();
      await Promise.all([...pumps.values()].map((pump) => pump.ended));
    },
    onEnded: (listener) => void listeners.push(listener),
    died: new Promise(() => undefined),
  };
}
