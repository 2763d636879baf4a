import { expect, it } from 'vitest';
import { suppress } from '../../src-main/audience/index.js';
import { type ClaimAnswer, onItsWayMs } from '../../src-main/delivery/claim.js';
import { deliveryOperations as ops } from '../../src-main/delivery/operations.js';
import { recoverAfterCrash } from '../../src-main/delivery/recover.js';
import type { MessageResult, Outcome } from '../../src-main/delivery/results.js';
import { softRetryMs } from '../../src-main/delivery/results.js';
import { messageReasons, messageStates } from '../../src-preload/contract/delivery.js';
import { sql } from '../../src-main/store/sql.js';
import { countedFromRows, insertConnection, insertPeople, launchAndOpen, readyCampaign } from '../support/campaign.js';
import { createMemoryStore } from '../support/memory-store.js';

/*
 * Addresses that change hands while a run goes on: nobody gets two, nobody is left out for an attempt that reached no one.
 */

const accepted: Outcome = { kind: 'accepted', response: '250 ok', providerId: 'q1' };
const soft: Outcome = { kind: 'refused', class: 'soft', response: '450 later' };
const lost: Outcome = { kind: 'unknown', response: 'connection lost' };

function setUp(n: number) {
  const store = createMemoryStore();
  insertConnection(store);
  const endpoints = insertPeople(store, Array.from({ length: n }, (_, i) => ({ address: `p${i + 1}@example.org` })));
  const run = launchAndOpen(store, readyCampaign(store));
  const { epoch } = store.write(ops.startSender, undefined);
  const claim = (results: MessageResult[], window: number) => store.write(ops.claim, { epoch, run: run.id, results, window });
  const move = (n: number, to: string) => store.write((db) => db.run(sql`update endpoint set address = ${to}, address_key = ${to} where id = ${endpoints[n - 1]}`), undefined);
  const rows = () => store.read((db) => db.all<{ seq: number; state: number; reason: number | null }>(sql`select seq, state, reason from message where run = ${run.id} order by seq`), undefined)
    .map((row) => `${row.seq} ${messageStates[row.state]} ${messageReasons[row.reason ?? 0]}`);
  const standing = () => store.read((db) => db.all<{ line: string }>(sql`select d.address_key || ' ' || d.scope || ' ' || s.reason as line from suppressed d join suppression s on s.id = d.suppression order by 1`), undefined).map((row) => row.line);
  return { store, run, epoch, claim, move, rows, standing };
}
const of = (answer: ClaimAnswer, seq: number, outcome: Outcome): MessageResult => ({ seq, address: answer.messages.find((message) => message.seq === seq)!.address, outcome });
const sends = (answer: ClaimAnswer) => answer.messages.map((message) => `${message.seq} ${message.address}`);

it('lets a message wait while another is on its way to its address, and decides by what becomes of that one', () => {
  for (const [outcome, then] of [[accepted, '2 skipped duplicate_address'], [lost, '2 skipped duplicate_address'], [soft, '2 claimed none']] as const) {
    const { store, claim, move, rows, run } = setUp(2);
    const first = claim([], 1);
    move(1, 'away@example.org');
    move(2, 'p1@example.org');
    expect(claim([], 2)).toEqual({ messages: [], status: 'waiting', nextDue: store.now + onItsWayMs });
    expect(rows()).toEqual(['1 claimed none', '2 deferred none']);
    store.now += onItsWayMs;
    const second = claim([of(first, 1, outcome)], 2);
    expect(rows()[1]).toBe(then);
    expect(sends(second)).toEqual(outcome === soft ? ['2 p1@example.org'] : []);
    expect(countedFromRows(store, run.id).reduce((n, row) => n + row.n, 0)).toBe(2);
  }
});

it('leaves nobody out for a message that was given back before it was begun', () => {
  const { claim, move, rows } = setUp(2);
  const first = claim([], 2);
  claim([of(first, 1, { kind: 'released' }), of(first, 2, { kind: 'released' })], 0);
  move(1, 'between@example.org');
  move(2, 'p1@example.org');
  move(1, 'p2@example.org');
  expect(sends(claim([], 2))).toEqual(['1 p2@example.org', '2 p1@example.org']);
  expect(rows()).toEqual(['1 claimed none', '2 claimed none']);
});

it('never forgets that an address may have the message, whatever later attempts at it came to', () => {
  const { store, run, claim, move, rows } = setUp(2);
  const first = claim([], 1);
  claim([of(first, 1, lost)], 0);
  store.write(ops.resolveUnknown, { run: run.uid, which: 'all', as: 'send_again' });
  const again = claim([], 1);
  expect(sends(again)).toEqual(['1 p1@example.org']);
  claim([of(again, 1, soft)], 0);
  move(1, 'away@example.org');
  move(2, 'p1@example.org');
  expect(sends(claim([], 2))).toEqual([]);
  expect(rows()).toEqual(['1 deferred refused_soft', '2 skipped duplicate_address']);
  // Its person has another address by now: the links of the first copy speak for the former one.
  store.now += softRetryMs[0]!;
  expect(sends(claim([], 2))).toEqual([]);
  expect(rows()[0]).toBe('1 skipped address_changed');
});

it('frees an address when a person says that the message was not sent', () => {
  const { store, run, claim, move } = setUp(2);
  claim([of(claim([], 1), 1, lost)], 0);
  store.write(ops.resolveUnknown, { run: run.uid, which: 'all', as: 'failed' });
  move(1, 'away@example.org');
  move(2, 'p1@example.org');
  expect(sends(claim([], 2))).toEqual(['2 p1@example.org']);
});

it('knows after a crash where claims of an earlier program may have gone, which wrote no address down', () => {
  const { store, run, claim, move, rows } = setUp(2);
  claim([], 1);
  store.write((db) => db.run(sql`delete from message_reply`), undefined);
  store.write(recoverAfterCrash, undefined);
  move(1, 'away@example.org');
  move(2, 'p1@example.org');
  const { epoch } = store.write(ops.startSender, undefined);
  expect(store.write(ops.claim, { epoch, run: run.id, results: [], window: 2 }).messages).toEqual([]);
  expect(rows()).toEqual(['1 unknown crashed', '2 skipped duplicate_address']);
});

it('lifts the bounces of a run and leaves what stood there before', () => {
  const { store, run, claim, standing } = setUp(1);
  const first = claim([], 1);
  store.write(suppress, { channel: 'EMAIL', addressKey: 'p1@example.org', reason: 'manual', scope: 'all', source: 'by hand' } as const);
  claim([of(first, 1, { kind: 'refused', class: 'hard', response: '550 5.1.1 unknown' })], 0);
  expect(standing()).toEqual(['p1@example.org all hard_bounce']);
  store.actor = { kind: 'operator' };
  expect(store.write(ops.liftBounces, { run: run.uid, note: 'server erred', sendAgain: true })).toMatchObject({ lifted: 1, left: false });
  expect(standing()).toEqual(['p1@example.org all manual']);
});
