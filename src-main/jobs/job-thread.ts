import type { MessagePort } from 'node:worker_threads';
import { join } from 'node:path';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { type Port, serveRpc } from '../platform/rpc.js';
import { connectReader, connectStore, ReadHandle, workspaceFiles } from '../store/index.js';
import type { JobContext, JobKinds } from './job.js';

export interface JobThreadData {
  readonly folder: string;
  readonly store: MessagePort;
}

/** The life of a job's own thread: one call `run`, progress on the way, the result or the error at the end. */
export function runJobThread(port: Port, data: JobThreadData, ports: { clock: Clock; kinds: JobKinds; log: Logger }): void {
  const server = serveRpc(port, {
    close: () => undefined,
    run: async ({ uid, kind, input }: { uid: string; kind: string; input: unknown }, control) => {
      const job = Object.hasOwn(ports.kinds, kind) ? ports.kinds[kind] : undefined;
      if (!job) throw new HeliographError('INTERNAL', { message: `no job kind ${kind}` });
      const raw = connectReader(join(data.folder, workspaceFiles.database));
      const throwIfCancelled = () => {
        if (control.cancelled()) throw new HeliographError('CANCELLED');
      };
      let lastTold = Number.NEGATIVE_INFINITY;
      const context: JobContext = {
        uid,
        db: new ReadHandle(raw, control.cancelled),
        snapshot: (work) => {
          raw.exec('begin');
          try {
            return work();
          } finally {
            raw.exec('commit');
          }
        },
        write: connectStore(data.store, { kind: 'operator' }, 'bulk'),
        files: join(data.folder, workspaceFiles.files),
        log: ports.log.with({ job: kind }),
        now: () => ports.clock.now(),
        progress: (done, total, note) => {
          const now = ports.clock.monotonic();
          if (now - lastTold < 100 && done !== total) return;
          lastTold = now;
          server.emit('progress', { done, total, note: note ?? null });
        },
        throwIfCancelled,
      };
      try {
        return await job.run(context as never, input as never);
      } finally {
        raw.close();
      }
    },
  });
}
