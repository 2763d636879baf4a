import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audienceOperations, recordTopicConsent, topicStandings } from '../../src-main/audience/index.js';
import { topicByUid } from '../../src-main/audience/topic.rows.js';
import { campaignQueries } from '../../src-main/campaigns/index.js';
import { deliveryOperations as ops, deliveryQueries as queries } from '../../src-main/delivery/operations.js';
import { preferenceWindowMs } from '../../src-main/delivery/outcomes/topics.js';
import { sql } from '../../src-main/store/sql.js';
import { messageReasons, messageStates, outcomeKinds } from '../../src-preload/contract/delivery.js';
import type { CampaignDraft } from '../../src-preload/contract/campaign.js';
import { type TopicAct, type TopicDefault, topicLimit } from '../../src-preload/contract/topic.js';
import { collectorUrl, insertConnection, insertPeople, launchAndOpen, type OpenedRun, plainEmail, readyCampaign } from '../support/campaign.js';
import { type RunningCollector, startCollector } from '../support/collector.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const addresses = ['give', 'withdraw', 'request', 'never'].map((name) => `${name}@example.org`);
const confirmEmail = { ...plainEmail, subject: 'Please confirm', html: '<p><a href="{{Heliograph.ConfirmUrl}}">Yes</a></p>' };
let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
  insertConnection(store);
  insertPeople(store, addresses.map((address) => ({ address })));
});
const make = (name: string, consent: TopicDefault) => store.read(topicByUid, store.write(audienceOperations.createTopic, { name, description: 'Twice <a> month', default: consent }).uid);
const say = (topic: { id: number }, act: TopicAct, address: string) => {
  store.actor = { kind: 'recipient' };
  store.write(recordTopicConsent, { topic: topic.id, channel: 'EMAIL', addressKey: address, act, source: 'test' });
  store.actor = { kind: 'operator' };
};
const spoken = (name: string, consent: TopicDefault) => {
  const topic = make(name, consent);
  for (const act of ['give', 'withdraw', 'request'] as const) say(topic, act, `${act}@example.org`);
  return topic;
};
const draft = (topic: { uid: string }, more: Partial<CampaignDraft> = {}) => ({ draft: { topic: topic.uid, ...more } });
const review = (uid: string) => store.read(campaignQueries.review, { uid, asOf: store.now, collectorUrl });
const ledger = (run: OpenedRun) =>
  store.db.all<{ state: number; reason: number | null }>(sql`select state, reason from message where run = ${run.id} order by seq`).map((row) => `${messageStates[row.state]} ${messageReasons[row.reason ?? 0]}`);
const claim = (run: OpenedRun) => store.write(ops.claim, { epoch: store.write(ops.startSender, undefined).epoch, run: run.id, results: [], window: 10 }).messages.map((message) => message.address);
const stateOf = (address: string, name: string) => store.read(topicStandings, { channel: 'EMAIL', addressKey: address }).find((one) => one.name === name)?.state;

