import { describe, expect, it } from 'vitest';
import { countHours } from '../../src-main/analytics/campaign-report-hours.js';
import { outcomeOperations } from '../../src-main/delivery/outcomes/index.js';
import { messageReasonCode as reason, messageReasons, messageStateCode as state, messageStates, outcomeKindCode } from '../../src-preload/contract/delivery.js';
import { connectionQueries } from '../../src-main/channels/index.js';
import { liftSuppression, suppress } from '../../src-main/audience/index.js';
import type { ClaimAnswer } from '../../src-main/delivery/claim.js';
import { freezeSlices } from '../../src-main/delivery/freeze.js';
import { deliveryOperations as ops, deliveryQueries as queries } from '../../src-main/delivery/operations.js';
import { recoverAfterCrash, recoverAfterRestore } from '../../src-main/delivery/recover.js';
import type { MessageResult, Outcome } from '../../src-main/delivery/results.js';
import { hardRefusalLimit, softRetryMs } from '../../src-main/delivery/results.js';
import { workspaceOperations } from '../../src-main/settings/index.js';
import { sql } from '../../src-main/store/sql.js';
import { collectorUrl, countedFromRows, insertConnection, insertPeople, launchAndOpen, type OpenedRun, readyCampaign } from '../support/campaign.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const people = (n: number) => Array.from({ length: n }, (_, i) => ({ address: `p${i + 1}@example.org` }));

function setUp(n: number): { store: MemoryStore; run: OpenedRun; endpoints: number[]; epoch: number } {
  const store = createMemoryStore();
  insertConnection(store);
  const endpoints = insertPeople(store, people(n));
  const run = launchAndOpen(store, readyCampaign(store));
  return { store, run, endpoints, epoch: store.write(ops.startSender, undefined).epoch };
}

const accepted: Outcome = { kind: 'accepted', response: '250 ok', providerId: 'q1' };
const results = (answer: ClaimAnswer, outcome: Outcome = accepted): MessageResult[] => answer.messages.map(({ seq, address }) => ({ seq, address, outcome }));
const ledger = (store: MemoryStore, run: number) =>
  store.read((db) => db.all<{ seq: number; state: number; reason: number | null }>(sql`select seq, state, reason from message where run = ${run} order by seq`), undefined).map(
    (row) => `${row.seq} ${messageStates[row.state]} ${messageReasons[row.reason ?? 0]}`,
  );
const runState = (store: MemoryStore, run: number) =>
  store.read((db) => db.get<{ state: string; paused: string | null; wait_until: number | null }>(sql`select state, paused, wait_until from run where id = ${run}`), undefined);

/** The cache must say what the rows say, whatever happened. */
function expectCountsRight(store: MemoryStore, run: number): void {
  const cached = store.read((db) => db.all<{ state: string; reason: string; n: number }>(sql`select state, reason, n from run_count where run = ${run} and n <> 0`), undefined);
  const named = cached.map((row) => ({ state: state[row.state as keyof typeof state], reason: row.reason === '' ? 0 : reason[row.reason as keyof typeof reason], n: row.n }));
  expect(named.sort((a, b) => a.state - b.state || a.reason - b.reason)).toEqual(countedFromRows(store, run));
}

