import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectAudience } from '../../src-main/campaigns/audience.js';
import { campaignQueries } from '../../src-main/campaigns/index.js';
import { suppress } from '../../src-main/audience/index.js';
import { deliveryOperations, deliveryQueries } from '../../src-main/delivery/operations.js';
import { patchSettings } from '../../src-main/settings/settings.js';
import { sql } from '../../src-main/store/sql.js';
import { collectorUrl, insertConnection, insertEverybody, insertPeople, plainEmail, readyCampaign } from '../support/campaign.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const review = (store: MemoryStore, uid: string, url: string | null = collectorUrl) => store.read(campaignQueries.review, { uid, asOf: store.now, collectorUrl: url });
const levels = (store: MemoryStore, uid: string, url?: string | null) => review(store, uid, url).checks.map(({ id, level }) => `${id} ${level}`);

/** One of each way to be left out. */
function mixedAudience(store: MemoryStore): void {
  insertPeople(store, [
    { address: 'ada@example.org', userId: 'ada' },
    { address: 'ada@work.example', userId: 'ada' },
    { address: 'token-1', userId: 'ada', channel: 'GCM' },
    { address: 'bob@example.org', userId: 'bob', optOut: true },
    { address: 'bob@work.example', userId: 'bob' },
    { address: 'cy@example.org', userId: 'cy', active: false },
    { address: 'dee@example.org', userId: 'dee' },
    { address: 'eve@example.org', userId: 'eve' },
    { address: 'token-2', userId: 'fay', channel: 'APNS' },
    { address: '', userId: 'gil' },
  ]);
  store.write((db) => {
    suppress(db, { channel: 'EMAIL', addressKey: 'dee@example.org', reason: 'unsubscribe', source: 'collector' });
    suppress(db, { channel: 'EMAIL', addressKey: 'eve@example.org', reason: 'complaint', source: 'imap' });
    db.run(sql`insert into endpoint (app, uid, channel, address, address_key, created_at, updated_at) values (1, 'nobody', 'EMAIL', 'solo@example.org', 'solo@example.org', 0, 0)`);
  }, undefined);
}

