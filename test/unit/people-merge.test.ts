import { beforeEach, describe, expect, it } from 'vitest';
import { audienceOperations as ops, audienceQueries } from '../../src-main/audience/index.js';
import { personRecord } from '../../src-main/exports/person.js';
import { personHtml } from '../../src-main/exports/person-html.js';
import { zip } from '../../src-main/platform/zip.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { insertPeople } from '../support/campaign.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { insertSentRun } from '../support/sent-run.js';

const queries = audienceQueries(segmentCondition);
let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});
const people = () => store.db.all(sql`select e.id, u.user_id as userId, u.attributes from endpoint e left join user u on u.id = e.user order by e.id`);
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof HeliographError ? error.code : error;
  }
  return undefined;
};

describe('merging two people', () => {
  it('gives the addresses to one, joins what is known, and is taken back whole', () => {
    const [a, b] = insertPeople(store, [{ address: 'ada@example.org', userId: 'u1', firstName: 'Ada' }, { address: 'ada@work.example', userId: 'u2', firstName: 'Augusta' }]) as [number, number];
    store.write((db) => db.run(sql`update user set attributes = '{"FirstName":["Augusta"],"Plan":["pro"]}' where id = 2`), undefined);
    const before = people();
    store.now += 1000;
    const image = store.write(ops.mergePeople, { into: a, from: b, wins: 'into' });
    expect(people()).toEqual([1, 2].map((id) => ({ id, userId: 'u1', attributes: '{"FirstName":["Ada"],"Plan":["pro"]}' })));
    expect(store.db.get(sql`select count(*) as n from user`)).toEqual({ n: 1 });
    expect(store.read(queries.timeline, { id: a, limit: 10 }).items.map((item) => item.kind === 'change' && item.action)).toEqual(['person.merged', 'person.merged']);
    expect(code(() => store.write(ops.mergePeople, { into: a, from: b, wins: 'into' }))).toBe('BAD_INPUT');
    store.now += 1000;
    expect(store.write(ops.unmergePeople, image)).toEqual({ moved: 1 });
    expect(people()).toEqual(before);
    expect(code(() => store.write(ops.unmergePeople, image))).toBe('CONFLICT');
    store.write(ops.mergePeople, { into: a, from: b, wins: 'from' });
    expect(people()[0]).toMatchObject({ attributes: '{"FirstName":["Augusta"],"Plan":["pro"]}' });
  });

  it('takes in addresses without a person, whichever side they are on', () => {
    const [a, b, c] = insertPeople(store, [{ address: 'ada@example.org', userId: 'u1' }, { address: 'b@example.org' }, { address: 'c@example.org' }]) as [number, number, number];
    store.write((db) => db.run(sql`update endpoint set user = null where id > 1`), undefined);
    store.write((db) => db.run(sql`delete from user where id > 1`), undefined);
    const before = people();
    for (const [into, from] of [[a, b], [b, a], [b, c]] as const) {
      store.now += 1;
      const image = store.write(ops.mergePeople, { into, from, wins: 'into' });
      expect(new Set(people().filter((row) => [into, from].includes((row as { id: number }).id)).map((row) => (row as { userId: string }).userId)).size).toBe(1);
      store.now += 1;
      store.write(ops.unmergePeople, image);
      expect(people()).toEqual(before);
    }
  });

  it('does not bring back somebody who was erased since', () => {
    const [a, b] = insertPeople(store, [{ address: 'ada@example.org', userId: 'u1' }, { address: 'ada@work.example', userId: 'u2' }]) as [number, number];
    const image = store.write(ops.mergePeople, { into: a, from: b, wins: 'into' });
    store.write(ops.erase, { target: { kind: 'address', channel: 'EMAIL', address: 'ada@work.example' }, files: { stagedRows: 0, rejectedRows: 0, exportFiles: 0, mailboxMessages: 0 }, backups: [] });
    expect(code(() => store.write(ops.unmergePeople, image))).toBe('NOT_ALLOWED');
  });
});

it('finds entries that may be one person, each two once, and says why', () => {
  insertPeople(store, [
    { address: 'ada.love@gmail.com', firstName: 'Ada' },
    { address: 'adalove+shop@googlemail.com', firstName: 'Zoe' },
    { address: 'a.b@example.org', firstName: 'Cleo' },
    { address: 'ab@example.org', firstName: 'CLEO ' },
    { address: '+447911123456', channel: 'SMS', firstName: 'D' },
    { address: '+447911123456', channel: 'VOICE', firstName: 'E', userId: 'voice' },
    { address: 'same@example.org', userId: 'x' },
    { address: 'same+1@example.org', userId: 'x' },
  ]);
  store.write((db) => db.run(sql`update endpoint set postal_code = 'BS1 4QA', country = 'GB' where id in (3, 4, 5)`), undefined);
  const { pairs, more } = store.read(queries.duplicates, { limit: 10 });
  expect(pairs.map(({ reason, older, newer }) => [reason, older.endpoint, newer.endpoint])).toEqual([['mailbox', 1, 2], ['name_and_place', 3, 4], ['phone', 5, 6]]);
  expect(more).toBe(false);
  expect(store.read(queries.duplicates, { limit: 1 })).toMatchObject({ more: true, pairs: [{}] });
});

it('a person as a file holds everything, and the page runs nothing', () => {
  const { endpoints } = insertSentRun(store, { messages: [{ address: 'ada@example.org' }], name: '<b>Spring</b>' });
  store.write((db) => db.run(sql`update endpoint set attributes = '{"Note":["<script>alert(1)</script>"]}'`), undefined);
  store.write(ops.suppressEndpoints, { ids: endpoints, scope: 'all', note: 'asked on the phone' });
  const record = personRecord(store.db, endpoints[0]!, store.now);
  expect(record).toMatchObject({ addresses: [{ Address: 'ada@example.org', mayContact: false, suppressionHistory: [{ act: 'add', note: 'asked on the phone' }] }], messages: [{ campaign: '<b>Spring</b>', state: 'sent', serverSaid: '250 ok' }] });
  const html = personHtml(record);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toMatch(/<script|<b>Spring/);
  const packed = zip([{ name: 'a.txt', data: Buffer.from('hello') }], Date.UTC(2026, 10, 24, 9));
  expect([packed.readUInt32LE(0), packed.readUInt32LE(14), packed.length]).toEqual([0x04034b50, 0x3610a686, 30 + 5 + 5 + 46 + 5 + 22]);
});