describe('a campaign of a topic', () => {
  it.each([
    ['opt_in', ['pending none', 'skipped topic_left', 'skipped topic_unconfirmed', 'skipped topic_not_given']],
    ['opt_out', ['pending none', 'skipped topic_left', 'pending none', 'pending none']],
  ] as const)('goes where its default lets it (%s), in the review as in the ledger', (consent, expected) => {
    const campaign = readyCampaign(store, draft(spoken('News', consent)));
    const { funnel, checks } = review(campaign.uid);
    const run = launchAndOpen(store, campaign);
    expect(ledger(run)).toEqual(expected);
    expect(funnel?.rows.map((row) => row.reason)).toEqual(['none', ...new Set(expected.map((line) => line.split(' ')[1]!).filter((reason) => reason !== 'none'))].sort((a, b) => messageReasons.indexOf(a as never) - messageReasons.indexOf(b as never)));
    expect(checks.find((check) => check.id === 'topic')).toMatchObject({ level: 'ok', facts: { topic: 'News' } });
    expect(store.read(queries.recipients, { run: run.uid, reason: 'topic_left' }).rows.map((row) => row.address)).toEqual(['withdraw@example.org']);
  });

  it('asks again at the claim', () => {
    const topic = spoken('News', 'opt_out');
    const run = launchAndOpen(store, readyCampaign(store, draft(topic)));
    say(topic, 'withdraw', 'never@example.org');
    expect(claim(run)).toEqual(['give@example.org', 'request@example.org']);
    expect(ledger(run).at(-1)).toBe('skipped topic_left');
  });

  it('cannot be launched for a topic that was put away, and a run keeps its own', () => {
    const topic = spoken('News', 'opt_in');
    const campaign = readyCampaign(store, draft(topic));
    const run = launchAndOpen(store, readyCampaign(store, draft(topic)));
    store.write(audienceOperations.archiveTopic, { uid: topic.uid });
    expect(review(campaign.uid).checks.find((check) => check.id === 'topic')?.level).toBe('block');
    expect(() => store.write(ops.launch, { ...campaign, collectorUrl })).toThrow('CAMPAIGN_NOT_READY');
    expect(claim(run)).toEqual(['give@example.org']);
  });

  it.each(['marketing', 'transactional'] as const)('goes to nobody while its topic is not here (%s)', (purpose) => {
    const topic = make('News', 'opt_out');
    const { run: uid, holdUntil } = store.write(ops.launch, { ...readyCampaign(store, { ...draft(topic, { purpose }), ...(purpose === 'transactional' ? { content: confirmEmail } : {}) }), collectorUrl });
    store.now = holdUntil;
    const run = store.db.get<{ id: number }>(sql`select id from run where uid = ${uid}`)!.id;
    store.write(ops.beginFreeze, { run });
    store.write((db, _input: undefined) => db.run(sql`delete from topic`), undefined);
    expect([...store.read(queries.freezeAudience, { run, asOf: store.now }).reasons].map((code) => messageReasons[code])).toEqual(addresses.map(() => 'topic_not_given'));
  });

  it('that asks to confirm goes to those who asked, and needs its link', () => {
    const topic = spoken('News', 'opt_in');
    const without = readyCampaign(store, draft(topic, { purpose: 'transactional' }));
    expect(review(without.uid).checks.find((check) => check.id === 'confirm_link')?.level).toBe('block');
    const marketing = readyCampaign(store, { ...draft(topic), content: confirmEmail });
    expect(review(marketing.uid).checks.find((check) => check.id === 'confirm_link')?.level).toBe('block');
    const campaign = readyCampaign(store, { ...draft(topic, { purpose: 'transactional' }), content: confirmEmail });
    expect(review(campaign.uid).checks.filter((check) => check.level === 'block')).toEqual([]);
    expect(store.read(queries.tryTest, { uid: campaign.uid, endpoint: null })).toBeNull();
    expect(ledger(launchAndOpen(store, campaign))).toEqual(['skipped topic_not_asked', 'skipped topic_not_asked', 'pending none', 'skipped topic_not_asked']);
  });
});

