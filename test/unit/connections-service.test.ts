import { describe, expect, it, afterEach } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { connectionOperations, connectionQueries, createConnectionService } from '../../src-main/channels/index.js';
import type { MailboxAccess } from '../../src-main/channels/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { Operations, Queries, Reader, Writer } from '../../src-main/store/operation.js';
import { connectionAdd, connectionEdit, dkimRecord, sandboxConnectionUid } from '../../src-preload/contract/connection.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { seededRandom } from '../support/random.js';
import { type Behaviour, type FarSide, startFarSide, testAuthority } from '../support/smtp-far-side.js';

const farSides: FarSide[] = [];
afterEach(async () => {
  for (const far of farSides.splice(0)) await far.close();
});
async function farSide(behaviour: Behaviour): Promise<FarSide> {
  const far = await startFarSide(behaviour);
  farSides.push(far);
  return far;
}

function writerOf<T extends Operations>(store: MemoryStore, operations: T): Writer<T> {
  return Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, (input: never) => Promise.resolve().then(() => store.write(run, input))])) as unknown as Writer<T>;
}
function readerOf<T extends Queries>(store: MemoryStore, queries: T): Reader<T> {
  return Object.fromEntries(Object.entries(queries).map(([name, run]) => [name, (input: never) => Promise.resolve().then(() => store.read(run, input))])) as unknown as Reader<T>;
}

function setup() {
  const store = createMemoryStore();
  const kept = new Map<string, string>();
  let locked = false;
  let access: MailboxAccess | null = null;
  const dns = new Map<string, string[][]>();
  const service = createConnectionService({
    read: readerOf(store, connectionQueries),
    write: writerOf(store, connectionOperations),
    secrets: {
      put: (name, value) => (locked ? Promise.reject(new HeliographError('PASSPHRASE_REQUIRED')) : Promise.resolve(void kept.set(name, value))),
      get: (name) => (kept.has(name) ? Promise.resolve(kept.get(name)!) : Promise.reject(new HeliographError('NOT_FOUND'))),
      remove: (name) => (kept.delete(name) ? Promise.resolve() : Promise.reject(new HeliographError('NOT_FOUND'))),
    },
    mailbox: () => access,
    verify: {
      clock: { now: () => store.now, monotonic: () => 0 },
      random: seededRandom(1),
      log: silentLogger,
      resolveTxt: (name) => (dns.has(name) ? Promise.resolve(dns.get(name)!) : Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))),
    },
  });
  return { store, kept, service, dns, lock: () => (locked = true), listen: (a: MailboxAccess) => (access = a) };
}
const form = (over: Record<string, unknown> = {}, secret: Record<string, unknown> = { password: 'p' }) =>
  connectionAdd.parse({ name: 'Office', config: { host: 'localhost', port: 587, tls: 'starttls', user: 'u', ...over }, secret });

