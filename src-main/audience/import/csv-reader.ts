import Papa from 'papaparse';
import type { ImportFormat, RejectReason } from '../../../src-preload/contract/import.js';
import { assertRecordLength, assertWidth, type RawRecord, type RecordReader } from './record.js';

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row?: number }[];
  readonly meta: { readonly cursor: number };
}

/**
 * CSV through papaparse's own parser, fed by chunks: what follows the last whole record is kept and parsed again with the next chunk. A property test holds it
 * equal to papaparse over the whole text.
 */
export function createCsvReader(format: Pick<ImportFormat, 'delimiter' | 'quote' | 'newline' | 'header'>): RecordReader {
  const newline = format.newline === '\r' ? '\r' : '\n';
  const parser = new Papa.Parser({ delimiter: format.delimiter, quoteChar: format.quote, newline });
  let carry = '';
  let row = 0;
  let columns: readonly string[] | undefined;
  let heldCr = false;

  /** In a file with lone CR beside LF every kind of line end counts, those inside quotes too. A CR at the end of a chunk waits for its LF. */
  const unify = (text: string): string => {
    if (format.newline !== 'mixed') return text;
    const whole = heldCr ? `\r${text}` : text;
    heldCr = whole.endsWith('\r');
    return (heldCr ? whole.slice(0, -1) : whole).replace(/\r\n?/g, '\n');
  };

  const setColumns = (cells: readonly string[], names: readonly string[]): void => {
    assertWidth(cells.length);
    columns = names;
  };

  function take(parsed: Parsed): RawRecord[] {
    const problems = new Map<number, RejectReason>();
    for (const error of parsed.errors) {
      if (error.row !== undefined && error.row < parsed.data.length)
        problems.set(error.row, error.code === 'MissingQuotes' ? 'quote_not_closed' : 'bad_quotes');
    }
    const records: RawRecord[] = [];
    for (let i = 0; i < parsed.data.length; i++) {
      const cells = parsed.data[i]!;
      row++;
      if (newline === '\n') {
        const last = cells[cells.length - 1]!;
        if (last.charCodeAt(last.length - 1) === 13) cells[cells.length - 1] = last.slice(0, -1);
      }
      if (cells.length === 1 && cells[0] === '') continue;
      if (!columns) {
        setColumns(cells, format.header ? cells.map((cell) => cell.trim()) : cells.map((_cell, index) => `Column ${index + 1}`));
        if (format.header) continue;
      }
      const problem = check(cells, problems.size === 0 ? undefined : problems.get(i));
      records.push(problem === undefined ? { row, cells } : { row, cells, problem });
    }
    return records;
  }

  function check(cells: string[], problem: RejectReason | undefined): RejectReason | undefined {
    if (problem) return problem;
    const width = columns!.length;
    if (cells.length === width) return undefined;
    if (cells.length < width) return 'too_few_cells';
    // Spreadsheets write empty cells to the right of the table.
    for (let i = width; i < cells.length; i++) if (cells[i] !== '') return 'too_many_cells';
    cells.length = width;
    return undefined;
  }

  return {
    push(text) {
      carry += unify(text);
      const parsed = parser.parse(carry, 0, true) as Parsed;
      if (parsed.meta.cursor > 0) carry = carry.slice(parsed.meta.cursor);
      const records = take(parsed);
      assertRecordLength(carry.length, row + 1);
      return records;
    },
    end() {
      if (heldCr) carry += '\n';
      heldCr = false;
      if (carry === '') return [];
      const parsed = parser.parse(carry, 0, false) as Parsed;
      carry = '';
      return take(parsed);
    },
    columns: () => columns ?? [],
  };
}
