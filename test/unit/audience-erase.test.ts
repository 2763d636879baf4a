import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEraseService } from '../../src-main/audience/erase/index.js';
import { audienceOperations as ops, audienceQueries, contactFacts, recordTopicConsent, suppress, upsertEndpoint } from '../../src-main/audience/index.js';
import { topicByUid } from '../../src-main/audience/topic.rows.js';
import { openMailboxFile } from '../../src-main/channels/mailbox/mailbox-file.js';
import { clearExports } from '../../src-main/exports/index.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { createSuppressionsLog, replaySuppressions } from '../../src-main/store/suppressions-log.js';
import { sql } from '../../src-main/store/sql.js';
import type { EraseTarget } from '../../src-preload/contract/erasure.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { countedFromRows, insertPeople } from '../support/campaign.js';
import { inProcessReader, inProcessWriter } from '../support/in-process-store.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { insertSentRun } from '../support/sent-run.js';
import { traces } from '../support/traces.js';
import { createKit, file } from './import-kit.js';

const queries = audienceQueries(segmentCondition);
const nothing = { stagedRows: 0, rejectedRows: 0, exportFiles: 0, mailboxMessages: 0 };
let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});
const erase = (target: EraseTarget, of: MemoryStore = store) => of.write(ops.erase, { target, files: nothing, backups: [] });
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof HeliographError ? [error.code, error.detail] : error;
  }
  return undefined;
};
const suppressed = (of: MemoryStore = store) => of.db.all<{ address: string; scope: string }>(sql`select address_key as address, scope from suppressed order by 1, 2`);
const bring = (address: string, of: MemoryStore = store) =>
  of.write((db) => upsertEndpoint(db, { app: 1, channel: 'EMAIL', address: { address, addressKey: address.toLowerCase() } }, { source: 'import: old list.csv' }).id, undefined);
const mayContact = (id: number, of: MemoryStore = store) => {
  const row = of.db.get<{ channel: 'EMAIL'; address_key: string; active: number; opt_out: number; opt_out_source: string | null; address: string; updated_at: number }>(sql`select * from endpoint where id = ${id}`)!;
  return contactFacts(of.db, row).mayContact;
};

/** Ada with two addresses and everything the workspace can hold of her; Ben beside her. Her words: ada@, +447911123456, user "customer-ada-1". */
function fill(): { ada: number; ben: number; run: number } {
  const [ada, , ben] = insertPeople(store, [
    { address: 'Ada@example.org', userId: 'customer-ada-1', firstName: 'Adalovelace' },
    { address: '+447911123456', userId: 'customer-ada-1', channel: 'SMS' },
    { address: 'ben@example.org', userId: 'customer-ben-1', firstName: 'Ben' },
  ]) as [number, number, number];
  const { run } = insertSentRun(store, { messages: [{ address: 'ada@example.org' }, { address: 'ben@example.org' }] });
  const topic = store.write(ops.createTopic, { name: 'News', description: '', default: 'opt_out' });
  store.write((db) => {
    db.run(sql`insert into run_count (run, state, n) values (${run}, 'sent', 2)`);
    db.run(sql`update message_reply set response = '250 2.1.5 ada@example.org queued', provider_id = 'ada@example.org-1' where seq = 0`);
    db.run(sql`insert into endpoint_alias (app, uid, endpoint) values (1, 'phone-of-ada', ${ada})`);
    db.run(sql`insert into event_type (name) values ('_email.click'), ('order')`);
    db.run(sql`insert into event (app, endpoint, uid, type, at, arrived_at, run, seq, attributes) values (1, ${ada}, 'x1', 1, 1, 1, ${run}, 0, '{"link":2,"url":"https://a/?u=customer-ada-1","ip":"192.0.2.7"}')`);
    db.run(sql`insert into event (app, endpoint, uid, type, at, arrived_at, attributes, metrics) values (1, ${ada}, 'order-of-ada', 2, 1, 1, '{"name":"Adalovelace"}', '{"amount":12}')`);
    db.run(sql`insert into import (uid, file_name, app, state, options, merged, created_at, ended_at) values ('i1', 'people.csv', 1, 'done', '{}', '{}', 1, 1)`);
    db.run(sql`insert into import_image (import, endpoint, image, at) values (1, ${ada}, '{"channel":"EMAIL","address_key":"ada.before@example.org","address":"ada.before@example.org","user":1}', 1)`);
    db.run(sql`insert into import_user_image (import, user, image, at) values (1, 1, '{"attributes":"Adalovelace"}', 1)`);
    db.run(sql`insert into job (uid, kind, state, title, input, result, created_at) values ('j1', 'export', 'done', 'Export people', '{"what":{"filter":{"text":"ADA@example.org"}}}', '{"path":"/x"}', 1)`);
    const test = db.run(sql`insert into run (uid, campaign, campaign_version, kind, state, created_at) values ('t1', 1, 1, 'test', 'done', 1)`).lastId;
    db.run(sql`insert into message (run, seq, endpoint, state) values (${test}, 0, ${ben}, 4)`);
    db.run(sql`insert into adhoc_address (run, seq, address) values (${test}, 0, 'Ada@Example.org')`);
    db.run(sql`insert into message_reply (run, seq, at, response, address_key) values (${test}, 0, 1, '250 ada@example.org ok', 'ada@example.org')`);
    suppress(db, { channel: 'EMAIL', addressKey: 'ada@example.org', reason: 'complaint', source: 'mail feedback', note: 'ada@example.org said so' });
    suppress(db, { channel: 'EMAIL', addressKey: 'ada.before@example.org', reason: 'unsubscribe', source: 'page' });
    recordTopicConsent(db, { topic: topicByUid(db, topic.uid).id, channel: 'EMAIL', addressKey: 'ada@example.org', act: 'withdraw', source: 'preference page', note: 'too much, says Adalovelace' });
  }, undefined);
  store.write(ops.update, { id: ada, edit: { location: { City: 'Adastadt' } } });
  return { ada, ben, run };
}
const words = ['ada@', 'ada.before', '447911123456', 'customer-ada', 'adalovelace', 'adastadt', 'of-ada'];

