import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { audienceOperations as ops, audienceQueries, recordTopicConsent, topicReasonSql, topicStandings, type TopicConsentInput } from '../../src-main/audience/index.js';
import { topicByUid } from '../../src-main/audience/topic.rows.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { createSuppressionsLog, reconcileSuppressions, replaySuppressions } from '../../src-main/store/suppressions-log.js';
import { sql } from '../../src-main/store/sql.js';
import { messageReasons } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { TopicAct, TopicDefault } from '../../src-preload/contract/topic.js';
import { insertPeople } from '../support/campaign.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const queries = audienceQueries(segmentCondition);
const address = { channel: 'EMAIL', addressKey: 'ada@example.org' } as const;
let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});
const make = (name: string, consent: TopicDefault = 'opt_in') => {
  const { uid } = store.write(ops.createTopic, { name, description: '', default: consent });
  return store.read(topicByUid, uid);
};
const say = (topic: { id: number }, act: TopicAct, more: Partial<TopicConsentInput> = {}) => store.write(recordTopicConsent, { topic: topic.id, ...address, act, source: 'test', note: 'asked on the phone', ...more });
const asRecipient = <T>(work: () => T): T => {
  store.actor = { kind: 'recipient' };
  try {
    return work();
  } finally {
    store.actor = { kind: 'operator' };
  }
};
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof HeliographError ? error.code : error;
  }
  return undefined;
};
const states = () => store.db.all<{ state: string; waits: number }>(sql`select state, request is not null as waits from topic_state order by topic, address_key`).map(({ state, waits }) => (waits ? `${state}, asked` : state));

describe('topics', () => {
  it('are made, renamed, put away and taken out; names are told apart by people', () => {
    const news = make('News');
    expect(code(() => make('news'))).toBe('BAD_INPUT');
    store.write(ops.renameTopic, { uid: news.uid, name: 'Product news', description: 'New roasts, twice a month' });
    store.write(ops.archiveTopic, { uid: news.uid });
    const second = make('Product news', 'opt_out');
    expect(code(() => store.write(ops.unarchiveTopic, { uid: news.uid }))).toBe('BAD_INPUT');
    store.write(ops.renameTopic, { uid: second.uid, name: 'Offers', description: '' });
    store.write(ops.unarchiveTopic, { uid: news.uid });
    expect(store.read(queries.listTopics, undefined).map((topic) => [topic.name, topic.default, topic.archivedAt])).toEqual([
      ['Offers', 'opt_out', undefined],
      ['Product news', 'opt_in', undefined],
    ]);
    expect(store.db.all(sql`select action from audit order by id`)).toHaveLength(6);
  });

  it('count what was said', () => {
    const news = make('News');
    say(news, 'give');
    say(news, 'withdraw', { addressKey: 'ben@example.org' });
    asRecipient(() => say(news, 'request', { addressKey: 'ben@example.org' }));
    expect(store.read(queries.listTopics, undefined)).toMatchObject([{ given: 1, withdrawn: 1, requested: 1, uses: 0 }]);
  });
});

