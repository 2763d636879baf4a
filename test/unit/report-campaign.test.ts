import { beforeEach, describe, expect, it } from 'vitest';
import { messageStateCode, outcomeKindCode, type OutcomeKind } from '../../src-preload/contract/delivery.js';
import type { MessageCounts, RecipientFilter } from '../../src-preload/contract/report.js';
import { reportQueries as queries } from '../../src-main/analytics/index.js';
import { iterateRecipients } from '../../src-main/analytics/campaign-report-recipients.js';
import { outcomeOperations } from '../../src-main/delivery/outcomes/index.js';
import { settingsOperations } from '../../src-main/settings/index.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { seededRandom } from '../support/random.js';
import { insertSentRun, pinnedContent, type SentMessage } from '../support/sent-run.js';

const hour = 3_600_000;
const t0 = Date.UTC(2026, 10, 24, 9, 30);
const html = '<p><a href="https://shop.example/a?u={{User.UserId}}">First &amp; best</a> <a href="https://shop.example/b">Second</a> <a href="{{Heliograph.UnsubscribeUrl}}">Stop</a> {{Heliograph.PostalAddress}}</p>';

let store: MemoryStore;
beforeEach(() => (store = createMemoryStore({ now: t0 })));
const outcome = (run: number, seq: number, kind: OutcomeKind, at = t0 + hour) =>
  store.write((db) => db.run(sql`insert into outcome (run, seq, kind, at) values (${run}, ${seq}, ${outcomeKindCode[kind]}, ${at})`), undefined);
const click = (run: number, seq: number, link: number, kind: 'click' | 'click_scanner', n = 1) =>
  store.write((db) => db.run(sql`insert into link_click (run, seq, link, kind, at, n) values (${run}, ${seq}, ${link}, ${outcomeKindCode[kind]}, ${t0}, ${n})`), undefined);

const messages: SentMessage[] = [
  { address: 'a@one.example' }, { address: 'b@one.example', acceptedAt: t0 + hour }, { address: 'c@two.example', treatment: 1 }, { address: 'd@two.example', treatment: 1 },
  { address: 'e@two.example', state: 'failed', reason: 'refused_hard' }, { address: 'f@one.example', state: 'skipped', reason: 'unsubscribed' },
  { address: 'g@one.example', state: 'unknown', reason: 'crashed' }, { address: 'h@one.example', state: 'deferred' }, { address: 'i@one.example', state: 'pending' },
];