describe('a message that asks to confirm', () => {
  const asks = (topic: { uid: string }) => readyCampaign(store, { ...draft(topic, { purpose: 'transactional' }), content: confirmEmail });
  const request = (topic: { id: number }, addressKey: string, kind: 'recipient' | 'operator') => {
    store.actor = { kind };
    store.write(recordTopicConsent, { topic: topic.id, channel: 'EMAIL', addressKey, act: 'request', source: 'test' });
    store.actor = { kind: 'operator' };
  };
  const unsubscribed = (address: string) => store.write(audienceOperations.suppress, { channel: 'EMAIL', address, reason: 'unsubscribe', source: 'test' });

  it('does not go where a no to marketing stands, whoever noted the request before it', () => {
    const topic = make('News', 'opt_in');
    for (const kind of ['recipient', 'operator'] as const) request(topic, kind === 'operator' ? addresses[0]! : addresses[1]!, kind);
    request(topic, addresses[2]!, 'operator');
    store.now += 1000;
    for (const address of addresses.slice(0, 2)) unsubscribed(address);
    store.write((db, _input: undefined) => db.run(sql`update endpoint set opt_out = 1 where address_key = ${addresses[2]}`), undefined);
    expect(ledger(launchAndOpen(store, asks(topic)))).toEqual(['skipped unsubscribed', 'skipped unsubscribed', 'skipped opted_out', 'skipped topic_not_asked']);
  });

  it('goes to who asked for it by themselves after their no, and asks again at the claim', () => {
    const topic = make('News', 'opt_in');
    for (const address of addresses.slice(0, 2)) unsubscribed(address);
    say(topic, 'withdraw', addresses[1]!);
    request(topic, addresses[2]!, 'operator');
    store.now += 1000;
    for (const address of addresses.slice(0, 2)) request(topic, address, 'recipient');
    const run = launchAndOpen(store, asks(topic));
    expect(ledger(run)).toEqual(['pending none', 'pending none', 'pending none', 'skipped topic_not_asked']);
    unsubscribed(addresses[2]!);
    expect(claim(run)).toEqual(addresses.slice(0, 2));
    expect(ledger(run)[2]).toBe('skipped unsubscribed');
  });
});

