import { expect, it } from 'vitest';
import { homeQueries, reportQueries } from '../../src-main/analytics/index.js';
import { deliveryOperations as ops, deliveryQueries as queries } from '../../src-main/delivery/operations.js';
import type { MessageResult, Outcome } from '../../src-main/delivery/results.js';
import { softRetryMs } from '../../src-main/delivery/results.js';
import { sql } from '../../src-main/store/sql.js';
import { insertConnection, insertPeople, launchAndOpen, readyCampaign } from '../support/campaign.js';
import { createMemoryStore } from '../support/memory-store.js';

const accepted: Outcome = { kind: 'accepted', response: '250 ok' };
const soft: Outcome = { kind: 'refused', class: 'soft', response: '450 later' };
const hard: Outcome = { kind: 'refused', class: 'hard', response: '550 5.1.1 no such user' };
const lost: Outcome = { kind: 'unknown', response: 'the connection was lost' };

it('header, domain table, reasons, hours, recipients and Home say the same at every step of a run that has everything', () => {
  const store = createMemoryStore();
  insertConnection(store);
  const endpoints = insertPeople(store, Array.from({ length: 14 }, (_, i) => ({ address: `p${i + 1}@d${i % 3}.example` })));
  const run = launchAndOpen(store, readyCampaign(store));
  const { epoch } = store.write(ops.startSender, undefined);
  const claim = (results: MessageResult[], window: number) => store.write(ops.claim, { epoch, run: run.id, results, window });

  const agree = () => {
    const { numbers, domains, counts } = store.read(queries.runStatus, { run: run.uid, now: store.now });
    const report = store.read(reportQueries.campaign, { campaign: run.campaign });
    const sum = <T,>(rows: readonly T[], of: (row: T) => number) => rows.reduce((total, row) => total + of(row), 0);
    const count = (filter: Parameters<typeof reportQueries.count>[1]['filter']) => store.read(reportQueries.count, { run: run.uid, filter });
    const inState = (state: string) => sum(counts.filter((row) => row.state === state && !(state === 'deferred' && row.reason === 'none')), (row) => row.messages);
    expect({ sent: sum(domains, (d) => d.sent), failed: sum(domains, (d) => d.failed), deferred: sum(domains, (d) => d.deferred) }, 'domains').toEqual({ sent: numbers.sent, failed: numbers.failed, deferred: inState('deferred') });
    expect(domains.every((d) => d.sent >= 0 && d.failed >= 0 && d.deferred >= 0)).toBe(true);
    expect([report.total.accepted, report.total.failed, report.total.skipped, report.total.unknown, report.total.waiting]).toEqual([numbers.sent, numbers.failed, numbers.skipped, numbers.unknown, numbers.waiting]);
    expect(sum(report.domains, (d) => d.accepted)).toBe(numbers.sent);
    expect(sum(report.hours, (h) => h.accepted) + (report.later?.accepted ?? 0) + report.withoutHour, 'hours').toBe(numbers.sent);
    expect([count({ state: 'sent' }), count({ state: 'failed' }), count({ state: 'unknown' }), count({ waiting: true })]).toEqual([numbers.sent, numbers.failed, numbers.unknown, numbers.waiting]);
    expect(sum(store.read(homeQueries.days, { now: store.now }), (d) => d.sent), 'Home, by day').toBe(numbers.sent - report.withoutHour);
    const today = store.read(homeQueries.now, { now: store.now, damaged: null }).today.find((row) => row.campaign === run.campaign);
    if (today) expect([today.total, today.settled], 'Home, today').toEqual([numbers.total - numbers.skipped, numbers.total - numbers.skipped - numbers.waiting]);
    return { ...numbers, deferred: inState('deferred') };
  };

  const first = claim([], 8);
  agree();
  const outcomes = [accepted, soft, soft, hard, lost, lost, lost];
  // The eighth is still on the wire when its sender dies.
  claim(outcomes.map((outcome, i) => ({ seq: first.messages[i]!.seq, address: first.messages[i]!.address, outcome })), 0);
  expect(agree()).toMatchObject({ sent: 1, deferred: 2, failed: 1, unknown: 3 });

  // One that was put off is moved to another domain before it is tried again.
  store.write((db) => db.run(sql`update endpoint set address = 'moved@elsewhere.example', address_key = 'moved@elsewhere.example' where id = ${endpoints[1]}`), undefined);
  store.now += softRetryMs[0]! + 3_600_000;
  const again = claim([], 3);
  expect(again.messages.map((m) => m.seq)).toEqual([2, 3]);
  expect(agree()).toMatchObject({ deferred: 0 });
  claim([{ seq: 2, address: again.messages[0]!.address, outcome: soft }, { seq: 3, address: again.messages[1]!.address, outcome: accepted }], 0);
  expect(agree()).toMatchObject({ sent: 2, deferred: 1 });

  expect(store.write(ops.startSender, undefined).lost).toBe(1);
  expect(agree()).toMatchObject({ unknown: 4 });
  store.write(ops.resolveUnknown, { run: run.uid, which: [5], as: 'sent' });
  store.write(ops.resolveUnknown, { run: run.uid, which: [6], as: 'failed' });
  store.write(ops.resolveUnknown, { run: run.uid, which: [7], as: 'send_again' });
  expect(agree()).toMatchObject({ sent: 3, failed: 2, unknown: 1, deferred: 1 });
  store.write(ops.resolveUnknown, { run: run.uid, which: 'all', as: 'sent' });
  expect(agree()).toMatchObject({ sent: 4, unknown: 0 });

  store.write(ops.stopRun, { run: run.uid });
  expect(store.write(ops.stopSlice, { run: run.id })).toBe(true);
  expect(agree()).toMatchObject({ sent: 4, failed: 2, skipped: 8, waiting: 0, deferred: 0 });
});
