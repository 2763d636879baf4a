import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appRouter } from '../../src-main/api/router.js';
import { createCallerFactory } from '../../src-main/api/trpc.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { ShellPort } from '../../src-main/platform/shell.js';
import { createTestHost, type TestHost } from '../support/host.js';

let test: TestHost;
beforeEach(() => {
  test = createTestHost();
});
afterEach(() => test.dispose());

const shell = { resolveUpload: () => { throw new Error('no uploads here'); }, releaseUpload: () => undefined, notify: () => undefined, offerFile: (path: string) => Promise.resolve({ kind: 'saved' as const, path }) } satisfies ShellPort;
const call = () => createCallerFactory(appRouter)({ host: test.host, shell, log: silentLogger });

/** Files of the workspace folder that hold this text, the backups left out. */
function holding(folder: string, text: string): string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.parentPath.endsWith('backups'));
  return names.map((entry) => join(entry.parentPath, entry.name)).filter((path) => readFileSync(path).toString('latin1').toLowerCase().includes(text));
}

it('erases a person from a workspace and all its files, and again after a backup that still has them is restored', { timeout: 60_000 }, async () => {
  const { folder } = await test.host.create({ name: 'Erasing' });
  const address = 'ada@example.org';
  const id = 1;
  const file = new Database(join(folder, 'workspace.sqlite'));
  file.exec(`insert into user (user_id, attributes, created_at, updated_at) values ('u1', '{"FirstName":["Ada"]}', 1, 1);
    insert into endpoint (app, uid, channel, address, address_key, user, created_at, updated_at) values (1, 'e1', 'EMAIL', '${address}', '${address}', 1, 1, 1)`);
  file.close();
  await call().suppressions.add({ text: address, channel: 'EMAIL', reason: 'complaint', scope: 'all' });
  const backup = await call().backup.create();
  expect(await call().erasures.preview({ kind: 'person', endpoint: id })).toMatchObject({ people: 1 });

  const receipt = await call().erasures.erase({ kind: 'person', endpoint: id });
  expect(receipt).toMatchObject({ replayed: false, lastBackupGone: null, backups: [{ name: backup.name, removedAt: null }] });
  await expect(call().audience.detail({ id })).rejects.toMatchObject({ cause: { code: 'NOT_FOUND' } });
  await call().settings.set({ backupKeepDays: 30 });
  expect((await call().erasures.list())[0]!.lastBackupGone).toBe(receipt.backups[0]!.madeAt + 30 * 86_400_000);
  expect(holding(folder, address)).toEqual([]);

  await test.host.restore(backup.name);
  await expect(call().audience.detail({ id })).rejects.toMatchObject({ cause: { code: 'NOT_FOUND' } });
  expect(await call().erasures.list()).toMatchObject([{ replayed: true, uid: receipt.uid }]);
  for (const { name } of await call().backup.list()) await call().backup.remove({ name });
  expect(await call().backup.list()).toEqual([]);
  await expect(call().backup.remove({ name: '../workspace.sqlite' })).rejects.toMatchObject({ cause: { code: 'NOT_FOUND' } });
});
