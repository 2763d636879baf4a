import { basename } from 'node:path';
import { type ImportColumn, type ImportFormat, type ImportInspection, importLimits, type ImportTarget, isMultiValue } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { createDecoder } from './decode.js';
import { detectCsv, detectKind } from './detect.js';
import { assertNotBinary, assertTextFile, detectEncoding } from './detect-encoding.js';
import { type ColumnFacts, doubts, guessTargets, isPinpoint, pinpointTarget, settleMetrics } from './guess.js';
import { guessDecimal } from './numbers.js';
import { createReader } from './reader.js';
import type { RecalledMapping } from './recall.js';
import type { RawRecord } from './record.js';
import { sheetCsv, sheetsOf } from './xlsx/sheet.js';
import { isZip } from './xlsx/workbook.js';
import { fileStart, isGzip, readBytes, type ReadProgress, readText } from './text.js';

export interface InspectOptions {
  /** What to call the file; an upload's own name. Default: the last part of the path. */
  readonly fileName?: string;
  /** What a person says against the guess. */
  readonly encoding?: ImportFormat['encoding'] | undefined;
  readonly header?: boolean | undefined;
  readonly delimiter?: ImportFormat['delimiter'] | undefined;
  readonly decimal?: ImportFormat['decimal'] | undefined;
  /** Of a workbook. */
  readonly sheet?: string | undefined;
  /** Asked with the file's headers: the targets an earlier import gave to the same columns. */
  readonly recall?: (headers: readonly string[]) => Promise<RecalledMapping | undefined>;
}

const samplesPerColumn = 3;
const valuesForGuess = 50;
const sampleLength = 80;

/** The beginning of a file as bytes, unpacked, and whether that was all of it. */
async function readSample(path: string, gzip: boolean): Promise<{ bytes: Buffer; whole: boolean; fileBytes: number }> {
  const chunks: Buffer[] = [];
  let length = 0;
  const progress: ReadProgress = { fileBytes: 0 };
  let whole = true;
  for await (const chunk of readBytes(path, gzip, progress)) {
    if (length >= importLimits.sampleBytes) {
      whole = false;
      break;
    }
    chunks.push(chunk);
    length += chunk.length;
  }
  return { bytes: Buffer.concat(chunks), whole, fileBytes: progress.fileBytes };
}

/**
 * Looks at the first megabyte of a file: what form it is in, its columns with sample values, and what each is likely to be. Reads nothing else, changes nothing.
 * Throws `FILE_UNREADABLE`, `FILE_EMPTY`, `FILE_FORMAT`, `FILE_ENCODING`, `GZIP_BOMB`, `FILE_TOO_WIDE`, `RECORD_TOO_LONG`.
 */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<ImportInspection> {
  const fileName = options.fileName ?? basename(path);
  const { size, start } = fileStart(path);
  const { form, text, whole, fileBytes, sheets } = isZip(start) ? await lookAtWorkbook(path, options) : await lookAtText(path, fileName, isGzip(start), options);
  const { kind } = form;

  const reader = createReader(form);
  const records: RawRecord[] = [...reader.push(text), ...(whole ? reader.end() : [])];
  const headers = reader.columns();
  // Not one whole record in a megabyte: the reader's own limit may be a few characters further.
  if (headers.length === 0 && !whole) throw new HeliographError('RECORD_TOO_LONG', { row: 1, limit: importLimits.recordLength });
  if (headers.length === 0) throw new HeliographError('FILE_EMPTY', { name: fileName });

  const pinpoint = isPinpoint(headers);
  // Pinpoint's own columns say what they are; without a header there is nothing to know them by.
  const recalled = pinpoint || !form.header ? undefined : await options.recall?.(headers.map((header) => header.slice(0, importLimits.headerLength)));
  const facts = collectFacts(headers, records);
  const targets = recalled?.targets ?? guessTargets(facts);
  // Amounts say how amounts are written; where none is seen to be one, attributes do, which a person may still call an amount. Coordinates take either mark and say nothing.
  const valuesOf = (to: ImportTarget['to']) => facts.filter((_, index) => targets[index]?.to === to).map(({ values }) => values);
  const amounts = targets.some(({ to }) => to === 'metric') ? valuesOf('metric') : valuesOf('attribute');
  // A workbook's numbers are numbers already.
  const decimal = options.decimal ?? (kind === 'csv' && form.sheet === undefined ? (guessDecimal(amounts) ?? recalled?.decimal ?? '.') : '.');
  // Against the mark that a person says the column's own doubt speaks.
  const guesses = recalled || options.decimal !== undefined ? targets : settleMetrics(targets, facts, decimal);
  return {
    fileName,
    bytes: size,
    format: { ...form, decimal },
    sheets,
    pinpoint,
    columns: describeColumns(facts, form.header, decimal, guesses),
    match: recalled?.match ?? 'auto',
    mappedAs: recalled ? { fileName: recalled.fileName, at: recalled.at } : null,
    rowsEstimate: whole ? records.length : Math.round((records.length * size) / Math.max(1, Math.min(size, fileBytes))),
    rowsExact: whole,
    segmentName: segmentNameOf(fileName),
  };
}

