import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Host } from '../../src-main/api/context.js';
import { createSignal } from '../../src-main/app/signal.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { announceDoor, readDoorFile } from '../../src-main/shells/door/door-file.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'heliograph-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it.each([
  ['http://127.0.0.1:4711', true], ['http://[::1]:65535', true],
  ['http://127.0.0.1', false], ['http://127.0.0.1:0', false], ['http://127.0.0.1:65536', false], ['http://127.0.0.1:4711/', false], ['http://127.0.0.1:4711@evil.example', false],
  ['http://127.0.0.1.evil.example:80', false], ['https://127.0.0.1:4711', false], ['http://localhost:4711', false], ['http://evil.example:80', false], ['file:///etc/passwd', false], ['', false],
])('goes to %s by a note: %s', (url, ok) => {
  writeFileSync(join(root, 'door.json'), JSON.stringify({ url, token: 't', pid: 1 }));
  expect(readDoorFile(root)?.url).toBe(ok ? url : undefined);
});

it('announces the next workspace although the note of one could not be written', async () => {
  const switched = createSignal();
  const folders = ['a', 'b', 'c'].map((name) => join(root, name));
  for (const folder of folders) mkdirSync(folder);
  // A folder where the note goes: it can be neither removed as a file nor written.
  mkdirSync(join(folders[1]!, 'door.json', 'in the way'), { recursive: true });
  let open = folders[0];
  const host: Pick<Host, 'current' | 'switches'> = { current: () => (open === undefined ? undefined : ({ folder: open } as ReturnType<Host['current']>)), switches: (signal) => switched.listen(signal) };
  const silence = announceDoor(host, { url: 'http://127.0.0.1:4711', token: 'key' }, silentLogger);
  expect(readDoorFile(folders[0]!)).toEqual({ url: 'http://127.0.0.1:4711', token: 'key', pid: process.pid });
  expect(statSync(join(folders[0]!, 'door.json')).mode & 0o777).toBe(0o600);
  open = folders[1];
  switched.fire();
  await vi.waitFor(() => expect(readDoorFile(folders[0]!)).toBeUndefined());
  open = folders[2];
  switched.fire();
  await vi.waitFor(() => expect(JSON.parse(readFileSync(join(folders[2]!, 'door.json'), 'utf8'))).toMatchObject({ token: 'key' }));
  silence();
  expect(readDoorFile(folders[2]!)).toBeUndefined();
});
