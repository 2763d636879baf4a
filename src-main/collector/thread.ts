import { setTimeout as sleep } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type { outcomeOperations } from '../delivery/outcomes/index.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import { type Port, serveRpc } from '../platform/rpc.js';
import { connectStore } from '../store/index.js';
import { type Collector, type CollectorConfig, createCollector } from './server.js';

export interface CollectorThreadData {
  /** Leads to the store thread. */
  readonly store: MessagePort;
}

/** The life of the collector's own thread: `listen`, then `configure` as settings change, then `close`. */
export function runCollectorThread(port: Port, data: CollectorThreadData, ports: { clock: Clock; random: Random; log: Logger }): void {
  const write = connectStore<{ outcomes: typeof outcomeOperations }>(data.store, { kind: 'recipient' }, 'collector');
  let collector: Collector | undefined;
  serveRpc(port, {
    listen: async ({ host, port: tcpPort, config }: { host: string; port: number; config: CollectorConfig }) => {
      const next = createCollector({ write, ...ports, wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined) }, config);
      const bound = await next.listen(host, tcpPort);
      collector = next;
      return bound;
    },
    configure: (config: CollectorConfig) => collector?.configure(config),
    close: () => collector?.close(),
  });
}