describe('the funnel', () => {
  const audience = (store: MemoryStore, purpose: 'marketing' | 'transactional', onePerPerson: boolean) =>
    store.read((db) => selectAudience(db, { segment: { id: 1, version: 1 }, channel: 'EMAIL', purpose, onePerPerson, asOf: store.now }), undefined);

  it('names every exclusion in people and addresses, and adds up', () => {
    const store = createMemoryStore();
    mixedAudience(store);
    insertEverybody(store);
    expect(audience(store, 'marketing', true).funnel).toEqual({
      segment: { people: 8, addresses: 11 },
      rows: [
        { reason: 'none', people: 3, addresses: 3 },
        { reason: 'wrong_channel', people: 1, addresses: 2 },
        { reason: 'inactive', people: 1, addresses: 1 },
        { reason: 'no_address', people: 1, addresses: 1 },
        { reason: 'opted_out', people: 0, addresses: 1 },
        { reason: 'unsubscribed', people: 1, addresses: 1 },
        { reason: 'complained', people: 1, addresses: 1 },
        { reason: 'second_address_of_person', people: 0, addresses: 1 },
      ],
    });
    expect(Array.from(audience(store, 'marketing', true).endpoints)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('lets transactional mail pass opt-outs from marketing, and nothing stronger', () => {
    const store = createMemoryStore();
    mixedAudience(store);
    insertEverybody(store);
    expect(audience(store, 'transactional', false).funnel.rows).toEqual([
      { reason: 'none', people: 4, addresses: 6 },
      { reason: 'wrong_channel', people: 1, addresses: 2 },
      { reason: 'inactive', people: 1, addresses: 1 },
      { reason: 'no_address', people: 1, addresses: 1 },
      { reason: 'complained', people: 1, addresses: 1 },
    ]);
  });

  it('adds up for any audience, and gives each person at most one message', () => {
    const person = fc.record({ user: fc.nat({ max: 6 }), channel: fc.constantFrom('EMAIL', 'GCM'), active: fc.boolean(), optOut: fc.boolean() });
    fc.assert(
      fc.property(fc.array(person, { maxLength: 30 }), (rows) => {
        const store = createMemoryStore();
        insertPeople(store, rows.map((row, i) => ({ ...row, address: `p${i}@example.org`, userId: `u${row.user}` })));
        insertEverybody(store);
        const { funnel, reasons } = audience(store, 'marketing', true);
        const sum = (key: 'people' | 'addresses') => funnel.rows.reduce((n, row) => n + row[key], 0);
        expect([sum('people'), sum('addresses')]).toEqual([new Set(rows.map((row) => row.user)).size, rows.length]);
        expect(funnel.segment).toEqual({ people: sum('people'), addresses: sum('addresses') });
        const reached = rows.filter((_, i) => reasons[i] === 0).map((row) => row.user);
        expect(new Set(reached).size).toBe(reached.length);
        const could = new Set(rows.filter((row) => row.channel === 'EMAIL' && row.active && !row.optOut).map((row) => row.user));
        expect(new Set(reached)).toEqual(could);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a test send', () => {
  it('is tried before it is sent: a missing value is told by name', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, [{ address: 'a@example.org' }]);
    store.write(patchSettings, { postalAddress: 'Main St 1' });
    const { uid } = readyCampaign(store, { content: { ...plainEmail, subject: 'Hello {{User.UserAttributes.Nickname}}' } });
    const attempt = (endpoint: number | null) => store.read(deliveryQueries.tryTest, { uid, endpoint });
    for (const endpoint of [null, 1]) expect(() => attempt(endpoint)).toThrow(expect.objectContaining({ code: 'MISSING_VARIABLE', detail: expect.objectContaining({ variable: 'User.UserAttributes.Nickname' }) as unknown }) as Error);
    expect(() => attempt(99)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    store.write((db) => db.run(sql`update user set attributes = '{"Nickname":["Ada"],"FirstName":["Ada"]}'`), undefined);
    expect(attempt(1)).toBeNull();
  });
});

describe('the review', () => {
  it('is ready when everything is there, and says how long it takes', () => {
    const store = createMemoryStore();
    insertConnection(store, { provider: 'smtp', uid: 'c-1', config: { connections: 5, messagesPerSecond: 2 } });
    insertPeople(store, [{ address: 'a@example.org' }, { address: 'b@example.org' }, { address: 'c@example.org' }]);
    store.write(patchSettings, { reachability: { mode: 'public', url: 'https://news.kestrel.example', verifiedAt: store.now } });
    const { uid } = readyCampaign(store, { connection: 'c-1' });
    store.write(deliveryOperations.testSend, { uid, addresses: ['qa@example.org'], endpoint: 1, collectorUrl });
    const result = review(store, uid);
    expect(result.checks.map(({ id, level }) => `${id} ${level}`)).toEqual([
      'segment ok',
      'recipients ok',
      'message ok',
      'unsubscribe_link ok',
      'postal_address ok',
      'test_send ok',
      'from_address ok',
      'connection ok',
      'connection_verified ok',
      'reachability ok',
    ]);
    expect({ ready: result.ready, durationSeconds: result.durationSeconds, revision: result.revision, missing: result.missing }).toEqual({ ready: true, durationSeconds: 2, revision: 2, missing: [] });
    expect(result.checks.find(({ id }) => id === 'recipients')?.words).toBe('3 people, 3 addresses will get it.');
  });

  it('says of an empty draft all that is open', () => {
    const store = createMemoryStore();
    insertConnection(store, { provider: 'smtp', uid: 'c-1' });
    const { uid } = readyCampaign(store, { draft: { treatments: [{ name: 'A', message: null }], connection: null, from: { name: '', address: '' }, replyTo: 'nobody' } });
    expect(levels(store, uid)).toEqual(['segment ok', 'recipients block', 'message block', 'from_address block', 'reply_to block', 'connection block']);
    expect(review(store, uid).ready).toBe(false);
  });

  it('names variables that people lack, with how many, and blocks when all do', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, [{ address: 'a@example.org' }, { address: 'b@example.org', firstName: null }, { address: 'c@example.org', firstName: null, optOut: true }]);
    const { uid } = readyCampaign(store);
    expect(review(store, uid).missing).toEqual([{ variable: 'User.UserAttributes.FirstName', people: 1, addresses: 1 }]);
    const found = review(store, uid).checks.find(({ id }) => id === 'missing_variables');
    expect(found).toMatchObject({ level: 'warn', words: '1 person, 1 address lacks User.UserAttributes.FirstName and would be skipped.' });
    store.write((db) => db.run(sql`update user set attributes = '{}'`), undefined);
    expect(levels(store, uid)).toContain('missing_variables block');
  });

  it('blocks what the law or the reader would miss, in marketing mail only', () => {
    const store = createMemoryStore();
    insertConnection(store, { provider: 'smtp', uid: 'c-1', config: { connections: 5 } });
    insertPeople(store, [{ address: 'a@example.org' }]);
    const bare = { ...plainEmail, subject: '', html: '<p>Hello {{#if}}</p>' };
    const marketing = readyCampaign(store, { content: bare, connection: 'c-1' });
    store.write(patchSettings, { postalAddress: '' });
    const found = levels(store, marketing.uid);
    for (const line of ['subject block', 'syntax block', 'unsubscribe_link block', 'postal_address block', 'reachability block', 'test_send warn']) expect(found).toContain(line);
    const receipt = readyCampaign(store, { content: { ...plainEmail, html: '<p>Your order</p>' }, connection: 'c-1', draft: { purpose: 'transactional' } });
    expect(levels(store, receipt.uid).filter((line) => /unsubscribe|postal/.test(line))).toEqual([]);
  });

  it('says where links lead, what is not tracked, and why nothing goes out', () => {
    const store = createMemoryStore();
    insertConnection(store, { provider: 'smtp', uid: 'c-1', verified: false });
    insertPeople(store, [{ address: 'a@example.org' }]);
    const { uid } = readyCampaign(store, { connection: 'c-1' });
    store.write(patchSettings, { reachability: { mode: 'mailto', address: 'stop@kestrel.example' } });
    store.write((db) => db.run(sql`insert into workspace (id, uid, name, created_at, machine, path, sending_paused) values (1, 'w', 'w', 0, 'm', 'p', 'moved')`), undefined);
    const tail = review(store, uid).checks.slice(-5);
    expect(tail.map(({ id, level, words }) => [id, level, words])).toEqual([
      ['connection', 'ok', 'Sent through c-1.'],
      ['connection_verified', 'warn', 'This connection was never checked.'],
      ['reachability', 'ok', 'People unsubscribe by writing to stop@kestrel.example.'],
      ['tracking', 'warn', 'Opens and clicks are not tracked.'],
      ['sending_paused', 'block', 'All sending is paused because this workspace was moved or copied.'],
    ]);
    const sandbox = readyCampaign(store, { connection: 'test-mailbox' });
    expect(levels(store, sandbox.uid, null)).toContain('reachability block');
  });
});

it('tells a signature that DMARC does not count, and a key that nobody found in DNS', () => {
  const dkim = (of: object | undefined, from: string) => {
    const store = createMemoryStore();
    const connection = insertConnection(store, { provider: 'smtp', uid: 'smtp', config: of === undefined ? {} : { dkim: of } });
    const { uid } = readyCampaign(store, { connection, draft: { from: { name: '', address: from } } });
    return review(store, uid).checks.filter((check) => check.id === 'dkim').map(({ level, words }) => `${level}: ${words}`);
  };
  expect(dkim({ domain: 'kestrel.test', confirmed: true }, 'hello@kestrel.example')).toEqual(['warn: Messages are signed for kestrel.test, but come from kestrel.example: for DMARC the signature does not count.']);
  expect(dkim({ domain: 'kestrel.example', confirmed: false }, 'hello@news.kestrel.example')).toEqual(['warn: The DKIM key was not found in DNS when it was last looked for.']);
  expect(dkim({ domain: 'kestrel.example' }, 'hello@kestrel.example')).toEqual(['warn: Nobody has looked whether the DKIM key is in DNS.']);
  expect(dkim({ domain: 'mail.kestrel.example', confirmed: true }, 'hello@Kestrel.Example')).toEqual(['ok: Signed for mail.kestrel.example.']);
  expect(dkim({ domain: 'strel.example', confirmed: true }, 'hello@kestrel.example')).toHaveLength(1);
  expect(dkim(undefined, 'hello@kestrel.example')).toEqual([]);
});