/** The beginning of a file: its form, its text, and whether that was all of it. */
interface Sample {
  readonly form: Omit<ImportFormat, 'decimal'>;
  readonly text: string;
  readonly whole: boolean;
  readonly fileBytes: number;
  readonly sheets: string[];
}

async function lookAtText(path: string, fileName: string, gzip: boolean, options: InspectOptions): Promise<Sample> {
  const { bytes, whole, fileBytes } = await readSample(path, gzip);
  if (bytes.length === 0) throw new HeliographError('FILE_EMPTY', { name: fileName });
  assertTextFile(bytes);
  if (options.encoding === 'utf-8' || options.encoding === 'windows-1252') assertNotBinary(bytes);
  const encoding = options.encoding ?? detectEncoding(bytes);
  // Nothing in the bytes tells one code page of a byte a character from another.
  const guessed = options.encoding === undefined && encoding === 'windows-1252';
  const text = await decodeSample(path, bytes, { gzip, encoding, whole });
  const kind = detectKind(text);
  const csv = kind === 'csv' ? detectCsv(text) : { delimiter: ',' as const, quote: '"' as const, newline: '\n' as const, header: true };
  const form = { kind, gzip, encoding, ...(guessed ? { encodingGuessed: true as const } : {}), ...csv, header: options.header ?? csv.header, delimiter: options.delimiter ?? csv.delimiter };
  return { form, text, whole, fileBytes, sheets: [] };
}

async function lookAtWorkbook(path: string, options: InspectOptions): Promise<Sample> {
  const { sheets, sheet } = await sheetsOf(path, options.sheet);
  const progress: ReadProgress = { fileBytes: 0 };
  let text = '';
  let whole = true;
  for await (const chunk of readText(path, { ...sheetCsv, sheet }, progress)) {
    if (text.length >= importLimits.sampleBytes) {
      whole = false;
      break;
    }
    text += chunk;
  }
  if (text.trim() === '') throw new HeliographError('FILE_EMPTY', { name: `${basename(path)}, ${sheet}` });
  return { form: { ...sheetCsv, header: options.header ?? detectCsv(text).header, sheet }, text, whole, fileBytes: progress.fileBytes, sheets };
}

async function decodeSample(path: string, bytes: Buffer, options: { gzip: boolean; encoding: ImportFormat['encoding']; whole: boolean }): Promise<string> {
  const decoder = createDecoder(options.encoding);
  try {
    return decoder.push(bytes) + (options.whole ? decoder.end() : '');
  } catch (error) {
    if (!(error instanceof HeliographError)) throw error;
    // The same fault again, now with its line.
    for await (const _ of readText(path, options));
    throw error;
  }
}

/** A file's name without the endings that say its form, as Pinpoint's console names a segment. */
export function segmentNameOf(fileName: string): string {
  return (
    fileName
      .replace(/\.gz$/i, '')
      .replace(/\.(?:csv|tsv|txt|json|jsonl|ndjson|xlsx|xlsm)$/i, '')
      .trim()
      .slice(0, 200) || 'Import'
  );
}

function collectFacts(headers: readonly string[], records: readonly RawRecord[]): ColumnFacts[] {
  const facts: (ColumnFacts & { values: string[] })[] = headers.map((header) => ({ header, values: [] }));
  for (const record of records) {
    if (record.problem) continue;
    for (let i = 0; i < record.cells.length; i++) {
      const cell = record.cells[i];
      const value = typeof cell === 'string' ? cell.trim() : (cell ?? []).join(', ');
      if (value !== '' && facts[i]!.values.length < valuesForGuess) facts[i]!.values.push(value.slice(0, 1000));
    }
  }
  return facts;
}

function describeColumns(facts: readonly ColumnFacts[], hasHeader: boolean, decimal: ImportFormat['decimal'], guesses: readonly ImportTarget[]): ImportColumn[] {
  const seen = new Map<string, number>();
  for (const { header } of facts) seen.set(header.toLowerCase(), (seen.get(header.toLowerCase()) ?? 0) + 1);
  return facts.map(({ header, values }, index) => {
    const problems: ImportColumn['problems'] = [];
    const guess = guesses[index]!;
    if (header === '') problems.push('empty_name');
    // Pinpoint writes a list as columns of one name.
    else if (seen.get(header.toLowerCase())! > 1 && !(pinpointTarget(header) && isMultiValue(guess))) problems.push('duplicate');
    if (hasHeader && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(header)) problems.push('looks_like_data');
    if (values.length === 0) problems.push('empty_column');
    const doubt = doubts(guess, values, decimal);
    if (doubt) problems.push(doubt);
    const samples = [...new Set(values)]
      .slice(0, samplesPerColumn)
      .map((value) => (value.length > sampleLength ? `${value.slice(0, sampleLength - 1)}…` : value));
    return { index, header: header.slice(0, importLimits.headerLength), samples, guess, problems };
  });
}
