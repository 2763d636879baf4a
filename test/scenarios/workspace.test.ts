import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTestHost, type TestHost } from '../support/host.js';

let test: TestHost;
beforeEach(() => {
  test = createTestHost();
});
afterEach(() => test.dispose());

/** The addresses suppressed in a workspace's file, as another program would read it. */
function suppressedIn(folder: string): unknown[] {
  const database = new Database(join(folder, 'workspace.sqlite'), { readonly: true });
  try {
    return database.prepare('select address_key from suppressed order by 1').pluck().all();
  } finally {
    database.close();
  }
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as unknown;

it('makes a workspace, keeps what was set, and names it among the recent ones', async () => {
  const view = await test.host.create({ name: 'Kestrel Coffee' });
  expect(view).toMatchObject({ name: 'Kestrel Coffee', sendingPaused: null, recovered: false, syncFolder: null });
  await test.host.current()!.write.settings.patch({ postalAddress: 'Bristol', reportingZone: 'Europe/Berlin' });
  await test.host.close();
  expect(test.host.current()).toBeUndefined();
  await test.host.open(view.folder);
  expect(await test.host.current()!.read.settings.all(undefined)).toMatchObject({ postalAddress: 'Bristol', reportingZone: 'Europe/Berlin' });
  expect(test.host.recent()).toMatchObject([{ folder: view.folder, name: 'Kestrel Coffee', exists: true }]);
  expect(statSync(join(view.folder, 'workspace.sqlite')).mode & 0o777).toBe(0o600);
});

it('lets one process at a time hold a workspace', async () => {
  const { folder } = await test.host.create({ name: 'Held' });
  await expect(test.another('second').open(folder)).rejects.toEqual(code('WORKSPACE_LOCKED'));
  await test.host.close();
  await expect(test.another('third').open(folder)).resolves.toMatchObject({ name: 'Held' });
});

it('opens a copied folder with all sending paused, and not the original', async () => {
  const { folder } = await test.host.create({ name: 'Original' });
  await test.host.close();
  const copy = join(test.root, 'Copy.heliograph');
  cpSync(folder, copy, { recursive: true });
  expect(await test.host.open(folder)).toMatchObject({ sendingPaused: null });
  expect(await test.host.open(copy)).toMatchObject({ sendingPaused: 'moved' });
  await test.host.current()!.write.workspace.resumeSending(undefined);
  expect(await test.host.open(copy)).toMatchObject({ sendingPaused: null });
});

it('refuses a missing, foreign, newer, damaged or tampered file and leaves it as it was', async () => {
  await expect(test.host.open(join(test.root, 'nothing'))).rejects.toEqual(code('WORKSPACE_MISSING'));

  const folder = (name: string) => {
    const path = join(test.root, `${name}.heliograph`);
    mkdirSync(path);
    return path;
  };
  const foreign = folder('foreign');
  new Database(join(foreign, 'workspace.sqlite')).exec('create table people (name text)').close();
  const corrupt = folder('corrupt');
  writeFileSync(join(corrupt, 'workspace.sqlite'), Buffer.alloc(8192, 'not a database '));

  const { folder: good } = await test.host.create({ name: 'Good' });
  await test.host.close();
  const newer = folder('newer');
  copyFileSync(join(good, 'workspace.sqlite'), join(newer, 'workspace.sqlite'));
  const newerDb = new Database(join(newer, 'workspace.sqlite'));
  newerDb.pragma('user_version = 9999');
  newerDb.close();
  const tampered = folder('tampered');
  copyFileSync(join(good, 'workspace.sqlite'), join(tampered, 'workspace.sqlite'));
  const tamperedDb = new Database(join(tampered, 'workspace.sqlite'));
  tamperedDb.exec("create trigger spy after insert on suppression begin delete from suppression; end");
  tamperedDb.close();

  for (const [path, expected] of [
    [foreign, 'WORKSPACE_FOREIGN'],
    [corrupt, 'WORKSPACE_CORRUPT'],
    [newer, 'WORKSPACE_NEWER'],
    [tampered, 'WORKSPACE_FOREIGN'],
  ] as const) {
    const before = readFileSync(join(path, 'workspace.sqlite'));
    await expect(test.host.open(path), path).rejects.toEqual(code(expected));
    expect(test.host.current()).toBeUndefined();
    expect(readFileSync(join(path, 'workspace.sqlite')).equals(before), path).toBe(true);
    // Beside it only what SQLite itself makes for a reader.
    expect(readdirSync(path).filter((name) => !/-(wal|shm)$/.test(name)), path).toEqual(['workspace.sqlite']);
  }
});

it('keeps a credential sealed, asks for a recovery passphrase first, and opens on another machine with it', async () => {
  const { folder } = await test.host.create({ name: 'Secret' });
  const { secrets } = test.host.current()!;
  await expect(secrets.put('connection:1', 'hunter2-hunter2')).rejects.toEqual(code('PASSPHRASE_REQUIRED'));
  await secrets.setPassphrase('four words in a row');
  await secrets.put('connection:1', 'hunter2-hunter2');
  const { kid } = await secrets.signingKey();
  await test.host.close();
  expect(readFileSync(join(folder, 'workspace.sqlite')).includes('hunter2')).toBe(false);

  const other = test.another('other machine');
  await other.open(folder);
  const there = other.current()!.secrets;
  expect(await there.status()).toEqual({ state: 'locked', hasPassphrase: true, box: 'keyFile' });
  await expect(there.get('connection:1')).rejects.toEqual(code('SECRETS_LOCKED'));
  await expect(there.unlock('four words in a line')).rejects.toEqual(code('WRONG_PASSPHRASE'));
  await there.unlock('four words in a row');
  expect(await there.get('connection:1')).toBe('hunter2-hunter2');
  expect((await there.signingKey()).kid).toBe(kid);
  await other.open(folder);
  expect(await other.current()!.secrets.status()).toMatchObject({ state: 'ready' });
});

it('refuses a key file that others may read', async () => {
  const { folder, uid } = await test.host.create({ name: 'Loose' });
  await test.host.close();
  chmodSync(join(test.root, 'config-first', 'keys', `${uid}.key`), 0o644);
  await expect(test.host.open(folder)).rejects.toEqual(code('NO_SECRET_BOX'));
});

it('restores a backup without forgetting an opt-out, and pauses all sending', async () => {
  await test.host.create({ name: 'Restored' });
  const first = test.host.current()!;
  await first.write.audience.suppress({ channel: 'EMAIL', address: 'before@example.org', scope: 'marketing', reason: 'manual', source: 'test' });
  await first.write.settings.patch({ postalAddress: 'before' });
  const backup = await first.backups.create('manual');
  await first.write.settings.patch({ postalAddress: 'after' });
  await first.write.audience.suppress({ channel: 'EMAIL', address: 'after@example.org', scope: 'marketing', reason: 'unsubscribe', source: 'test' });

  expect(await test.host.restore(backup.name)).toMatchObject({ name: 'Restored', sendingPaused: 'restored' });
  const now = test.host.current()!;
  expect(await now.read.settings.all(undefined)).toMatchObject({ postalAddress: 'before' });
  expect(suppressedIn(now.folder)).toEqual(['after@example.org', 'before@example.org']);
  expect(now.backups.list().some((file) => file.name.includes('before-restore'))).toBe(true);
  expect(existsSync(join(now.folder, 'workspace.sqlite.restoring'))).toBe(false);
});

it('restores a workspace whose file is too damaged to open, or gone, from the backups beside it', async () => {
  const { folder } = await test.host.create({ name: 'Wrecked' });
  const first = test.host.current()!;
  await first.write.settings.patch({ postalAddress: 'before' });
  const backup = await first.backups.create('manual');
  await first.write.audience.suppress({ channel: 'EMAIL', address: 'after@example.org', scope: 'marketing', reason: 'unsubscribe', source: 'test' });
  await test.host.close();
  const file = join(folder, 'workspace.sqlite');
  writeFileSync(file, Buffer.alloc(8192, 'not a database '));

  await expect(test.host.open(folder)).rejects.toEqual(code('WORKSPACE_CORRUPT'));
  expect(test.host.backupsIn(folder).map((found) => found.name)).toEqual([backup.name]);
  await expect(test.host.restoreClosed(folder, 'another.sqlite')).rejects.toEqual(code('NOT_FOUND'));
  expect(await test.host.restoreClosed(folder, backup.name)).toMatchObject({ name: 'Wrecked', sendingPaused: 'restored' });
  const now = test.host.current()!;
  expect(await now.read.settings.all(undefined)).toMatchObject({ postalAddress: 'before' });
  expect(suppressedIn(folder)).toEqual(['after@example.org']);
  const kept = readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.damaged'));
  expect(kept).toHaveLength(1);
  expect(readFileSync(join(folder, 'backups', kept[0]!), 'utf8')).toContain('not a database');

  await test.host.close();
  rmSync(file);
  await expect(test.host.open(folder)).rejects.toEqual(code('WORKSPACE_MISSING'));
  expect(await test.host.restoreClosed(folder, backup.name)).toMatchObject({ sendingPaused: 'restored' });
});

it('restores nothing over a file of another program or a newer one, or a workspace that somebody holds', async () => {
  const { folder } = await test.host.create({ name: 'Held' });
  const backup = await test.host.current()!.backups.create('manual');
  await expect(test.another('second').restoreClosed(folder, backup.name)).rejects.toEqual(code('WORKSPACE_LOCKED'));
  await test.host.close();
  const newer = new Database(join(folder, 'workspace.sqlite'));
  newer.pragma('user_version = 9999');
  newer.close();
  await expect(test.host.restoreClosed(folder, backup.name)).rejects.toEqual(code('WORKSPACE_NEWER'));
});

it('says so when the program did not end cleanly last time', async () => {
  const { folder } = await test.host.create({ name: 'Unclean' });
  await test.host.close();
  const database = new Database(join(folder, 'workspace.sqlite'));
  database.exec('update workspace set in_use = 1');
  database.close();
  expect(await test.host.open(folder)).toMatchObject({ recovered: true });
});

it('opens at the next start what was open at the end of the last, and nothing that was closed on purpose', async () => {
  const { folder } = await test.host.create({ name: 'Left open' });
  await test.host.stop();
  const command = test.another('first', { remembers: false });
  const { folder: other } = await command.create({ name: 'A command made it' });
  await command.stop();
  const second = test.another('first');
  await second.reopen();
  expect(second.current()?.folder).toBe(folder);

  // Held by a program that still runs: the start screen says why.
  const third = test.another('first');
  await third.reopen();
  expect(third.current()).toBeUndefined();
  expect(third.problem()).toEqual({ folder, error: { code: 'WORKSPACE_LOCKED', detail: {} } });
  await third.open(other);
  expect(third.problem()).toBeNull();

  await third.close();
  const fourth = test.another('first');
  await fourth.reopen();
  expect([fourth.current(), fourth.problem()]).toEqual([undefined, null]);
});

it('removes exports that nobody fetched for a day and backups that were cut short when it opens, whatever else lies there', async () => {
  const { folder } = await test.host.create({ name: 'Exported' });
  const exports = join(folder, 'files', 'exports');
  const backups = join(folder, 'backups');
  mkdirSync(exports, { recursive: true });
  const old = (Date.now() - 25 * 3_600_000) / 1000;
  for (const name of ['new', 'old']) writeFileSync(join(exports, name), 'email\n');
  utimesSync(join(exports, 'old'), old, old);
  symlinkSync(join(test.root, 'nowhere'), join(exports, 'astray'));
  for (const name of ['a.sqlite.part', 'a.sqlite.part-journal']) writeFileSync(join(backups, name), 'people');
  symlinkSync(join(test.root, 'nowhere'), join(backups, 'astray.sqlite'));
  await test.host.open(folder);
  await vi.waitFor(() => expect(readdirSync(exports).sort()).toEqual(['astray', 'new']));
  expect(readdirSync(backups)).toEqual(['astray.sqlite']);
  expect(test.host.current()!.backups.list()).toEqual([]);
});
