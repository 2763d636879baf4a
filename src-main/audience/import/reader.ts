import type { ImportFormat } from '../../../src-preload/contract/import.js';
import { createCsvReader } from './csv-reader.js';
import { createJsonLinesReader } from './jsonl-reader.js';
import type { RecordReader } from './record.js';

export type { Cell, RawRecord, RecordReader } from './record.js';

export function createReader(format: Omit<ImportFormat, 'decimal'>): RecordReader {
  return format.kind === 'csv' ? createCsvReader(format) : createJsonLinesReader();
}
