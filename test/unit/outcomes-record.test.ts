import { beforeEach, describe, expect, it } from 'vitest';
import { outcomeKinds } from '../../src-preload/contract/delivery.js';
import { sandboxConnectionUid } from '../../src-preload/contract/connection.js';
import { type EngagementFact, keptFacts, outcomeOperations as operations, undoWindowMs } from '../../src-main/delivery/outcomes/index.js';
import { audienceOperations, liftSuppression, suppress } from '../../src-main/audience/index.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { insertSentRun } from '../support/sent-run.js';

const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const minute = 60_000;

let store: MemoryStore;
let run: string;
beforeEach(() => {
  store = createMemoryStore();
  run = insertSentRun(store, { messages: [{ address: 'Ada@example.org' }, { address: 'ben@example.org' }] }).uid;
});

let next = 0;
const fact = (over: Partial<EngagementFact>): EngagementFact => ({
  uid: `fact-${next++}`, kind: 'open', run, seq: 0, test: false, link: -1, target: '', at: store.now + minute, userAgent: chrome, ip: '192.0.2.1', ...over,
});
const click = (over: Partial<EngagementFact>) => fact({ kind: 'click', link: 0, target: 'https://shop.example/', ...over });
const outcomes = () => store.db.all<{ seq: number; kind: number; at: number }>(sql`select seq, kind, at from outcome order by seq, kind`).map((o) => [o.seq, outcomeKinds[o.kind], o.at]);
const events = () =>
  store.db.all<{ type: string; seq: number | null; attributes: string }>(
    sql`select t.name as type, ev.seq, ev.attributes from event ev join event_type t on t.id = ev.type order by ev.id`,
  ).map((e) => ({ ...e, attributes: JSON.parse(e.attributes) as unknown }));

