import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');

/** Runs one of the project's command line tools under the Node that runs this script. */
export function runTool(path, args, options = {}) {
  return spawnSync(process.execPath, [join(root, 'node_modules', path), ...args], { cwd: root, stdio: 'inherit', ...options });
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

/** Builds when there is nothing built yet, or the sources are newer than what was built. */
export function ensureBuilt() {
  const outputs = ['out/main/headless.js', 'out/preload/index.cjs', 'out/renderer/index.html'].map((path) => join(root, path));
  const sources = ['src-main', 'src-preload', 'src-renderer', 'resources', 'electron.vite.config.ts', 'package.json'].map((path) => join(root, path));
  const builtAt = outputs.every(existsSync) ? Math.min(...outputs.map((path) => statSync(path).mtimeMs)) : 0;
  if (builtAt > Math.max(...sources.filter(existsSync).map(newest))) return;
  console.log('Building Heliograph (a few seconds) ...');
  const { status } = runTool('electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn']);
  if (status !== 0) process.exit(status ?? 1);
}
