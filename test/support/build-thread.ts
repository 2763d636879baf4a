import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'vite';
import { threadBundle } from './thread-plugin.js';

/** Bundles the worker-thread entry once per Vitest run, and removes it afterwards. */
export default async function setup(): Promise<() => void> {
  const entry = resolve(import.meta.dirname, '../../src-main/app/thread.ts');
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entry,
      outDir: dirname(threadBundle),
      emptyOutDir: true,
      target: 'node22',
      minify: false,
      sourcemap: true,
      rollupOptions: { external: ['better-sqlite3'], output: { format: 'es', entryFileNames: 'thread.mjs' } },
    },
  });
  return () => rmSync(dirname(threadBundle), { recursive: true, force: true });
}
