import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runTool } from './build.mjs';

const onPath = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'microsoft-edge', 'chrome', 'msedge'];
const installed = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) =>
    process.env[name] ? [join(process.env[name], 'Google/Chrome/Application/chrome.exe'), join(process.env[name], 'Microsoft/Edge/Application/msedge.exe')] : [],
  ),
};

function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Chrome, Chromium or Edge on this machine, or undefined. HELIOGRAPH_BROWSER names one outright. */
export function findBrowser() {
  if (process.env.HELIOGRAPH_BROWSER) return process.env.HELIOGRAPH_BROWSER;
  const candidates = [...(installed[process.platform] ?? []), ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => onPath.map((name) => join(folder, name)))];
  return candidates.find(runnable);
}

async function playwrightBrowser() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : undefined;
}

/** A browser for the tests: one that is here, else Playwright's own download, else Debian's package where we are root. Says what it did. */
export async function ensureBrowser() {
  const found = findBrowser() ?? (await playwrightBrowser());
  if (found) {
    console.log(`Browser for the tests: ${found}`);
    return found;
  }
  console.log('No Chrome, Chromium or Edge found: trying Playwright\'s download ...');
  runTool('@playwright/test/cli.js', ['install', 'chromium'], { stdio: 'ignore', timeout: 300_000 });
  const downloaded = await playwrightBrowser();
  if (downloaded) {
    console.log(`Browser for the tests: ${downloaded} (downloaded by Playwright)`);
    return downloaded;
  }
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Playwright\'s download cannot be had: installing the chromium package with apt-get ...');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium', 'fonts-liberation'], { stdio: 'inherit', env });
    const packaged = findBrowser();
    if (packaged) {
      console.log(`Browser for the tests: ${packaged} (installed with apt-get)`);
      return packaged;
    }
  }
  console.error('The end-to-end tests need Chrome, Chromium or Edge. Install one, or name it in HELIOGRAPH_BROWSER.');
  process.exit(1);
}
