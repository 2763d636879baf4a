import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CollectorStatus } from '../../src-preload/contract/collector.js';
import { linkBaseFor, publicUrl, reachability } from '../../src-preload/contract/reachability.js';
import { settingDefaults, type Settings, type SettingsPatch } from '../../src-preload/contract/settings.js';
import { type CollectorService, createCollectorService } from '../../src-main/collector/index.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { Thread } from '../../src-main/platform/thread.js';
import { createCollector, type Collector, type CollectorConfig } from '../../src-main/collector/server.js';
import { outcomeWriters } from '../support/collector.js';
import { createMemoryStore } from '../support/memory-store.js';
import { seededRandom } from '../support/random.js';
import { signingKey } from '../support/signing-key.js';

const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };
let service: CollectorService;
let settings: Settings;
const servers: Server[] = [];
let kill: () => void;
let starts: number;
/** What goes wrong at the next start: the thread dies before it listens, or the settings cannot be written. */
let trouble: 'dies' | 'disk full' | undefined;
const waits: { ms: number; go: () => void }[] = [];
const listeners: ((status: CollectorStatus) => boolean)[] = [];

/** The next status of this kind. */
const once = (state: CollectorStatus['state']) =>
  new Promise<CollectorStatus>((resolve) => listeners.push((status) => {
    if (status.state === state) resolve(status);
    return status.state === state;
  }));

