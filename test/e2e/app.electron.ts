import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, test } from '@playwright/test';
import { electronBinary } from '../../scripts/electron-binary.mjs';

const root = join(import.meta.dirname, '../..');

/** The product itself. Runs only where Electron's program is (`npm test` says when it is not); what it adds to the stand-in is the real window, preload, scheme, safeStorage and quit. */
let app: ElectronApplication;
let home: string;
test.beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'heliograph-electron-'));
  app = await _electron.launch({
    executablePath: electronBinary()!,
    args: [root, `--user-data-dir=${join(home, 'config')}`, ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    env: { ...(process.env as Record<string, string>), HOME: home, USERPROFILE: home, XDG_CONFIG_HOME: join(home, '.config') },
  });
});
test.afterEach(async () => {
  await app.close();
  rmSync(home, { recursive: true, force: true });
});

test('the window opens from our own scheme, sandboxed, makes a workspace and quits cleanly', async () => {
  const page = await app.firstWindow();
  await expect(page.getByRole('heading', { name: 'Heliograph' })).toBeVisible();
  expect(new URL(page.url()).protocol).toBe('heliograph-app:');
  expect(await page.evaluate(() => [typeof (globalThis as { require?: unknown }).require, typeof (globalThis as { process?: unknown }).process])).toEqual(['undefined', 'undefined']);
  expect(await page.evaluate(() => Object.keys((window as unknown as { heliograph: object }).heliograph))).toEqual(['send', 'onMessage', 'pathForFile']);

  await page.getByRole('button', { name: /New workspace/ }).click();
  const name = `Electron ${process.pid}`;
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Make the workspace' }).click();
  await expect(page.getByRole('link', { name: 'Home' })).toBeVisible();

  const documents = await app.evaluate(({ app: electron }) => electron.getPath('documents'));
  const folder = join(documents, 'Heliograph', `${name}.heliograph`);
  try {
    expect(existsSync(join(folder, 'door.json'))).toBe(true);
    const ended = new Promise<number | null>((resolve) => app.process().once('exit', resolve));
    await app.evaluate(({ app: electron }) => electron.quit());
    expect(await ended).toBe(0);
    expect(existsSync(join(folder, 'door.json'))).toBe(false);
    expect(existsSync(join(folder, 'workspace.sqlite-wal'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
