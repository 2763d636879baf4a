import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { build, type Plugin } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageReasons, messageStates } from '../../src-preload/contract/delivery.js';
import { smtpConfig } from '../../src-preload/contract/connection.js';
import { suppress } from '../../src-main/audience/index.js';
import { patchSettings } from '../../src-main/settings/settings.js';
import { sql } from '../../src-main/store/sql.js';
import { insertConnection, insertPeople, launchAndOpen, readyCampaign } from '../support/campaign.js';
import { type FileStore, openFileStore } from '../support/file-store.js';
import { createTestHost } from '../support/host.js';
import { seededRandom } from '../support/random.js';

const bundle = resolve(import.meta.dirname, `../../node_modules/.cache/heliograph-crash-${process.pid}/child.mjs`);

/** `thread?nodeWorker` is the thread bundle beside the child. */
const ownThreads: Plugin = {
  name: 'heliograph-own-threads',
  enforce: 'pre',
  resolveId: (id) => (/thread(\.js)?\?nodeWorker$/.test(id) ? '\0own-threads' : undefined),
  load: (id) =>
    id === '\0own-threads'
      ? `import { Worker } from 'node:worker_threads'; export default (options) => new Worker(${JSON.stringify(resolve(bundle, '../thread.mjs'))}, options);`
      : undefined,
};

