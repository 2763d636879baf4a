import type { ErasedCounts, ErasedKind } from '../../../src-preload/contract/erasure.js';
import type { WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { suppress } from '../consent.js';
import { addressText, erasedName, personText } from '../erased.js';
import { type AddressKey, jsonList, type Subject } from './subject.js';

type Found = Partial<Record<ErasedKind, number>>;

/**
 * Takes a subject out of every table, and notes its hashes under `erasure`. Runs, ledger rows, outcomes and counts keep their number and point to nobody. Deleted bytes are overwritten in the
 * file. Throws `SECRETS_LOCKED`.
 */
export function eraseRows(db: WriteDb, subject: Subject, erasure: { readonly uid: string; readonly at: number }): Found {
  db.prepare('pragma secure_delete = on').get();
  const ids = jsonList(subject.endpoints);
  // Before the rows go: what they say of consent, and what they are linked to.
  const consent = subject.keys.reduce((n, key) => n + keepConsent(db, key), 0);
  for (const { segment } of db.all<{ segment: number }>(sql`select distinct segment from segment_member where endpoint in (select value from json_each(${ids}))`)) db.changed('segment_member', segment);
  // The persons of those who were deleted before are known by their images only.
  const users = jsonList([
    ...subject.users.map((user) => user.id),
    ...db.all<{ user: number }>(sql`select image ->> '$.user' as user from import_image where image is not null and endpoint in (select value from json_each(${ids})) and image ->> '$.user' not in (select id from user)`).map(({ user }) => user),
  ]);
  const found: Found = {
    consent,
    ...eraseHistory(db, subject, ids),
    listMemberships: db.run(sql`delete from segment_member where segment in (select id from segment) and endpoint in (select value from json_each(${ids}))`).changes,
    otherIds: db.run(sql`delete from endpoint_alias where endpoint in (select value from json_each(${ids}))`).changes,
    importImages:
      db.run(sql`delete from import_image where import in (select id from import) and endpoint in (select value from json_each(${ids}))`).changes +
      db.run(sql`delete from import_user_image where import in (select id from import) and user in (select value from json_each(${users}))`).changes,
    addresses: db.run(sql`delete from endpoint where id in (select value from json_each(${ids}))`).changes,
    people: db.run(sql`delete from user where id in (select value from json_each(${jsonList(subject.users.map((user) => user.id))}))`).changes,
    testAddresses: eraseTestAddresses(db, subject.keys),
    auditLines: eraseAudit(db, subject),
    jobs: eraseJobs(db, subject),
  };
  for (const id of subject.endpoints) db.changed('endpoint', id);
  for (const { id } of subject.users) db.changed('user', id);
  for (const key of subject.keys) remember(db, erasure, 'address', db.keyedHash(addressText(key.channel, key.addressKey)));
  for (const { userId } of subject.users) remember(db, erasure, 'person', db.keyedHash(personText(userId)));
  db.prepare('pragma secure_delete = off').get();
  return found;
}

function remember(db: WriteDb, erasure: { readonly uid: string; readonly at: number }, what: 'address' | 'person', hash: string): void {
  const { lastId } = db.run(sql`insert into erased (at, erasure, what, hash) values (${erasure.at}, ${erasure.uid}, ${what}, ${hash})`);
  db.changed('erased', lastId);
}

/** What the address said stands under its hash from now on; an address nothing stood against is kept from marketing, or the next list would write to it as if nothing had been asked. */
function keepConsent(db: WriteDb, { channel, addressKey }: AddressKey): number {
  const name = erasedName(db, channel, addressKey);
  if (!db.get(sql`select 1 from suppressed where channel = ${channel} and address_key in (${addressKey}, ${name}) limit 1`)) {
    suppress(db, { channel, addressKey, reason: 'manual', scope: 'marketing', source: 'erased on request' });
  }
  let n = 0;
  // Notes are words about the person, and a bounce's holds the server's.
  for (const table of ['suppression', 'topic_consent'] as const) n += db.prepare(`update ${table} set address_key = ?, note = null where channel = ? and address_key = ?`).run(name, channel, addressKey).changes;
  for (const table of ['suppressed', 'topic_state'] as const) db.prepare(`update or replace ${table} set address_key = ? where channel = ? and address_key = ?`).run(name, channel, addressKey);
  db.changed('suppressed', 0);
  db.changed('topic_consent', 0);
  return n;
}

/** Of an event's attributes only what names a part of the message, which the numbers are counted by. */
const keptAttributes = `case when attributes is null or run is null then null else (select json_group_object(key, value) from json_each(attributes) where key in ('link', 'test', 'all', 'via')) end`;
/** The status of an SMTP answer without the words after it, which quote the address. */
const status = /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?/;

function eraseHistory(db: WriteDb, subject: Subject, ids: string): Found {
  const messages = new Map(db.all<{ run: number; seq: number }>(sql`select run, seq from message where endpoint in (select value from json_each(${ids}))`).map((row) => [`${row.run} ${row.seq}`, row]));
  // Sent to an address of theirs as somebody else's: that endpoint has another address now, or is gone.
  for (const { id } of db.all<{ id: number }>(sql`select id from run`)) {
    for (const { addressKey } of subject.keys.filter((key) => key.channel === 'EMAIL')) {
      for (const { seq } of db.all<{ seq: number }>(sql`select seq from message_reply where run = ${id} and address_key = ${addressKey}`)) messages.set(`${id} ${seq}`, { run: id, seq });
    }
  }
  const set = `update event set endpoint = null, uid = null, attributes = ${keptAttributes}`;
  let events = db.prepare(`${set} where endpoint in (select value from json_each(?))`).run(ids).changes;
  for (const { run, seq } of messages.values()) {
    events += db.prepare(`${set} where run = ? and seq = ? and (endpoint is not null or uid is not null)`).run(run, seq).changes;
    db.prepare('update message set endpoint = 0 where run = ? and seq = ?').run(run, seq);
    eraseReply(db, run, seq);
    db.changed('message', run);
  }
  if (events > 0) db.changed('event', 0);
  for (const { addressKey } of subject.keys) db.run(sql`update run set paused_response = null where paused_response is not null and instr(lower(paused_response), ${addressKey}) > 0`);
  return { messages: messages.size, events };
}

function eraseReply(db: WriteDb, run: number, seq: number): void {
  const reply = db.prepare('select response from message_reply where run = ? and seq = ?').get(run, seq) as { response: string | null } | undefined;
  // Empty and null say something themselves: claimed, or restored, and nothing heard.
  const response = reply?.response ? `${status.exec(reply.response)?.[0] ?? ''} (erased)`.trim() : (reply?.response ?? null);
  db.prepare('update message_reply set address_key = null, provider_id = null, response = ? where run = ? and seq = ?').run(response, run, seq);
  db.prepare('update deferred set response = null where run = ? and seq = ?').run(run, seq);
}

function eraseTestAddresses(db: WriteDb, keys: readonly AddressKey[]): number {
  const own = new Set(keys.map((key) => key.addressKey));
  const rows = db.all<{ run: number; seq: number; address: string }>(sql`select run, seq, address from adhoc_address`).filter(({ address }) => own.has(address.toLowerCase()) || own.has(address));
  for (const { run, seq } of rows) {
    db.run(sql`delete from adhoc_address where run = ${run} and seq = ${seq}`);
    eraseReply(db, run, seq);
  }
  return rows.length;
}

function eraseAudit(db: WriteDb, subject: Subject): number {
  const subjects = [...subject.endpoints.map((id) => `endpoint:${id}`), ...subject.users.map(({ id }) => `person:${id}`)];
  return db.run(sql`update audit set subject = 'endpoint:erased', detail = '{}' where subject in (select value from json_each(${jsonList(subjects)}))`).changes;
}

/** Texts by which a person can be found in what somebody typed: addresses and ids, in lower case, none so short that it would be found everywhere. */
export function namesOf(subject: Subject): string[] {
  const all = [...subject.keys.map((key) => key.addressKey), ...subject.users.map((user) => user.userId), ...subject.uids];
  return [...new Set(all.map((text) => text.toLowerCase()))].filter((text) => text.length >= 4);
}

/** All jobs are over: that was asked before. */
function eraseJobs(db: WriteDb, subject: Subject): number {
  let n = 0;
  for (const name of namesOf(subject)) {
    n += db.run(sql`update job set input = 'null', result = null, error = case when error is null then null else json_object('code', error ->> '$.code', 'detail', json('{}')) end
      where instr(lower(input || coalesce(result, '') || coalesce(error, '')), ${name}) > 0`).changes;
  }
  if (n > 0) db.changed('job', 0);
  return n;
}

/** Every kind with its number, 0 where nothing was found. */
export function countsOf(kinds: readonly ErasedKind[], ...parts: readonly Found[]): ErasedCounts {
  return Object.fromEntries(kinds.map((kind) => [kind, parts.reduce((sum, part) => sum + (part[kind] ?? 0), 0)])) as Record<ErasedKind, number>;
}
