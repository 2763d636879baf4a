import { expect, it } from 'vitest';
import { appRouter } from '../../src-main/api/router.js';
import { createCallerFactory } from '../../src-main/api/trpc.js';
import type { Context, Host, Workspace } from '../../src-main/api/context.js';
import { audienceQueries, suppressSliceAddresses } from '../../src-main/audience/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { createMemoryStore } from '../support/memory-store.js';

/** What a person does to somebody's consent through the contract, and with which priority the store is asked for it. */
function open() {
  const store = createMemoryStore();
  const queries = audienceQueries(segmentCondition);
  const asked: string[] = [];
  const audience = new Proxy({}, {
    get: (_target, name: string) => (_input: unknown, options?: { priority?: string }) => {
      asked.push(`${name} ${options?.priority ?? 'user'}`);
      return Promise.resolve({ appended: [1], changed: true });
    },
  });
  const read = { audience: { planSuppressions: (input: Parameters<typeof queries.planSuppressions>[1]) => Promise.resolve(store.read(queries.planSuppressions, input)) } };
  const workspace = { read, write: { audience } } as unknown as Workspace;
  const shell = {} as Context['shell'];
  return { asked, caller: createCallerFactory(appRouter)({ host: { current: () => workspace } as unknown as Host, log: silentLogger, shell }) };
}
const list = (n: number) => ({ channel: 'EMAIL' as const, reason: 'unsubscribe' as const, scope: 'marketing' as const, text: Array.from({ length: n }, (_, i) => `p${i}@example.org`).join('\n') });

it('an act about a few goes before all else; a long list in slices behind everybody', async () => {
  const { asked, caller } = open();
  await caller.suppressions.add(list(suppressSliceAddresses));
  await caller.suppressions.add(list(suppressSliceAddresses + 1));
  await caller.audience.suppress({ ids: [1], scope: 'marketing' });
  await caller.audience.setOptOut({ id: 1, optOut: true });
  await caller.topics.set({ id: 1, topic: 't', act: 'withdraw' });
  expect(asked.filter((line) => !line.startsWith('suppressionsEntered'))).toEqual([
    'suppressSlice claim',
    'suppressSlice bulk',
    'suppressSlice bulk',
    'suppressEndpoints claim',
    'setOptOut claim',
    'setTopicConsent claim',
  ]);
});
