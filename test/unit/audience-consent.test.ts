import { beforeEach, describe, expect, it } from 'vitest';
import { audienceOperations as ops, audienceQueries, eligibilityReasonSql, liftSuppression, normaliseAddress, suppress, upsertEndpoint } from '../../src-main/audience/index.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { messageReasons } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { readSuppressionList } from '../../src-preload/contract/suppression-list.js';
import type { SuppressManyInput } from '../../src-preload/contract/audience.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const audience = audienceQueries(segmentCondition);

let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});

const add = (address: string, more: { channel?: 'EMAIL' | 'SMS'; optOut?: 'ALL'; status?: 'INACTIVE' } = {}) =>
  store.write((db, input: string) => {
    const channel = more.channel ?? 'EMAIL';
    const normal = normaliseAddress(channel, input);
    if ('problem' in normal) throw new Error(normal.problem);
    return upsertEndpoint(db, { app: 1, channel, address: normal, optOut: more.optOut, status: more.status }, { source: 'test' }).id;
  }, address);
const reasons = (channel: 'EMAIL' | 'SMS') => store.db.all<{ r: number }>(sql`select ${eligibilityReasonSql(channel)} as r from endpoint e order by e.id`).map((row) => messageReasons[row.r]);
const facts = () => store.db.all(sql`select act, address_key as key, scope, reason, note from suppression order by id`);
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof HeliographError ? error.code : error;
  }
  return undefined;
};
const key = { channel: 'EMAIL', addressKey: 'a@example.org' } as const;

describe('consent', () => {
  it('names one reason for each address, the first in order', () => {
    add('fine@example.org');
    add('+16045550182', { channel: 'SMS' });
    add('inactive@example.org', { status: 'INACTIVE', optOut: 'ALL' });
    add('out@example.org', { optOut: 'ALL' });
    for (const reason of ['unsubscribe', 'complaint', 'hard_bounce', 'stop', 'manual', 'imported', 'restored'] as const) {
      add(`${reason}@example.org`);
      store.write(suppress, { channel: 'EMAIL', addressKey: `${reason}@example.org`, reason, source: 'test' });
    }
    store.write(suppress, { channel: 'EMAIL', addressKey: 'out@example.org', reason: 'complaint', source: 'test' });
    store.write(suppress, { channel: 'EMAIL', addressKey: 'unsubscribe@example.org', reason: 'hard_bounce', source: 'test' });
    expect(reasons('EMAIL')).toEqual(['none', 'wrong_channel', 'inactive', 'opted_out', 'hard_bounced', 'complained', 'hard_bounced', 'stopped', 'suppressed', 'suppressed', 'suppressed']);
    expect(reasons('SMS').slice(0, 2)).toEqual(['wrong_channel', 'none']);
  });

  it('appends a fact once, again only for a stronger reason, and never forgets the narrower scope', () => {
    const put = (reason: 'manual' | 'unsubscribe' | 'complaint') => store.write(suppress, { ...key, reason, source: 'test', scope: 'marketing' }).appended.length;
    expect([put('manual'), put('manual'), put('unsubscribe'), put('manual'), put('complaint')]).toEqual([1, 0, 1, 0, 1]);
    store.write(suppress, { ...key, reason: 'hard_bounce', source: 'test' });
    expect(store.db.all(sql`select scope, suppression from suppressed order by scope`)).toEqual([
      { scope: 'all', suppression: 4 },
      { scope: 'marketing', suppression: 3 },
    ]);
    // Lifting the bounce leaves the complaint.
    store.write(liftSuppression, { ...key, scope: 'all', note: 'mailbox is back' });
    add('a@example.org');
    expect(reasons('EMAIL')).toEqual(['complained']);
  });

  it('lifts only with a reason, only by an operator or the recipient, and keeps both facts', () => {
    store.write(suppress, { ...key, reason: 'unsubscribe', source: 'collector', message: { run: 3, seq: 9 } });
    expect(code(() => store.write(liftSuppression, { ...key, note: ' \n' }))).toBe('SUPPRESSION_REASON_REQUIRED');
    for (const actor of [{ kind: 'engine' }, { kind: 'app', key: 'k' }] as const) {
      store.actor = actor;
      expect(code(() => store.write(liftSuppression, { ...key, note: 'because' }))).toBe('NOT_ALLOWED');
    }
    store.actor = { kind: 'operator' };
    const { appended } = store.write(ops.lift, { ...key, note: ' asked by phone ' });
    expect(appended).toEqual([
      { id: 2, at: store.now, act: 'lift', channel: 'EMAIL', addressKey: 'a@example.org', scope: 'marketing', reason: 'unsubscribe', source: 'operator', actor: '{"kind":"operator"}', note: 'asked by phone', run: null, seq: null },
    ]);
    expect(facts()).toMatchObject([{ act: 'add', note: null }, { act: 'lift' }]);
    expect(code(() => store.write(liftSuppression, { ...key, note: 'again' }))).toBe('NOT_FOUND');
    expect(store.changes.filter((change) => change.table === 'suppression')).toEqual([
      { table: 'suppression', fromId: 1, toId: 1 },
      { table: 'suppression', fromId: 2, toId: 2 },
    ]);
  });

  it('clears OptOut only by an operator with a reason, and leaves the suppression', () => {
    const id = add('a@example.org', { optOut: 'ALL' });
    store.write(suppress, { ...key, reason: 'unsubscribe', source: 'collector' });
    expect(code(() => store.write(ops.setOptOut, { id, optOut: false }))).toBe('SUPPRESSION_REASON_REQUIRED');
    store.actor = { kind: 'engine' };
    expect(code(() => store.write(ops.setOptOut, { id, optOut: false, note: 'x' }))).toBe('NOT_ALLOWED');
    store.actor = { kind: 'operator' };
    expect(store.write(ops.setOptOut, { id, optOut: false, note: 'asked by phone' })).toEqual({ changed: true });
    expect(store.read(audience.detail, { id }).endpoint.contact).toEqual({
      mayContact: false,
      blocks: [{ reason: 'unsubscribed', scope: 'marketing', since: store.now, source: 'collector', liftable: true }],
    });
  });

  it('tells "may we contact?" with every reason at once', () => {
    const id = add('a@example.org', { optOut: 'ALL', status: 'INACTIVE' });
    store.write(suppress, { ...key, reason: 'manual', source: 'paste', note: 'wrote to us' });
    store.write(suppress, { ...key, reason: 'hard_bounce', source: 'mail feedback' });
    expect(store.read(audience.detail, { id }).endpoint.contact).toEqual({
      mayContact: false,
      blocks: [
        { reason: 'inactive', liftable: false },
        { reason: 'opted_out', liftable: false, source: 'test' },
        { reason: 'hard_bounced', scope: 'all', since: store.now, source: 'mail feedback', liftable: true },
        { reason: 'suppressed', scope: 'marketing', since: store.now, source: 'paste', note: 'wrote to us', liftable: true },
      ],
    });
  });
});