describe('claim before call', () => {
  it('gives out each message once, within the window, and records while it claims', () => {
    const { store, run, epoch } = setUp(5);
    const claim = (given: MessageResult[], window = 4) => store.write(ops.claim, { epoch, run: run.id, results: given, window });
    const first = claim([]);
    expect(first.messages.map((m) => [m.seq, m.address, m.row?.user_id])).toEqual([1, 2, 3, 4].map((n) => [n, `p${n}@example.org`, `u-p${n}@example.org`]));
    expect(claim([])).toEqual({ messages: [], status: 'waiting', nextDue: null });
    const second = claim(results(first).slice(0, 2));
    expect(second.messages.map((m) => m.seq)).toEqual([5]);
    expect(ledger(store, run.id)).toEqual(['1 sent none', '2 sent none', '3 claimed none', '4 claimed none', '5 claimed none']);
    expectCountsRight(store, run.id);
    const third = claim([...results(first).slice(2), ...results(second)]);
    expect(third).toEqual({ messages: [], status: 'done', nextDue: null });
    expect(runState(store, run.id)).toEqual({ state: 'done', paused: null, wait_until: null });
    expectCountsRight(store, run.id);
  });

  it('asks consent, suppression, activity and existence again at the claim', () => {
    const { store, run, endpoints, epoch } = setUp(6);
    store.write((db) => {
      db.run(sql`update endpoint set opt_out = 1 where id = ${endpoints[0]}`);
      suppress(db, { channel: 'EMAIL', addressKey: 'p2@example.org', reason: 'unsubscribe', source: 'collector' });
      db.run(sql`update endpoint set active = 0 where id = ${endpoints[2]}`);
      db.run(sql`delete from endpoint where id = ${endpoints[3]}`);
      db.run(sql`update endpoint set address = 'new@example.org', address_key = 'new@example.org' where id = ${endpoints[4]}`);
    }, undefined);
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    expect(answer.messages.map((m) => [m.seq, m.address])).toEqual([
      [5, 'new@example.org'],
      [6, 'p6@example.org'],
    ]);
    expect(ledger(store, run.id)).toEqual(['1 skipped opted_out', '2 skipped unsubscribed', '3 skipped inactive', '4 skipped deleted', '5 claimed none', '6 claimed none']);
    expectCountsRight(store, run.id);
  });

  it('sends one message to an address, whichever of two people has it by then', () => {
    const { store, run, endpoints, epoch } = setUp(4);
    const claim = (given: MessageResult[], window: number) => store.write(ops.claim, { epoch, run: run.id, results: given, window });
    const first = claim([], 2);
    const move = (n: number, to: string) => store.write((db) => db.run(sql`update endpoint set address = ${to}, address_key = ${to} where id = ${endpoints[n - 1]}`), undefined);
    claim([results(first)[0]!, results(first, { kind: 'skipped', reason: 'missing_variable', detail: 'City' })[1]!], 0);
    move(1, 'elsewhere@example.org');
    move(2, 'elsewhere2@example.org');
    move(3, 'p1@example.org');
    // Nothing went to this address.
    move(4, 'p2@example.org');
    expect(claim([], 2).messages.map((m) => m.address)).toEqual(['p2@example.org']);
    expect(ledger(store, run.id).slice(2)).toEqual(['3 skipped duplicate_address', '4 claimed none']);
    expectCountsRight(store, run.id);
  });

  it('does not bring back whom the freeze left out, even when the suppression is lifted', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, people(2));
    store.write(suppress, { channel: 'EMAIL', addressKey: 'p1@example.org', reason: 'manual', source: 'paste' } as const);
    const run = launchAndOpen(store, readyCampaign(store));
    store.write(liftSuppression, { channel: 'EMAIL', addressKey: 'p1@example.org', note: 'asked for it' });
    const { epoch } = store.write(ops.startSender, undefined);
    expect(store.write(ops.claim, { epoch, run: run.id, results: [], window: 10 }).messages.map((m) => m.address)).toEqual(['p2@example.org']);
  });

  it('honours the pause of the workspace', () => {
    const { store, run, epoch } = setUp(2);
    store.write((db) => db.run(sql`insert into workspace (id, uid, name, created_at, machine, path, sending_paused) values (1, 'w', 'w', 0, 'm', 'p', 'moved')`), undefined);
    expect(store.write(ops.claim, { epoch, run: run.id, results: [], window: 10 })).toEqual({ messages: [], status: 'halted', nextDue: null });
    store.write(workspaceOperations.resumeSending, undefined);
    expect(store.write(ops.claim, { epoch, run: run.id, results: [], window: 10 }).messages).toHaveLength(2);
  });

  it('passes a long stretch of skipped rows in bounded steps', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, [...Array.from({ length: 12_000 }, (_, i) => ({ address: `o${i}@example.org`, optOut: true })), { address: 'last@example.org' }]);
    const run = launchAndOpen(store, readyCampaign(store));
    const { epoch } = store.write(ops.startSender, undefined);
    const claim = () => store.write(ops.claim, { epoch, run: run.id, results: [], window: 10 });
    expect(claim()).toEqual({ messages: [], status: 'going', nextDue: null });
    expect(claim()).toEqual({ messages: [], status: 'going', nextDue: null });
    expect(claim().messages.map((m) => m.address)).toEqual(['last@example.org']);
  });
});