describe('a campaign report', () => {
  it('counts each message once in each figure, by whole run, variant, link, hour and domain', () => {
    const content = pinnedContent({}, html);
    const { run, uid, campaign } = insertSentRun(store, { messages, content: { ...content, treatments: [content.treatments[0]!, { ...content.treatments[0]!, name: 'B' }] } });
    outcome(run, 0, 'open'); outcome(run, 0, 'open_machine'); outcome(run, 0, 'click', t0 + 2 * hour); outcome(run, 0, 'unsubscribe', t0 + 30 * 24 * hour);
    outcome(run, 1, 'open_machine'); outcome(run, 2, 'click_scanner'); outcome(run, 2, 'open'); outcome(run, 3, 'soft_bounce'); outcome(run, 3, 'hard_bounce');
    click(run, 0, 0, 'click', 3); click(run, 0, 1, 'click', 1); click(run, 0, 0, 'click_scanner', 5); click(run, 2, 1, 'click_scanner', 2); click(run, 2, 9, 'click', 1);
    const report = store.read(queries.campaign, { campaign });
    const zero: MessageCounts = { messages: 0, waiting: 0, accepted: 0, failed: 0, skipped: 0, unknown: 0, bounced: 0, opened: 0, openedByMachine: 0, clicked: 0, clickedByScanner: 0, unsubscribed: 0, complained: 0 };
    expect(report).toEqual({
      campaign: { uid: campaign, name: 'Spring' },
      runs: [{ uid, state: 'done', createdAt: t0, startedAt: t0, endedAt: null }],
      run: { uid, state: 'done', createdAt: t0, startedAt: t0, endedAt: null },
      subject: 'Spring is here', purpose: 'marketing', trackOpens: true, trackClicks: true, feedback: false, funnel: null,
      total: { ...zero, messages: 9, waiting: 2, accepted: 4, failed: 1, skipped: 1, unknown: 1, bounced: 1, opened: 2, openedByMachine: 1, clicked: 1, clickedByScanner: 1, unsubscribed: 1 },
      reasons: expect.arrayContaining([{ state: 'sent', reason: 'none', messages: 4 }, { state: 'failed', reason: 'refused_hard', messages: 1 }, { state: 'unknown', reason: 'crashed', messages: 1 }]) as unknown,
      treatments: [
        { treatment: 0, name: 'A', ...zero, messages: 7, waiting: 2, accepted: 2, failed: 1, skipped: 1, unknown: 1, opened: 1, openedByMachine: 1, clicked: 1, unsubscribed: 1 },
        { treatment: 1, name: 'B', ...zero, messages: 2, accepted: 2, bounced: 1, opened: 1, clickedByScanner: 1 },
      ],
      links: [
        { treatment: 0, link: 0, url: 'https://shop.example/a?u={{User.UserId}}', text: 'First & best', clicked: 1, clicks: 3, scanned: 1 },
        { treatment: 0, link: 1, url: 'https://shop.example/b', text: 'Second', clicked: 1, clicks: 1, scanned: 0 },
        { treatment: 1, link: 0, url: 'https://shop.example/a?u={{User.UserId}}', text: 'First & best', clicked: 0, clicks: 0, scanned: 0 },
        { treatment: 1, link: 1, url: 'https://shop.example/b', text: 'Second', clicked: 0, clicks: 0, scanned: 1 },
        { treatment: 1, link: 9, url: '', text: '', clicked: 1, clicks: 1, scanned: 0 },
      ],
      hours: expect.any(Array) as unknown,
      later: { accepted: 0, opened: 0, clicked: 0, unsubscribed: 1 },
      withoutHour: 0,
      domains: [
        { domain: 'one.example', messages: 5, accepted: 2, failed: 0, bounced: 0, opened: 1, clicked: 1, unsubscribed: 1 },
        { domain: 'two.example', messages: 3, accepted: 2, failed: 1, bounced: 1, opened: 1, clicked: 0, unsubscribed: 0 },
      ],
      otherDomains: null,
      commit: 0,
    });
    expect(report.hours.length).toBe(168);
    expect(report.hours.slice(0, 3)).toEqual([
      { at: Date.UTC(2026, 10, 24, 9), accepted: 3, opened: 0, clicked: 0, unsubscribed: 0 },
      { at: Date.UTC(2026, 10, 24, 10), accepted: 1, opened: 2, clicked: 0, unsubscribed: 0 },
      { at: Date.UTC(2026, 10, 24, 11), accepted: 0, opened: 0, clicked: 1, unsubscribed: 0 },
    ]);
  });

  it('has numbers that add up, and each opens exactly its people (random run)', () => {
    const random = seededRandom(11);
    const states = Object.keys(messageStateCode) as SentMessage['state'][];
    const many = Array.from({ length: 600 }, (_, i): SentMessage => ({
      address: `p${i}@d${random.int(70)}.example`, state: random.next() < 0.7 ? 'sent' : states[random.int(states.length)]!, treatment: random.int(2),
    }));
    const base = pinnedContent({}, html);
    const { run, uid, campaign } = insertSentRun(store, { messages: many, content: { ...base, treatments: [base.treatments[0]!, base.treatments[0]!] } });
    many.forEach(({ state }, seq) => {
      if (state !== 'sent') return;
      for (const kind of ['open', 'open_machine', 'click', 'click_scanner', 'unsubscribe', 'complaint', 'hard_bounce', 'soft_bounce'] as const) if (random.next() < 0.2) outcome(run, seq, kind, t0 + random.int(400) * hour);
      for (const link of [0, 1]) if (random.next() < 0.2) click(run, seq, link, random.next() < 0.5 ? 'click' : 'click_scanner', 1 + random.int(3));
    });
    const report = store.read(queries.campaign, { campaign, run: uid });
    const count = (filter: RecipientFilter) => store.read(queries.count, { run: uid, filter });
    const sum = <T>(rows: readonly T[], of: (row: T) => number) => rows.reduce((n, row) => n + of(row), 0);
    const { total } = report;
    expect(total.messages).toBe(600);
    expect(total.waiting + total.accepted + total.failed + total.skipped + total.unknown).toBe(total.messages);
    expect(sum(report.reasons, (r) => r.messages)).toBe(total.messages);
    for (const key of Object.keys(total) as (keyof MessageCounts)[]) expect(sum(report.treatments, (t) => t[key]), key).toBe(total[key]);
    expect(report.domains).toHaveLength(50);
    for (const key of ['messages', 'accepted', 'failed', 'bounced', 'opened', 'clicked', 'unsubscribed'] as const) {
      expect(sum(report.domains, (d) => d[key]) + report.otherDomains![key], key).toBe(key === 'messages' ? total.messages - total.skipped : total[key]);
    }
    for (const key of ['accepted', 'opened', 'clicked', 'unsubscribed'] as const) expect(sum(report.hours, (h) => h[key]) + report.later![key], key).toBe(total[key]);
    expect({
      waiting: count({ waiting: true }), accepted: count({ state: 'sent' }), failed: count({ state: 'failed' }), skipped: count({ state: 'skipped' }), unknown: count({ state: 'unknown' }),
      messages: count({}), bounced: count({ outcome: 'bounced' }), opened: count({ outcome: 'open' }), openedByMachine: count({ outcome: 'machine' }), clicked: count({ outcome: 'click' }),
      clickedByScanner: count({ outcome: 'scanner' }), unsubscribed: count({ outcome: 'unsubscribe' }), complained: count({ outcome: 'complaint' }),
    }).toEqual(total);
    expect(count({ outcome: 'open' }) + count({ outcome: 'no_open' })).toBe(total.accepted);
    for (const link of report.links) expect(count({ link: link.link, treatment: link.treatment })).toBe(link.clicked);
    expect(count({ toSend: true })).toBe(total.messages - total.skipped);
    for (const domain of report.domains.slice(0, 5)) expect(count({ domain: domain.domain, toSend: true })).toBe(domain.messages);
    for (const domain of report.domains.slice(0, 5)) expect(count({ domain: domain.domain, outcome: 'click' })).toBe(domain.clicked);
    expect([...iterateRecipients(store.db, uid, { outcome: 'bounced' })].length).toBe(total.bounced);
    expect([...iterateRecipients(store.db, uid, {})].map((r) => r.seq)).toEqual(many.map((_, i) => i));
  });

  it('follows the hours of the reporting zone over a change of the clock', () => {
    store.write(settingsOperations.patch, { reportingZone: 'Europe/Berlin' });
    const start = Date.UTC(2026, 9, 24, 22, 20);
    const { campaign } = insertSentRun(store, { messages: [0, 1, 2, 3, 4].map((i) => ({ address: `p${i}@x.example`, acceptedAt: start + i * hour })) });
    const { hours } = store.read(queries.campaign, { campaign });
    expect(hours.map((h) => [new Date(h.at).toISOString(), h.accepted])).toEqual([0, 1, 2, 3, 4].map((i) => [new Date(start + i * hour - 20 * 60_000).toISOString(), 1]));
    store.write(settingsOperations.patch, { reportingZone: 'Asia/Kathmandu' });
    expect(store.read(queries.campaign, { campaign }).hours.map((h) => new Date(h.at).toISOString().slice(11, 16))).toEqual(['22:15', '23:15', '00:15', '01:15', '02:15']);
  });

  it('lists recipients with what became of each, a page at a time', () => {
    const { run, uid } = insertSentRun(store, { messages });
    outcome(run, 0, 'open');
    store.write((db) => db.run(sql`delete from endpoint where address = 'b@one.example'`), undefined);
    expect(store.read(queries.recipients, { run: uid, filter: { state: 'sent' }, offset: 0, limit: 2 })).toEqual([
      { seq: 0, endpoint: 1, address: 'a@one.example', userId: null, treatment: 0, state: 'sent', reason: 'none', at: t0, response: '250 ok', outcomes: [{ kind: 'open', at: t0 + hour }] },
      { seq: 1, endpoint: 2, address: null, userId: null, treatment: 0, state: 'sent', reason: 'none', at: t0 + hour, response: '250 ok', outcomes: [] },
    ]);
    expect(store.read(queries.recipients, { run: uid, filter: { domain: '' }, offset: 0, limit: 9 }).map((r) => r.seq)).toEqual([1]);
    expect(store.read(queries.recipients, { run: uid, filter: {}, offset: 7, limit: 9 }).map((r) => r.seq)).toEqual([7, 8]);
  });

  it('draws the message with its clicks, without a person and without anything of theirs', () => {
    const { run, uid } = insertSentRun(store, { messages, content: pinnedContent({}, `${html}<!-- <a href="https://shop.example/no">x</a> --><img src="x" alt="a>b">`) });
    click(run, 0, 0, 'click');
    click(run, 1, 0, 'click');
    const map = store.read(queries.heatMap, { run: uid, treatment: 0 });
    expect(map.subject).toBe('Spring is here');
    const badges = [...map.html.matchAll(/<a href="https:\/\/link\.invalid\/(\d+)"><span style="[^"]*background:([^;]+);[^"]*">(\d+)<\/span>/g)].map((m) => m.slice(1));
    expect(badges).toEqual([['0', 'rgba(230,159,0,1.00)', '2'], ['1', '#eef1f4', '0']]);
    expect(() => store.read(queries.heatMap, { run: uid, treatment: 5 })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
  });

  it('refuses what is not there', () => {
    const notFound = expect.objectContaining({ code: 'NOT_FOUND' }) as Error;
    expect(() => store.read(queries.campaign, { campaign: 'x' })).toThrow(notFound);
    const test = insertSentRun(store, { kind: 'test', messages });
    expect(() => store.read(queries.campaign, { campaign: test.campaign })).toThrow(notFound);
  });

  it('follows facts as they come in', () => {
    const { uid, campaign } = insertSentRun(store, { messages });
    const at = t0 + hour;
    const open = { uid: 'f1', kind: 'open' as const, run: uid, seq: 0, test: false, link: -1, target: '', at, ip: '192.0.2.1', userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15' };
    expect(store.read(queries.campaign, { campaign }).total.opened).toBe(0);
    store.write(outcomeOperations.recordEngagement, [open, { ...open, uid: 'f2' }]);
    expect(store.read(queries.campaign, { campaign }).total.opened).toBe(1);
  });
});
