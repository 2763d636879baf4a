import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { ExportFormat } from '../../src-preload/contract/export.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { createCsvWriter } from '../platform/csv.js';
import type { ExportSource } from './source.js';

/** Written at once: large enough that a million rows are few system calls, small enough to stay flat. */
/** A ZIP is no table: person.ts writes it. */
type TableFormat = Exclude<ExportFormat, { kind: 'zip' }>;

const bufferLength = 262_144;

/**
 * Writes a source to `path`, through a file beside it that takes its place when it is whole: a cancelled or failed export leaves nothing. Synchronous, for a job's own thread inside
 * one snapshot. Throws `DISK_FULL`, `FILE_UNREADABLE` {path}, and whatever the source throws.
 */
export function writeExport(path: string, source: ExportSource, format: TableFormat, progress: (done: number) => void): { rows: number; bytes: number } {
  const part = `${path}.part`;
  let rows = 0;
  let bytes = 0;
  try {
    const file = openSync(part, 'w', 0o600);
    try {
      let buffer = '';
      const flush = () => {
        const text = Buffer.from(buffer, 'utf8');
        // Gzip files joined end to end are one gzip file (RFC 1952, 2.2): nothing is kept between two writes.
        const chunk = format.gzip ? gzipSync(text) : text;
        // A short write happens on a full disk; writing on from there tells the error.
        for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
        bytes += chunk.length;
        buffer = '';
      };
      for (const line of lines(source, format)) {
        buffer += line.text;
        if (line.isRow) rows++;
        if (buffer.length < bufferLength) continue;
        flush();
        progress(rows);
      }
      flush();
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
    return { rows, bytes };
  } catch (error) {
    rmSync(part, { force: true });
    throw asFileError(error, path);
  }
}

function* lines(source: ExportSource, format: TableFormat): IterableIterator<{ text: string; isRow: boolean }> {
  if (format.kind === 'jsonl') {
    if (!source.records) throw new HeliographError('BAD_INPUT', { field: 'format', message: 'This table can be written as CSV only.' });
    for (const record of source.records()) yield { text: `${JSON.stringify(record)}\n`, isRow: true };
    return;
  }
  const writer = createCsvWriter({ separator: format.separator, bom: format.bom, formulaSafe: format.formulaSafe });
  yield { text: writer.head + writer.line(source.header), isRow: false };
  for (const row of source.rows()) yield { text: writer.line(row), isRow: true };
}

function asFileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof HeliographError) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new HeliographError('DISK_FULL', { path }, { cause: error });
  if (typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return new HeliographError('FILE_UNREADABLE', { path, message: error.message }, { cause: error });
  return error;
}
