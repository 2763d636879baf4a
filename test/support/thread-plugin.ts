import { resolve } from 'node:path';
import type { Plugin } from 'vitest/config';

/** A folder of this Vitest process alone: two runs in one checkout must not overwrite each other's threads. */
export const threadBundle = resolve(import.meta.dirname, `../../node_modules/.cache/heliograph-thread-${process.pid}/thread.mjs`);

/** Makes electron-vite's `./thread?nodeWorker` work under Vitest: the bundle that `build-thread.ts` made once for this run. */
export function threadForTests(): Plugin {
  return {
    name: 'heliograph-thread-for-tests',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith('thread?nodeWorker') || id.endsWith('thread.js?nodeWorker') ? '\0heliograph-thread' : undefined),
    load: (id) =>
      id === '\0heliograph-thread'
        ? `import { Worker } from 'node:worker_threads';
           export default (options) => {
             const worker = new Worker(${JSON.stringify(threadBundle)}, options);
             (globalThis.heliographThreads ??= []).push({ role: options.workerData.role, worker });
             return worker;
           };`
        : undefined,
  };
}