describe('erasing a person', () => {
  it('leaves no trace of them in any table, and numbers as they were', () => {
    const { ada, run } = fill();
    const before = { ledger: countedFromRows(store, run), events: store.db.all(sql`select type, count(*), sum(metrics ->> '$.amount') from event group by 1`), suppressed: suppressed().length };
    expect(traces(store.db, words).length).toBeGreaterThan(15);
    const receipt = erase({ kind: 'person', endpoint: ada });
    expect(traces(store.db, words)).toEqual([]);
    expect(traces(store.db, ['192.0.2.7'])).toEqual([]);
    expect({ ledger: countedFromRows(store, run), events: store.db.all(sql`select type, count(*), sum(metrics ->> '$.amount') from event group by 1`) }).toEqual({ ledger: before.ledger, events: before.events });
    expect(store.db.all(sql`select endpoint from message where run = ${run} order by seq`)).toEqual([{ endpoint: 0 }, { endpoint: 3 }]);
    expect(store.db.get(sql`select response from message_reply where run = ${run} and seq = 0`)).toEqual({ response: '250 2.1.5 (erased)' });
    expect(receipt.counts).toMatchObject({ people: 1, addresses: 2, otherIds: 1, events: 2, messages: 2, consent: 4, importImages: 2, testAddresses: 1, auditLines: 1, jobs: 1 });
    // The number had nothing against it: it is kept from marketing from now on.
    expect(suppressed()).toHaveLength(before.suppressed + 1);
    // Ben is whole.
    expect(store.db.get(sql`select e.address, u.user_id from endpoint e join user u on u.id = e.user where e.id = 3`)).toEqual({ address: 'ben@example.org', user_id: 'customer-ben-1' });
    expect(JSON.stringify(receipt)).not.toMatch(/ada/i);
  });

  it('keeps the address from campaigns when a file or an app brings it again, as far as it was before, until an operator lifts it', () => {
    const { ada } = fill();
    erase({ kind: 'person', endpoint: ada });
    const again = bring('ADA@example.org');
    expect(mayContact(again)).toBe(false);
    expect(suppressed()).toContainEqual({ address: 'ada@example.org', scope: 'all' });
    expect(store.db.get(sql`select state from topic_state where address_key = 'ada@example.org'`)).toEqual({ state: 'withdrawn' });
    expect(mayContact(bring('ben.new@example.org'))).toBe(true);
    // Somebody else who is given the address.
    store.write(ops.update, { id: 3, edit: { address: 'ada.before@example.org' } });
    expect(mayContact(3)).toBe(false);
    store.write(ops.lift, { channel: 'EMAIL', addressKey: 'ada@example.org', note: 'signed up again in the shop' });
    store.write(ops.remove, { ids: [again] });
    expect(mayContact(bring('ada@example.org'))).toBe(true);
  });

  it('keeps it out of a first load too', async () => {
    const kit = createKit();
    const id = bring('ada@example.org', kit.store);
    erase({ kind: 'person', endpoint: id }, kit.store);
    await kit.import(file('Address,ChannelType\nada@example.org,EMAIL\ncleo@example.org,EMAIL\n'));
    expect(suppressed(kit.store).filter(({ address }) => !address.startsWith('erased:'))).toEqual([{ address: 'ada@example.org', scope: 'marketing' }]);
  });

  it('waits while a message to them is on its way, a test is to go to them, or a job has read them', () => {
    const { ada, run } = fill();
    store.write((db) => db.run(sql`update message set state = 3 where run = ${run} and seq = 0`), undefined);
    expect(code(() => erase({ kind: 'person', endpoint: ada }))).toEqual(['ERASE_NOT_NOW', { why: 'sending' }]);
    expect(store.read(queries.previewErasure, { kind: 'person', endpoint: ada })).toMatchObject({ people: 1, addresses: 2, messages: 1, events: 2, refused: 'sending' });
    store.write((db) => db.run(sql`update message set state = 4 where run = ${run} and seq = 0`), undefined);
    store.write((db) => db.run(sql`update message set state = 0 where run <> ${run}`), undefined);
    expect(code(() => erase({ kind: 'address', channel: 'EMAIL', address: 'ADA@example.org' }))).toEqual(['ERASE_NOT_NOW', { why: 'sending' }]);
    store.write((db) => db.run(sql`update message set state = 4 where run <> ${run}`), undefined);
    store.write((db) => db.run(sql`update job set state = 'running'`), undefined);
    expect(code(() => erase({ kind: 'person', endpoint: ada }))).toEqual(['ERASE_NOT_NOW', { why: 'job' }]);
  });

  it('is for operators, and of people who are there', () => {
    fill();
    expect(code(() => erase({ kind: 'person', endpoint: 99 }))).toEqual(['NOT_FOUND', { what: 'person' }]);
    expect(code(() => erase({ kind: 'address', channel: 'EMAIL', address: 'no address' }))).toMatchObject(['BAD_INPUT', {}]);
    store.actor = { kind: 'engine' };
    expect(code(() => erase({ kind: 'person', endpoint: 1 }))).toEqual(['NOT_ALLOWED', { actor: 'engine' }]);
  });

  it('of one address leaves the person with the others, and finds what is left of one that was deleted before', () => {
    const { ada } = fill();
    expect(erase({ kind: 'address', channel: 'SMS', address: '+44 7911 123456' }).counts).toMatchObject({ addresses: 1, people: 0 });
    expect(store.db.get(sql`select user_id from user where id = 1`)).toEqual({ user_id: 'customer-ada-1' });
    store.write(ops.remove, { ids: [ada] });
    expect(erase({ kind: 'address', channel: 'EMAIL', address: 'ada@example.org' }).counts).toMatchObject({ addresses: 0, messages: 2, testAddresses: 1, events: 2 });
    expect(traces(store.db, ['ada@', 'adalovelace'])).toEqual([]);
  });

  it('leaves the consent of an address that somebody else was given, and says which texts name the person', () => {
    const { ada, ben } = fill();
    store.write(ops.update, { id: ada, edit: { address: 'ada.new@example.org' } });
    store.write(ops.update, { id: ben, edit: { address: 'ada@example.org' } });
    store.write((db) => {
      db.run(sql`insert into segment (uid, name, kind, version, created_at, updated_at) values ('s', 'Only Ada', 'dynamic', 1, 1, 1)`);
      db.run(sql`insert into segment_version (segment, version, tree, created_at, actor) values (1, 1, '{"values":["customer-ada-1"]}', 1, '{}')`);
    }, undefined);
    expect(erase({ kind: 'person', endpoint: ada })).toMatchObject({ shared: 1, mentions: [{ kind: 'segment', name: 'Only Ada' }] });
    expect(suppressed()).toContainEqual({ address: 'ada@example.org', scope: 'all' });
  });

  it('is not undone by the undo of a deletion', () => {
    const { ada } = fill();
    const { images } = store.write(ops.remove, { ids: [ada] });
    erase({ kind: 'address', channel: 'EMAIL', address: 'ada@example.org' });
    expect(code(() => store.write(ops.restoreDeleted, { images }))).toMatchObject(['NOT_ALLOWED', {}]);
  });
});

