import { describe, expect, it } from 'vitest';
import { homeQueries } from '../../src-main/analytics/index.js';
import { patchSettings } from '../../src-main/settings/settings.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const hour = 3_600_000;
const day = 24 * hour;
const noon = Date.UTC(2026, 10, 24, 12, 0, 0);

function person(store: MemoryStore, address: string, userId: string | null) {
  store.write((db: WriteDb) => {
    let user: number | null = null;
    if (userId !== null) {
      db.run(sql`insert into user (user_id, created_at, updated_at) values (${userId}, 0, 0) on conflict do nothing`);
      user = db.get<{ id: number }>(sql`select id from user where user_id = ${userId}`)?.id ?? null;
    }
    return db.run(sql`insert into endpoint (app, uid, channel, address, address_key, user, created_at, updated_at)
      values (1, ${db.newUid()}, 'EMAIL', ${address}, ${address.toLowerCase()}, ${user}, 0, 0)`).lastId;
  }, undefined);
}

function campaign(store: MemoryStore, uid: string, name: string, state: 'draft' | 'launched', updatedAt: number) {
  const draft = JSON.stringify({
    name, channel: 'EMAIL', purpose: 'marketing', segment: state === 'draft' ? null : 's', treatments: [{ name: 'A', message: null }], connection: 'c',
    from: { name: '', address: '' }, replyTo: '', trackOpens: true, trackClicks: true, onePerPerson: true, launch: { when: 'now' },
  });
  return store.write((db: WriteDb) => db.run(sql`insert into campaign (uid, name, state, draft, version, created_at, updated_at) values (${uid}, ${name}, ${state}, ${draft}, 1, 0, ${updatedAt})`).lastId, undefined);
}

interface RunFacts { state: string; kind?: string; paused?: string; response?: string; startedAt: number; endedAt?: number; counts: Readonly<Record<string, number>> }
function run(store: MemoryStore, campaignId: number, uid: string, facts: RunFacts) {
  return store.write((db: WriteDb) => {
    const { lastId } = db.run(sql`insert into run (uid, campaign, campaign_version, kind, state, paused, paused_response, started_at, ended_at, created_at)
      values (${uid}, ${campaignId}, 1, ${facts.kind ?? 'campaign'}, ${facts.state}, ${facts.paused ?? null}, ${facts.response ?? null}, ${facts.startedAt}, ${facts.endedAt ?? null}, ${facts.startedAt})`);
    for (const [state, n] of Object.entries(facts.counts)) db.run(sql`insert into run_count (run, state, n) values (${lastId}, ${state}, ${n})`);
    return lastId;
  }, undefined);
}

describe('counts of the rail', () => {
  it('counts a person once, whatever number of addresses, and an unowned address as a person', () => {
    const store = createMemoryStore();
    person(store, 'a@x.example', 'u1');
    person(store, 'b@x.example', 'u1');
    person(store, 'c@x.example', null);
    store.write((db: WriteDb) => db.run(sql`insert into user (user_id, created_at, updated_at) values ('nobody', 0, 0)`), undefined);
    store.write((db: WriteDb) => db.run(sql`insert into suppressed values ('EMAIL', 'a@x.example', 'marketing', 1), ('EMAIL', 'a@x.example', 'all', 1)`), undefined);
    campaign(store, 'c1', 'One', 'draft', 0);
    // One connection: every workspace comes with its test mailbox.
    expect(store.read(homeQueries.counts, { now: noon, damaged: null })).toEqual({
      audience: { people: 2, addresses: 3 }, segments: 0, imports: 0, suppressions: 1, campaigns: 1, templates: 0, connections: 1, needs: 0,
    });
  });
});

