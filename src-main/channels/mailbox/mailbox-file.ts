import { rmSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { type MailboxRow, mailboxLimits } from '../../../src-preload/contract/mailbox.js';
import { createSideFile } from '../../store/side-file.js';
import { readHead } from './head.js';

export interface NewMail {
  readonly at: number;
  readonly envelopeFrom: string;
  readonly recipient: string;
  readonly raw: Buffer;
}

export interface StoredMail extends MailboxRow {
  readonly envelopeFrom: string;
  readonly raw: Buffer;
}

/** The mailbox's own SQLite file: everything in it was sent to be looked at and may go at any time. */
export interface MailboxFile {
  /** All or none. Drops the oldest beyond the limits. */
  add(mails: readonly NewMail[]): void;
  page(input: { search: string; offset: number; limit: number }): MailboxRow[];
  count(search: string): number;
  get(id: number): StoredMail | undefined;
  status(): { messages: number; bytes: number; dropped: number };
  empty(): void;
  /** Removes what was sent to these addresses (lower case) and overwrites it in the file. Gives back how many messages. */
  erase(addresses: readonly string[]): number;
  close(): void;
}

const version = 1;
const columns = 'id, at, recipient, sender as "from", subject, size as sizeBytes';

/** Opens the file, or makes it. A file that is damaged or of another version is thrown away: it holds nothing that cannot be sent again. */
export function openMailboxFile(path: string, limits: { readonly messages: number; readonly bytes: number } = mailboxLimits): MailboxFile {
  let db: BetterSqlite3.Database;
  try {
    db = open(path);
  } catch {
    for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) rmSync(file, { force: true });
    db = open(path);
  }
  const insert = db.prepare<[number, string, string, string, string, number, Buffer]>('insert into mail (at, envelope_from, recipient, sender, subject, size, raw) values (?, ?, ?, ?, ?, ?, ?)');
  const oldest = db.prepare<[], { id: number; size: number }>('select id, size from mail order by id limit 200');
  const removeTo = db.prepare<[number]>('delete from mail where id <= ?');
  const note = db.prepare<[number]>('update meta set dropped = dropped + ?');
  const where = "instr(lower(recipient), lower(?)) > 0";
  const pageAll = db.prepare<[number, number], MailboxRow>(`select ${columns} from mail order by id desc limit ? offset ?`);
  const pageFound = db.prepare<[string, number, number], MailboxRow>(`select ${columns} from mail where ${where} order by id desc limit ? offset ?`);
  const countFound = db.prepare<[string], { n: number }>(`select count(*) as n from mail where ${where}`);
  const one = db.prepare<[number], MailboxRow & { envelopeFrom: string; raw: Buffer }>(`select ${columns}, envelope_from as envelopeFrom, raw from mail where id = ?`);
  let { messages, bytes } = db.prepare<[], { messages: number; bytes: number }>('select count(*) as messages, coalesce(sum(size), 0) as bytes from mail').get()!;

  const trim = () => {
    while (messages > limits.messages || bytes > limits.bytes) {
      let last = 0;
      let n = 0;
      for (const row of oldest.all()) {
        if (messages <= limits.messages && bytes <= limits.bytes) break;
        last = row.id;
        n++;
        messages--;
        bytes -= row.size;
      }
      removeTo.run(last);
      note.run(n);
    }
  };
  const addAll = db.transaction((mails: readonly NewMail[]) => {
    for (const mail of mails) {
      const head = readHead(mail.raw);
      insert.run(mail.at, mail.envelopeFrom, mail.recipient, head.from, head.subject, mail.raw.length, mail.raw);
      messages++;
      bytes += mail.raw.length;
    }
    trim();
  });

  return {
    add(mails) {
      const before = { messages, bytes };
      try {
        addAll(mails);
      } catch (error) {
        ({ messages, bytes } = before);
        throw error;
      }
    },
    page: ({ search, offset, limit }) => (search === '' ? pageAll.all(limit, offset) : pageFound.all(search, limit, offset)),
    count: (search) => (search === '' ? messages : countFound.get(search)!.n),
    get: (id) => one.get(id),
    status: () => ({ messages, bytes, dropped: db.prepare<[], { dropped: number }>('select dropped from meta').get()!.dropped }),
    empty() {
      db.exec('begin; delete from mail; update meta set dropped = 0; commit');
      messages = 0;
      bytes = 0;
      db.exec('vacuum');
    },
    erase(addresses) {
      db.pragma('secure_delete = on');
      const { n, size } = db.transaction(() => {
        const own = "lower(recipient) in (select value from json_each(?))";
        const list = JSON.stringify(addresses);
        const found = db.prepare<[string], { n: number; size: number }>(`select count(*) as n, coalesce(sum(size), 0) as size from mail where ${own}`).get(list)!;
        db.prepare<[string]>(`delete from mail where ${own}`).run(list);
        return found;
      })();
      db.pragma('secure_delete = off');
      db.pragma('wal_checkpoint(truncate)');
      messages -= n;
      bytes -= size;
      return n;
    },
    close: () => db.close(),
  };
}

function open(path: string): BetterSqlite3.Database {
  const db = createSideFile(path);
  try {
    // WAL without waiting for the disk: whole after a crash of the program, and fast. After a power cut it may be damaged, then it starts empty.
    db.pragma('journal_mode = wal');
    db.pragma('trusted_schema = off');
    db.pragma('cache_size = -8192');
    const found = Number(db.pragma('user_version', { simple: true }));
    if (found !== 0 && found !== version) throw new Error(`mailbox file of version ${found}`);
    if (found === 0) {
      db.exec(`
        create table mail (id integer primary key autoincrement, at integer not null, envelope_from text not null, recipient text not null, sender text not null, subject text not null, size integer not null, raw blob not null) strict;
        create table meta (dropped integer not null) strict;
        insert into meta values (0);
        pragma user_version = ${version};`);
    }
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') throw new Error('mailbox file is damaged');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
