import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

const folder = join(root, 'node_modules/electron');

/** The Electron program if it is on this machine, else undefined. */
export function electronBinary() {
  if (process.env.ELECTRON_EXEC_PATH) return process.env.ELECTRON_EXEC_PATH;
  const note = join(folder, 'path.txt');
  if (!existsSync(note)) return undefined;
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), readFileSync(note, 'utf8'));
  return existsSync(path) ? path : undefined;
}

/** Asks Electron's own installer to download it. Returns the program, or undefined where it cannot be had. */
export function installElectron() {
  console.log('Downloading Electron ...');
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 300_000 });
  return electronBinary();
}