describe('connection service', () => {
  it('keeps the password where secrets are kept and shows it to nobody', async () => {
    const { service, kept, store } = setup();
    const view = await service.add(form());
    expect(JSON.stringify([view, await service.list(), store.changes])).not.toContain('"p"');
    expect([...kept]).toEqual([[`connection:${view.uid}`, '{"password":"p"}']]);
    expect(await service.openable(view.uid)).toEqual({ uid: view.uid, provider: 'smtp', config: view.config, secret: { password: 'p' } });
  });

  it('adds nothing when the secret cannot be kept', async () => {
    const { service, lock } = setup();
    lock();
    await expect(service.add(form())).rejects.toThrow('PASSPHRASE_REQUIRED');
    expect((await service.list()).map((c) => c.uid)).toEqual([sandboxConnectionUid]);
    expect((await service.add(form({ user: '' }, {}))).hasSecret).toBe(false);
  });

  it('changes settings without the password, but not where it goes', async () => {
    const { service } = setup();
    const { uid } = await service.add(form());
    const edit = (config: Record<string, unknown>, secret?: Record<string, unknown>) => service.edit(connectionEdit.parse({ uid, name: 'Office', config: { host: 'localhost', port: 587, tls: 'starttls', user: 'u', ...config }, ...(secret ? { secret } : {}) }));
    expect((await edit({ messagesPerSecond: 2 })).config?.messagesPerSecond).toBe(2);
    expect((await service.openable(uid)).secret.password).toBe('p');
    await expect(edit({ host: 'evil.example' })).rejects.toThrow('BAD_INPUT');
    await expect(edit({ port: 25 })).rejects.toThrow('BAD_INPUT');
    await expect(edit({ tls: 'none', allowPlainText: true })).rejects.toThrow('BAD_INPUT');
    expect((await edit({ host: 'other.example' }, { password: 'p2' })).config?.host).toBe('other.example');
    expect((await service.openable(uid)).secret.password).toBe('p2');
  });

  it('generates a DKIM key, keeps it over edits, takes a pasted one, forgets it', async () => {
    const { service, kept } = setup();
    const dkim = { domain: 'example.com', selector: 'h1' };
    const added = await service.add(form({ dkim }, { password: 'p', generateDkimKey: true }));
    const { uid } = added;
    expect([added.hasDkimKey, added.config?.dkim?.algorithm, added.config?.dkim?.publicKey.length]).toEqual([true, 'rsa-sha256', 392]);
    expect(dkimRecord(added.config!.dkim!).name).toBe('h1._domainkey.example.com');
    const edit = (config: Record<string, unknown>, secret: Record<string, unknown> = {}) => service.edit(connectionEdit.parse({ uid, name: 'Office', config: { host: 'localhost', port: 587, tls: 'starttls', user: 'u', ...config }, secret }));
    expect((await edit({ dkim: { ...dkim, selector: 'h2' } })).config?.dkim).toEqual({ ...added.config!.dkim!, selector: 'h2' });
    const pem = generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }).privateKey;
    expect((await edit({ dkim }, { dkimPrivateKey: pem })).config?.dkim?.algorithm).toBe('ed25519-sha256');
    await expect(edit({ dkim }, { dkimPrivateKey: 'nonsense' })).rejects.toThrow('BAD_INPUT');
    expect((await edit({})).hasDkimKey).toBe(false);
    expect(kept.get(`connection:${uid}`)).toBe('{"password":"p"}');
    await expect(service.edit(connectionEdit.parse({ uid, name: 'Office', config: { host: 'localhost', port: 587, tls: 'starttls', user: 'u', dkim } }))).rejects.toThrow('BAD_INPUT');
  });

  it('removes the secret with the connection', async () => {
    const { service, kept } = setup();
    const { uid } = await service.add(form());
    await service.remove(uid);
    expect([kept.size, (await service.list()).length]).toEqual([0, 1]);
  });

  it('opens the test mailbox where it listens now, and says so when it does not', async () => {
    const { service, listen } = setup();
    await expect(service.openable(sandboxConnectionUid)).rejects.toThrow('CONNECTION_FAILED');
    listen({ host: '127.0.0.1', port: 4025, user: 'm', password: 's' });
    expect(await service.openable(sandboxConnectionUid)).toMatchObject({ provider: 'sandbox', config: { host: '127.0.0.1', port: 4025, tls: 'none', user: 'm' }, secret: { password: 's' } });
  });
});

