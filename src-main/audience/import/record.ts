import { importLimits, type RejectReason } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';

/** One cell: its text, several values (JSON lists), or absent. */
export type Cell = string | readonly string[] | undefined;

/** One record of a file. `row` counts records from 1, the header included, as a spreadsheet does. */
export interface RawRecord {
  readonly row: number;
  readonly cells: readonly Cell[];
  /** Set where the record is not one the rest may trust. */
  readonly problem?: RejectReason;
}

/**
 * The port behind which a format is read: text goes in by chunks of any size, whole records come out. The memory it holds is bounded by the longest record.
 * Throws `RECORD_TOO_LONG` {row, limit} and `FILE_TOO_WIDE` {columns, limit}.
 */
export interface RecordReader {
  push(text: string): RawRecord[];
  end(): RawRecord[];
  /** The columns known so far. A CSV file has all of them after its first record; JSON lines may bring new ones at any time. */
  readonly columns: () => readonly string[];
}

export function assertRecordLength(length: number, row: number): void {
  if (length > importLimits.recordLength) throw new HeliographError('RECORD_TOO_LONG', { row, limit: importLimits.recordLength });
}

export function assertWidth(columns: number): void {
  if (columns > importLimits.columns) throw new HeliographError('FILE_TOO_WIDE', { columns, limit: importLimits.columns });
}