describe('results', () => {
  it('tries soft refusals again with growing waits and then fails them', () => {
    const { store, run, epoch } = setUp(1);
    const soft: Outcome = { kind: 'refused', class: 'soft', response: '450 4.2.1 later' };
    let answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    for (const wait of softRetryMs) {
      const waiting: ClaimAnswer = store.write(ops.claim, { epoch, run: run.id, results: results(answer, soft), window: 2 });
      expect(waiting).toEqual({ messages: [], status: 'waiting', nextDue: store.now + wait });
      expect(ledger(store, run.id)).toEqual(['1 deferred refused_soft']);
      store.now += wait;
      answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
      expect(answer.messages.map((m) => m.seq)).toEqual([1]);
      expectCountsRight(store, run.id);
    }
    expect(store.write(ops.claim, { epoch, run: run.id, results: results(answer, soft), window: 2 }).status).toBe('done');
    expect(ledger(store, run.id)).toEqual(['1 failed refused_soft']);
    expect(store.read((db) => db.all(sql`select seq, response from message_reply where run = ${run.id}`), undefined)).toEqual([{ seq: 1, response: '450 4.2.1 later' }]);
    expectCountsRight(store, run.id);
  });

  it('suppresses an address that does not exist', () => {
    const { store, run, epoch } = setUp(1);
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    store.write(ops.claim, { epoch, run: run.id, results: results(answer, { kind: 'refused', class: 'hard', response: '550 5.1.1 no such user' }), window: 2 });
    expect(ledger(store, run.id)).toEqual(['1 failed refused_hard']);
    expect(store.read((db) => db.all(sql`select channel, address_key, scope, reason, source, note, run, seq from suppression`), undefined)).toEqual([
      { channel: 'EMAIL', address_key: 'p1@example.org', scope: 'all', reason: 'hard_bounce', source: 'smtp', note: '550 5.1.1 no such user', run: run.id, seq: 1 },
    ]);
  });

  it('pauses the run when a server calls most recipients unknown, and again after as many more', () => {
    const { store, run, epoch } = setUp(3 * hardRefusalLimit);
    const refuseAll = () => {
      for (let answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 8 }); answer.messages.length > 0; ) {
        answer = store.write(ops.claim, { epoch, run: run.id, results: results(answer, { kind: 'refused', class: 'hard', response: '550 5.1.1 go away' }), window: 8 });
        if (answer.status === 'halted') return;
      }
    };
    const suppressed = () => store.read((db) => db.get<{ n: number }>(sql`select count(*) as n from suppressed`)!.n, undefined);
    refuseAll();
    expect(store.read(queries.runStatus, { run: run.uid, now: store.now }).paused).toEqual({ reason: 'recipients', response: '550 5.1.1 go away' });
    const first = suppressed();
    expect(first).toBeGreaterThanOrEqual(hardRefusalLimit);
    expect(first).toBeLessThan(hardRefusalLimit + 8);
    store.write(ops.resumeRun, { run: run.uid });
    refuseAll();
    expect(store.read(queries.runStatus, { run: run.uid, now: store.now }).paused).toMatchObject({ reason: 'recipients' });
    expect(suppressed()).toBeLessThan(2 * hardRefusalLimit + 8);
    expectCountsRight(store, run.id);
  });

  it('lifts what a run suppressed in error in one step, and nothing else; the refused wait again only when asked', () => {
    const { store, run, epoch } = setUp(6);
    const claim = (given: MessageResult[], window = 6) => store.write(ops.claim, { epoch, run: run.id, results: given, window });
    const standing = () => store.db.all<{ address_key: string; reason: string }>(sql`select d.address_key, s.reason from suppressed d join suppression s on s.id = d.suppression order by 1`).map((row) => `${row.address_key} ${row.reason}`);
    store.write(suppress, { channel: 'EMAIL', addressKey: 'other@example.org', reason: 'hard_bounce', source: 'smtp', message: { run: run.id + 1, seq: 1 } } as const);
    claim(results(claim([]), { kind: 'refused', class: 'hard', response: '550 5.1.1 no such user' }));
    // One complained since: that is not for us to lift.
    store.write(suppress, { channel: 'EMAIL', addressKey: 'p6@example.org', reason: 'complaint', source: 'collector' } as const);
    // One was lifted by hand already.
    store.write(liftSuppression, { channel: 'EMAIL', addressKey: 'p5@example.org', note: 'is there' });
    expect(store.read(queries.liftableBounces, { run: run.uid })).toEqual({ addresses: 4 });
    store.actor = { kind: 'engine' };
    expect(() => store.write(ops.liftBounces, { run: run.uid, note: 'server erred', sendAgain: true })).toThrow('NOT_ALLOWED');
    store.actor = { kind: 'operator' };
    expect(store.write(ops.liftBounces, { run: run.uid, note: 'server erred', sendAgain: true })).toMatchObject({ lifted: 4, again: 4, left: false });
    expect(standing()).toEqual(['other@example.org hard_bounce', 'p6@example.org complaint']);
    expect(store.write(ops.liftBounces, { run: run.uid, note: 'server erred', sendAgain: true })).toMatchObject({ lifted: 0, again: 0 });
    expectCountsRight(store, run.id);
    const again = claim([]);
    expect(again.messages.map((m) => m.seq)).toEqual([1, 2, 3, 4]);
    expect(claim(results(again)).status).toBe('done');
    expect(ledger(store, run.id)).toEqual([...[1, 2, 3, 4].map((n) => `${n} sent none`), '5 failed refused_hard', '6 failed refused_hard']);
    expectCountsRight(store, run.id);
  });

  it('goes on where most recipients are there', () => {
    const { store, run, epoch } = setUp(3 * hardRefusalLimit);
    let answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 9 });
    while (answer.messages.length > 0) {
      const mixed = answer.messages.map(({ seq, address }, index): MessageResult => ({ seq, address, outcome: index % 3 === 0 ? { kind: 'refused', class: 'hard', response: '550' } : accepted }));
      answer = store.write(ops.claim, { epoch, run: run.id, results: mixed, window: 9 });
    }
    expect(runState(store, run.id)).toMatchObject({ state: 'done', paused: null });
  });

  it('pauses after five refusals in a row that are our fault, keeps the messages, and goes on when told', () => {
    const { store, run, epoch } = setUp(6);
    const ours: Outcome = { kind: 'refused', class: 'ours', response: '550 5.7.26 not authenticated' };
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 6 });
    const claim = (given: MessageResult[]) => store.write(ops.claim, { epoch, run: run.id, results: given, window: 6 });
    claim(results(answer, ours).slice(0, 4));
    claim([{ ...results(answer)[4]!, outcome: accepted }]);
    expect(runState(store, run.id)?.paused).toBe(null);
    store.now += 60_000;
    const again = claim([]);
    expect(again.messages.map((m) => m.seq)).toEqual([1, 2, 3, 4]);
    expect(claim([...results(again, ours), { ...results(answer)[5]!, outcome: ours }]).status).toBe('halted');
    expect(store.read((db) => db.get(sql`select paused, paused_response from run where id = ${run.id}`), undefined)).toEqual({ paused: 'refused', paused_response: '550 5.7.26 not authenticated' });
    expect(ledger(store, run.id)).toEqual([...[1, 2, 3, 4].map((n) => `${n} deferred refused_ours`), '5 sent none', '6 deferred refused_ours']);
    store.write(ops.resumeRun, { run: run.uid });
    expect(claim([]).messages.map((m) => m.seq)).toEqual([1, 2, 3, 4, 6]);
    expectCountsRight(store, run.id);
  });

  it('pauses at once when the credentials are refused', () => {
    const { store, run, epoch } = setUp(3);
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    const refused: MessageResult[] = results(answer, { kind: 'not_sent', cause: '535 5.7.8 bad credentials', ours: 'credentials' });
    expect(store.write(ops.claim, { epoch, run: run.id, results: refused, window: 2 })).toEqual({ messages: [], status: 'halted', nextDue: null });
    expect(runState(store, run.id)).toEqual({ state: 'sending', paused: 'credentials', wait_until: null });
    // Somebody reads what to do, not also when the next try would have been.
    store.write((db) => db.run(sql`update run set wait_until = ${store.now + 60_000} where id = ${run.id}`), undefined);
    expect(store.read(queries.runStatus, { run: run.uid, now: store.now })).toMatchObject({ paused: { reason: 'credentials' }, waitUntil: null, waitCause: null });
  });

  it('tells the connection of its trouble, and that it works again', () => {
    const { store, run, epoch } = setUp(8);
    const lastError = () => store.read(connectionQueries.get, { uid: 'test-mailbox' }).lastError;
    const claim = (given: MessageResult[]) => store.write(ops.claim, { epoch, run: run.id, results: given, window: 8 });
    const paused = claim(results(claim([]), { kind: 'not_sent', cause: '535 5.7.8 bad credentials', ours: 'credentials' }));
    expect([paused.status, lastError()]).toEqual(['halted', '535 5.7.8 bad credentials']);
    store.write(ops.resumeRun, { run: run.uid });
    const again = claim([]);
    claim([{ ...results(again)[0]!, outcome: accepted }]);
    expect(lastError()).toBeNull();
    claim(results(again, { kind: 'not_sent', cause: 'connect ECONNREFUSED', ours: false }).slice(1));
    expect(lastError()).toBe('connect ECONNREFUSED');
  });

  it('waits for a server that cannot be reached without using up attempts, and tries it with one message', () => {
    const { store, run, epoch } = setUp(8);
    const gone: Outcome = { kind: 'not_sent', cause: 'connect ECONNREFUSED', ours: false };
    const claim = (given: MessageResult[]) => store.write(ops.claim, { epoch, run: run.id, results: given, window: 8 });
    const answer = claim([]);
    expect(claim(results(answer, gone))).toEqual({ messages: [], status: 'waiting', nextDue: store.now + 15_000 });
    for (const wait of [15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000]) {
      store.now += wait;
      const one = claim([]);
      expect(one.messages).toHaveLength(1);
      claim(results(one, gone));
      expectCountsRight(store, run.id);
    }
    store.now += 900_000;
    const probe = claim([]);
    const all = claim(results(probe));
    expect(all.messages).toHaveLength(7);
    expect(claim(results(all)).status).toBe('done');
    expect(new Set(ledger(store, run.id).map((row) => row.slice(2)))).toEqual(new Set(['sent none']));
  });

  it('fails one message that always loses its connection while the server takes others', () => {
    const { store, run, epoch } = setUp(12);
    const claim = (given: MessageResult[]) => store.write(ops.claim, { epoch, run: run.id, results: given, window: 2 });
    const lose = (answer: ClaimAnswer) => answer.messages.map(({ seq, address }): MessageResult => ({ seq, address, outcome: seq === 1 ? { kind: 'not_sent', cause: 'lost', ours: false } : accepted }));
    let answer = claim([]);
    for (let i = 0; i < 40 && answer.status !== 'done'; i++) {
      store.now += 240_000;
      answer = claim(lose(answer));
    }
    expect(ledger(store, run.id)[0]).toBe('1 failed connection_lost');
    expectCountsRight(store, run.id);
  });

  it('never retries an unknown message by itself; a person settles it', () => {
    const { store, run, epoch } = setUp(4);
    const claim = (given: MessageResult[]) => store.write(ops.claim, { epoch, run: run.id, results: given, window: 4 });
    const answer = claim([]);
    expect(claim(results(answer, { kind: 'unknown', response: 'connection lost after the final dot' })).status).toBe('done');
    store.now += 7 * 86_400_000;
    expect(store.write(ops.claim, { epoch, run: run.id, results: [], window: 4 }).messages).toEqual([]);
    expect(store.read(queries.unknownMessages, { run: run.uid, limit: 1 })).toEqual({
      rows: [
        {
          seq: 1,
          address: 'p1@example.org',
          userId: 'u-p1@example.org',
          reason: 'connection_lost',
          messageId: `<${run.uid}.1@kestrel.example>`,
          at: store.now - 7 * 86_400_000,
          response: 'connection lost after the final dot',
        },
      ],
      next: 1,
      total: 4,
    });
    expect(store.write(ops.resolveUnknown, { run: run.uid, which: [1], as: 'sent' })).toEqual({ resolved: 1, left: 0 });
    expect(store.write(ops.resolveUnknown, { run: run.uid, which: [1, 2], as: 'failed' })).toEqual({ resolved: 1, left: 0 });
    expect(store.write(ops.resolveUnknown, { run: run.uid, which: 'all', as: 'send_again' })).toEqual({ resolved: 2, left: 0 });
    expect(ledger(store, run.id)).toEqual(['1 sent none', '2 failed said_not_sent', '3 deferred none', '4 deferred none']);
    expect(runState(store, run.id)?.state).toBe('sending');
    const again = claim([]);
    expect(again.messages.map((m) => m.seq)).toEqual([3, 4]);
    expect(claim(results(again)).status).toBe('done');
    expectCountsRight(store, run.id);
  });

  it('ignores a result for a message that is not claimed any more', () => {
    const { store, run, epoch } = setUp(1);
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    const twice = [...results(answer), ...results(answer, { kind: 'refused', class: 'hard', response: '550' })];
    store.write(ops.claim, { epoch, run: run.id, results: twice, window: 2 });
    expect(ledger(store, run.id)).toEqual(['1 sent none']);
    expect(store.read((db) => db.all(sql`select * from suppression`), undefined)).toEqual([]);
    expectCountsRight(store, run.id);
  });
});