describe('opens and clicks', () => {
  it('are kept raw, and only the first of a kind is an outcome', () => {
    const first = store.now + minute;
    const result = store.write(operations.recordEngagement, [
      fact({ at: first }),
      fact({ at: first + 5 * minute }),
      click({ at: first + minute, link: 2, target: 'https://shop.example/a' }),
      click({ at: first + 2 * minute, link: 2, target: 'https://shop.example/a' }),
      fact({ seq: 1, userAgent: 'Mozilla/5.0', at: first }),
    ]);
    expect(result).toEqual({ recorded: 5, unknown: 0 });
    expect(outcomes()).toEqual([[0, 'open', first], [0, 'click', first + minute], [1, 'open_machine', first]]);
    expect(store.db.all(sql`select seq, link, kind, at, n from link_click`)).toEqual([{ seq: 0, link: 2, kind: outcomeKinds.indexOf('click'), at: first + minute, n: 2 }]);
    expect(events()[2]).toEqual({ type: '_email.click', seq: 0, attributes: { link: 2, url: 'https://shop.example/a', user_agent: chrome, ip: '192.0.2.1' } });
  });

  it('told twice are kept once', () => {
    const batch = [fact({}), click({})];
    store.write(operations.recordEngagement, batch);
    expect(store.write(operations.recordEngagement, batch)).toEqual({ recorded: 0, unknown: 0 });
    expect(events()).toHaveLength(2);
    expect(store.db.all(sql`select n from link_click`)).toEqual([{ n: 1 }]);
  });

  it('arriving out of order still give the earliest instant', () => {
    store.write(operations.recordEngagement, [fact({ at: store.now + 9 * minute })]);
    store.write(operations.recordEngagement, [fact({ at: store.now + 2 * minute })]);
    expect(outcomes()).toEqual([[0, 'open', store.now + 2 * minute]]);
  });

  it('take back what a later click shows to be a scanner', () => {
    const at = store.now + minute;
    store.write(operations.recordEngagement, [click({ at, link: 0 })]);
    expect(outcomes()).toEqual([[0, 'click', at]]);
    store.write(operations.recordEngagement, [click({ at: at + 100, link: 1 }), click({ at: at + 200, link: 2 })]);
    expect(outcomes()).toEqual([[0, 'click_scanner', at]]);
    store.write(operations.recordEngagement, [click({ at: at + 30 * minute, link: 1 })]);
    expect(outcomes()).toEqual([[0, 'click', at + 30 * minute], [0, 'click_scanner', at]]);
  });

  it('of test sends are logged and never counted', () => {
    const test = insertSentRun(store, { uid: '019ab3c0-9999-7222-8333-444455556666', kind: 'test', messages: [{ address: 'me@example.org' }] });
    store.write(operations.recordEngagement, [fact({ run: test.uid }), click({ run: test.uid, test: true })]);
    expect(outcomes()).toEqual([]);
    expect(events().map((e) => e.attributes)).toMatchObject([{ test: true }, { test: true }]);
  });

  it('of messages nobody knows are counted as such', () => {
    expect(store.write(operations.recordEngagement, [fact({ seq: 77 }), fact({ run: '019ab3c0-0000-7000-8000-000000000000' }), fact({})])).toEqual({ recorded: 1, unknown: 2 });
  });

  it('through the test mailbox may be quick', () => {
    const box = insertSentRun(store, { uid: '019ab3c0-8888-7222-8333-444455556666', content: { connection: sandboxConnectionUid }, messages: [{ address: 'eve@example.org' }] });
    store.write(operations.recordEngagement, [click({ run: box.uid, at: store.now + 1 })]);
    expect(outcomes()).toEqual([[0, 'click', store.now + 1]]);
  });

  describe('by the thousand of one message', () => {
    const curl = 'curl/8.0';
    const perKind = () => store.db.all<{ name: string; n: number }>(sql`select t.name, count(*) as n from event ev join event_type t on t.id = ev.type group by 1 order by 1`);
    const links = () =>
      store.db.all<{ link: number; kind: number; at: number; n: number }>(sql`select link, kind, at, n from link_click order by link, kind`).map((row) => ({ ...row, kind: outcomeKinds[row.kind] }));
    const inBatches = (facts: readonly EngagementFact[], size: number) => {
      for (let from = 0; from < facts.length; from += size) store.write(operations.recordEngagement, facts.slice(from, from + size));
    };

    it('are kept up to a number of each kind, and counted after it', () => {
      const at = store.now + minute;
      const opens = Array.from({ length: 5_000 }, (_, n) => fact({ at: at + n * minute, userAgent: n < 2_500 ? curl : chrome }));
      const clicks = Array.from({ length: 5_000 }, (_, n) => click({ at: at + n * minute + 1, link: n % 2, userAgent: n < 2_500 ? curl : chrome }));
      inBatches([...opens, ...clicks], 500);
      expect(perKind()).toEqual([{ name: '_email.click', n: 2 * keptFacts }, { name: '_email.open', n: 2 * keptFacts }]);
      expect(store.db.all(sql`select kind, link, n from engagement_rest order by kind, link`).length).toBe(2 + 2 * 2);
      const firstByPerson = at + 2_500 * minute;
      expect(outcomes()).toEqual([[0, 'open', firstByPerson], [0, 'open_machine', at], [0, 'click', firstByPerson + 1], [0, 'click_scanner', at + 1]]);
      expect(links()).toEqual([
        { link: 0, kind: 'click', at: firstByPerson + 1, n: 1_250 },
        { link: 0, kind: 'click_scanner', at: at + 1, n: 1_250 },
        { link: 1, kind: 'click', at: firstByPerson + minute + 1, n: 1_250 },
        { link: 1, kind: 'click_scanner', at: at + minute + 1, n: 1_250 },
      ]);
    });

    it('by a scanner that names nobody leave a person who clicks later to be found', () => {
      const at = store.now + minute;
      inBatches(Array.from({ length: 900 }, (_, n) => click({ at: at + n, link: n % 9 })), 90);
      expect(outcomes()).toEqual([[0, 'click_scanner', at]]);
      store.write(operations.recordEngagement, [click({ at: at + 90 * minute, link: 4 })]);
      expect(outcomes()).toEqual([[0, 'click', at + 90 * minute], [0, 'click_scanner', at]]);
      expect(links().filter(({ link }) => link === 4)).toEqual([{ link: 4, kind: 'click', at: at + 90 * minute, n: 1 }, { link: 4, kind: 'click_scanner', at: at + 4, n: 100 }]);
      expect(perKind()).toEqual([{ name: '_email.click', n: keptFacts }]);
    });

    it('of a test send are kept up to a number too', () => {
      inBatches(Array.from({ length: 1_000 }, () => fact({ test: true })), 100);
      expect(perKind()).toEqual([{ name: '_email.open', n: 2 * keptFacts }]);
    });
  });
});