describe('suppressions.log', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'heliograph-erase-'));
  const commit = (log: string, work: () => unknown) => {
    const from = store.changes.length;
    work();
    createSuppressionsLog(log, store.db).append(store.changes.slice(from));
  };

  it('is written anew without the address, and an erasure is replayed over a backup of before it', () => {
    const at = folder();
    const log = join(at, 'suppressions.log');
    try {
      let ids: ReturnType<typeof fill>;
      commit(log, () => (ids = fill()));
      expect(readFileSync(log, 'utf8')).toContain('ada@example.org');
      commit(log, () => erase({ kind: 'person', endpoint: ids.ada }));
      const text = readFileSync(log, 'utf8');
      expect([words.filter((word) => text.toLowerCase().includes(word)), text.match(/"kind":"erased"/g)?.length, readdirSync(at)]).toEqual([[], 4, ['suppressions.log']]);
      const hashed = suppressed();

      // The backup: the same workspace before the erasure.
      const erased = store;
      store = createMemoryStore();
      fill();
      replayInto(log);
      expect(traces(store.db, words)).toEqual([]);
      expect(suppressed()).toEqual(hashed);
      expect(store.db.all(sql`select id, hash, erasure from erased`)).toEqual(erased.db.all(sql`select id, hash, erasure from erased`));
      expect(store.read(queries.listErasures, { limit: 10 })).toMatchObject([{ replayed: true, counts: { people: 1, addresses: 2 } }]);
      // Once is enough: the same person who came back of their own will afterwards stays.
      bring('ada@example.org');
      expect(store.write(ops.replayErasures, { suppressionsLog: log })).toBe(0);
      expect(traces(store.db, ['ada@'])).not.toEqual([]);
    } finally {
      rmSync(at, { recursive: true });
    }
  });

  function replayInto(log: string): void {
    store.write((db) => replaySuppressions(log, db), undefined);
    expect(store.write(ops.replayErasures, { suppressionsLog: log })).toBe(1);
  }
});

