/** `npm run bench [import] [count] [freeze] [events] [send]`: bundles bench/ and the worker-thread entry, then runs it on its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { root, runTool } from './build.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
const outDir = join(root, 'node_modules/.cache/heliograph-bench');
mkdirSync(outDir, { recursive: true });
const ssr = (entry, name, plugins = []) =>
  build({
    configFile: false,
    logLevel: 'error',
    plugins,
    build: { ssr: join(root, entry), outDir, emptyOutDir: false, target: 'node22', minify: false, rollupOptions: { external: ['better-sqlite3', '@duckdb/node-api'], output: { format: 'es', entryFileNames: name } } },
  });
const thread = join(outDir, 'thread.mjs');
const threads = {
  name: 'heliograph-thread-for-bench',
  enforce: 'pre',
  resolveId: (id) => (/thread(\.js)?\?nodeWorker$/.test(id) ? '\0heliograph-thread' : undefined),
  load: (id) => (id === '\0heliograph-thread' ? `import { Worker } from 'node:worker_threads'; export default (options) => new Worker(${JSON.stringify(thread)}, options);` : undefined),
};
await ssr('src-main/app/thread.ts', 'thread.mjs');
await ssr('bench/main.ts', 'bench.mjs', [threads]);
const { status } = runTool('.cache/heliograph-bench/bench.mjs', process.argv.slice(2));
process.exit(status ?? 1);
