import Papa from 'papaparse';
import type { ImportEncoding, ImportFormat } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';

const foreign: readonly (readonly [magic: string, message: string])[] = [
  ['504b0304', 'This is an Excel workbook or a zip archive. In Excel choose "Save as", "CSV UTF-8".'],
  ['d0cf11e0', 'This is an old Excel workbook. In Excel choose "Save as", "CSV UTF-8".'],
  ['25504446', 'This is a PDF.'],
  ['53514c69746520', 'This is a SQLite database.'],
  ['425a68', 'This file is packed with bzip2. Unpack it, or pack it with gzip.'],
  ['fd377a58', 'This file is packed with xz. Unpack it, or pack it with gzip.'],
  ['28b52ffd', 'This file is packed with zstd. Unpack it, or pack it with gzip.'],
  ['50415231', 'This is a Parquet file. Export it as CSV or JSON lines.'],
];

/** Throws `FILE_FORMAT` for files of well-known other kinds, by their first bytes (after unpacking). */
export function assertTextFile(start: Buffer): void {
  const hex = start.subarray(0, 16).toString('hex');
  const known = foreign.find(([magic]) => hex.startsWith(magic));
  if (known) throw new HeliographError('FILE_FORMAT', { message: known[1] });
  if (start.subarray(257, 262).toString('latin1') === 'ustar')
    throw new HeliographError('FILE_FORMAT', { message: 'This is a tar archive. Unpack it and import the files one by one.' });
}

/**
 * The encoding a byte order mark tells, else UTF-8 (checked while reading). Without a mark, text with many NUL bytes is UTF-16 or not text at all:
 * `FILE_ENCODING`.
 */
export function detectEncoding(start: Buffer): ImportEncoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const head = start.subarray(0, 1024);
  const zeros = head.reduce((count, byte) => count + Number(byte === 0), 0);
  if (head.length >= 8 && zeros > head.length / 4) throw new HeliographError('FILE_ENCODING', { encoding: 'UTF-8', offset: head.indexOf(0), line: 1 });
  return 'utf-8';
}

/** CSV or JSON lines, by the first character that is not blank. Throws `FILE_EMPTY` for blank text and `FILE_FORMAT` for a JSON list. */
export function detectKind(sample: string): ImportFormat['kind'] {
  const start = sample.trimStart();
  if (start === '') throw new HeliographError('FILE_EMPTY');
  if (/^\[\s*[{[\]]/.test(start))
    throw new HeliographError('FILE_FORMAT', { message: 'This is one JSON list. JSON lines have one object per line, without brackets around them.' });
  return /^\{\s*(?:"|\}|$)/.test(start) ? 'jsonl' : 'csv';
}

const emailLike = /^[^\s@"']+@[^\s@"']+\.[^\s@"']+$/;

/** Delimiter, quote and line ends of CSV text. The delimiter is papaparse's guess among ours. */
export function detectCsv(sample: string): Pick<ImportFormat, 'delimiter' | 'quote' | 'newline' | 'header'> {
  const quote = detectQuote(sample);
  const unquoted = sample.replace(quote === '"' ? /"(?:[^"]|"")*"/g : /'(?:[^']|'')*'/g, 'q');
  const lf = unquoted.includes('\n');
  const cr = /\r(?!\n|$)/.test(unquoted);
  const newline = cr ? (lf ? 'mixed' : '\r') : '\n';
  const preview = Papa.parse<string[]>(newline === 'mixed' ? sample.replace(/\r\n?/g, '\n') : sample, {
    preview: 50,
    skipEmptyLines: true,
    quoteChar: quote,
    newline: newline === '\r' ? '\r' : '\n',
    delimitersToGuess: [',', ';', '\t', '|'],
  });
  const guessed = preview.meta.delimiter;
  const delimiter = guessed === ';' || guessed === '\t' || guessed === '|' ? guessed : ',';
  // A name never looks like an e-mail address: such a first row is a person.
  const first = preview.data.find((row) => row.some((cell) => cell.trim() !== '')) ?? [];
  return { delimiter, quote, newline, header: !first.some((cell) => emailLike.test(cell.trim())) };
}

/** Single quotes only where double ones are absent and most cells of the first line wear single ones. */
function detectQuote(sample: string): ImportFormat['quote'] {
  if (sample.includes('"')) return '"';
  const cells = (/^[^\r\n]*/.exec(sample.trimStart())?.[0] ?? '').split(/[,;\t|]/);
  const single = cells.filter((cell) => cell.length >= 2 && cell.startsWith("'") && cell.endsWith("'"));
  return single.length * 2 > cells.length ? "'" : '"';
}
