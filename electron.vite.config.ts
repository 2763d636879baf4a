import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const at = (path: string) => resolve(import.meta.dirname, path);

/** `npm run dev` injects an inline script (React refresh) and a WebSocket; the built page keeps its strict policy. */
const relaxForDevelopment: Plugin = {
  name: 'heliograph-relax-policy-for-development',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'").replace("connect-src 'self'", "connect-src 'self' ws:"),
};

/** One build for both shells: `index` is Electron's entry, `headless` and `cli` run on plain Node, `thread` is every worker thread. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      sourcemap: true,
      rollupOptions: {
        input: { index: at('src-main/index.ts'), headless: at('src-main/headless.ts'), cli: at('src-main/cli.ts') },
        external: ['better-sqlite3'],
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload can require nothing but `electron`, so whatever it imports is bundled in.
      externalizeDeps: false,
      rollupOptions: { input: { index: at('src-preload/index.ts') }, external: ['electron'], output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [react(), relaxForDevelopment],
    build: { outDir: at('out/renderer'), minify: true, chunkSizeWarningLimit: 2500, rollupOptions: { input: at('src-renderer/index.html') } },
  },
});