describe('what needs a person', () => {
  it('names paused runs with their reason, cut holds, unknown messages and failed imports, and leaves out tests and what is settled', () => {
    const store = createMemoryStore({ now: noon });
    const c = campaign(store, 'c1', 'Roast', 'launched', 0);
    run(store, c, 'r1', { state: 'sending', paused: 'credentials', response: '535 5.7.8', startedAt: noon - hour, counts: { pending: 7, sent: 3 } });
    run(store, c, 'r2', { state: 'ask', startedAt: noon - 2 * hour, counts: {} });
    run(store, c, 'r3', { state: 'done', startedAt: noon - 9 * day, endedAt: noon - 9 * day, counts: { sent: 5, unknown: 2 } });
    run(store, c, 'r4', { state: 'sending', kind: 'test', paused: 'operator', startedAt: noon, counts: { pending: 1 } });
    run(store, c, 'r5', { state: 'done', startedAt: noon - 9 * day, endedAt: noon - 9 * day, counts: { sent: 5, unknown: 0 } });
    store.write((db: WriteDb) => {
      db.run(sql`delete from run_count where state = 'unknown' and run = (select id from run where uid = 'r3')`);
      db.run(sql`insert into run_count (run, state, reason, n) select id, 'unknown', k.reason, k.n from run, (select 'crashed' as reason, 1 as n union select 'restored', 2) k where uid = 'r3'`);
      db.run(sql`insert into import (uid, file_name, app, state, options, error, created_at, ended_at) values ('i1', 'a.csv', 1, 'failed', '{}', '{"code":"FILE_EMPTY","detail":{}}', ${noon - hour}, ${noon - hour})`);
      db.run(sql`insert into import (uid, file_name, app, state, options, error, created_at, ended_at) values ('i2', 'old.csv', 1, 'failed', '{}', null, 0, ${noon - 8 * day})`);
      db.run(sql`insert into import (uid, file_name, app, state, options, created_at) values ('i3', 'b.csv', 1, 'checked', '{}', ${noon})`);
    }, undefined);
    const about = { campaign: 'c1', campaignName: 'Roast' };
    expect(store.read(homeQueries.now, { now: noon, damaged: null }).needs).toEqual([
      { kind: 'run_unknown', ...about, at: noon - 9 * day, messages: 3, causes: ['restored', 'crashed'] },
      { kind: 'run_asks', ...about, at: noon - 2 * hour },
      { kind: 'run_paused', ...about, at: noon - hour, reason: 'credentials', response: '535 5.7.8', waiting: 7 },
      { kind: 'import_checked', uid: 'i3', fileName: 'b.csv', at: noon },
      { kind: 'import_failed', uid: 'i1', fileName: 'a.csv', error: 'FILE_EMPTY', at: noon - hour },
    ]);
  });

  it('puts a damaged file first', () => {
    const store = createMemoryStore({ now: noon });
    store.write((db: WriteDb) => db.run(sql`insert into import (uid, file_name, app, state, options, created_at) values ('i', 'b.csv', 1, 'checked', '{}', ${noon})`), undefined);
    const input = { now: noon, damaged: 'Tree 5 page 9: never used' };
    expect(store.read(homeQueries.now, input).needs.map((need) => need.kind)).toEqual(['damaged', 'import_checked']);
    expect(store.read(homeQueries.counts, input).needs).toBe(2);
  });

  it('shows what runs or ended today in the reporting zone, and drafts with what is missing', () => {
    const store = createMemoryStore({ now: noon });
    store.write(patchSettings, { reportingZone: 'Pacific/Auckland' });
    // Noon UTC is 01:00 of the next day in Auckland: an hour and a half ago was yesterday there.
    const c = campaign(store, 'c1', 'Roast', 'launched', 0);
    run(store, c, 'r1', { state: 'done', startedAt: noon - 2 * hour, endedAt: noon - 1.5 * hour, counts: { sent: 5 } });
    const live = run(store, c, 'r2', { state: 'sending', startedAt: noon - hour, counts: { sent: 60, failed: 5, pending: 35, skipped: 900 } });
    store.write((db: WriteDb) => db.run(sql`insert into run_tick values (${live}, ${noon / 5000 - 1}, 50), (${live}, ${noon / 5000 - 3}, 1000)`), undefined);
    campaign(store, 'd1', 'Draft', 'draft', 5);
    const { today, drafts } = store.read(homeQueries.now, { now: noon, damaged: null });
    expect(today).toEqual([{ campaign: 'c1', name: 'Roast', status: 'sending', at: noon - hour, endedAt: null, total: 100, settled: 65, unknown: 0, perSecond: 5 }]);
    expect(drafts).toEqual([{ uid: 'd1', name: 'Draft', updatedAt: 5, open: ['segment', 'message'] }]);
  });
});