describe('consent to a topic', () => {
  it('is appended, and a repeat says nothing', () => {
    const news = make('News');
    expect([say(news, 'request'), say(news, 'request'), say(news, 'give'), say(news, 'give'), say(news, 'request'), say(news, 'withdraw'), say(news, 'withdraw')]).toEqual([true, false, true, false, false, true, false]);
    expect(store.read(queries.topicHistory, address).map((fact) => fact.act)).toEqual(['withdraw', 'give', 'request']);
    expect(states()).toEqual(['withdrawn']);
  });

  it('that was withdrawn stands until a request is confirmed, and a withdrawal ends the request', () => {
    const news = make('News', 'opt_out');
    insertPeople(store, [{ address: address.addressKey }]);
    const reason = () => messageReasons[store.db.get<{ r: number }>(sql`select ${topicReasonSql(news)} as r from endpoint e`)!.r];
    say(news, 'withdraw');
    asRecipient(() => say(news, 'request'));
    expect([states(), reason()]).toEqual([['withdrawn, asked'], 'topic_left']);
    say(news, 'withdraw');
    expect(states()).toEqual(['withdrawn']);
    asRecipient(() => say(news, 'request'));
    say(news, 'give');
    expect([states(), reason()]).toEqual([['given'], 'none']);
  });

  it('is not asked for against a no, unless by the person', () => {
    const news = make('News', 'opt_out');
    const [left, , outside] = insertPeople(store, [{ address: 'left@example.org' }, { address: 'marketing@example.org' }, { address: 'out@example.org', optOut: true }, { address: 'free@example.org' }]);
    say(news, 'withdraw', { addressKey: 'left@example.org' });
    store.write(ops.suppress, { channel: 'EMAIL', address: 'marketing@example.org', reason: 'unsubscribe', source: 'test' });
    for (const name of ['left', 'marketing', 'out']) expect(code(() => say(news, 'request', { addressKey: `${name}@example.org` }))).toBe('BAD_INPUT');
    for (const id of [left!, outside!]) expect(code(() => store.write(ops.setTopicConsent, { id, topic: news.uid, act: 'request' }))).toBe('BAD_INPUT');
    expect(say(news, 'request', { addressKey: 'free@example.org' })).toBe(true);
    expect(asRecipient(() => ['left', 'marketing', 'out'].map((name) => say(news, 'request', { addressKey: `${name}@example.org` })))).toEqual([true, true, true]);
    expect(states()).toEqual(['requested, asked', 'withdrawn, asked', 'requested, asked', 'requested, asked']);
  });

  it('is given by the person, or by an operator with a reason, and by nobody else; anybody may withdraw', () => {
    const news = make('News');
    expect(code(() => say(news, 'give', { note: ' ' }))).toBe('SUPPRESSION_REASON_REQUIRED');
    for (const actor of [{ kind: 'engine' }, { kind: 'app', key: 'k' }] as const) {
      store.actor = actor;
      expect(code(() => say(news, 'give'))).toBe('NOT_ALLOWED');
      expect(say(news, 'withdraw', { addressKey: `${actor.kind}@example.org` })).toBe(true);
    }
    store.actor = { kind: 'recipient' };
    expect(say(news, 'give', { note: undefined })).toBe(true);
  });

  it('names a reason by what was said and by the default', () => {
    const [optIn, optOut] = [make('Offers'), make('News', 'opt_out')];
    insertPeople(store, ['give', 'withdraw', 'request', 'never'].map((name) => ({ address: `${name}@example.org` })));
    for (const topic of [optIn, optOut]) for (const act of ['give', 'withdraw', 'request'] as const) say(topic, act, { addressKey: `${act}@example.org` });
    const reasons = (topic: typeof optIn) => store.db.all<{ r: number }>(sql`select ${topicReasonSql(topic)} as r from endpoint e order by e.id`).map(({ r }) => messageReasons[r]);
    expect(reasons(optIn)).toEqual(['none', 'topic_left', 'topic_unconfirmed', 'topic_not_given']);
    expect(reasons(optOut)).toEqual(['none', 'topic_left', 'none', 'none']);
    expect(store.read(topicStandings, { channel: 'EMAIL', addressKey: 'request@example.org' })).toMatchObject([
      { name: 'News', state: 'requested', mayContact: true, requestedAt: store.now },
      { name: 'Offers', state: 'requested', mayContact: false },
    ]);
  });

  it('of one endpoint is given by hand with a reason, with its line in the audit log', () => {
    const news = make('News');
    const [id] = insertPeople(store, [{ address: 'ada@example.org' }]);
    const set = (act: TopicAct, note?: string) => store.write(ops.setTopicConsent, { id: id!, topic: news.uid, act, note });
    expect([set('withdraw'), set('withdraw')]).toEqual([{ changed: true }, { changed: false }]);
    expect(code(() => set('give'))).toBe('SUPPRESSION_REASON_REQUIRED');
    expect(set('give', 'wrote to us')).toEqual({ changed: true });
    expect(store.db.all(sql`select action from audit where action like 'topic.%' order by id`)).toEqual(['topic.created', 'topic.withdrawn', 'topic.given'].map((action) => ({ action })));
    expect(states()).toEqual(['given']);
  });
});