describe('verification', () => {
  const words = (report: { steps: readonly { step: string; state: string; text: string }[] }) => report.steps.map((s) => `${s.step} ${s.state}: ${s.text}`);

  it('tells the whole conversation in words and verifies the connection', async () => {
    const { service, store, dns } = setup();
    const far = await farSide({ tls: 'starttls', user: 'u', password: 'p', offers: ['SIZE 35882577', '8BITMIME', 'SMTPUTF8', 'PIPELINING'] });
    const view = await service.add(form({ port: far.port, caCertificate: testAuthority, dkim: { domain: 'example.com', selector: 'h1' } }, { password: 'p', generateDkimKey: true }));
    const record = dkimRecord(view.config!.dkim!);
    dns.set(record.name, [[record.value.slice(0, 200), record.value.slice(200)]]);
    const report = await service.verify({ uid: view.uid, probe: { from: 'news@example.com', to: 'me@example.org' } });
    const days = Math.floor((Date.UTC(2120, 0, 1) - store.now) / 86_400_000);
    expect(words(report)).toEqual([
      `connect ok: Reached localhost on port ${far.port}.`,
      `tls ok: TLSv1.3, by STARTTLS. The certificate is for localhost, issued by Heliograph test authority, valid for ${days} more days.`,
      'greeting ok: The server greeted us as far.example.',
      'auth ok: Signed in as u.',
      'sender ok: The server takes mail from news@example.com.',
      'recipient ok: It would take a message to me@example.org. Nothing was sent.',
      'dkim ok: Messages are signed for example.com, and the key is published as h1._domainkey.example.com.',
      'alignment ok: The signature of example.com counts for mail from example.com.',
    ]);
    expect((await service.list())[0]?.config?.dkim?.confirmed).toBe(true);
    const other = await service.verify({ uid: view.uid, probe: { from: 'hello@kestrel.example' } });
    expect(words(other).at(-1)).toBe('alignment warning: Messages are signed for example.com, but mail from hello@kestrel.example is of kestrel.example: for DMARC the signature does not count.');
    expect(report).toMatchObject({ ok: true, at: store.now, server: { greeting: 'far.example', sizeBytes: 35882577, eightBitMime: true, smtpUtf8: true, pipelining: true, authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5'], tls: { protocol: 'TLSv1.3', validTo: Date.UTC(2120, 0, 1) } } });
    expect([far.mails, (await service.list())[0]?.verifiedAt]).toEqual([[], store.now]);
  });

  const failures: [string, Behaviour, Record<string, unknown>, string[]][] = [
    ['wrong password', { tls: 'starttls', user: 'u', password: 'other' }, {}, ['connect ok', 'tls ok', 'greeting ok', 'auth failed: The server did not accept the user name and password. It said: 535 5.7.8 Authentication credentials invalid', 'sender not_tried', 'recipient not_tried']],
    ['no STARTTLS', { user: 'u', password: 'p' }, {}, ['connect ok', 'tls failed: The server does not offer STARTTLS, so nothing was sent. It said: 500 5.5.1 unknown', 'greeting not_tried', 'auth not_tried', 'sender not_tried', 'recipient not_tried']],
    ['an ended certificate', { tls: 'starttls', certificate: 'expired' }, {}, ['connect ok', 'tls failed: The certificate of the server has ended.', 'greeting not_tried', 'auth not_tried', 'sender not_tried', 'recipient not_tried']],
    ['another host', { tls: 'starttls', certificate: 'other' }, {}, ['connect ok', 'tls failed: The certificate is for another host than localhost.', 'greeting not_tried', 'auth not_tried', 'sender not_tried', 'recipient not_tried']],
    ['TLS from the start where there is none', {}, { tls: 'implicit' }, ['connect ok', 'tls failed: The server does not speak TLS from the start on port PORT.', 'greeting not_tried', 'auth not_tried', 'sender not_tried', 'recipient not_tried']],
    ['a sender it does not take', { tls: 'starttls', user: 'u', password: 'p', move: (step) => (step === 'MAIL' ? '550 5.7.1 not verified' : undefined) }, {}, ['connect ok', 'tls ok', 'greeting ok', 'auth ok', 'sender failed: The server refused the sender: 550 5.7.1 not verified', 'recipient not_tried']],
    ['a recipient it does not take', { tls: 'starttls', user: 'u', password: 'p', move: (step) => (step === 'RCPT' ? '554 5.7.1 sandbox' : undefined) }, {}, ['connect ok', 'tls ok', 'greeting ok', 'auth ok', 'sender ok', 'recipient failed: The server refused the recipient: 554 5.7.1 sandbox']],
    ['a greeting that refuses', { tls: 'starttls', move: (step) => (step === 'GREETING' ? '554 no' : undefined) }, {}, ['connect ok', 'tls ok', 'greeting failed: The server refuses to talk to us at its greeting. It said: 554 no', 'auth not_tried', 'sender not_tried', 'recipient not_tried']],
  ];
  it.each(failures)('%s: says which step failed and why, and unverifies', async (_, behaviour, config, want) => {
    const { service } = setup();
    const far = await farSide(behaviour);
    const { uid } = await service.add(form({ port: far.port, caCertificate: testAuthority, ...config }));
    const report = await service.verify({ uid, probe: { from: 'news@example.com' } });
    const told = words(report).map((line) => (line.includes(' failed: ') ? line : line.split(':')[0]!));
    expect(told).toEqual(want.map((line) => line.replace('PORT', String(far.port))));
    expect([report.ok, (await service.list())[0]?.verifiedAt, typeof (await service.list())[0]?.lastError, far.mails]).toEqual([false, null, 'string', []]);
  });

  it('says that nothing listens, and that a key is not published', async () => {
    const { service } = setup();
    const far = await farSide({});
    await far.close();
    farSides.length = 0;
    const { uid } = await service.add(form({ port: far.port, dkim: { domain: 'example.com', selector: 's' } }, { password: 'p', generateDkimKey: true }));
    expect(words(await service.verify({ uid }))).toEqual([
      `connect failed: Nothing listens on port ${far.port} of localhost.`,
      'tls not_tried: Not tried, because an earlier step failed.',
      'greeting not_tried: Not tried, because an earlier step failed.',
      'auth not_tried: Not tried, because an earlier step failed.',
      'dkim warning: Messages are signed, but the key is not published in DNS yet, so nobody can check the signature.',
    ]);
    expect((await service.list())[0]?.config?.dkim?.confirmed).toBe(false);
  });
});