/** A receiving server that keeps what it took: address -> Message-IDs. Addresses that start with `gone` do not exist. */
async function startReceiver(onMail: (count: number) => void) {
  const taken = new Map<string, string[]>();
  let count = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo: ({ address }, _session, done) => {
      if (!address.startsWith('gone')) return done();
      done(Object.assign(new Error('5.1.1 no such mailbox'), { responseCode: 550 }));
    },
    onData: (stream, session, done) => {
      let head = '';
      stream.on('data', (chunk: Buffer) => (head += head.length < 8_000 ? chunk.toString('latin1') : ''));
      stream.on('end', () => {
        const id = /^message-id:\s*(\S+)/im.exec(head)?.[1] ?? 'none';
        for (const { address } of session.envelope.rcptTo) taken.set(address, [...(taken.get(address) ?? []), id]);
        // What is counted here was taken whether or not the answer still arrives.
        onMail(++count);
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    taken,
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

interface LedgerRow {
  readonly seq: number;
  readonly address: string;
  readonly state: string;
  readonly reason: string;
}

function ledger(store: FileStore): LedgerRow[] {
  return store
    .read((db) => db.all<{ seq: number; address: string; state: number; reason: number | null }>(sql`select m.seq, e.address, m.state, m.reason from message m join endpoint e on e.id = m.endpoint order by m.seq`), undefined)
    .map((row) => ({ ...row, state: messageStates[row.state]!, reason: messageReasons[row.reason ?? 0]! }));
}

describe('a run that is killed again and again', () => {
  const test = createTestHost();
  beforeAll(async () => {
    // Child and threads in a folder of their own, so that no other test run can change them under a process that starts ten times.
    await build({
      configFile: false,
      logLevel: 'error',
      plugins: [ownThreads],
      build: {
        ssr: true,
        outDir: resolve(bundle, '..'),
        emptyOutDir: true,
        target: 'node22',
        minify: false,
        rollupOptions: {
          input: { child: resolve(import.meta.dirname, 'crash-child.ts'), thread: resolve(import.meta.dirname, '../../src-main/app/thread.ts') },
          external: ['better-sqlite3'],
          output: { format: 'es', entryFileNames: '[name].mjs' },
        },
      },
    });
  }, 120_000);
  afterAll(async () => {
    await test.dispose();
    rmSync(resolve(bundle, '..'), { recursive: true, force: true });
  });

  const connections = 5;
  const window = 2 * connections;
  const people = 5_000;
  const kills = 10;

  it(
    'settles every message and sends none twice, through ten SIGKILLs',
    async () => {
      const random = seededRandom(20_261_124);
      const { folder } = await test.host.create({ name: 'Crash' });
      await test.host.close();
      const file = join(folder, 'workspace.sqlite');
      // Ten moments spread over the run, each a little after some message was taken.
      const moments = Array.from({ length: kills }, (_, i) => Math.floor(((i + random.next()) * 4_500) / kills) + 1);
      let killed = 0;
      let child: ChildProcess | undefined;
      const receiver = await startReceiver((count) => {
        if (killed >= kills || count < moments[killed]! || !child) return;
        const victim = child;
        child = undefined;
        killed++;
        // Some die between two answers, some in the middle of a burst.
        setTimeout(() => victim.kill('SIGKILL'), random.int(12));
      });

      // The workspace, written while nobody holds it: 5,000 people, some of whom cannot get the message, and a run that is about to send.
      const store = openFileStore(file);
      store.now = Date.now() - 60_000;
      const addresses = Array.from({ length: people }, (_, i) => (i % 101 === 7 ? `gone${i}@example.org` : `p${i}@example.org`));
      insertPeople(store, addresses.map((address, i) => ({ address, firstName: i % 103 === 5 ? null : 'Ada' })));
      store.write(patchSettings, { reachability: { mode: 'public', url: 'https://news.kestrel.example', verifiedAt: 1 } });
      const config = smtpConfig.parse({ host: '127.0.0.1', port: receiver.port, tls: 'none', auth: 'none', connections, clientName: 'crash.test' });
      const run = launchAndOpen(store, readyCampaign(store, { connection: insertConnection(store, { provider: 'smtp', uid: 'far-side', config }) }));
      store.close();

      const withdrawn: string[] = [];
      let unknownBefore = 0;
      try {
        for (;;) {
          const started = spawn(process.execPath, [bundle, folder, join(test.root, 'config-first')], { stdio: ['ignore', 'ignore', 'inherit'] });
          child = started;
          const exit = await new Promise<{ code: number | null; signal: string | null }>((resolveExit) => started.on('exit', (code, signal) => resolveExit({ code, signal })));
          if (exit.signal !== 'SIGKILL') {
            expect(exit).toEqual({ code: 0, signal: null });
            break;
          }
          const dead = openFileStore(file);
          const claimed = ledger(dead).filter((row) => row.state === 'claimed').length;
          expect(claimed).toBeLessThanOrEqual(window);
          unknownBefore += claimed;
          // Consent withdrawn while the run is under way: whoever is still waiting must get nothing.
          const waiting = ledger(dead).filter((row) => row.state === 'pending' && row.address.startsWith('p'));
          const leaves = waiting[random.int(Math.max(1, waiting.length))];
          if (leaves) {
            dead.write(suppress, { channel: 'EMAIL', addressKey: leaves.address, reason: 'unsubscribe', source: 'collector' } as const);
            withdrawn.push(leaves.address);
          }
          dead.close();
        }
      } finally {
        await receiver.close();
      }

      expect(killed).toBe(kills);
      const end = openFileStore(file);
      const rows = ledger(end);
      const of = (state: string) => rows.filter((row) => row.state === state);
      expect(rows).toHaveLength(people);
      expect(of('sent').length + of('failed').length + of('skipped').length + of('unknown').length).toBe(people);
      expect(end.read((db) => db.get(sql`select state from run where id = ${run.id}`), undefined)).toEqual({ state: 'done' });

      // Nobody received two.
      expect([...receiver.taken].filter(([, ids]) => ids.length > 1)).toEqual([]);
      expect(new Set([...receiver.taken.values()].flat()).size).toBe(receiver.taken.size);
      // Unknown are exactly the claims that the kills cut, never more than the window each.
      expect(of('unknown').length).toBe(unknownBefore);
      expect(unknownBefore).toBeGreaterThan(0);
      expect(of('unknown').length).toBeLessThanOrEqual(window * kills);
      expect(of('unknown').every((row) => row.reason === 'crashed')).toBe(true);
      // Sent means taken; taken means sent or unknown, under the Message-ID of its row.
      expect(of('sent').filter((row) => !receiver.taken.has(row.address))).toEqual([]);
      const byAddress = new Map(rows.map((row) => [row.address, row]));
      for (const [address, [id]] of receiver.taken) {
        const row = byAddress.get(address)!;
        expect(['sent', 'unknown']).toContain(row.state);
        expect(id).toBe(`<${run.uid}.${row.seq}@kestrel.example>`);
      }
      // Those who were not sent to have their reason.
      expect(new Set(of('failed').map((row) => `${row.address.slice(0, 4)} ${row.reason}`))).toEqual(new Set(['gone refused_hard']));
      expect(new Set(of('skipped').map((row) => row.reason))).toEqual(new Set(['missing_variable', 'unsubscribed']));
      expect(withdrawn.length).toBeGreaterThan(5);
      expect(withdrawn.filter((address) => receiver.taken.has(address))).toEqual([]);
      expect(withdrawn.map((address) => byAddress.get(address)!).every((row) => row.state === 'skipped')).toBe(true);
      // The counter cache survived all of it.
      expect(end.read((db) => db.all(sql`select state, sum(n) as n from run_count where run = ${run.id} group by state having sum(n) <> 0 order by state`), undefined)).toEqual(
        ['failed', 'sent', 'skipped', 'unknown'].map((state) => ({ state, n: of(state).length })),
      );
      end.close();
    },
    900_000,
  );
});
