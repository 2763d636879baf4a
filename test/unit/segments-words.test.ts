import { describe, expect, it } from 'vitest';
import { type EventFilter, historyOps, segmentRule, type SegmentRule, segmentTree, timesOps } from '../../src-preload/contract/segment.js';
import { subjects } from '../../src-renderer/features/segments/defaults.js';
import { missing } from '../../src-renderer/features/segments/missing.js';
import { eventWords, groupSentences, type RuleNames, ruleSentence } from '../../src-renderer/features/segments/words.js';

const campaign = '01890000-0000-7000-8000-0000000000aa';
const names: RuleNames = { segment: () => 'Staff', campaign: (uid) => (uid === campaign ? 'Spring sale' : 'a campaign that was deleted'), topic: () => 'News' };
const say = (rule: SegmentRule) => ruleSentence(segmentRule.parse(rule), names);

describe('a rule as a sentence', () => {
  it('tells what somebody did, how often, when and with what', () => {
    expect(
      say({
        type: 'event',
        op: 'did',
        event: 'purchase',
        times: { op: 'atLeast', count: 2 },
        when: { op: 'inLast', duration: { amount: 30, unit: 'days' } },
        where: [
          { of: 'attribute', name: 'product', test: { op: 'is', values: ['Espresso', 'Filter'], ignoreCase: true } },
          { of: 'metric', name: 'price', test: { op: 'between', from: 8, to: 12.5 } },
        ],
      }),
    ).toBe('did purchase at least 2 times in the last 30 days where product is any of Espresso, Filter, ignoring case and price is between 8 and 12.5');
    expect(say({ type: 'event', op: 'didNot', event: 'purchase' })).toBe('did not purchase');
    expect(say({ type: 'event', op: 'did', event: 'purchase', times: { op: 'exactly', count: 1 }, when: { op: 'on', date: '2026-11-24' } })).toBe('did purchase exactly 1 time on 2026-11-24');
    expect(say({ type: 'event', op: 'didNot', event: 'purchase', occasion: 'first', when: { op: 'between', from: '2026-11-01', to: '2026-11-30' } })).toBe('did not purchase for the first time between 2026-11-01 and 2026-11-30');
    expect(say({ type: 'event', op: 'did', event: 'purchase', occasion: 'last', when: { op: 'before', date: '2026-11-24' } })).toBe('did purchase for the last time before 2026-11-24');
  });
  it('says our own records in words, whatever an app calls its events', () => {
    expect(say({ type: 'event', op: 'did', event: '_email.unsubscribe' })).toBe('did unsubscribe');
    expect(['_email.future', 'constructor', '__proto__'].map(eventWords)).toEqual(['_email.future', 'constructor', '__proto__']);
  });
  it('tells what campaigns did, and which', () => {
    expect(say({ type: 'history', op: 'sent', did: false, of: { kind: 'any' } })).toBe('was not sent any campaign');
    expect(say({ type: 'history', op: 'accepted', did: true, of: { kind: 'campaign', campaign, run: 'any' } })).toBe('was accepted by the mail server for Spring sale');
    expect(say({ type: 'history', op: 'opened', did: false, of: { kind: 'campaign', campaign, run: 'latest' } })).toBe('did not open Spring sale, newest run');
    expect(say({ type: 'history', op: 'sent', did: true, of: { kind: 'campaign', campaign, run: 'latest' }, inLast: { amount: 30, unit: 'days' } })).toBe('was sent Spring sale, newest run, in the last 30 days');
    expect(say({ type: 'history', op: 'opened', did: true, of: { kind: 'any' }, inLast: { amount: 1, unit: 'weeks' }, machineOpens: true })).toBe('opened any campaign in the last 1 week, machine opens too');
    expect(say({ type: 'history', op: 'clicked', did: true, of: { kind: 'campaign', campaign: campaign.replace('aa', 'bb'), run: 'any' } })).toBe('clicked in a campaign that was deleted');
  });
  it('tells suppression and shares', () => {
    expect(say({ type: 'suppression', suppressed: true, scope: 'marketing' })).toBe('is suppressed for marketing');
    expect(say({ type: 'suppression', suppressed: false, scope: 'all' })).toBe('is not suppressed for every message');
    expect(say({ type: 'random', percent: 12.5, seed: 1 })).toBe('is in a random 12.5% of all people');
  });
  it('keeps the words of the rules before', () => {
    expect(say({ type: 'attribute', of: 'user', name: 'Plan', test: { op: 'isNot', values: ['None'] } })).toBe('person’s Plan is none of None');
    expect(say({ type: 'location', field: 'Country', test: { op: 'is', values: ['DE'] } })).toBe('Country is any of Germany');
    expect(say({ type: 'lastSeen', test: { op: 'never' } })).toBe('was last seen never');
    expect(say({ type: 'metric', name: 'orders', test: { op: 'gte', value: 5 } })).toBe('orders is at least 5');
  });
  it('leaves no hole for any op, nor where something is still missing', () => {
    const rules: SegmentRule[] = [
      ...timesOps.map((op): SegmentRule => ({ type: 'event', op: 'did', event: 'x', times: { op, count: Number.NaN } })),
      ...historyOps.flatMap((op) => [true, false].map((did): SegmentRule => ({ type: 'history', op, did, of: { kind: 'campaign', campaign, run: 'latest' }, inLast: { amount: Number.NaN, unit: 'days' } }))),
      { type: 'random', percent: Number.NaN, seed: 1 },
      { type: 'metric', name: 'orders', test: { op: 'gte', value: Number.NaN } },
      { type: 'event', op: 'did', event: 'x', where: [{ of: 'metric', name: 'price', test: { op: 'gt', value: Number.NaN } }] },
    ];
    for (const rule of rules) {
      expect(ruleSentence(rule, names)).not.toMatch(/undefined|null|NaN|\[object| {2}/);
      expect(missing(rule)).toMatch(/^(give|choose) /);
    }
    expect(groupSentences({ type: 'group', match: 'none', of: [rules[0]!] }, names)).toEqual(['none of: did x at least … times']);
  });
});

describe('what the picker offers', () => {
  const offered = subjects({ attributes: ['plan'], userAttributes: [], metrics: [], events: ['purchase', '_email.open'] }, [], []);
  it('names events as the app does, ours in words, each under its heading', () => {
    const of = (section: string) => offered.filter((one) => one.section === section).map(({ label }) => label);
    expect(of('What they did')).toEqual(['purchase', 'Open an e-mail, machines included']);
    expect(of('Campaigns')).toEqual(['Was sent a campaign', 'Was accepted by the mail server', 'Opened', 'Clicked']);
    expect(of('Consent')).toEqual(['Suppressed', 'Opted out in the app']);
    expect(of('Random share')).toHaveLength(1);
  });
  it('makes rules that count at once, each share with a draw of its own', () => {
    const made = (key: string) => offered.find((one) => one.key === key)!.rule();
    for (const key of ['event:purchase', 'history:sent', 'history:opened', 'suppression', 'random']) expect(missing(made(key)), key).toBeUndefined();
    expect(made('random')).not.toEqual(made('random'));
  });
  it('has a key of its own for every line', () => {
    expect(new Set(offered.map(({ key }) => key)).size).toBe(offered.length);
  });
});

it('bounds the conditions of a rule and counts their values among those of the tree', () => {
  const condition = (values: number): EventFilter => ({ of: 'attribute', name: 'product', test: { op: 'is', values: Array.from({ length: values }, (_, i) => String(i)) } });
  const fits = (...where: EventFilter[]) => segmentTree.safeParse({ format: 1, root: { type: 'group', match: 'all', of: [{ type: 'event', op: 'did', event: 'x', where }] } }).success;
  expect([fits(...Array.from({ length: 5 }, () => condition(1_000))), fits(...Array.from({ length: 6 }, () => condition(1_000)))]).toEqual([true, false]);
  expect([fits(...Array.from({ length: 10 }, () => condition(1))), fits(...Array.from({ length: 11 }, () => condition(1)))]).toEqual([true, false]);
  expect(segmentTree.safeParse({ format: 1, root: { type: 'group', match: 'all', of: [{ type: 'event', op: 'did', event: 'x', where: [null] }] } }).success).toBe(false);
});
