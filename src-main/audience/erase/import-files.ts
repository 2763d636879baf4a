import { closeSync, createReadStream, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createCsvWriter } from '../../platform/csv.js';
import { changeSideFile } from '../../store/side-file.js';
import { normaliseAddress } from '../address.js';
import { createCsvReader } from '../import/csv-reader.js';
import type { Cell, RawRecord } from '../import/record.js';
import { rejectsPath, stagingPath } from '../import/staging.js';
import type { Subject } from './subject.js';

/**
 * Takes a subject out of what imports left in `files/`: staged rows of those that were checked, and files of rejected rows. A rejected row whose address could not be read is found only where the
 * address or an id stands in one of its cells.
 */
export async function eraseImportFiles(files: string, subject: Subject, defaultCountry: string): Promise<{ readonly stagedRows: number; readonly rejectedRows: number }> {
  const folder = join(files, 'imports');
  let stagedRows = 0;
  let rejectedRows = 0;
  for (const uid of existsSync(folder) ? readdirSync(folder) : []) {
    if (existsSync(stagingPath(files, uid))) stagedRows += eraseStaged(stagingPath(files, uid), subject);
    if (existsSync(rejectsPath(files, uid))) rejectedRows += await eraseRejected(rejectsPath(files, uid), cellTest(subject, defaultCountry));
    // Copies that were offered and not fetched.
    for (const name of readdirSync(join(folder, uid))) if (name.startsWith('rejected.csv.')) rmSync(join(folder, uid, name), { force: true });
  }
  return { stagedRows, rejectedRows };
}

function eraseStaged(path: string, subject: Subject): number {
  return changeSideFile(path, (db) => {
    const keys = JSON.stringify(subject.keys);
    const texts = JSON.stringify(subject.uids.map((uid) => uid.toLowerCase()));
    const users = JSON.stringify(subject.users.map(({ userId }) => userId));
    const targets = JSON.stringify(subject.endpoints);
    db.exec('create temp table going (n integer primary key)');
    db.prepare(
      `insert into going select n from staged where (channel, coalesce(address_key, address)) in (select value ->> '$.channel', value ->> '$.addressKey' from json_each(?))
        or lower(uid) in (select value from json_each(?)) or user_id in (select value from json_each(?)) or (class in (1, 2) and target in (select value from json_each(?)))`,
    ).run(keys, texts, users, targets);
    db.exec(`
      delete from staged_link where n in (select n from going);
      delete from staged_user where user_id in (select s.user_id from staged s where s.n in (select n from going))
        and user_id not in (select user_id from staged where user_id is not null and n not in (select n from going))`);
    const { changes } = db.prepare('delete from staged where n in (select n from going)').run();
    db.exec('drop table going');
    return changes;
  });
}

function cellTest(subject: Subject, defaultCountry: string): (cell: Cell) => boolean {
  const mails = subject.keys.filter((key) => key.channel === 'EMAIL').map((key) => key.addressKey);
  const others = new Set([...subject.keys.map((key) => key.addressKey), ...subject.users.map((user) => user.userId), ...subject.uids]);
  const phones = subject.keys.some((key) => key.channel === 'SMS' || key.channel === 'VOICE');
  const one = (text: string): boolean => {
    if (others.has(text.trim())) return true;
    const folded = text.normalize('NFC').toLowerCase();
    if (mails.some((mail) => folded.includes(mail))) return true;
    if (!phones || !/\d{4}/.test(text)) return false;
    const normal = normaliseAddress('SMS', text, { defaultCountry });
    return 'addressKey' in normal && others.has(normal.addressKey);
  };
  return (cell) => (cell === undefined ? false : typeof cell === 'string' ? one(cell) : cell.some(one));
}

/** Writes the file anew without the rows that name them; it takes the place of the old one when it is whole. */
async function eraseRejected(path: string, names: (cell: Cell) => boolean): Promise<number> {
  const reader = createCsvReader({ delimiter: ',', quote: '"', newline: '\n', header: false });
  const writer = createCsvWriter({ bom: true });
  const draft = `${path}.new`;
  const out = openSync(draft, 'w', 0o600);
  let removed = 0;
  let first = true;
  const take = (records: readonly RawRecord[]) => {
    for (const { cells } of records) {
      // Row, column and reason are ours.
      if (cells.slice(3).some(names)) {
        removed++;
        continue;
      }
      const line = writer.line(cells.map((cell) => (typeof cell === 'string' || cell === undefined ? cell : cell.join(', '))));
      writeSync(out, first ? writer.head + line : line);
      first = false;
    }
  };
  try {
    for await (const chunk of createReadStream(path, 'utf8')) take(reader.push(first ? String(chunk).replace(/^\uFEFF/, '') : String(chunk)));
    take(reader.end());
    fsyncSync(out);
  } finally {
    closeSync(out);
  }
  if (removed === 0) rmSync(draft, { force: true });
  else renameSync(draft, path);
  return removed;
}
