import { type Collector, createCollector } from '../../src-main/collector/index.js';
import { createLinkMaker, type LinkMaker } from '../../src-main/delivery/token.js';
import { outcomeOperations } from '../../src-main/delivery/outcomes/index.js';
import { createLogger } from '../../src-main/platform/logger.js';
import type { Operation, Writers } from '../../src-main/store/operation.js';
import type { UnsubscribePage } from '../../src-preload/contract/collector.js';
import type { MemoryStore } from './memory-store.js';
import { seededRandom } from './random.js';
import { signingKey } from './signing-key.js';

type OutcomeWriters = Writers<{ outcomes: typeof outcomeOperations }>;

/** The outcome operations of a memory store as the collector calls them, acting as the recipient. */
export function outcomeWriters(store: MemoryStore): OutcomeWriters {
  const face = (name: keyof typeof outcomeOperations) => (input: unknown) =>
    new Promise((resolve) => {
      store.actor = { kind: 'recipient' };
      resolve(store.write(outcomeOperations[name] as Operation<unknown, unknown>, input));
    });
  return { outcomes: Object.fromEntries(Object.keys(outcomeOperations).map((name) => [name, face(name as keyof typeof outcomeOperations)])) } as unknown as OutcomeWriters;
}

export interface RunningCollector {
  readonly collector: Collector;
  readonly url: string;
  readonly port: number;
  readonly links: LinkMaker;
  readonly testLinks: LinkMaker;
  readonly log: string[];
  readonly proofKey: Buffer;
  configure(page: UnsubscribePage, senderName: string): void;
}

/** A real collector on a free loopback port over a memory store, with links that lead to it. */
export async function startCollector(
  store: MemoryStore,
  options: { write?: OutcomeWriters; page?: UnsubscribePage; senderName?: string; wait?: (ms: number, signal: AbortSignal) => Promise<void> } = {},
): Promise<RunningCollector> {
  const key = signingKey('k1');
  const log: string[] = [];
  const clock = { now: () => store.now, monotonic: () => store.now };
  const proofKey = Buffer.alloc(32, 7);
  const config = (page: UnsubscribePage, senderName: string) => ({ keys: new Map([[key.kid, key.publicKey]]), page, senderName, proofKey });
  const collector = createCollector(
    {
      write: options.write ?? outcomeWriters(store),
      clock,
      random: seededRandom(5),
      log: createLogger((line) => log.push(line), clock.now),
      wait: options.wait ?? (() => new Promise(() => undefined)),
    },
    config(options.page ?? { fallback: 'en', texts: {} }, options.senderName ?? 'Ex & Co <shop>'),
  );
  const { url, port } = await collector.listen('127.0.0.1', 0);
  const maker = (test: boolean) => createLinkMaker({ keyId: key.kid, privateKey: key.privateKey, baseUrl: url, test });
  return { collector, url, port, links: maker(false), testLinks: maker(true), log, proofKey, configure: (page, senderName) => collector.configure(config(page, senderName)) };
}
