import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunningHost } from '../../src-main/app/host.js';
import { createTestHost, type TestHost } from '../support/host.js';
import { killThread, threadsStarted } from '../support/threads.js';

let test: TestHost;
beforeEach(() => {
  test = createTestHost();
});
afterEach(() => test.dispose());

const code = (expected: string) => expect.objectContaining({ code: expected }) as unknown;
const openOf = (host: RunningHost) => host.current()?.folder;
const postal = async (host: RunningHost) => (await host.current()!.read.settings.all(undefined)).postalAddress;
/** Where program.json is written before it gets its name: a folder there stands for a disk that refuses it. */
const blockProgramState = (root: string) => mkdirSync(join(root, 'config-first', 'program.json.part'), { recursive: true });

describe('program.json that cannot be written', () => {
  it('hinders neither opening nor closing', async () => {
    blockProgramState(test.root);
    const { folder } = await test.host.create({ name: 'Kept' });
    expect(openOf(test.host)).toBe(folder);
    await test.host.close();
    expect(openOf(test.host)).toBeUndefined();
    await test.another('second').open(folder);
  });

  it('hinders no restore', async () => {
    await test.host.create({ name: 'Kept' });
    await test.host.current()!.write.settings.patch({ postalAddress: 'before' });
    const backup = await test.host.current()!.backups.create('manual');
    await test.host.current()!.write.settings.patch({ postalAddress: 'after' });
    blockProgramState(test.root);
    await test.host.restore(backup.name);
    expect(await postal(test.host)).toBe('before');
  });
});

describe('switching to another folder', () => {
  it('leaves the open workspace at work when the other is not ours, newer, missing or held', async () => {
    const other = test.another('second');
    const { folder: held } = await other.create({ name: 'Held' });
    const { folder } = await test.host.create({ name: 'At work' });
    const open = test.host.current();
    const foreign = join(test.root, 'foreign.heliograph');
    mkdirSync(foreign);
    new Database(join(foreign, 'workspace.sqlite')).exec('create table people (name text)').close();
    const newer = join(test.root, 'newer.heliograph');
    mkdirSync(newer);
    const backup = await open!.backups.create('manual');
    copyFileSync(backup.path, join(newer, 'workspace.sqlite'));
    const newerFile = new Database(join(newer, 'workspace.sqlite'));
    newerFile.pragma('user_version = 9999');
    newerFile.close();
    for (const [to, expected] of [[foreign, 'WORKSPACE_FOREIGN'], [newer, 'WORKSPACE_NEWER'], [join(test.root, 'none'), 'WORKSPACE_MISSING'], [held, 'WORKSPACE_LOCKED']] as const) {
      await expect(test.host.open(to), to).rejects.toEqual(code(expected));
      // The very same one, never closed.
      expect(test.host.current(), to).toBe(open);
    }
    expect(await test.host.open(folder)).toMatchObject({ folder });
  });

  it('opens the former one again when the other refuses late', async () => {
    const { folder: bad, uid } = await test.host.create({ name: 'Bad key' });
    const { folder } = await test.host.create({ name: 'At work' });
    const key = join(test.root, 'config-first', 'keys', `${uid}.key`);
    renameSync(key, `${key}.away`);
    mkdirSync(key);
    await expect(test.host.open(bad)).rejects.toThrow();
    expect(openOf(test.host)).toBe(folder);
    await test.host.current()!.write.settings.patch({ postalAddress: 'Bristol' });
    rmdirSync(key);
    renameSync(`${key}.away`, key);
    expect(await test.host.open(bad)).toMatchObject({ folder: bad });
  });
});

