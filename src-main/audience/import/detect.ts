import Papa from 'papaparse';
import type { ImportFormat } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';

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
