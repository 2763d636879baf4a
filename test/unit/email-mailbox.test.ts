import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { mailboxConnection, openEmailSender, systemWait } from '../../src-main/channels/index.js';
import { createMailboxService, type MailboxService } from '../../src-main/channels/mailbox/mailbox-service.js';
import { runMailboxThread } from '../../src-main/channels/mailbox/mailbox-thread.js';
import { openMailboxFile } from '../../src-main/channels/mailbox/mailbox-file.js';
import type { OutgoingEmail } from '../../src-main/channels/port.js';
import { systemClock } from '../../src-main/platform/clock.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { createRpcClient } from '../../src-main/platform/rpc.js';
import { systemRandom } from '../../src-main/platform/random.js';
import { seededRandom } from '../support/random.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hg-mailbox-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The service over its real thread function, on a message channel in this thread. */
async function mailbox(options: { bases?: string[]; path?: string } = {}): Promise<{ service: MailboxService; changed: () => number; path: string }> {
  const path = options.path ?? join(folder(), 'mailbox.sqlite');
  let changes = 0;
  const service = createMailboxService({
    log: silentLogger,
    collectorBases: () => options.bases ?? [],
    onChanged: () => changes++,
    startThread: () => {
      const { port1, port2 } = new MessageChannel();
      runMailboxThread(port2, { path }, { clock: systemClock, random: systemRandom, log: silentLogger });
      const client = createRpcClient(port1);
      return Promise.resolve({
        client,
        died: new Promise<void>(() => undefined),
        stop: async () => {
          await client.call('close', undefined);
          port1.close();
        },
      });
    },
  });
  await service.start();
  cleanups.push(() => service.stop());
  return { service, changed: () => changes, path };
}
function senderFor(service: MailboxService) {
  const sender = openEmailSender(mailboxConnection(service.access()!), { clock: systemClock, random: seededRandom(2), log: silentLogger, wait: systemWait });
  cleanups.push(() => sender.close(0));
  return sender;
}
const mail = (over: Partial<OutgoingEmail> = {}): OutgoingEmail => ({
  messageId: '<r1.1@kestrel.example>',
  from: { name: 'Kestrel Coffee, "Bristol"', address: 'hello@kestrel.example' },
  to: { name: 'Ada', address: 'ada@example.org' },
  subject: 'Grüße 👋 an Ada',
  html: '<p>Hello <a href="https://example.com/x">there</a></p>',
  text: 'Hello',
  headers: [],
  ...over,
});