describe('restoring', () => {
  const suppress = (host: RunningHost, address: string) => host.current()!.write.audience.suppress({ channel: 'EMAIL', address, scope: 'marketing', reason: 'unsubscribe', source: 'test' });
  const suppressed = (folder: string) => {
    const database = new Database(join(folder, 'workspace.sqlite'), { readonly: true });
    const found = database.prepare('select address_key from suppressed order by 1').pluck().all();
    database.close();
    return found;
  };

  it('keeps an opt-out that suppressions.log did not take at its commit', async () => {
    const { folder } = await test.host.create({ name: 'Full' });
    const backup = await test.host.current()!.backups.create('manual');
    mkdirSync(join(folder, 'suppressions.log'));
    await suppress(test.host, 'out@example.org');
    rmdirSync(join(folder, 'suppressions.log'));
    await test.host.restore(backup.name);
    expect(suppressed(folder)).toEqual(['out@example.org']);
  });

  it('is refused while suppressions.log cannot take what only the file knows, and the file stays open', async () => {
    const { folder } = await test.host.create({ name: 'Full' });
    const backup = await test.host.current()!.backups.create('manual');
    mkdirSync(join(folder, 'suppressions.log'));
    await suppress(test.host, 'out@example.org');
    await expect(test.host.restore(backup.name)).rejects.toThrow();
    rmdirSync(join(folder, 'suppressions.log'));
    expect(suppressed(folder)).toEqual(['out@example.org']);
    await test.host.open(folder);
  });

  it('puts the file of before back and opens it when the restored one does not open', async () => {
    const { folder, uid } = await test.host.create({ name: 'Back' });
    await test.host.current()!.write.settings.patch({ postalAddress: 'before' });
    const backup = await test.host.current()!.backups.create('manual');
    await test.host.current()!.write.settings.patch({ postalAddress: 'after' });
    // Of another workspace by its uid, and that one's key cannot be read.
    const file = new Database(backup.path);
    file.exec("update workspace set uid = '00000000-0000-7000-8000-000000000000'");
    file.close();
    mkdirSync(join(test.root, 'config-first', 'keys', '00000000-0000-7000-8000-000000000000.key'));
    await expect(test.host.restore(backup.name)).rejects.toThrow();
    expect(await test.host.current()!.describe()).toMatchObject({ uid });
    expect(await postal(test.host)).toBe('after');
    expect(readdirSync(folder).filter((name) => /before-restore|restoring/.test(name))).toEqual([]);
  });

  it('replaces a damaged file, from which no backup can be made, and keeps it', async () => {
    const { folder } = await test.host.create({ name: 'Damaged' });
    const backup = await test.host.current()!.backups.create('manual');
    await Promise.all(Array.from({ length: 50 }, (_, i) => suppress(test.host, `p${i}@example.org`)));
    await test.host.close();
    const path = join(folder, 'workspace.sqlite');
    const database = new Database(path, { readonly: true });
    const page = database.prepare("select rootpage from sqlite_schema where name = 'audit'").pluck().get() as number;
    database.close();
    const bytes = readFileSync(path);
    // A page of the audit log, which no opening reads.
    bytes.fill(0x5a, (page - 1) * 4096, page * 4096);
    writeFileSync(path, bytes);
    // As after a crash, so that the file is checked: it is said where it is seen.
    const unclean = new Database(path);
    unclean.exec('update workspace set in_use = 1');
    unclean.close();
    await test.host.open(folder);
    await vi.waitFor(() => expect(test.host.current()!.damaged()).toEqual(expect.any(String)), { timeout: 60_000 });
    expect((await test.host.current()!.describe()).damaged).toContain('malformed');
    await test.host.restore(backup.name);
    const kept = readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.damaged'));
    expect(kept).toHaveLength(1);
    expect(suppressed(folder)).toHaveLength(50);
  });

  it('opens a folder in which a crash left the file under its name of before a restore', async () => {
    const { folder } = await test.host.create({ name: 'Cut' });
    await test.host.current()!.write.settings.patch({ postalAddress: 'Bristol' });
    await test.host.close();
    const path = join(folder, 'workspace.sqlite');
    renameSync(path, `${path}.before-restore`);
    await test.host.open(folder);
    expect(await postal(test.host)).toBe('Bristol');
    expect(existsSync(`${path}.before-restore`)).toBe(false);
  });

  it('opens a folder in which a crash left two names of one file', async () => {
    const { folder } = await test.host.create({ name: 'Cut' });
    await test.host.close();
    const path = join(folder, 'workspace.sqlite');
    linkSync(path, `${path}.before-restore`);
    writeFileSync(`${path}.restoring`, 'half');
    await test.host.open(folder);
    expect(readdirSync(folder).filter((name) => /before-restore|restoring/.test(name))).toEqual([]);
  });
});

