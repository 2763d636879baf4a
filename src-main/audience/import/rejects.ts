import { closeSync, openSync, writeSync } from 'node:fs';
import type { RejectReason } from '../../../src-preload/contract/import.js';
import { createCsvWriter } from '../../platform/csv.js';
import type { RawRecord } from './record.js';

export interface RejectsWriter {
  add(record: RawRecord, reason: RejectReason, column: number | undefined): void;
  readonly count: number;
  close(): void;
}

const bufferLength = 262_144;

/**
 * rejected.csv: row number, column, reason, then the row's own cells under their own headers, so that it can be corrected and imported again. Exact cells; the
 * BOM lets Excel read it as UTF-8.
 */
export function createRejectsWriter(path: string, columns: () => readonly string[]): RejectsWriter {
  const writer = createCsvWriter({ bom: true });
  const file = openSync(path, 'w', 0o600);
  let pending = '';
  let count = 0;
  const flush = () => {
    if (pending !== '') writeSync(file, pending);
    pending = '';
  };
  return {
    add(record, reason, column) {
      // JSON lines may bring columns later: the header is what is known at the first rejected row, further cells follow without one.
      if (count === 0) pending = writer.head + writer.line(['Row', 'Column', 'Reason', ...columns()]);
      count++;
      const cells = Array.from(record.cells, (cell) => (cell === undefined || typeof cell === 'string' ? cell : cell.join(', ')));
      pending += writer.line([record.row, column === undefined ? '' : (columns()[column] ?? `Column ${column + 1}`), reason, ...cells]);
      if (pending.length > bufferLength) flush();
    },
    get count() {
      return count;
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}
