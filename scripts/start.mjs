import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { ensureBuilt, root } from './build.mjs';
import { electronBinary, installElectron } from './electron-binary.mjs';
import { requireNode } from './node-version.mjs';

requireNode();
ensureBuilt();

const linux = process.platform === 'linux';
const whyNot =
  linux && process.getuid?.() === 0
    ? 'Running as root, where Chromium\'s sandbox cannot work'
    : linux && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
      ? 'There is no screen here'
      : undefined;
const electron = whyNot ? undefined : (electronBinary() ?? installElectron());

if (electron) {
  const child = spawn(electron, [root], { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
} else {
  console.log(`${whyNot ?? 'Electron\'s program is not here and could not be downloaded'}, so Heliograph runs without a window of its own: open the address below in a browser.`);
  const child = spawn(process.execPath, [join(root, 'out/main/headless.js')], { stdio: ['inherit', 'pipe', 'inherit'], env: process.env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
  let text = '';
  let opened = false;
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    text += chunk;
    const address = /Heliograph is at (\S+)/.exec(text)?.[1];
    if (address && !opened) {
      opened = true;
      openBrowser(address);
    }
  });
}

/** Opens the person's own browser where there is a screen; otherwise the printed address has to do. */
function openBrowser(address) {
  if (process.env.HELIOGRAPH_NO_BROWSER || process.env.CI) return;
  if (process.platform === 'darwin') return void spawn('open', [address], { stdio: 'ignore' });
  if (process.platform === 'win32') return void spawn('cmd', ['/c', 'start', '', address.replaceAll('&', '^&')], { stdio: 'ignore' });
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  if (spawnSync('which', ['xdg-open'], { stdio: 'ignore' }).status === 0) return void spawn('xdg-open', [address], { stdio: 'ignore', detached: true }).unref();
  const browser = process.getuid?.() === 0 ? undefined : findBrowser();
  if (browser) spawn(browser, [address], { stdio: 'ignore', detached: true }).unref();
}
