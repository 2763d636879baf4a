import type { ImportMerged } from '../../../src-preload/contract/import.js';
import type { WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { readEndpoint } from '../columns.js';
import type { UpsertRules } from '../upsert.js';
import { type ImportRow, storedOptions } from './import.rows.js';

const keepImage = 'insert into import_image (import, endpoint, image, at) values (?, ?, ?, ?) on conflict (import, endpoint) do update set at = excluded.at';
const keepUserImage = 'insert into import_user_image (import, user, image, at) values (?, ?, ?, ?) on conflict (import, user) do update set at = excluded.at';
const newImages = 'insert into import_image (import, endpoint, image, at) select ?, id, null, ? from endpoint where id > ? and id <= ?';
const newUserImages = 'insert into import_user_image (import, user, image, at) select ?, id, null, ? from user where id > ? and id <= ?';

export type MutableMerged = { -readonly [K in keyof ImportMerged]: ImportMerged[K] };

/** What every slice of a merge keeps beside its rows: before-images, what it touched, how far it came. */
export interface Slice {
  readonly rules: UpsertRules & { readonly source: string };
  readonly merged: MutableMerged;
  /** Ends the slice: images of new rows, the resume position, what windows are told. */
  close(rows: number, lastN: number, total: number): ImportMerged;
}

/** What suppressions and opt-outs of an import say of their origin. */
export const sourceOf = (row: Pick<ImportRow, 'file_name'>): string => `import: ${row.file_name}`;

export function openSlice(db: WriteDb, row: ImportRow): Slice {
  const before = maxIds(db);
  const touched = { endpoint: newRange(), user: newRange() };
  const merged = JSON.parse(row.merged!) as MutableMerged;
  return {
    merged,
    rules: {
      source: sourceOf(row),
      import: row.id,
      match: storedOptions(row).match,
      announce: false,
      beforeEndpoint: (id) => {
        if (id > before.endpoint) return;
        db.prepare(keepImage).run(row.id, id, JSON.stringify(readEndpoint(db, id)), db.now);
        touched.endpoint.add(id);
      },
      beforeUser: (id) => {
        if (id > before.user) return;
        db.prepare(keepUserImage).run(row.id, id, JSON.stringify(db.prepare('select attributes, updated_at from user where id = ?').get(id)), db.now);
        touched.user.add(id);
      },
    },
    close(rows, lastN, total) {
      const after = maxIds(db);
      if (after.endpoint > before.endpoint) {
        db.prepare(newImages).run(row.id, db.now, before.endpoint, after.endpoint);
        touched.endpoint.add(before.endpoint + 1);
        touched.endpoint.add(after.endpoint);
      }
      if (after.user > before.user) {
        db.prepare(newUserImages).run(row.id, db.now, before.user, after.user);
        touched.user.add(before.user + 1);
        touched.user.add(after.user);
      }
      merged.rows += rows;
      merged.total = total;
      db.run(sql`update import set resume = ${lastN}, merged = ${JSON.stringify(merged)} where id = ${row.id}`);
      touched.endpoint.tell(db, 'endpoint');
      touched.user.tell(db, 'user');
      db.changed('import', row.id);
      return merged;
    },
  };
}

function maxIds(db: WriteDb): { endpoint: number; user: number } {
  // sqlite_sequence rather than max(id): an id of a deleted row is never used again, and new ones lie above it.
  const of = (table: string) => (db.prepare('select seq from sqlite_sequence where name = ?').get(table) as { seq: number } | undefined)?.seq ?? 0;
  return { endpoint: of('endpoint'), user: of('user') };
}

function newRange() {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  return {
    add(id: number) {
      if (id < from) from = id;
      if (id > to) to = id;
    },
    tell(db: WriteDb, table: string) {
      if (to > 0) db.changed(table, from, to);
    },
  };
}
