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
  await page.getByLabel(/name/i).first().fill('Stand-in');
  await page.getByRole('button', { name: /create/i }).click();
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

  // A frame inside our page is not the page.
  const answered = await page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        const bridge = window as unknown as { __send: (channel: string, message: unknown) => void; heliograph: { onMessage: (listener: (message: { id: number }) => void) => void } };
        bridge.heliograph.onMessage((message) => {
          if (message.id === 4711) resolve(true);
          if (message.id === 4712) resolve(false);
        });
        const frame = document.createElement('iframe');
        document.body.append(frame);
        const inner = frame.contentWindow as unknown as { __send: (channel: string, message: unknown) => void };
        inner.__send('heliograph:trpc', { id: 4711, method: 'query', path: 'workspace.recent' });
        bridge.__send('heliograph:trpc', { id: 4712, method: 'query', path: 'workspace.recent' });
      }),
  );
  expect(answered).toBe(false);
  expect(app.log.some((line) => line.includes('message from a stranger dropped'))).toBe(true);

  // Malformed messages are dropped, an unknown procedure is an error with a code.
  const error = await page.evaluate(
    () =>
      new Promise<unknown>((resolve) => {
        const { heliograph } = window as unknown as { heliograph: { send: (message: unknown) => void; onMessage: (listener: (message: { id: number; error?: unknown }) => void) => void } };
        heliograph.onMessage((message) => message.id === 1001 && resolve(message.error));
        heliograph.send('nonsense');
        heliograph.send({ id: 'x', method: 'query' });
        heliograph.send({ id: 1001, method: 'query', path: 'no.such' });
      }),
  );
  expect(error).toMatchObject({ data: { error: { code: 'NOT_FOUND' } } });

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