describe('suppressions.log', () => {
  it('carries what was said after a backup into the restored file, and a topic that is newer than it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'heliograph-topics-'));
    const log = join(folder, 'suppressions.log');
    try {
      const news = make('News', 'opt_out');
      say(news, 'give');
      createSuppressionsLog(log, store.db).append(store.changes);
      // The backup knows the topic and the yes.
      const backup = createMemoryStore();
      backup.write((db, _input: undefined) => {
        db.run(sql`insert into topic (uid, name, consent, created_at, updated_at) values (${news.uid}, 'News', 'opt_out', 1, 1)`);
        db.run(sql`insert into topic_consent (at, act, topic, channel, address_key, source, actor) values (1, 'give', 1, 'EMAIL', ${address.addressKey}, 'test', '{}')`);
        db.run(sql`insert into topic_state (topic, channel, address_key, state, fact) values (1, 'EMAIL', ${address.addressKey}, 'given', 1)`);
      }, undefined);
      store.changes.length = 0;
      say(news, 'withdraw');
      const offers = make('Offers');
      say(offers, 'request', { addressKey: 'ben@example.org' });
      store.write(ops.suppress, { channel: 'EMAIL', address: 'eve@example.org', reason: 'manual', source: 'test' });
      createSuppressionsLog(log, store.db).append(store.changes);
      // A line written twice and one cut by a crash.
      const text = readFileSync(log, 'utf8');
      writeFileSync(log, `${text}${text}{"kind":"topic","id":9`);
      expect(backup.write((db, file: string) => replaySuppressions(file, db), log)).toBe(3);
      expect(backup.read(topicStandings, address)).toMatchObject([{ name: 'News', state: 'withdrawn' }, { name: 'Offers', state: 'never' }]);
      expect(backup.read(topicStandings, { channel: 'EMAIL', addressKey: 'ben@example.org' })[1]).toMatchObject({ name: 'Offers', topic: offers.uid, default: 'opt_in', state: 'requested' });
      expect(backup.db.all(sql`select address_key from suppressed`)).toEqual([{ address_key: 'eve@example.org' }]);
      // What the file lacks is written at the next opening.
      rmSync(log);
      reconcileSuppressions(log, store.db);
      expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(4 + 2);
      reconcileSuppressions(log, store.db);
      expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(4 + 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const replayed = (work: (log: string) => void, known: () => MemoryStore): MemoryStore => {
    const folder = mkdtempSync(join(tmpdir(), 'heliograph-topics-'));
    try {
      work(join(folder, 'suppressions.log'));
      const backup = known();
      backup.write((db, file: string) => replaySuppressions(file, db), join(folder, 'suppressions.log'));
      return backup;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const topicsOf = (of: MemoryStore) => of.read(queries.listTopics, undefined).map(({ name, description, archivedAt, withdrawn }) => ({ name, description, archived: archivedAt !== undefined, withdrawn }));

  it('brings a topic back as it was last: its name, its description, put away or not', () => {
    const backup = createMemoryStore();
    const restored = replayed((log) => {
      const [draft, old, gone] = [make('Draft name', 'opt_out'), make('Old', 'opt_out'), make('Gone', 'opt_out')];
      for (const topic of [draft, old, gone]) say(topic, 'withdraw');
      backup.write((db, uid: string) => db.run(sql`insert into topic (uid, name, consent, created_at, updated_at) values (${uid}, 'Old', 'opt_out', 1, 1)`), old.uid);
      store.now += 1000;
      store.write(ops.renameTopic, { uid: old.uid, name: 'Older', description: '' });
      store.write(ops.renameTopic, { uid: draft.uid, name: 'Old', description: 'Now this one' });
      store.write(ops.archiveTopic, { uid: gone.uid });
      createSuppressionsLog(log, store.db).append(store.changes);
    }, () => backup);
    expect(topicsOf(restored)).toEqual([
      { name: 'Old', description: 'Now this one', archived: false, withdrawn: 1 },
      { name: 'Older', description: '', archived: false, withdrawn: 1 },
      { name: 'Gone', description: '', archived: true, withdrawn: 1 },
    ]);
  });

  it('of before topics had lines of their own gives the name that was written last, and no name twice', () => {
    const restored = replayed((log) => {
      const line = (id: number, topic: string, name: string) => JSON.stringify({ kind: 'topic', id, at: id, act: 'withdraw', topic, topic_name: name, topic_consent: 'opt_out', channel: 'EMAIL', address_key: `p${id}@example.org`, source: 'test', actor: '{}', note: null, run: null, seq: null });
      writeFileSync(log, `${[line(1, 'a', 'Draft name'), line(2, 'a', 'News'), line(3, 'b', 'News')].join('\n')}\n`);
    }, createMemoryStore);
    expect(topicsOf(restored).map(({ name, withdrawn }) => [name, withdrawn])).toEqual([['News', 2], ['News (2)', 1]]);
  });
});
