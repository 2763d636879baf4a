import type { JobView } from '../../src-preload/contract/job.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { toErrorShape } from '../platform/rpc.js';
import type { Thread } from '../platform/thread.js';
import type { Reader, Writer } from '../store/operation.js';
import type { jobOperations, jobQueries } from './job.rows.js';


export interface Jobs {
  /** Starts long work in a thread of its own; resolves as soon as it is on the list. */
  start(kind: string, title: string, input: unknown): Promise<JobView>;
  /** Asks a job to stop; it ends as 'cancelled' after its current slice. */
  cancel(uid: string): void;
  /** Jobs in progress with their live figures merged in. */
  list(limit: number): Promise<JobView[]>;
  get(uid: string): Promise<JobView | undefined>;
  /** Resolves when the job has ended, whatever way. */
  finished(uid: string): Promise<JobView>;
  /** Calls back at each progress and state change. Gives back the way to stop listening. */
  watch(listener: (uid: string) => void): () => void;
  stop(): Promise<void>;
}

interface Live {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  done: number;
  total: number | null;
  note: string | null;
  /** (monotonic ms, done) of the last ten seconds: the rate is taken over them. */
  readonly marks: { at: number; done: number }[];
}

const rateWindowMs = 10_000;
const savedEveryMs = 2_000;

export function createJobs(ports: {
  clock: Clock;
  log: Logger;
  read: Reader<typeof jobQueries>;
  write: Writer<typeof jobOperations>;
  startThread: () => Promise<Thread>;
}): Jobs {
  const live = new Map<string, Live>();
  const listeners = new Set<(uid: string) => void>();
  const tell = (uid: string) => listeners.forEach((listener) => listener(uid));

  async function run(view: JobView, kind: string, input: unknown, state: Live): Promise<void> {
    let thread: Thread | undefined;
    let savedAt = ports.clock.monotonic();
    try {
      await ports.write.start(view.uid);
      thread = await ports.startThread();
      thread.client.on('progress', (p: { done: number; total: number | null; note: string | null }) => {
        Object.assign(state, p);
        const at = ports.clock.monotonic();
        state.marks.push({ at, done: p.done });
        while (state.marks.length > 2 && at - state.marks[0]!.at > rateWindowMs) state.marks.shift();
        tell(view.uid);
        if (at - savedAt > savedEveryMs) {
          savedAt = at;
          void ports.write.progress({ uid: view.uid, ...p }).catch((error: unknown) => ports.log.warn('job progress not saved', { error }));
        }
      });
      const result = await thread.client.call('run', { uid: view.uid, kind, input }, { signal: state.abort.signal, waitForReply: true });
      await ports.write.progress({ uid: view.uid, done: state.done, total: state.total, note: state.note });
      await ports.write.finish({ uid: view.uid, result });
    } catch (error) {
      const { error: shape, cause } = toErrorShape(error);
      if (shape.code !== 'CANCELLED') ports.log.error('job failed', { kind, uid: view.uid, code: shape.code, cause });
      await ports.write.fail({ uid: view.uid, error: shape });
    } finally {
      live.delete(view.uid);
      await thread?.stop();
      tell(view.uid);
    }
  }

  const merge = (view: JobView): JobView => {
    const state = live.get(view.uid);
    if (!state) return view;
    const first = state.marks[0];
    const last = state.marks.at(-1);
    const rate = first && last && last.at > first.at ? ((last.done - first.done) * 1000) / (last.at - first.at) : null;
    return {
      ...view,
      done: state.done,
      total: state.total,
      note: state.note,
      ratePerSecond: rate,
      secondsLeft: rate !== null && rate > 0 && state.total !== null ? Math.ceil((state.total - state.done) / rate) : null,
    };
  };

  return {
    async start(kind, title, input) {
      const view = await ports.write.create({ kind, title, input });
      const abort = new AbortController();
      let end: () => void = () => undefined;
      const state: Live = { abort, ended: new Promise((resolve) => (end = resolve)), done: 0, total: null, note: null, marks: [] };
      live.set(view.uid, state);
      tell(view.uid);
      void run(view, kind, input, state)
        .catch((error: unknown) => ports.log.error('job could not be closed', { uid: view.uid, error }))
        .finally(() => end());
      return view;
    },
    cancel: (uid) => live.get(uid)?.abort.abort(),
    list: async (limit) => (await ports.read.list({ limit })).map(merge),
    get: async (uid) => {
      const view = await ports.read.get(uid);
      return view && merge(view);
    },
    async finished(uid) {
      await live.get(uid)?.ended;
      const view = await ports.read.get(uid);
      if (!view) throw new Error(`no job ${uid}`);
      return view;
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      const ends = [...live.values()].map((state) => {
        state.abort.abort();
        return state.ended;
      });
      await Promise.all(ends);
    },
  };
}
