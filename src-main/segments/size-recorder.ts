import { isHeliographError } from '../../src-preload/contract/errors.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Reader, Writer } from '../store/operation.js';
import type { SegmentNumbers } from './engine/service.js';
import type { SegmentOperations, SegmentQueries } from './index.js';

export interface SizeRecorder {
  /** Counts the segments that were not counted today, one after the other. A call while one is at work waits for that one. Never rejects: a segment that cannot be counted is left for the next time. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** Keeps each day's size of every segment. The app calls `look` now and then: what was counted today already, a freeze's count too, is not counted again. */
export function createSizeRecorder(ports: {
  readonly clock: Clock;
  readonly log: Logger;
  readonly read: Pick<Reader<SegmentQueries>, 'uncounted' | 'get'>;
  readonly write: Pick<Writer<SegmentOperations>, 'recordSize'>;
  readonly numbers: Pick<SegmentNumbers, 'count'>;
}): SizeRecorder {
  const { clock, log, read, write, numbers } = ports;
  const abort = new AbortController();
  const { signal } = abort;
  let round: Promise<void> | undefined;

  async function countOne(uid: string): Promise<void> {
    try {
      const { tree } = await read.get({ uid }, { signal });
      const { people, addresses } = await numbers.count({ tree, asOf: clock.now() }, { signal });
      await write.recordSize({ uid, people, addresses }, { priority: 'bulk' });
    } catch (error) {
      // Deleted meanwhile, or rules that name what is gone: its page says so.
      if (!signal.aborted && !isHeliographError(error)) throw error;
    }
  }

  async function countAll(): Promise<void> {
    for (const uid of await read.uncounted({ now: clock.now() }, { signal })) {
      if (signal.aborted) return;
      await countOne(uid);
    }
  }

  return {
    look: () =>
      (round ??= (signal.aborted ? Promise.resolve() : countAll())
        .catch((error: unknown) => {
          if (!signal.aborted) log.warn('the sizes of segments could not be kept', { error });
        })
        .finally(() => (round = undefined))),
    async stop() {
      abort.abort();
      await round;
    },
  };
}