describe('crash, restore, stop', () => {
  it('makes the claims of a dead sender unknown, and refuses that sender from then on', () => {
    const { store, run, epoch } = setUp(3);
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    const next = store.write(ops.startSender, undefined);
    expect(next).toEqual({ epoch: epoch + 1, lost: 2 });
    expect(() => store.write(ops.claim, { epoch, run: run.id, results: results(answer), window: 2 })).toThrow('CONFLICT');
    expect(ledger(store, run.id)).toEqual(['1 unknown crashed', '2 unknown crashed', '3 pending none']);
    expect(store.write(ops.claim, { epoch: next.epoch, run: run.id, results: [], window: 2 }).messages.map((m) => m.seq)).toEqual([3]);
    expectCountsRight(store, run.id);
  });

  it('keeps the address of a message that a crash or a restore made unknown: an opt-out answers that one', () => {
    const { store, run, endpoints, epoch } = setUp(4);
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    const claimedAt = store.now;
    store.write(ops.claim, { epoch, run: run.id, results: [results(answer)[0]!], window: 0 });
    store.now += 60_000;
    store.write(ops.startSender, undefined);
    const kept = () => store.db.all(sql`select seq, response, address_key from message_reply where run = ${run.id} order by seq`);
    const lost = { seq: 2, response: '', address_key: 'p2@example.org' };
    expect(kept()).toEqual([{ seq: 1, response: '250 ok', address_key: 'p1@example.org' }, lost]);
    store.write((db) => db.run(sql`insert into workspace (id, uid, name, created_at, machine, path, restored) values (1, 'w', 'w', 0, 'm', 'p', 1)`), undefined);
    store.write(ops.recoverAtOpen, { suppressionsLog: '' });
    expect(kept().slice(1)).toEqual([2, 3, 4].map((n) => ({ seq: n, response: n === 2 ? '' : null, address_key: `p${n}@example.org` })));
    for (const n of [2, 3]) store.write((db) => db.run(sql`update endpoint set address = ${`new${n}@example.org`}, address_key = ${`new${n}@example.org`} where id = ${endpoints[n - 1]}`), undefined);
    for (const seq of [2, 3]) store.write(outcomeOperations.unsubscribe, { uid: `u${seq}`, run: run.uid, seq, test: false, via: 'page', at: store.now, userAgent: '', ip: '' });
    expect(store.db.all(sql`select address_key from suppressed order by 1`)).toEqual([{ address_key: 'p2@example.org' }, { address_key: 'p3@example.org' }]);
    // When the first was claimed is known. Nobody knows when the others went: no time is shown, none is counted. A click is not called too quick for any of them.
    expect(store.read(queries.unknownMessages, { run: run.uid }).rows.map(({ at, response }) => [at, response])).toEqual([[claimedAt, null], [null, null], [null, null]]);
    store.write(ops.resolveUnknown, { run: run.uid, which: [2, 3], as: 'sent' });
    expect(store.read((db) => countHours(db, run.id, 'UTC').hours.map(({ accepted: n }) => n), undefined)).toEqual([2]);
    const startedAt = store.db.get<{ at: number }>(sql`select started_at as at from run where id = ${run.id}`)!.at;
    store.write(outcomeOperations.recordEngagement, [{ uid: 'c', kind: 'click', run: run.uid, seq: 2, test: false, link: 0, target: '', at: startedAt + 1_000, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', ip: '' }]);
    expect(store.db.get(sql`select kind from outcome where run = ${run.id} and seq = 2 and kind <> ${outcomeKindCode.unsubscribe}`)).toEqual({ kind: outcomeKindCode.click });
  });

  it('asks again after a crash in the hold, and can be taken back or confirmed', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, people(1));
    const campaign = readyCampaign(store);
    const { run } = store.write(ops.launch, { ...campaign, collectorUrl });
    expect(store.write(recoverAfterCrash, undefined)).toEqual({ lost: 0, asking: 1 });
    expect(store.write(ops.confirmLaunch, { run, collectorUrl })).toEqual({ holdUntil: store.now + 30_000 });
    expect(() => store.write(ops.confirmLaunch, { run, collectorUrl })).toThrow('CAMPAIGN_STATE');
    expect(store.write(ops.takeBack, { run })).toEqual({ campaign: campaign.uid });
    expect(store.read((db) => db.all(sql`select state from campaign union all select uid from run`), undefined)).toEqual([{ state: 'draft' }]);
  });

  it('redoes a freeze that was cut, from a new snapshot, and none of its rows could be claimed', () => {
    const store = createMemoryStore();
    insertConnection(store);
    insertPeople(store, people(3));
    const { run: uid, holdUntil } = store.write(ops.launch, { ...readyCampaign(store), collectorUrl });
    const run = store.read((db) => db.get<{ id: number }>(sql`select id from run where uid = ${uid}`)!.id, undefined);
    expect(store.write(ops.beginFreeze, { run })).toBe(false);
    store.now = holdUntil;
    expect(store.write(ops.beginFreeze, { run })).toBe(true);
    const audience = store.read(queries.freezeAudience, { run, asOf: store.now });
    store.write(ops.freezeSlice, [...freezeSlices(run, audience)][0]!);
    const { epoch } = store.write(ops.startSender, undefined);
    expect(store.write(ops.claim, { epoch, run, results: [], window: 4 })).toEqual({ messages: [], status: 'halted', nextDue: null });
    store.write(recoverAfterCrash, undefined);
    expect(() => store.write(ops.freezeSlice, [...freezeSlices(run, audience)][0]!)).toThrow('CONFLICT');
    expect(store.write(ops.dropFrozen, { run })).toBe(3);
    expect(store.write(ops.dropFrozen, { run })).toBe(0);
    insertPeople(store, [{ address: 'late@example.org' }]);
    const again = store.read(queries.freezeAudience, { run, asOf: store.now });
    for (const slice of freezeSlices(run, again)) store.write(ops.freezeSlice, slice);
    expect(() => store.write(ops.openRun, { run, commit: 1, total: 3, funnel: again.funnel })).toThrow('CONFLICT');
    store.write(ops.openRun, { run, commit: again.commit, total: 4, funnel: again.funnel });
    expectCountsRight(store, run);
    expect(ledger(store, run)).toEqual([1, 2, 3, 4].map((n) => `${n} pending none`));
  });

  it('makes what a restored backup holds as unsent unknown', () => {
    const { store, run, epoch } = setUp(4);
    const answer = store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 });
    store.write(ops.claim, { epoch, run: run.id, results: [results(answer)[0]!, { ...results(answer)[1]!, outcome: { kind: 'refused', class: 'soft', response: '450' } }], window: 0 });
    expect(store.write(recoverAfterRestore, undefined)).toEqual({ unknown: 3, asking: 0 });
    expect(ledger(store, run.id)).toEqual(['1 sent none', '2 unknown restored', '3 unknown restored', '4 unknown restored']);
    expectCountsRight(store, run.id);
    expect(store.write(ops.finishRun, { run: run.id })).toBe(true);
  });

  it('stops: skips the rest, lets what is on the wire finish, and then is stopped', () => {
    const { store, run, epoch } = setUp(6);
    const claim = (given: MessageResult[], window = 3) => store.write(ops.claim, { epoch, run: run.id, results: given, window });
    const answer = claim([]);
    claim([{ ...results(answer)[0]!, outcome: { kind: 'refused', class: 'soft', response: '450' } }], 0);
    store.write(ops.stopRun, { run: run.uid });
    expect(claim([])).toEqual({ messages: [], status: 'halted', nextDue: null });
    expect(store.write(ops.stopSlice, { run: run.id })).toBe(false);
    claim([{ ...results(answer)[1]!, outcome: { kind: 'released' } }, results(answer)[2]!]);
    expect(store.write(ops.stopSlice, { run: run.id })).toBe(true);
    expect(ledger(store, run.id)).toEqual([
      '1 skipped stopped_by_operator',
      '2 skipped stopped_by_operator',
      '3 sent none',
      ...[4, 5, 6].map((n) => `${n} skipped stopped_by_operator`),
    ]);
    expect(runState(store, run.id)?.state).toBe('stopped');
    expect(() => store.write(ops.resumeRun, { run: run.uid })).toThrow('CAMPAIGN_STATE');
    expectCountsRight(store, run.id);
  });

  it('pauses and resumes; what was given back is sent first', () => {
    const { store, run, epoch } = setUp(3);
    const claim = (given: MessageResult[]) => store.write(ops.claim, { epoch, run: run.id, results: given, window: 2 });
    const answer = claim([]);
    store.write(ops.pauseRun, { run: run.uid });
    expect(claim(results(answer, { kind: 'released' })).status).toBe('halted');
    store.write(ops.resumeRun, { run: run.uid });
    expect(claim([]).messages.map((m) => m.seq)).toEqual([1, 2]);
    expectCountsRight(store, run.id);
  });
});