describe('test mailbox', () => {
  it('takes messages through a real SMTP conversation and shows them as received', async () => {
    const { service, changed } = await mailbox();
    const sender = senderFor(service);
    expect(await sender.send(mail())).toEqual({ kind: 'accepted', response: '250 2.0.0 Ok: queued as TM1', providerId: 'TM1' });
    const [row, ...others] = await service.page({ search: '', offset: 0, limit: 10 });
    expect([others, row, await service.count(''), changed() > 0]).toEqual([
      [],
      { id: 1, at: row?.at, recipient: 'ada@example.org', from: 'Kestrel Coffee, "Bristol" <hello@kestrel.example>', subject: 'Grüße 👋 an Ada', sizeBytes: (await service.raw(1)).length },
      1,
      true,
    ]);
    const message = await service.message(1);
    expect({ text: message.text.trim(), html: message.html.trim(), links: message.links, envelopeFrom: message.envelopeFrom, oneClick: message.oneClick }).toEqual({
      text: 'Hello',
      html: '<p>Hello <a href="https://example.com/x">there</a></p>',
      links: [{ url: 'https://example.com/x', text: 'there', ours: false }],
      envelopeFrom: 'hello@kestrel.example',
      oneClick: null,
    });
    expect((await service.raw(1)).toString('utf8')).toBe(message.source);
  });

  it('plays the parts of bad addresses', async () => {
    const { service } = await mailbox();
    const sender = senderFor(service);
    const kinds = [];
    for (const local of ['bounce', 'HardBounce+7', 'softbounce', 'blocked', 'complaint', 'bouncer', 'ada']) {
      const result = await sender.send(mail({ to: { address: `${local}@example.org` } }));
      kinds.push(result.kind === 'refused' ? `${result.class} ${result.code} ${result.enhanced ?? ''}` : result.kind);
    }
    expect([kinds, await service.count('')]).toEqual([['hard 550 5.1.1', 'hard 550 5.1.1', 'soft 451 4.2.2', 'ours 554 5.7.1', 'accepted', 'accepted', 'accepted'], 3]);
  });

  it('lets nobody in without the login of this start', async () => {
    const { service } = await mailbox();
    const { config } = mailboxConnection(service.access()!);
    const enter = async (over: object, password: string) => {
      const sender = openEmailSender({ config: { ...config, ...over }, secret: { password } }, { clock: systemClock, random: seededRandom(2), log: silentLogger, wait: systemWait });
      cleanups.push(() => sender.close(0));
      const result = await sender.send(mail());
      return result.kind === 'refused' ? `${result.class} ${result.code}` : result.kind;
    };
    expect([await enter({}, 'guess'), await enter({ user: 'x' }, service.access()!.password), await enter({ auth: 'none' }, ''), await service.count('')]).toEqual(['not_sent', 'not_sent', 'ours 530', 0]);
  });

  it('makes a new login and port at every start, and keeps the messages', async () => {
    const first = await mailbox();
    await senderFor(first.service).send(mail());
    const before = first.service.access();
    await first.service.stop();
    expect(first.service.access()).toBeNull();
    const second = await mailbox({ path: first.path });
    expect([await second.service.count(''), second.service.access()?.password === before?.password]).toEqual([1, false]);
  });

  it('finds by recipient, and empties', async () => {
    const { service } = await mailbox();
    const sender = senderFor(service);
    for (const local of ['anna', 'ben', 'Hannah', '100%_x']) await sender.send(mail({ to: { address: `${local}@example.org` } }));
    const found = async (search: string) => (await service.page({ search, offset: 0, limit: 10 })).map((row) => row.recipient);
    expect([await found('ANNA'), await found('%'), await service.count('anna'), await found("' or 1=1 --")]).toEqual([['Hannah@example.org', 'anna@example.org'], ['100%_x@example.org'], 2, []]);
    await service.empty();
    expect([await service.count(''), await service.status()]).toEqual([0, { state: 'running', problem: null, messages: 0, bytes: 0, dropped: 0 }]);
    await expect(service.message(1)).rejects.toThrow('NOT_FOUND');
  });

  it('survives what no builder of ours would send', async () => {
    const { service } = await mailbox();
    const file = openMailboxFile(join(folder(), 'm.sqlite'));
    cleanups.push(() => file.close());
    for (const raw of ['', '\r\n', 'no headers at all', 'Subject: =?x?y?z?=\r\n\r\n', `Subject: ${'a'.repeat(100_000)}\r\n`, 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n--x--', 'From: a@b\r\nFrom: c@d\r\nList-Unsubscribe: nonsense\r\n\r\n<a href="javascript:alert(1)">x</a>'])
      file.add([{ at: 1, envelopeFrom: '', recipient: 'a@b.c', raw: Buffer.from(raw) }]);
    expect(file.count('')).toBe(7);
    const { readMessage } = await import('../../src-main/channels/mailbox/read-message.js');
    for (let id = 1; id <= 7; id++) expect((await readMessage(file.get(id)!, () => true)).checks.length).toBe(11);
    expect((await readMessage(file.get(7)!, () => true)).links).toEqual([]);
    expect(await service.count('')).toBe(0);
  });
});

describe('mailbox file', () => {
  const add = (file: ReturnType<typeof openMailboxFile>, n: number, size = 100) =>
    file.add(Array.from({ length: n }, (_, i) => ({ at: i, envelopeFrom: 'e@x', recipient: `r${i}@x`, raw: Buffer.alloc(size, 0x61) })));

  it('keeps the newest within both limits and says what it dropped', () => {
    const file = openMailboxFile(join(folder(), 'm.sqlite'), { messages: 50, bytes: 10_000 });
    cleanups.push(() => file.close());
    add(file, 120);
    expect(file.status()).toEqual({ messages: 50, bytes: 5000, dropped: 70 });
    add(file, 10, 900);
    expect([file.status(), file.page({ search: '', offset: 0, limit: 100 }).length]).toEqual([{ messages: 20, bytes: 10_000, dropped: 110 }, 20]);
    add(file, 1, 50_000);
    expect(file.status()).toEqual({ messages: 0, bytes: 0, dropped: 131 });
  });

  it('starts anew over a file that is no mailbox', () => {
    const path = join(folder(), 'm.sqlite');
    writeFileSync(path, 'this is not a database, but it is long enough to look at twice'.repeat(50));
    const file = openMailboxFile(path);
    cleanups.push(() => file.close());
    add(file, 1);
    expect(file.count('')).toBe(1);
  });
});

describe('acting as the recipient', () => {
  async function collector() {
    const seen: string[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${/Firefox/.test(request.headers['user-agent'] ?? '') ? 'person' : 'other'} ${body}`.trim());
        if (request.url?.startsWith('/c/')) response.writeHead(302, { location: 'https://shop.example/' }).end();
        else response.writeHead(200).end('ok');
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    cleanups.push(() => new Promise<void>((done) => void server.close(() => done())));
    return { seen, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('follows links, loads the pixel and unsubscribes by one click, and only at the collector', async () => {
    const { seen, base } = await collector();
    const { service } = await mailbox({ bases: [base] });
    await senderFor(service).send(
      mail({
        html: `<a href="${base}/c/1">Shop</a> <a href="https://other.example/">Other</a><a href="javascript:alert(1)">evil</a><img src="${base}/o/1.gif" width=1><img src="https://cdn.example/a.png" alt="Cup">`,
        headers: [['List-Unsubscribe', `<${base}/u/1>, <mailto:u@kestrel.example>`], ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click']],
      }),
    );
    const message = await service.message(1);
    expect([message.links, message.images, message.oneClick]).toEqual([
      [{ url: `${base}/c/1`, text: 'Shop', ours: true }, { url: 'https://other.example/', text: 'Other', ours: false }],
      [{ url: `${base}/o/1.gif`, text: '', ours: true }, { url: 'https://cdn.example/a.png', text: 'Cup', ours: false }],
      `${base}/u/1`,
    ]);
    expect([await service.follow(1, `${base}/c/1`), await service.loadImages(1), await service.unsubscribe(1)]).toEqual([{ status: 302, location: 'https://shop.example/' }, 1, { status: 200, location: null }]);
    expect(seen).toEqual(['GET /c/1 person', 'GET /o/1.gif person', 'POST /u/1 person List-Unsubscribe=One-Click']);
    for (const url of ['https://other.example/', `${base}/not-in-the-message`, 'file:///etc/passwd']) await expect(service.follow(1, url)).rejects.toThrow('NOT_ALLOWED');
    expect(Object.fromEntries(message.checks.map((c) => [c.rule, c.state]))).toEqual({ from: 'pass', alignment: 'pass', subject: 'pass', message_id: 'pass', date: 'pass', list_unsubscribe: 'note', one_click: 'pass', dkim: 'note', parts: 'pass', size: 'pass', lines: 'pass' });
  });
});

it('loses nothing when thousands come over several connections at once', async () => {
  const { service } = await mailbox();
  const sender = senderFor(service);
  const n = 1000;
  let next = 0;
  const kinds = new Set<string>();
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (next < n) kinds.add((await sender.send(mail({ messageId: `<${next}@kestrel.example>`, to: { address: `p${next++}@example.org` } }))).kind);
    }),
  );
  expect([[...kinds], await service.count(''), (await service.page({ search: 'p999@', offset: 0, limit: 5 })).length]).toEqual([['accepted'], n, 1]);
});
