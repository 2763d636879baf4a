import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import Database from 'better-sqlite3';
import { launchStandIn, type StandIn } from './stand-in/launch.js';

let app: StandIn;
test.beforeEach(async () => {
  app = await launchStandIn();
});
test.afterEach(() => app.dispose());

interface State {
  readonly openedExternally: readonly string[];
  readonly privileged: readonly { readonly scheme: string; readonly privileges: unknown }[];
}

test('the built main process and preload speak the contract over IPC, seal the key and close cleanly', async () => {
  const { page } = app;
  await expect(page.getByRole('heading', { name: 'Heliograph' })).toBeVisible();
  expect(await page.evaluate(() => Object.keys((window as unknown as { heliograph: object }).heliograph))).toEqual(['send', 'onMessage', 'pathForFile']);

  await page.getByRole('button', { name: /New workspace/ }).click();
  await page.getByLabel('Name', { exact: true }).fill('Stand-in');
  await page.getByRole('button', { name: 'Make the workspace' }).click();
  await expect(page.getByRole('link', { name: 'Home' })).toBeVisible();

  // A subscription carries a change made elsewhere to the window.
  const folder = join(app.home, 'documents', 'Heliograph', 'Stand-in.heliograph');
  expect(existsSync(join(folder, 'workspace.sqlite'))).toBe(true);
  expect(existsSync(join(folder, 'door.json'))).toBe(true);
  const database = new Database(join(folder, 'workspace.sqlite'), { readonly: true });
  expect(database.prepare("select json_extract(params, '$.box') from key_wrap where kind = 'box'").pluck().get()).toBe('safeStorage');
  database.close();

  await app.tell('quit');
  expect(await app.ended).toBe(0);
  expect(existsSync(join(folder, 'door.json'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith('-wal'))).toEqual([]);
});

test('messages from strangers, navigation, new windows and permissions are refused', async () => {
  const { page } = app;
  await expect(page.getByRole('heading', { name: 'Heliograph' })).toBeVisible();

  // A frame inside our page is not the page, and a page that is not ours is nobody.
  for (const stranger of ['frame', 'elsewhere']) await app.tell('stranger', stranger);
  await expect.poll(() => app.log.filter((line) => line.includes('message from a stranger dropped')).length).toBe(2);

  // Malformed messages are dropped, an unknown procedure is an error with a code.
  await page.evaluate(() => {
    const { heliograph } = window as unknown as { heliograph: { send: (message: unknown) => void; onMessage: (listener: (message: { id: number; error?: unknown }) => void) => void } };
    heliograph.onMessage((message) => {
      if (message.id === 1001) (window as unknown as { __error: unknown }).__error = message.error;
    });
    heliograph.send('nonsense');
    heliograph.send({ id: 'x', method: 'query' });
    heliograph.send({ id: 1001, method: 'query', path: 'no.such' });
  });
  const error = async () => page.evaluate(() => (window as unknown as { __error?: unknown }).__error);
  await expect.poll(error).toBeTruthy();
  expect(await error()).toMatchObject({ data: { error: { code: 'NOT_FOUND' } } });

  await page.evaluate(() => (window.location.href = 'https://example.org/'));
  await expect.poll(() => app.log.some((line) => line.includes('navigation refused'))).toBe(true);
  expect(page.url()).toContain('http://app.stand-in/');

  expect(await app.tell('permission', 'geolocation')).toBe(false);
  expect(await app.tell('permission', 'clipboard-sanitized-write')).toBe(true);
  expect((await app.tell<State>('state')).privileged).toEqual([{ scheme: 'heliograph-app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
});

test('the policy of the page forbids foreign code', () => {
  const main = readFileSync('out/main/index.js', 'utf8') + readdirSync('out/main/chunks').map((name) => readFileSync(join('out/main/chunks', name), 'utf8')).join('');
  const csp = /default-src 'self'; script-src 'self'[^"`]+/.exec(main)?.[0] ?? '';
  expect(csp).not.toContain('unsafe-eval');
  expect(csp).toContain("object-src 'none'");
});