/** The collector's thread without a thread: the same calls, in this process. */
function threadInProcess(): Thread {
  const store = createMemoryStore();
  let collector: Collector | undefined;
  const died = new Promise<void>((resolve) => (kill = () => void Promise.resolve(collector?.close()).then(resolve)));
  return {
    client: {
      call: async <R>(name: string, input: unknown): Promise<R> => {
        if (name === 'listen' && trouble === 'dies') {
          trouble = undefined;
          kill();
          throw new HeliographError('THREAD_DIED', {});
        }
        if (name === 'listen') {
          const { host, port, config } = input as { host: string; port: number; config: CollectorConfig };
          const next = createCollector({ write: outcomeWriters(store), clock, random: seededRandom(1), log: silentLogger, wait: () => new Promise(() => undefined) }, config);
          const bound = await next.listen(host, port);
          collector = next;
          return bound as R;
        }
        if (name === 'configure') collector?.configure(input as CollectorConfig);
        return undefined as R;
      },
      on: () => () => undefined,
      fail: () => undefined,
    },
    died,
    stop: async () => collector?.close(),
  };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nobody listens any more. */
async function closedAddress(): Promise<string> {
  const address = await serve(() => undefined);
  await new Promise((resolve) => servers.pop()!.close(resolve));
  return address;
}

/** A reverse proxy as somebody would put before us, under a path. */
const proxyTo = (target: () => string, change: (method: string, path: string) => number | undefined = () => undefined): RequestListener => (request, response) => {
  const path = (request.url ?? '').replace(/^\/mail/, '');
  const refuse = change(request.method ?? '', path);
  if (refuse !== undefined) return response.writeHead(refuse, { location: 'https://elsewhere.example/' }).end();
  request.pipe(httpRequest(target() + path, { method: request.method, headers: request.headers }, (inner) => { response.writeHead(inner.statusCode ?? 500, inner.headers); inner.pipe(response); }));
};

beforeEach(async () => {
  settings = structuredClone(settingDefaults);
  const key = signingKey('k1');
  service = createCollectorService({
    clock, random: seededRandom(3), log: silentLogger,
    settings: { all: () => Promise.resolve(settings), patch: (patch: SettingsPatch) => (trouble === 'disk full' ? Promise.reject(new HeliographError('DISK_FULL')) : Promise.resolve(Object.assign(settings, patch))) },
    publicKeys: () => Promise.resolve(new Map([[key.kid, key.publicKey]])),
    startThread: () => {
      starts++;
      return Promise.resolve(threadInProcess());
    },
    wait: (ms) => new Promise((go) => waits.push({ ms, go })),
    onStatus: (status) => {
      for (const told of listeners.splice(0)) if (!told(status)) listeners.push(told);
    },
  });
  trouble = undefined;
  starts = 0;
  waits.length = 0;
  listeners.length = 0;
  await service.start();
});
afterEach(async () => {
  await service.stop();
  for (const server of servers.splice(0)) await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
});

describe('the collector service', () => {
  it('listens on loopback and remembers the port it got', async () => {
    expect(service.status()).toEqual({ state: 'running', url: `http://127.0.0.1:${settings.collector.port}`, problem: null });
    expect(settings.collector.port).toBeGreaterThan(0);
    const { url } = service.status();
    await service.stop();
    await service.start();
    expect(service.status().url).toBe(url);
  });

  it('says when the remembered port is taken, and finds its way back', async () => {
    await service.stop();
    const blocker = await serve((_, response) => response.end());
    const port = Number(new URL(blocker).port);
    settings.collector = { host: '127.0.0.1', port };
    await service.start();
    expect(service.status()).toMatchObject({ state: 'stopped', url: null, problem: { code: 'COLLECTOR_UNAVAILABLE', detail: { port, message: expect.stringContaining(`Port ${port} is in use by another program`) as string } } });
    settings.collector = { host: '127.0.0.1', port: 0 };
    await service.settingsChanged();
    expect(service.status().state).toBe('running');
  });

  it('notices that its thread died, and comes back at the same address, more patiently each time', async () => {
    const { url } = service.status();
    for (const wait of [0, 1_000, 5_000, 30_000, 60_000, 60_000]) {
      const told = once('stopped');
      kill();
      expect(await told).toEqual({ state: 'stopped', url: null, problem: { code: 'THREAD_DIED', detail: { thread: 'collector' } } });
      expect(waits.at(-1)!.ms).toBe(wait);
      const back = once('running');
      waits.at(-1)!.go();
      expect(await back).toMatchObject({ url });
    }
  });

  it('comes back when its thread dies before it listens', async () => {
    await service.stop();
    trouble = 'dies';
    const { length } = waits;
    await service.start();
    expect(service.status()).toMatchObject({ state: 'stopped', problem: { code: 'THREAD_DIED', detail: { thread: 'collector' } } });
    await Promise.resolve();
    // Once, although both the call and the thread say so.
    expect(waits).toHaveLength(length + 1);
    const back = once('running');
    waits.at(-1)!.go();
    await back;
  });

  it('does not run on a port that cannot be remembered, and starts anew when the settings can be written again', async () => {
    await service.stop();
    settings.collector = { host: '127.0.0.1', port: 0 };
    trouble = 'disk full';
    await service.start();
    expect(service.status()).toMatchObject({ state: 'stopped', url: null, problem: { code: 'DISK_FULL' } });
    trouble = undefined;
    await service.settingsChanged();
    expect(service.status()).toMatchObject({ state: 'running', problem: null });
    expect(settings.collector.port).toBeGreaterThan(0);
  });

  it('stays stopped when it was stopped while waiting to come back', async () => {
    const told = once('stopped');
    kill();
    await told;
    await service.stop();
    waits.at(-1)!.go();
    await service.start();
    expect(starts).toBe(2);
  });

  it('ends with the later of two quick changes', async () => {
    settings.defaultFrom = { name: 'First', address: '' };
    const first = service.settingsChanged();
    const blocker = await serve((_, response) => response.end());
    settings.collector = { host: '127.0.0.1', port: Number(new URL(blocker).port) };
    const second = service.settingsChanged();
    settings.collector = { host: '127.0.0.1', port: 0 };
    await Promise.all([first, second, service.settingsChanged()]);
    expect(service.status()).toMatchObject({ state: 'running', problem: null });
  });

  it('hands changed texts to the running page', async () => {
    const { url } = service.status();
    settings.defaultFrom = { name: 'Ex Shop', address: '' };
    await service.settingsChanged();
    expect(service.status().url).toBe(url);
  });
});

describe('verifying a public address', () => {
  const refused = (reason: string) => expect.objectContaining({ code: 'REACHABILITY_FAILED', detail: expect.objectContaining({ reason }) as unknown }) as HeliographError;

  it('takes an address that leads here, under a path, and remembers when', async () => {
    const proxy = await serve(proxyTo(() => service.status().url!));
    expect(await service.set({ mode: 'public', url: `${proxy}/mail/` })).toMatchObject({ setting: { mode: 'public', url: `${proxy}/mail`, verifiedAt: clock.now() } });
    expect(await service.linkBase(false)).toEqual({ kind: 'tracked', base: `${proxy}/mail` });
    expect(await service.linkBase(true)).toEqual({ kind: 'tracked', base: service.status().url });
  });

  it.each<[string, string, () => Promise<string>]>([
    ['another server', 'not_ours', () => serve((_, response) => response.end('{"proof":"abc"}'))],
    ['a parked page', 'too_large', () => serve((_, response) => response.end('<html>'.repeat(1_000)))],
    ['not found', 'not_ours', () => serve((_, response) => response.writeHead(404).end())],
    ['a broken proxy', 'status', () => serve((_, response) => response.writeHead(502).end())],
    ['a redirect', 'redirect', () => serve(proxyTo(() => service.status().url!, () => 301))],
    ['a proxy that blocks POST', 'post_blocked', () => serve(proxyTo(() => service.status().url!, (method) => (method === 'POST' ? 405 : undefined)))],
    ['nobody', 'refused', closedAddress],
    ['a connection that breaks', 'network', () => serve((request) => request.socket.destroy())],
  ])('refuses %s', async (_, reason, address) => {
    const before = structuredClone(settings.reachability);
    await expect(service.set({ mode: 'public', url: await address() })).rejects.toEqual(refused(reason));
    expect(settings.reachability).toEqual(before);
  });

  it('does not take the proof of another workspace', async () => {
    const mine = service.status().url!;
    const other = createCollectorService({
      clock, random: seededRandom(99), log: silentLogger,
      settings: { all: () => Promise.resolve(structuredClone(settingDefaults)), patch: () => Promise.resolve() },
      publicKeys: () => Promise.resolve(new Map()),
      startThread: () => Promise.resolve(threadInProcess()),
      wait: () => new Promise(() => undefined),
    });
    await other.start();
    await expect(other.verify(mine)).rejects.toEqual(refused('not_ours'));
    await other.stop();
  });

  it('is refused while the collector is stopped', async () => {
    await service.stop();
    await expect(service.verify('https://a.example')).rejects.toEqual(refused('collector_stopped'));
  });
});

it.each([
  ['https://a.example', true], ['https://a.example:8443/mail', true], ['http://127.0.0.1:80', true], ['http://localhost:1/x', true], ['http://[::1]:9', true], ['https://sub.a-b.example/', true],
  ['http://a.example', false], ['http://127.0.0.1.evil.example', false], ['https://u:p@a.example', false], ['https://a.example/?x', false], ['https://a.example/#x', false],
  ['ftp://a.example', false], ['https://', false], ['javascript:alert(1)', false], ['https://a.example/ x', false], ['a.example', false],
])('takes %s as a public address: %s', (url, ok) => {
  expect(publicUrl.safeParse(url).success).toBe(ok);
});

it('decides what links a run may carry', () => {
  const loopback = 'http://127.0.0.1:4000';
  expect(linkBaseFor(true, { mode: 'none' }, loopback)).toEqual({ kind: 'tracked', base: loopback });
  expect(linkBaseFor(true, { mode: 'none' }, null)).toEqual({ kind: 'none', why: 'collector_stopped' });
  expect(linkBaseFor(false, { mode: 'none' }, loopback)).toEqual({ kind: 'none', why: 'not_decided' });
  expect(linkBaseFor(false, { mode: 'public', url: 'https://a.example', verifiedAt: null }, loopback)).toEqual({ kind: 'none', why: 'not_verified' });
  expect(linkBaseFor(false, { mode: 'mailto', address: 'stop@a.example' }, null)).toEqual({ kind: 'mailto', address: 'stop@a.example' });
  expect(reachability.safeParse({ mode: 'mailto', address: 'a@b.example?bcc=x@y.example' }).success).toBe(false);
});