describe('the files of a workspace', () => {
  it('lose the person before the rows do: staged and rejected rows, exports, the test mailbox', async () => {
    const kit = createKit();
    store = kit.store;
    const id = bring('ada@example.org');
    bring('+447911123456'.replace('+', 'x') + '@example.org');
    const rows = 'Address,ChannelType,Attributes.Note\nada@example.org,EMAIL,first\nben@example.org,EMAIL,x\nADA@example.org ,nonsense,"broken, ""quoted"""\nnobody,EMAIL,"two\nlines"\n';
    const checked = await kit.check(file(rows));
    const exports = join(kit.files, 'exports');
    mkdirSync(exports);
    writeFileSync(join(exports, 'job-1'), 'ada@example.org');
    const mailbox = openMailboxFile(join(kit.files, 'mailbox.sqlite'));
    for (const recipient of ['Ada@example.org', 'ben@example.org']) mailbox.add([{ at: 1, envelopeFrom: 'us@example.org', recipient, raw: Buffer.from(`To: ${recipient}\r\nSubject: x\r\n\r\nDear ${recipient}`) }]);
    const service = createEraseService({
      read: inProcessReader(store, { eraseSubject: queries.eraseSubject, listErasures: queries.listErasures }),
      write: inProcessWriter(store, { erase: ops.erase }, { actor: { kind: 'operator' } }),
      files: kit.files,
      ready: () => Promise.resolve(),
      settings: () => Promise.resolve({ defaultCountry: '', backupKeepDays: 30 }),
      clearExports: () => clearExports(kit.files),
      clearMailbox: (addresses) => Promise.resolve(mailbox.erase(addresses)),
      backups: () => [{ name: 'a.sqlite', madeAt: 1_000, bytes: 5 }, { name: 'b.sqlite', madeAt: 2_000, bytes: 5 }],
      checkpoint: () => Promise.resolve(),
    });
    const receipt = await service.erase({ kind: 'person', endpoint: id });
    expect(receipt.counts).toMatchObject({ stagedRows: 1, rejectedRows: 1, exportFiles: 1, mailboxMessages: 1, addresses: 1 });
    expect([receipt.backups.length, receipt.lastBackupGone]).toEqual([2, 2_000 + 30 * 86_400_000]);
    mailbox.close();
    const left = filesIn(kit.files).filter((path) => readFileSync(path).toString('latin1').toLowerCase().includes('ada@'));
    expect(left).toEqual([]);
    expect(readFileSync(join(kit.files, 'imports', checked.uid, 'rejected.csv'), 'utf8')).toContain('"two\nlines"');
    // What is left of the checked import can be merged.
    await kit.merge(checked.uid);
    expect(kit.people().map((person) => person.Address)).toContain('ben@example.org');
    expect(traces(store.db, ['ada@'])).toEqual([]);
  });

  const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)])) : []);
});