describe('a store thread that dies', () => {
  const waits: number[] = [];
  const patient = (ms: number) => {
    waits.push(ms);
    return new Promise<void>((resolve) => setImmediate(resolve));
  };
  beforeEach(() => void (waits.length = 0));

  it('brings the workspace back', async () => {
    const host = test.another('third', { wait: patient });
    const { folder } = await host.create({ name: 'Dies' });
    const before = host.current();
    await killThread('store');
    await vi.waitFor(() => expect(openOf(host)).toBe(folder), { timeout: 60_000 });
    expect(host.current()).not.toBe(before);
    await host.current()!.write.settings.patch({ postalAddress: 'Bristol' });
    expect([waits, host.problem()]).toEqual([[0], null]);
  });

  it('gives up after three times and says so, until a person opens it', async () => {
    const host = test.another('third', { wait: patient });
    const { folder } = await host.create({ name: 'Gone' });
    const path = join(folder, 'workspace.sqlite');
    renameSync(path, `${path}.away`);
    await killThread('store');
    await vi.waitFor(() => expect(host.problem()).toEqual({ folder, error: { code: 'WORKSPACE_MISSING', detail: { folder } } }), { timeout: 60_000 });
    expect(waits).toEqual([0, 2_000, 10_000]);
    renameSync(`${path}.away`, path);
    await host.open(folder);
    expect(host.problem()).toBeNull();
  });

  it('counts deaths right after an opening together', async () => {
    const host = test.another('third', { wait: patient, clock: { now: () => Date.now(), monotonic: () => 0 } });
    const { folder } = await host.create({ name: 'Dies often' });
    for (let n = 1; n <= 3; n++) {
      const before = host.current();
      await killThread('store');
      await vi.waitFor(() => expect(host.current() !== undefined && host.current() !== before).toBe(true), { timeout: 60_000 });
    }
    await killThread('store');
    await vi.waitFor(() => expect(host.problem()).toMatchObject({ folder, error: { code: 'THREAD_DIED' } }), { timeout: 60_000 });
    expect(waits).toEqual([0, 2_000, 10_000]);
  });

  it('leaves alone what a person did meanwhile', async () => {
    let go: () => void = () => undefined;
    const host = test.another('third', { wait: (_ms, signal) => new Promise((resolve) => { go = resolve; signal?.addEventListener('abort', () => resolve()); }) });
    await host.create({ name: 'Dies' });
    await killThread('store');
    await vi.waitFor(() => expect(openOf(host)).toBeUndefined());
    const { folder } = await host.create({ name: 'Another' });
    go();
    await host.close();
    expect(openOf(host)).toBeUndefined();
    expect(await host.open(folder)).toMatchObject({ folder });
  });

  it('refuses an opening during which it died', async () => {
    const host = test.another('third', { wait: patient });
    const { folder } = await host.create({ name: 'Dies at once' });
    await host.close();
    const mailboxes = threadsStarted('mailbox');
    const opening = host.open(folder).catch((error: unknown) => error);
    // Nothing is written once the mailbox starts: only the death itself can tell.
    while (threadsStarted('mailbox') === mailboxes) await new Promise((resolve) => setImmediate(resolve));
    await killThread('store');
    expect(await opening).toEqual(code('THREAD_DIED'));
    expect(openOf(host)).toBeUndefined();
    await host.open(folder);
  });
});