describe('recipients’ pages', () => {
  let running: RunningCollector;
  beforeEach(async () => {
    running = await startCollector(store);
  });
  afterEach(() => running.collector.close());
  const get = async (url: string) => (await fetch(url)).text();
  const post = (url: string, body: string) => fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const text = async (url: string, body: string) => (await post(url, body)).text();
  const sentRun = (options: Parameters<typeof readyCampaign>[1]) => {
    const run = launchAndOpen(store, readyCampaign(store, options));
    const epoch = store.write(ops.startSender, undefined).epoch;
    const { messages } = store.write(ops.claim, { epoch, run: run.id, results: [], window: 10 });
    store.write(ops.claim, { epoch, run: run.id, window: 0, results: messages.map(({ seq, address }) => ({ seq, address, outcome: { kind: 'accepted' as const, response: '250 ok' } })) });
    return run;
  };
  const suppressed = () => store.db.all<{ address_key: string }>(sql`select address_key from suppressed`).map((row) => row.address_key);
  const outcomes = (run: OpenedRun) => store.db.all<{ seq: number; kind: number }>(sql`select seq, kind from outcome where run = ${run.id}`).map((row) => `${row.seq} ${outcomeKinds[row.kind]}`);

  it('offer to leave the topic or everything; GET changes nothing, one click leaves the topic', async () => {
    const topic = spoken('News & more', 'opt_in');
    const url = running.links.unsubscribe(sentRun(draft(topic)).uid, 1);
    const html = await get(url);
    expect(html).toContain('Only stop “News &amp; more”');
    expect(html).toContain('Stop all marketing e-mails');
    expect(html).toContain('Twice &lt;a&gt; month');
    expect(stateOf('give@example.org', topic.name)).toBe('given');
    expect(await text(url, 'List-Unsubscribe=One-Click')).toBe('Unsubscribed.\n');
    expect([stateOf('give@example.org', topic.name), suppressed()]).toEqual(['withdrawn', []]);
  });

  it('leave the topic by its button and take it back; leave everything by the other', async () => {
    const topic = spoken('News', 'opt_in');
    const run = sentRun(draft(topic));
    const url = running.links.unsubscribe(run.uid, 1);
    expect(await text(url, 'action=topic')).toContain('You will not get “News” any more.');
    expect([stateOf('give@example.org', 'News'), suppressed(), outcomes(run)]).toEqual(['withdrawn', [], ['1 unsubscribe']]);
    expect(await text(url, 'action=undo')).toContain('You are subscribed again');
    expect([stateOf('give@example.org', 'News'), outcomes(run)]).toEqual(['given', []]);
    await text(url, 'action=topic');
    expect(await text(url, 'action=unsubscribe')).toContain('You are unsubscribed');
    expect(suppressed()).toEqual(['give@example.org']);
    await text(url, 'action=undo');
    expect([stateOf('give@example.org', 'News'), suppressed()]).toEqual(['given', []]);
    // What somebody else withdrew, or long ago, stays.
    await text(url, 'action=topic');
    store.now += 25 * 60 * 60 * 1000;
    expect(await text(url, 'action=undo')).toContain('You stay unsubscribed');
    expect(stateOf('give@example.org', 'News')).toBe('withdrawn');
  });

  it('save what people want to get: a yes only while the message is young, a no always', async () => {
    const [news, offers] = [spoken('News', 'opt_out'), spoken('Offers', 'opt_in')];
    const run = sentRun({});
    const url = running.links.unsubscribe(run.uid, 2);
    const shown = `shown=${news.uid}&shown=${offers.uid}`;
    expect(await get(url)).toMatch(/value="[^"]+"><span>News.*value="[^"]+"><span>Offers/s);
    expect(await text(url, `action=preferences&${shown}&topic=${news.uid}&topic=${offers.uid}&topic=nonsense`)).toContain('Your choice is saved.');
    expect([stateOf('withdraw@example.org', 'News'), stateOf('withdraw@example.org', 'Offers')]).toEqual(['given', 'given']);
    store.now += preferenceWindowMs + 1;
    await text(url, `action=preferences&${shown}`);
    expect([stateOf('withdraw@example.org', 'News'), stateOf('withdraw@example.org', 'Offers')]).toEqual(['withdrawn', 'withdrawn']);
    expect(await text(url, `action=preferences&${shown}&topic=${news.uid}`)).toContain('disabled');
    expect(stateOf('withdraw@example.org', 'News')).toBe('withdrawn');
  });

  it('confirm a topic by their button alone, once it was asked for', async () => {
    const topic = spoken('News', 'opt_in');
    const run = sentRun({ ...draft(topic, { purpose: 'transactional' }), content: confirmEmail });
    const url = running.links.confirm(run.uid, 3);
    expect(await get(url)).toContain('Do you want to get “News” at this address?');
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect(stateOf('request@example.org', 'News')).toBe('requested');
    expect(await text(running.testLinks.confirm(run.uid, 3), 'action=confirm')).toContain('test message');
    expect(await text(url, 'action=confirm')).toContain('You will get “News”.');
    expect(store.db.get(sql`select act, source, actor, run, seq from topic_consent order by id desc limit 1`)).toEqual({ act: 'give', source: 'confirmed by link', actor: '{"kind":"recipient"}', run: run.id, seq: 3 });
    expect(await text(url, 'action=confirm')).toContain('You will get “News”.');
    say(topic, 'withdraw', 'request@example.org');
    expect(await text(url, 'action=confirm')).toContain('nothing to confirm');
    expect(stateOf('request@example.org', 'News')).toBe('withdrawn');
    // A confirmation link cannot unsubscribe, and the other way round.
    expect((await post(url.replace('/y/', '/u/'), '')).status).toBe(404);
  });

  /** The preference form as the browser would post it, all boxes as they stand. */
  const formOf = (html: string) => [...html.matchAll(/name="(shown|topic)" value="([^"]+)"( checked)?/g)].filter(([, name, , checked]) => name === 'shown' || checked !== undefined).map(([, name, value]) => `${name}=${value}`).join('&');

  it('confirm only by the button, and only the request that the message was sent for', async () => {
    const topic = spoken('News', 'opt_in');
    const url = running.links.confirm(sentRun({ ...draft(topic, { purpose: 'transactional' }), content: confirmEmail }).uid, 3);
    for (const body of ['', 'action=', 'List-Unsubscribe=One-Click']) expect(await text(url, body)).toContain('Do you want to get “News” at this address?');
    expect(stateOf('request@example.org', 'News')).toBe('requested');
    store.now += 3 * 365 * 24 * 60 * 60 * 1000;
    say(topic, 'withdraw', 'request@example.org');
    say(topic, 'request', 'request@example.org');
    expect(await text(url, 'action=confirm')).toContain('nothing to confirm');
    expect(stateOf('request@example.org', 'News')).toBe('withdrawn');
  });

  it('confirm what taking back an unsubscribe of the same message asked for anew', async () => {
    const run = sentRun({ ...draft(spoken('News', 'opt_in'), { purpose: 'transactional' }), content: confirmEmail });
    store.now += 1000;
    await text(running.links.unsubscribe(run.uid, 3), 'action=topic');
    await text(running.links.unsubscribe(run.uid, 3), 'action=undo');
    expect(await text(running.links.confirm(run.uid, 3), 'action=confirm')).toContain('You will get “News”.');
  });

  it.each([
    ['the person has another address since', sql`update endpoint set address = 'new@example.org', address_key = 'new@example.org' where address_key = 'request@example.org'`],
    ['nobody wrote down where it went', sql`update message_reply set address_key = null where seq = 3`],
  ])('take no yes where %s, and any no', async (_name, happens) => {
    const [topic, offers] = [spoken('News', 'opt_in'), make('Offers', 'opt_in')];
    const run = sentRun({ ...draft(topic, { purpose: 'transactional' }), content: confirmEmail });
    store.write((db, _input: undefined) => db.run(happens), undefined);
    expect(await text(running.links.confirm(run.uid, 3), 'action=confirm')).toContain('nothing to confirm');
    const url = running.links.unsubscribe(run.uid, 3);
    await text(url, `action=preferences&shown=${offers.uid}&topic=${offers.uid}`);
    expect(store.db.all(sql`select 1 from topic_state where state = 'given' and address_key <> 'give@example.org'`)).toEqual([]);
    await text(url, 'action=unsubscribe');
    expect(suppressed()).toHaveLength(1);
  });

  it('say that everything is stopped, and leave alone a topic they did not show', async () => {
    const news = spoken('News', 'opt_out');
    const url = running.links.unsubscribe(sentRun(draft(news)).uid, 1);
    const stopped = 'All marketing e-mails to this address are stopped';
    const before = await get(url);
    expect(before).not.toContain(stopped);
    make('Made since', 'opt_out');
    expect(await text(url, `action=preferences&${formOf(before)}`)).toContain('Your choice is saved.');
    expect([stateOf('give@example.org', 'News'), stateOf('give@example.org', 'Made since')]).toEqual(['given', 'never']);
    await text(url, 'action=unsubscribe');
    const after = await get(url);
    expect(after).toContain(stopped);
    expect(await text(url, `action=preferences&${formOf(after)}`)).toContain(stopped);
  });

  it('take back what one message stopped, although another had left the topic', async () => {
    const topic = spoken('News', 'opt_out');
    const [first, second] = [sentRun(draft(topic)), sentRun(draft(topic))].map((run) => running.links.unsubscribe(run.uid, 1));
    await text(first!, 'action=topic');
    await text(second!, 'action=unsubscribe');
    expect(await text(second!, 'action=undo')).toContain('You are subscribed again');
    expect([stateOf('give@example.org', 'News'), suppressed()]).toEqual(['withdrawn', []]);
    expect(await text(second!, 'action=undo')).toContain('You stay unsubscribed');
  });

  it('save as many topics as there may be', async () => {
    const url = running.links.unsubscribe(sentRun({}).uid, 1);
    for (let i = 0; i < topicLimit; i++) make(`Topic ${i}`, 'opt_out');
    expect(await text(url, `action=preferences&${formOf(await get(url))}`)).toContain('Your choice is saved.');
    expect(store.db.all(sql`select 1 from topic_state`)).toEqual([]);
  });
});
