import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appRouter } from '../../src-main/api/router.js';
import { createCallerFactory } from '../../src-main/api/trpc.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { ImportOptions, ImportView } from '../../src-preload/contract/import.js';
import { createTestHost, type TestHost } from '../support/host.js';

/** The import through the contract, in its real threads, over a real workspace. */
let env: TestHost;
let released: string[];
beforeEach(() => {
  env = createTestHost();
  released = [];
});
afterEach(() => env.dispose());

const caller = () =>
  createCallerFactory(appRouter)({
    host: env.host,
    log: silentLogger,
    shell: {
      offerFile: (path) => Promise.resolve({ kind: 'saved', path }),
      resolveUpload: (id) => ({ path: join(env.root, id), name: 'Uploaded list.csv' }),
      releaseUpload: (id) => void released.push(id),
      notify: () => undefined,
    },
  });

const finished = (view: ImportView) => env.host.current()!.jobs.finished(view.job!);

async function check(content: string): Promise<ImportView> {
  writeFileSync(join(env.root, 'upload-1'), content);
  const source = { kind: 'upload', id: 'upload-1' } as const;
  const { format, columns } = await caller().imports.inspect({ source });
  const options: ImportOptions = { source, format, mapping: columns.map(({ index, header, guess }) => ({ index, header, target: guess })) };
  const view = await caller().imports.check(options);
  expect(await finished(view)).toMatchObject({ state: 'done' });
  return caller().imports.get({ uid: view.uid });
}

const people = (n: number) => `email,city\n${Array.from({ length: n }, (_, i) => `p${i}@example.org,Rome`).join('\n')}\nbroken,Rome\n`;

test('from an upload to a segment and back', async () => {
  await env.host.create({ name: 'Kestrel' });
  const checked = await check(people(300));
  expect(checked).toMatchObject({ fileName: 'Uploaded list.csv', state: 'checked', counts: { rows: 301, new: 300, rejected: 1 } });
  const rejects = await caller().imports.rejects({ uid: checked.uid });
  expect(rejects.kind === 'saved' && readFileSync(rejects.path, 'utf8')).toBe('\uFEFFRow,Column,Reason,email,city\r\n302,email,bad_email,broken,Rome\r\n');
  expect(released).toEqual([]);
  const started = await caller().imports.start({ uid: checked.uid, segmentName: 'Uploaded list' });
  expect(released).toEqual(['upload-1']);
  expect(await finished(started)).toMatchObject({ state: 'done', done: 300, total: 300 });
  expect(await caller().imports.get({ uid: checked.uid })).toMatchObject({
    state: 'done',
    merged: { new: 300 },
    segment: { name: 'Uploaded list', ready: true },
  });
  expect(await caller().segments.list()).toMatchObject([{ name: 'Uploaded list', kind: 'imported' }]);
  await expect(caller().imports.start({ uid: checked.uid, segmentName: null })).rejects.toMatchObject({ cause: { code: 'CONFLICT' } });
  const undone = await caller().imports.undo({ uid: checked.uid });
  expect(await finished(undone)).toMatchObject({ state: 'done' });
  expect(await caller().imports.list({})).toMatchObject([{ state: 'undone', undone: { removed: 300, kept: 0 } }]);
  expect(await caller().segments.list()).toEqual([]);
}, 240_000);

test('a merge that a quit interrupted goes on when the workspace opens again', async () => {
  await env.host.create({ name: 'Kestrel' });
  const checked = await check(people(30_000));
  const started = await caller().imports.start({ uid: checked.uid, segmentName: null });
  const { folder } = env.host.current()!;
  await env.host.close();
  await env.host.open(folder);
  const resumed = await caller().imports.get({ uid: started.uid });
  if (resumed.state !== 'done') await finished(resumed);
  expect(await caller().imports.get({ uid: started.uid })).toMatchObject({ state: 'done', merged: { rows: 30_000, new: 30_000 } });
  expect(await caller().audience.count({})).toEqual({ people: 30_000, addresses: 30_000 });
}, 240_000);

test('a merge that came back with a backup, its rows gone, ends as failed and can be taken back', async () => {
  await env.host.create({ name: 'Kestrel' });
  const checked = await check(people(40));
  const { write, backups, folder } = env.host.current()!;
  await write.imports.beginMerge({ uid: checked.uid, segmentName: 'Fair' });
  const backup = await backups.create('manual');
  await finished(await caller().imports.resume({ uid: checked.uid }));
  await env.host.restore(backup.name);
  const state = async () => {
    const view = await caller().imports.get({ uid: checked.uid });
    await finished(view);
    return caller().imports.get({ uid: checked.uid });
  };
  expect(await state()).toMatchObject({ state: 'failed', error: { code: 'IMPORT_ROWS_LOST' }, segment: { ready: false } });
  const { job } = await state();
  await env.host.open(folder);
  expect(await state()).toMatchObject({ state: 'failed', job });
  expect(await finished(await caller().imports.undo({ uid: checked.uid }))).toMatchObject({ state: 'done' });
  expect(await state()).toMatchObject({ state: 'undone', undoUntil: null });
}, 240_000);
