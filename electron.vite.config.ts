import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string) => resolve(import.meta.dirname, path);

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
    plugins: [react()],
    build: { outDir: at('out/renderer'), minify: true, chunkSizeWarningLimit: 2500, rollupOptions: { input: at('src-renderer/index.html') } },
  },
});