/** As the procedure does it: a plan on a reader, then slices of it. */
function enter(input: SuppressManyInput) {
  const { check, facts } = store.read(audience.planSuppressions, input);
  const { appended } = store.write(ops.suppressSlice, { channel: input.channel, note: input.note, source: 'entered by hand', facts });
  return { ...check, appended };
}

describe('a list of addresses', () => {
  it('says what became of each pasted address and suppresses unknown ones too', () => {
    add('a@example.org');
    add('b@example.org');
    store.write(suppress, { channel: 'EMAIL', addressKey: 'b@example.org', reason: 'complaint', source: 'test' });
    const text = 'A@Example.org\nBea <b@example.org>\nUnsubscribe stranger@example.org please\nnot an address\na@example.org, broken@';
    expect(readSuppressionList(text, 'EMAIL').addresses.map((one) => one.text)).toEqual(['A@Example.org', 'b@example.org', 'stranger@example.org', 'not an address', 'a@example.org', 'broken@']);
    const { appended, ...result } = enter({ text, channel: 'EMAIL', reason: 'unsubscribe', scope: 'marketing', note: 'replies of 24 Nov' });
    expect(result).toEqual({
      kind: 'plain',
      added: 2,
      already: 1,
      unknown: 1,
      invalid: 2,
      alreadyList: ['b@example.org'],
      unknownList: ['stranger@example.org'],
      invalidList: ['Row 4: not an address', 'Row 5: broken@'],
    });
    expect(appended.map((row) => [row.addressKey, row.reason, row.note])).toEqual([
      ['a@example.org', 'unsubscribe', 'replies of 24 Nov'],
      ['b@example.org', 'unsubscribe', 'replies of 24 Nov'],
      ['stranger@example.org', 'unsubscribe', 'replies of 24 Nov'],
    ]);
    store.write(ops.suppressionsEntered, { added: appended.length, reason: 'unsubscribe', scope: 'marketing' });
    expect(store.db.all(sql`select action, detail from audit order by id`)).toEqual([{ action: 'suppression.added', detail: '{"added":3,"reason":"unsubscribe","scope":"marketing"}' }]);
  });

  it('reads phone numbers as of the default country', () => {
    store.write((db) => db.run(sql`insert into setting values ('defaultCountry', '"DE"')`), undefined);
    const { appended } = enter({ text: '0170 1234567', channel: 'SMS', reason: 'stop', scope: 'all' });
    expect(appended.map((row) => row.addressKey)).toEqual(['+491701234567']);
  });

  it('of Amazon SES keeps its own reasons, and what they reach, whatever the person says', () => {
    const json = JSON.stringify({ SuppressedDestinationSummaries: [
      { EmailAddress: 'a@example.org', Reason: 'BOUNCE', LastUpdateTime: '2026-01-01T00:00:00Z' },
      { EmailAddress: 'b@example.org', Reason: 'COMPLAINT', LastUpdateTime: 1767225600 },
      { EmailAddress: 'nobody', Reason: 'BOUNCE' },
    ] });
    const csv = 'EmailAddress,Reason,LastUpdateTime\r\n"a@example.org",BOUNCE,2026-01-01\r\nb@example.org,COMPLAINT,2026-01-01\r\nnobody,BOUNCE,2026-01-01\r\n';
    for (const [text, row] of [[json, 3], [csv, 4]] as const) {
      const plan = store.read(audience.planSuppressions, { text, channel: 'EMAIL', reason: 'manual', scope: 'marketing' });
      expect(plan.facts).toEqual([
        { addressKey: 'a@example.org', reason: 'hard_bounce', scope: 'all' },
        { addressKey: 'b@example.org', reason: 'complaint', scope: 'all' },
      ]);
      expect(plan.check).toMatchObject({ kind: 'ses', added: 2, invalid: 1, invalidList: [`Row ${row}: nobody`] });
    }
  });

  it('of Twilio is found by its column of numbers, and a list with a header by its own', () => {
    const plan = (text: string, channel: 'EMAIL' | 'SMS') => store.read(audience.planSuppressions, { text, channel, reason: 'unsubscribe', scope: 'marketing' });
    const twilio = plan('From,To,OptOutType,DateSent\n+12025550142,+16045550182,STOP,2026-11-02\n', 'SMS');
    expect(twilio.facts).toEqual([{ addressKey: '+12025550142', reason: 'stop', scope: 'all' }]);
    expect(plan('Name;E-Mail\nAda;ada@example.org\n;\n', 'EMAIL').check).toMatchObject({ kind: 'csv', added: 1, invalid: 1, invalidList: ['Row 3: '] });
    expect(plan('\ufeffa@example.org\nb@example.org', 'EMAIL').check).toMatchObject({ kind: 'plain', added: 2 });
    expect(plan('{"broken', 'EMAIL').check).toMatchObject({ kind: 'plain', added: 0, invalid: 1 });
  });

  it('that names an address twice keeps the weightiest reason and the widest reach, in whatever order', () => {
    const facts = (text: string, channel: 'EMAIL' | 'SMS') => store.read(audience.planSuppressions, { text, channel, reason: 'manual', scope: 'marketing' });
    for (const words of [['HELP', 'STOP'], ['STOP', 'HELP']]) {
      const { facts: found, check } = facts(`To,OptOutType\n${words.map((word) => `+16045550182,${word}\n`).join('')}`, 'SMS');
      expect([found, check.added, check.unknown]).toEqual([[{ addressKey: '+16045550182', reason: 'stop', scope: 'all' }], 1, 1]);
    }
    const ses = 'EmailAddress,Reason\na@example.org,BOUNCE\nA@example.org,COMPLAINT\na@example.org,unsubscribed\n';
    expect(facts(ses, 'EMAIL').facts).toEqual([{ addressKey: 'a@example.org', reason: 'complaint', scope: 'all' }]);
  });

  it('shows a newer, stronger reason, and keeps where the address came from before', () => {
    store.write(suppress, { ...key, reason: 'imported', source: 'import: people.csv' });
    enter({ text: 'a@example.org', channel: 'EMAIL', reason: 'complaint', scope: 'marketing' });
    expect(store.read(audience.suppressionPage, { filter: {}, offset: 0, limit: 9 })).toMatchObject([{ reason: 'complaint', source: 'entered by hand' }]);
    expect(store.read(audience.suppressionHistory, key).map((row) => row.source)).toEqual(['entered by hand', 'import: people.csv']);
  });

  it('lists what is suppressed now, newest first, with who has the address', () => {
    const id = add('a@example.org');
    store.write(suppress, { ...key, reason: 'unsubscribe', source: 'collector' });
    store.now += 1000;
    store.write(suppress, [
      { ...key, reason: 'hard_bounce', source: 'mail feedback' },
      { channel: 'EMAIL', addressKey: 'b@example.org', reason: 'manual', source: 'paste', note: 'n' },
    ]);
    expect(store.read(audience.suppressionCount, {})).toEqual({ entries: 2, addresses: 2 });
    expect(store.read(audience.suppressionPage, { filter: {}, offset: 0, limit: 2 })).toEqual([
      { id: 3, channel: 'EMAIL', addressKey: 'b@example.org', scope: 'marketing', reason: 'manual', source: 'paste', note: 'n', since: store.now },
      { id: 2, channel: 'EMAIL', addressKey: 'a@example.org', scope: 'all', reason: 'hard_bounce', source: 'mail feedback', since: store.now, alsoMarketing: 'unsubscribe', endpoint: id },
    ]);
    expect(store.read(audience.suppressionPage, { filter: { text: 'A@', reasons: ['unsubscribe'] }, offset: 0, limit: 9 }).map((row) => row.id)).toEqual([1]);
    expect(store.read(audience.suppressionPage, { filter: {}, offset: 2, limit: 2 })).toEqual([]);
  });
});
