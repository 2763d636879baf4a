import type { CsvCell } from '../platform/csv.js';

/** A table to write, row by row. Iterating reads the database as it goes and holds a page at most. */
export interface ExportSource {
  /** File name without its extension. */
  readonly name: string;
  readonly header: readonly CsvCell[];
  rows(): Iterable<readonly CsvCell[]>;
  /** One value per line for JSON lines; absent where only a table makes sense. */
  records?(): Iterable<unknown>;
  /** Number of rows where it is cheap to know. */
  readonly total: number | null;
}

/** An instant as a spreadsheet reads it, in UTC. */
export const cellTime = (at: number | null): string => (at === null ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' '));

/** A name that every file system takes. */
export function fileName(text: string): string {
  const plain = text.normalize('NFC').replace(/[\p{Cc}<>:"/\\|?*]+/gu, ' ').replace(/\s+/g, ' ').trim().replace(/^\.+|[. ]+$/g, '').slice(0, 100);
  return plain === '' ? 'export' : plain;
}
