import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../src-main/platform/logger.js';
import { systemRandom } from '../../src-main/platform/random.js';
import { type Door, openDoor } from '../../src-main/shells/door/door.js';
import { createExchange, type Exchange } from '../../src-main/shells/door/exchange.js';
import { createDoorShell } from '../../src-main/shells/door/shell-port.js';
import { createTestHost, type TestHost } from '../support/host.js';
import { ManualTime } from '../support/manual-time.js';

const hour = 3_600_000;
let env: TestHost;
let time: ManualTime;
let exchange: Exchange;
let door: Door;
beforeEach(async () => {
  env = createTestHost();
  time = new ManualTime();
  exchange = createExchange(systemRandom, time);
  const context = { host: env.host, shell: createDoorShell(exchange, silentLogger), log: silentLogger };
  door = await openDoor({ port: 0, context, exchange, renderer: null, random: systemRandom, log: silentLogger });
});
afterEach(async () => {
  await door.close();
  exchange.close();
  await env.dispose();
});

const authorization = () => ({ authorization: `Bearer ${door.token}` });
async function upload(): Promise<{ id: string; path: string }> {
  const response = await fetch(`${door.url}/upload?name=people.csv`, { method: 'PUT', body: 'email\na@example.org\n', headers: authorization() });
  const { id } = (await response.json()) as { id: string };
  return { id, path: exchange.resolveUpload(id).path };
}
const notThere = expect.objectContaining({ code: 'NOT_FOUND' }) as Error;

test('an upload stays for a day after it was last used', async () => {
  const [left, used] = [await upload(), await upload()];
  expect(readFileSync(left.path, 'utf8')).toBe('email\na@example.org\n');
  await time.advance(20 * hour);
  exchange.resolveUpload(used.id);
  await time.advance(5 * hour);
  exchange.sweep();
  expect([existsSync(left.path), existsSync(used.path)]).toEqual([false, true]);
  expect(() => exchange.resolveUpload(left.id)).toThrow(notThere);
  exchange.releaseUpload(used.id);
  expect(existsSync(used.path)).toBe(false);
});

test('a download whose file was swept says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-offer-'));
  const path = join(folder, 'export');
  writeFileSync(path, 'a');
  const link = exchange.offer(path, 'people.csv');
  rmSync(folder, { recursive: true });
  const response = await fetch(door.url + link, { headers: authorization() });
  expect([response.status, await response.text()]).toEqual([404, 'This download is no longer there. Export again.\n']);
});

test('folders of programs that crashed go at the next start, and those of running ones stay', () => {
  const parent = mkdtempSync(join(tmpdir(), 'heliograph-parent-'));
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const keep = [`heliograph-uploads-${process.ppid}-abc`, 'heliograph-uploads-x', `other-${gone}-abc`];
  for (const name of [`heliograph-uploads-${gone}-abc`, ...keep]) {
    mkdirSync(join(parent, name));
    writeFileSync(join(parent, name, 'people.csv'), 'email\n');
  }
  const second = createExchange(systemRandom, time, parent);
  const own = readdirSync(parent).filter((name) => name.startsWith(`heliograph-uploads-${process.pid}-`));
  expect(own).toHaveLength(1);
  expect(readdirSync(parent).sort()).toEqual([...keep, ...own].sort());
  second.close();
  expect(readdirSync(parent).sort()).toEqual(keep.sort());
  rmSync(parent, { recursive: true });
});
