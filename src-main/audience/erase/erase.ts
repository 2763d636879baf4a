import { erasedKinds, type ErasedCounts, type ErasedMention, type EraseReceipt, eraseReceipt, type EraseTarget } from '../../../src-preload/contract/erasure.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Channel } from '../../../src-preload/contract/common.js';
import type { ReadDb, WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { type ErasedLine, missingErasures } from '../../store/suppressions-log.js';
import { addressText, personText } from '../erased.js';
import { countsOf, eraseRows, namesOf } from './rows.js';
import { type AddressKey, addressSubject, assertErasable, findSubject, type Subject } from './subject.js';

export interface EraseInput {
  readonly target: EraseTarget;
  /** What was removed from files before, for the receipt. */
  readonly files: Pick<ErasedCounts, 'stagedRows' | 'rejectedRows' | 'exportFiles' | 'mailboxMessages'>;
  readonly backups: EraseReceipt['backups'];
}

/**
 * Erases a person or an address from the workspace file (design 5) and keeps a receipt that names nobody. The store thread then writes suppressions.log anew. Only for an operator
 * (`NOT_ALLOWED`). Throws `ERASE_NOT_NOW`, `NOT_FOUND`, `BAD_INPUT`, `SECRETS_LOCKED`; then nothing was changed.
 */
export function erase(db: WriteDb, input: EraseInput): EraseReceipt {
  if (db.actor.kind !== 'operator') throw new HeliographError('NOT_ALLOWED', { actor: db.actor.kind });
  const subject = findSubject(db, input.target);
  assertErasable(db, subject);
  const mentions = mentionsOf(db, subject);
  const uid = db.newUid();
  const found = eraseRows(db, subject, { uid, at: db.now });
  return keepReceipt(db, { uid, at: db.now, by: db.actor, counts: countsOf(erasedKinds, found, input.files), shared: subject.shared, mentions, backups: [...input.backups], replayed: false });
}

function keepReceipt(db: WriteDb, receipt: EraseReceipt): EraseReceipt {
  const { lastId } = db.run(sql`insert into erasure (uid, at, actor, receipt) values (${receipt.uid}, ${receipt.at}, ${JSON.stringify(receipt.by)}, ${JSON.stringify(receipt)})
    on conflict (uid) do update set receipt = excluded.receipt`);
  db.changed('erasure', lastId);
  db.audit('person.erased', `erasure:${receipt.uid}`, { replayed: receipt.replayed });
  return receipt;
}

/** Rules, messages and drafts in which operators wrote the address or the id down. */
function mentionsOf(db: ReadDb, subject: Subject): ErasedMention[] {
  const found = new Map<string, ErasedMention>();
  for (const name of namesOf(subject)) {
    const rows = db.all<ErasedMention>(sql`
      select 'segment' as kind, s.name from segment s join segment_version v on v.segment = s.id where s.deleted_at is null and instr(lower(v.tree), ${name}) > 0
      union select 'template', t.name from template t join template_version v on v.template = t.id where t.deleted_at is null and instr(lower(v.content), ${name}) > 0
      union select 'campaign', c.name from campaign c left join campaign_version v on v.campaign = c.id where c.deleted_at is null and (instr(lower(c.draft), ${name}) > 0 or instr(lower(v.content), ${name}) > 0)`);
    for (const row of rows) found.set(`${row.kind} ${row.name}`, row);
  }
  return [...found.values()].slice(0, 100);
}

/**
 * After a restore: erases again whom the log says was erased and the backup brought back. Looks at every address once (some 3 us each), and only where the log knows more than the file; at a
 * million addresses the opening takes some seconds longer. Gives how many acts were replayed. Throws `SECRETS_LOCKED`.
 */
export function replayErasures(db: WriteDb, input: { readonly suppressionsLog: string }): number {
  const lines = missingErasures(input.suppressionsLog, db);
  if (lines.length === 0) return 0;
  const newest = db.get<{ id: number | null }>(sql`select max(id) as id from erased`)?.id ?? 0;
  const hashes = { address: new Set<string>(), person: new Set<string>() };
  for (const line of lines) hashes[line.what].add(line.hash);
  const acts = new Map<string, ErasedLine[]>();
  for (const line of lines) acts.set(line.erasure, [...(acts.get(line.erasure) ?? []), line]);
  const keys = addressesWith(db, hashes.address);
  const users = [...db.iterate<{ id: number; userId: string }>(sql`select id, user_id as userId from user`)].flatMap((user) => {
    const hash = db.keyedHash(personText(user.userId));
    return hashes.person.has(hash) ? [{ ...user, hash }] : [];
  });
  for (const [uid, of] of acts) {
    const at = of[0]!.at;
    const mine = new Set(of.map((line) => line.hash));
    const parts = [
      ...keys.filter(({ hash }) => mine.has(hash)).map((key) => eraseRows(db, addressSubject(db, key), { uid, at })),
      ...users.filter(({ hash }) => mine.has(hash)).map(({ id, userId }) => eraseRows(db, userSubject(db, id, userId), { uid, at })),
    ];
    keepReceipt(db, { uid, at, by: { kind: 'engine' }, counts: countsOf(erasedKinds, ...parts), shared: 0, mentions: [], backups: [], replayed: true });
  }
  // Under the log's own numbers, so that the log and the file agree on what is missing.
  db.run(sql`delete from erased where id > ${newest}`);
  for (const { id, at, erasure, what, hash } of lines) db.run(sql`insert or replace into erased (id, at, erasure, what, hash) values (${id}, ${at}, ${erasure}, ${what}, ${hash})`);
  db.changed('erased', lines[0]!.id, lines.at(-1)!.id);
  return acts.size;
}

function addressesWith(db: WriteDb, hashes: ReadonlySet<string>): (AddressKey & { readonly hash: string })[] {
  const rows = db.iterate<{ channel: Channel; addressKey: string }>(sql`
    select channel, address_key as addressKey from endpoint union select channel, address_key from suppression union select channel, address_key from topic_consent
    union select 'EMAIL', address_key from message_reply where address_key is not null`);
  const found: (AddressKey & { readonly hash: string })[] = [];
  for (const row of rows) {
    const hash = db.keyedHash(addressText(row.channel, row.addressKey));
    if (hashes.has(hash)) found.push({ ...row, hash });
  }
  return found;
}

/** A person whose addresses were given to nobody else: they went with the addresses, or the backup knows others of them. */
function userSubject(db: ReadDb, id: number, userId: string): Subject {
  const rows = db.all<AddressKey & { readonly id: number }>(sql`select id, channel, address_key as addressKey from endpoint where user = ${id}`);
  return { endpoints: rows.map((row) => row.id), users: [{ id, userId }], keys: rows.map(({ channel, addressKey }) => ({ channel, addressKey })), uids: [], shared: 0 };
}

/** Receipts, newest first. */
export function listErasures(db: ReadDb, input: { readonly limit: number }): EraseReceipt[] {
  return db.all<{ receipt: string }>(sql`select receipt from erasure order by id desc limit ${input.limit}`).map(({ receipt }) => eraseReceipt.parse(JSON.parse(receipt)));
}