describe('unsubscribing', () => {
  const act = (over: object = {}) => ({ uid: `act-${next++}`, run, seq: 0, test: false, via: 'page' as const, at: store.now, userAgent: chrome, ip: '192.0.2.1', ...over });
  const suppressed = () => store.db.all(sql`select d.address_key, d.scope, s.reason, s.run, s.seq from suppressed d join suppression s on s.id = d.suppression`);
  beforeEach(() => (store.actor = { kind: 'recipient' }));

  it('suppresses marketing to the address, once, and says so', () => {
    expect(store.write(operations.unsubscribe, act({ via: 'one_click' }))).toBe('done');
    expect(store.write(operations.unsubscribe, act())).toBe('already');
    expect(suppressed()).toEqual([{ address_key: 'ada@example.org', scope: 'marketing', reason: 'unsubscribe', run: 1, seq: 0 }]);
    expect(outcomes()).toEqual([[0, 'unsubscribe', store.now]]);
    expect(events().map((e) => e.type)).toEqual(['_email.unsubscribe', '_email.unsubscribe']);
    expect(store.db.get(sql`select actor, source from suppression`)).toEqual({ actor: '{"kind":"recipient"}', source: 'one-click unsubscribe' });
  });

  it('can be taken back by the recipient, for a day', () => {
    store.write(operations.unsubscribe, act());
    expect(store.write(operations.undoUnsubscribe, act())).toBe('undone');
    expect(suppressed()).toEqual([]);
    expect(outcomes()).toEqual([]);
    expect(store.write(operations.undoUnsubscribe, act())).toBe('undone');
    expect(store.write(operations.unsubscribe, act())).toBe('done');
    store.now += undoWindowMs + 1;
    expect(store.write(operations.undoUnsubscribe, act())).toBe('kept');
    expect(suppressed()).toHaveLength(1);
  });

  it('does not let the undo of one message lift what another message, an operator or a complaint did', () => {
    const second = insertSentRun(store, { uid: '019ab3c0-7777-7222-8333-444455556666', messages: [{ address: 'ada@example.org' }] });
    store.write(operations.unsubscribe, act());
    expect(store.write(operations.undoUnsubscribe, act({ run: second.uid }))).toBe('kept');
    store.write((db) => suppress(db, { channel: 'EMAIL', addressKey: 'ben@example.org', scope: 'marketing', reason: 'manual', source: 'test' }), undefined);
    expect(store.write(operations.unsubscribe, act({ seq: 1 }))).toBe('done');
    expect(store.write(operations.undoUnsubscribe, act({ seq: 1 }))).toBe('kept');
    expect(suppressed()).toEqual([
      { address_key: 'ada@example.org', scope: 'marketing', reason: 'unsubscribe', run: 1, seq: 0 },
      { address_key: 'ben@example.org', scope: 'marketing', reason: 'unsubscribe', run: 1, seq: 1 },
    ]);
  });

  it('stands although an operator lifts what was there before', () => {
    store.write((db) => suppress(db, { channel: 'EMAIL', addressKey: 'ada@example.org', scope: 'marketing', reason: 'manual', source: 'test' }), undefined);
    store.write((db) => liftSuppression(db, { channel: 'EMAIL', addressKey: 'ada@example.org', note: 'asked by phone' }), undefined);
    expect(store.write(operations.unsubscribe, act())).toBe('done');
    expect(suppressed()).toHaveLength(1);
  });

  it('answers the address the message went to, whatever became of the entry since', () => {
    const endpoints = store.db.all<{ id: number }>(sql`select id from endpoint order by id`).map((row) => row.id);
    store.write(audienceOperations.update, { id: endpoints[0]!, edit: { address: 'ada.new@example.org' } });
    store.write(audienceOperations.remove, { ids: [endpoints[1]!] });
    expect(store.write(operations.unsubscribe, act())).toBe('done');
    expect(store.write(operations.unsubscribe, act({ seq: 1 }))).toBe('done');
    expect(suppressed().map((row) => (row as { address_key: string }).address_key)).toEqual(['ada@example.org', 'ben@example.org']);
    expect(store.write(operations.undoUnsubscribe, act())).toBe('undone');
    expect(suppressed().map((row) => (row as { address_key: string }).address_key)).toEqual(['ben@example.org']);
  });

  it('in a test message changes nothing', () => {
    expect(store.write(operations.unsubscribe, act({ test: true }))).toBe('test');
    expect(store.write(operations.undoUnsubscribe, act({ test: true }))).toBe('test');
    expect(suppressed()).toEqual([]);
    expect(outcomes()).toEqual([]);
  });

  it('from a message or person no longer here is kept in the log', () => {
    expect(store.write(operations.unsubscribe, act({ run: '019ab3c0-0000-7000-8000-000000000000', seq: 5 }))).toBe('unknown');
    // Sent before the address was kept with the server's answer.
    store.write((db) => db.run(sql`update message_reply set address_key = null`), undefined);
    store.write((db) => db.run(sql`delete from endpoint where address_key = 'ada@example.org'`), undefined);
    expect(store.write(operations.unsubscribe, act())).toBe('unknown');
    expect(events().map((e) => e.attributes)).toMatchObject([{ run: '019ab3c0-0000-7000-8000-000000000000', seq: 5 }, { via: 'page' }]);
  });
});

it('a hard bounce and a complaint stop everything to the address, a soft bounce nothing', () => {
  const bounce = (over: object) => ({ uid: `b-${next++}`, run, seq: 0, kind: 'soft_bounce' as const, at: store.now, words: '452 mailbox full', ...over });
  expect(store.write(operations.recordBounce, bounce({}))).toBe(true);
  expect(store.write(operations.recordBounce, bounce({ seq: 1, kind: 'hard_bounce', words: '550 5.1.1 unknown' }))).toBe(true);
  expect(store.write(operations.recordBounce, bounce({ seq: 99 }))).toBe(false);
  expect(store.db.all(sql`select address_key, scope from suppressed`)).toEqual([{ address_key: 'ben@example.org', scope: 'all' }]);
  expect(outcomes()).toEqual([[0, 'soft_bounce', store.now], [1, 'hard_bounce', store.now]]);
});