describe('the last 28 days', () => {
  it('puts sends and first human clicks into days of the reporting zone, across the end of summer time', () => {
    const store = createMemoryStore({ now: noon });
    store.write(patchSettings, { reportingZone: 'Europe/Berlin' });
    const c = campaign(store, 'c1', 'Roast', 'launched', 0);
    const id = run(store, c, 'r1', { state: 'done', startedAt: 0, endedAt: 0, counts: {} });
    const test = run(store, c, 'r2', { state: 'done', kind: 'test', startedAt: 0, endedAt: 0, counts: {} });
    const tick = (at: number) => at / 5000;
    const midnight = Date.UTC(2026, 10, 23, 23, 0, 0); // 24 November, 00:00 CET
    const firstDay = Date.UTC(2026, 9, 27, 23, 0, 0); // 28 October, 00:00 CET
    store.write((db: WriteDb) => {
      db.run(sql`insert into run_tick values (${id}, ${tick(midnight - 5000)}, 3), (${id}, ${tick(midnight)}, 4), (${id}, ${tick(firstDay)}, 9), (${id}, ${tick(firstDay - 5000)}, 1000), (${id}, ${tick(midnight + 7 * 60_000)}, 2), (${test}, ${tick(midnight)}, 500)`);
      db.run(sql`insert into outcome values (${id}, 1, 2, ${midnight + 1}), (${id}, 2, 2, ${midnight - 1}), (${id}, 3, 3, ${midnight}), (${id}, 4, 0, ${midnight})`);
    }, undefined);
    const days = store.read(homeQueries.days, { now: noon });
    expect(days.length).toBe(28);
    expect(days.filter((d) => d.sent > 0 || d.clicks > 0)).toEqual([
      { day: '2026-10-28', sent: 9, untracked: 0, clicks: 0 },
      { day: '2026-11-23', sent: 3, untracked: 0, clicks: 1 },
      { day: '2026-11-24', sent: 6, untracked: 0, clicks: 1 },
    ]);
  });
});

describe('search', () => {
  it('finds names anywhere, people by the start of address or user id, and takes wildcards literally', () => {
    const store = createMemoryStore();
    person(store, 'Ada@Example.com', 'k-1');
    person(store, 'grace@example.com', 'ada-2');
    person(store, 'lada@example.com', null);
    campaign(store, 'c1', '100% Adagio', 'draft', 1);
    campaign(store, 'c2', 'Other_x', 'draft', 2);
    const find = (text: string) => store.read(homeQueries.find, { text, limit: 6 });
    expect(find('ada')).toEqual([
      { kind: 'campaign', uid: 'c1', title: '100% Adagio', note: 'draft' },
      { kind: 'person', uid: '1', title: 'Ada@Example.com', note: 'k-1' },
      { kind: 'person', uid: '2', title: 'grace@example.com', note: 'ada-2' },
    ]);
    for (const n of [770, 771, 772, 773, 774, 775, 776, 77]) person(store, `u${n}@d0.test`, null);
    expect(find('u77').map((hit) => hit.title)).toEqual(['u77@d0.test', 'u770@d0.test', 'u771@d0.test', 'u772@d0.test', 'u773@d0.test', 'u774@d0.test']);
    expect(find('%').map((hit) => hit.uid)).toEqual(['c1']);
    expect(find('_').map((hit) => hit.uid)).toEqual(['c2']);
    expect(find("'; drop table endpoint; --")).toEqual([]);
    expect(find('\\')).toEqual([]);
  });
});
