import { defineConfig } from '@playwright/test';
import { electronBinary } from './scripts/electron-binary.mjs';

const launchArgs = [
  // As root (CI) Chromium's sandbox cannot work; for people it stays on.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Three ways to the same screens: the headless shell in a browser, Electron's entry over a stand-in, and Electron itself where it is. */
export default defineConfig({
  testDir: 'test/e2e',
  timeout: 300_000,
  expect: { timeout: 15_000 },
  workers: 1,
  forbidOnly: true,
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    launchOptions: { args: launchArgs, ...(process.env['HELIOGRAPH_BROWSER'] ? { executablePath: process.env['HELIOGRAPH_BROWSER'] } : {}) },
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'browser', testMatch: '*.browser.ts' },
    // No trace: it is taken of a browser that belongs to another process, which ends with the test, and then the trace itself fails it.
    { name: 'stand-in', testMatch: '*.stand-in.ts', use: { trace: 'off' } },
    ...(electronBinary() ? [{ name: 'electron', testMatch: '*.electron.ts' }] : []),
  ],
});
