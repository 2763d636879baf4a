import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcomeKinds } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { sql } from '../../src-main/store/sql.js';
import { outcomeWriters, type RunningCollector, startCollector } from '../support/collector.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { insertSentRun } from '../support/sent-run.js';

const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
let store: MemoryStore;
let run: string;
let running: RunningCollector;

beforeEach(async () => {
  store = createMemoryStore();
  run = insertSentRun(store, { messages: [{ address: 'ada@example.org' }, { address: 'ben@example.org' }] }).uid;
  store.now += 60_000;
  running = await startCollector(store);
});
afterEach(() => running.collector.close());

const get = (url: string, init: RequestInit = {}) => fetch(url, { redirect: 'manual', ...init, headers: { 'user-agent': chrome, ...(init.headers as Record<string, string> | undefined) } });
const post = (url: string, body: string, headers: Record<string, string> = {}) => get(url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
const outcomes = () => store.db.all<{ seq: number; kind: number }>(sql`select seq, kind from outcome order by seq, kind`).map((o) => `${o.seq} ${outcomeKinds[o.kind]}`);
const suppressed = () => store.db.all(sql`select address_key, scope from suppressed`);
const rawEvents = () => store.db.all<{ attributes: string }>(sql`select attributes from event order by id`).map((e) => JSON.parse(e.attributes) as Record<string, unknown>);

describe('opens and clicks', () => {
  it('answer with a pixel and with the signed target, after the fact is on disk', async () => {
    const open = await get(running.links.open(run, 0));
    expect([open.status, open.headers.get('content-type'), open.headers.get('cache-control'), (await open.arrayBuffer()).byteLength]).toEqual([200, 'image/gif', 'no-store', 42]);
    const click = await get(running.links.click(run, 0, 3, 'https://shop.example/söl?a=1&b=%20'));
    expect([click.status, click.headers.get('location'), click.headers.get('set-cookie')]).toEqual([302, 'https://shop.example/s%C3%B6l?a=1&b=%20', null]);
    expect(outcomes()).toEqual(['0 open', '0 click']);
    expect(rawEvents()).toEqual([
      { user_agent: chrome, ip: '127.0.0.1' },
      { link: 3, url: 'https://shop.example/söl?a=1&b=%20', user_agent: chrome, ip: '127.0.0.1' },
    ]);
  });

  it('by HEAD are answered and never counted', async () => {
    expect((await get(running.links.open(run, 0), { method: 'HEAD' })).status).toBe(200);
    const click = await get(running.links.click(run, 0, 0, 'https://shop.example/'), { method: 'HEAD' });
    expect([click.status, click.headers.get('location')]).toEqual([302, 'https://shop.example/']);
    expect((await get(running.links.unsubscribe(run, 0), { method: 'HEAD' })).status).toBe(200);
    expect(rawEvents()).toEqual([]);
  });

  it('of a test send are answered and never counted', async () => {
    expect((await get(running.testLinks.open(run, 0))).status).toBe(200);
    expect((await get(running.testLinks.click(run, 0, 0, 'https://shop.example/'))).status).toBe(302);
    expect(outcomes()).toEqual([]);
  });

  it('are all kept under load', async () => {
    const many = await Promise.all(Array.from({ length: 200 }, (_, i) => get(running.links.open(run, i % 2))));
    expect(many.every((response) => response.status === 200)).toBe(true);
    expect(rawEvents()).toHaveLength(200);
  });

  it('lead on although the fact cannot be written, and say so in the log', async () => {
    const inner = outcomeWriters(store);
    await running.collector.close();
    running = await startCollector(store, { write: { outcomes: { ...inner.outcomes, recordEngagement: () => Promise.reject(new HeliographError('DISK_FULL')) } } });
    expect((await get(running.links.click(run, 0, 0, 'https://shop.example/'))).status).toBe(302);
    expect(running.log.join()).toContain('not recorded');
  });

  it('do not keep the reader waiting for a disk that does not answer', async () => {
    const inner = outcomeWriters(store);
    await running.collector.close();
    const waited: number[] = [];
    let release = () => undefined as void;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    running = await startCollector(store, {
      write: { outcomes: { ...inner.outcomes, recordEngagement: async (facts, options) => { await stuck; return inner.outcomes.recordEngagement(facts, options); } } },
      wait: (ms) => { waited.push(ms); return Promise.resolve(); },
    });
    expect((await get(running.links.click(run, 0, 0, 'https://shop.example/'))).status).toBe(302);
    expect(waited).toEqual([2_000]);
    expect(outcomes()).toEqual([]);
    release();
    await running.collector.close();
    expect(outcomes()).toEqual(['0 click']);
    running = await startCollector(store);
  });
});

describe('what is not an authentic link', () => {
  it('is a plain 404 that repeats nothing of the request, and never a redirect', async () => {
    const good = running.links.click(run, 0, 0, 'https://shop.example/');
    const token = good.split('/c/')[1]!;
    const evil = Buffer.from('https://evil.example/').toString('base64url');
    const stranger = await startCollector(store);
    const foreign = stranger.links.click(run, 0, 0, 'https://evil.example/').split('/c/')[1]!;
    await stranger.collector.close();
    const paths = [`/c/${token.slice(0, -4)}AAAA`, `/c/${token}${evil}`, `/c/${evil}`, `/c/${foreign}`, `/o/${token}`, `/u/${token}`, '/c/', '/c/%00', '/c/<script>alert(1)</script>', '/c/..%2f..%2fetc', '/', '/etc/passwd', '/.well-known/heliograph/x', '/c/https://evil.example'];
    for (const path of paths) {
      const response = await get(running.url + path);
      expect([path, response.status, response.headers.get('location'), response.headers.get('content-type')]).toEqual([path, 404, null, 'text/plain; charset=utf-8']);
      expect(await response.text()).toMatch(/^This link does not lead anywhere/);
    }
    for (const path of [`/c/${'A'.repeat(5_000)}`, '/c/%zz']) {
      const response = await get(running.url + path);
      expect([response.status >= 400 && response.status < 500, response.headers.get('content-type'), (await response.text()).length < 100]).toEqual([true, 'text/plain; charset=utf-8', true]);
    }
    expect(rawEvents()).toEqual([]);
  });

  it('cannot post either', async () => {
    const token = running.links.open(run, 0).split('/o/')[1]!.replace('.gif', '');
    expect((await post(`${running.url}/u/${token}`, 'List-Unsubscribe=One-Click')).status).toBe(404);
    expect((await post(running.links.click(run, 0, 0, 'https://shop.example/'), 'x=1')).status).toBe(404);
    expect(suppressed()).toEqual([]);
  });
});

describe('unsubscribing', () => {
  it('shows a page by GET and does nothing', async () => {
    for (let i = 0; i < 3; i++) {
      const page = await get(running.links.unsubscribe(run, 0));
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
      const html = await page.text();
      expect(html).toContain('Do you want to stop getting these e-mails at this address?');
      expect(html).toContain('Ex &amp; Co &lt;shop&gt;');
      expect(html).not.toContain('ada@');
    }
    expect([suppressed(), outcomes(), rawEvents()]).toEqual([[], [], []]);
  });

  it('acts by the form, offers to take it back, and takes it back', async () => {
    const url = running.links.unsubscribe(run, 0);
    const done = await post(url, 'action=unsubscribe');
    expect([done.status, done.headers.get('location'), done.headers.get('set-cookie')]).toEqual([200, null, null]);
    expect(await done.text()).toMatch(/You are unsubscribed.*value="undo"/s);
    expect(suppressed()).toEqual([{ address_key: 'ada@example.org', scope: 'marketing' }]);
    expect(outcomes()).toEqual(['0 unsubscribe']);
    expect(await (await post(url, 'action=undo')).text()).toContain('You are subscribed again');
    expect(suppressed()).toEqual([]);
  });

  it.each([
    ['form', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    ['multipart', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'],
  ])('acts by one click as RFC 8058 has it (%s)', async (_, type, body) => {
    const response = await post(running.links.unsubscribe(run, 1), body, { 'content-type': type });
    expect([response.status, response.headers.get('location'), await response.text()]).toEqual([200, null, 'Unsubscribed.\n']);
    expect(suppressed()).toEqual([{ address_key: 'ben@example.org', scope: 'marketing' }]);
    expect(rawEvents()[0]).toMatchObject({ via: 'one_click' });
  });

  it('acts whatever the body is: nobody loses an unsubscribe to an odd client', async () => {
    expect((await post(running.links.unsubscribe(run, 0), '{"x":1}', { 'content-type': 'application/json' })).status).toBe(200);
    expect((await get(running.links.unsubscribe(run, 1), { method: 'POST' })).status).toBe(200);
    expect(suppressed()).toHaveLength(2);
  });

  it('answers 200 to an authentic token of a message that is gone', async () => {
    const gone = running.links.unsubscribe('019ab3c0-0000-7000-8000-000000000000', 3);
    expect((await post(gone, 'List-Unsubscribe=One-Click')).status).toBe(200);
    const page = await post(gone, 'action=unsubscribe');
    expect([page.status, (await page.text()).includes('no longer on record')]).toEqual([200, true]);
    expect(rawEvents()).toHaveLength(2);
  });

  it('says that it was not saved when it was not', async () => {
    const inner = outcomeWriters(store);
    await running.collector.close();
    running = await startCollector(store, { write: { outcomes: { ...inner.outcomes, unsubscribe: () => Promise.reject(new HeliographError('STORE_UNAVAILABLE')) } } });
    const response = await post(running.links.unsubscribe(run, 0), 'List-Unsubscribe=One-Click');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '120']);
    expect(await response.text()).toContain('could not be saved');
  });

  it('in a test message shows the page and changes nothing', async () => {
    const url = running.testLinks.unsubscribe(run, 0);
    expect(await (await get(url)).text()).toContain('Do you want to stop');
    expect(await (await post(url, 'action=unsubscribe')).text()).toContain('This was a test message');
    expect(suppressed()).toEqual([]);
  });

  it('speaks the language of the reader, in the words of the workspace, escaped', async () => {
    const texts = async (acceptLanguage: string) => (await get(running.links.unsubscribe(run, 0), { headers: { 'accept-language': acceptLanguage } })).text();
    expect(await texts('de-AT,de;q=0.9,en;q=0.1')).toContain('<html lang="de">');
    expect(await texts('ja, fr;q=0.5, de;q=0.7')).toContain('<html lang="de">');
    expect(await texts('ja')).toContain('<html lang="en">');
    expect(await texts(`${'x'.repeat(9_000)};q=zzz`)).toContain('<html lang="en">');
    running.configure({ fallback: 'fr', texts: { de: { question: '<b>Wirklich?</b> "ja" & \'nein\'' } } }, '');
    expect(await texts('ja')).toContain('<html lang="fr">');
    const german = await texts('de');
    expect(german).toContain('&lt;b&gt;Wirklich?&lt;/b&gt; &quot;ja&quot; &amp; &#39;nein&#39;');
    expect(german).not.toContain('class="from"');
  });
});

describe('limits', () => {
  it('refuses large bodies and large headers, and stays up', async () => {
    expect((await post(running.links.unsubscribe(run, 0), 'x'.repeat(9_000))).status).toBe(413);
    expect((await get(running.links.unsubscribe(run, 0), { headers: { 'x-big': 'y'.repeat(20_000) } })).status).toBe(431);
    expect(suppressed()).toEqual([]);
    expect(await (await get(`${running.url}/health`)).json()).toEqual({ status: 'ok' });
  });

  it('limits a caller that a proxy on this machine names, not the proxy, and does not believe a stranger', async () => {
    const ask = (forwarded: string) => get(`${running.url}/health`, { headers: { 'x-forwarded-for': forwarded } });
    const statuses = await Promise.all(Array.from({ length: 1_010 }, () => ask('203.0.113.9').then((r) => r.status)));
    expect([statuses.filter((s) => s === 200).length, statuses.filter((s) => s === 429).length]).toEqual([1_000, 10]);
    expect((await ask('203.0.113.10')).status).toBe(200);
    expect((await get(`${running.url}/health`)).status).toBe(200);
    store.now += 1_000;
    expect((await ask('203.0.113.9')).status).toBe(200);
    await get(running.links.open(run, 0), { headers: { 'x-forwarded-for': '10.9.9.9, 198.51.100.7', 'user-agent': 'A\tB' } });
    expect(rawEvents().at(-1)).toEqual({ ip: '198.51.100.7', user_agent: 'A B' });
  });

  it('survives what is not HTTP', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(running.port, '127.0.0.1', () => socket.write('\x16\x03\x01 rubbish\r\n\r\n'));
      let text = '';
      socket.on('data', (data) => (text += data.toString('latin1'))).on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect((await get(`${running.url}/health`)).status).toBe(200);
  });

  it('names a port that is taken', async () => {
    const second = await startCollector(store);
    await second.collector.close();
    const third = await startCollector(store);
    await expect(third.collector.listen('127.0.0.1', running.port)).rejects.toMatchObject({ code: 'COLLECTOR_UNAVAILABLE' });
    await third.collector.close();
  });
});
