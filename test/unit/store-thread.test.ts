import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AllOperations } from '../../src-main/api/registry.js';
import { operations } from '../../src-main/api/registry.js';
import { createRpcClient, type RpcClient } from '../../src-main/platform/rpc.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { type Commit, createWriters, replaySuppressions, runStoreThread } from '../../src-main/store/index.js';
import type { Writers } from '../../src-main/store/operation.js';
import { createMemoryStore } from '../support/memory-store.js';
import { seededRandom } from '../support/random.js';

const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };
let folder: string;
let log: string;
let client: RpcClient;
let write: Writers<AllOperations>;
let commits: Commit[];

/** The store thread's own code in this thread, behind a channel. */
async function open(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  runStoreThread(port1, { folder }, { clock, random: seededRandom(1), log: silentLogger, operations });
  client = createRpcClient(port2);
  client.on('commit', (commit: Commit) => void commits.push(commit));
  await client.call('open', undefined);
  write = createWriters<AllOperations>(client, { kind: 'operator' });
}
const close = () => client.call('close', undefined);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heliograph-test-'));
  log = join(folder, 'suppressions.log');
  commits = [];
  await open();
});
afterEach(async () => {
  await close().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

const suppress = (address: string) => write.audience.suppress({ channel: 'EMAIL', address, scope: 'marketing', reason: 'manual', source: 'test' });
const logged = () =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { address_key: string }).address_key);

it('tells of a commit although suppressions.log cannot be written, and writes what is missing at the next commit', async () => {
  mkdirSync(log);
  await suppress('a@example.org');
  await suppress('b@example.org');
  expect(commits.flatMap((commit) => commit.changes.map((change) => change.table)).filter((table) => table === 'suppression')).toHaveLength(2);
  rmdirSync(log);
  await write.settings.patch({ postalAddress: 'Bristol' });
  expect(logged()).toEqual(['a@example.org', 'b@example.org']);
  await suppress('c@example.org');
  expect(logged()).toEqual(['a@example.org', 'b@example.org', 'c@example.org']);
});

it('writes what is missing when it closes, too: a restore takes the file away right after', async () => {
  mkdirSync(log);
  await suppress('a@example.org');
  rmdirSync(log);
  await close();
  expect(logged()).toEqual(['a@example.org']);
});

it('closes all the same when suppressions.log still cannot be written, and writes it at the next opening', async () => {
  mkdirSync(log);
  await suppress('a@example.org');
  await close();
  rmdirSync(log);
  await open();
  expect(logged()).toEqual(['a@example.org']);
});

it('replays a line that was written twice once', async () => {
  await suppress('a@example.org');
  const text = readFileSync(log, 'utf8');
  writeFileSync(log, text + text);
  const store = createMemoryStore();
  expect(store.write((db, file: string) => replaySuppressions(file, db), log)).toBe(1);
});
