/** Cells of one row. Absent values are empty cells. */
export type CsvCell = string | number | bigint | boolean | null | undefined;

export const csvSeparators = [',', ';', '\t', '|'] as const;
export type CsvSeparator = (typeof csvSeparators)[number];

export interface CsvOptions {
  /** Default `,`. Excel in most of Europe expects `;`. */
  readonly separator?: CsvSeparator;
  /** Starts the file with U+FEFF: without it Excel reads UTF-8 as the system's code page. Default false. */
  readonly bom?: boolean;
  /** Puts `'` before text that a spreadsheet would run as a formula (OWASP "CSV injection"). For reports; data exports are exact. Default false. */
  readonly formulaSafe?: boolean;
}

export interface CsvWriter {
  /** What the file starts with: the BOM, or nothing. */
  readonly head: string;
  /** One record with its CRLF (RFC 4180, 2.1). */
  line(cells: readonly CsvCell[]): string;
}

const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/;
/** A signed decimal is a number to a spreadsheet, never a formula, and stays readable. */
const plainNumber = /^[+-]?\d+(?:[.,]\d+)?$/;

/** Writes RFC 4180: CRLF line ends, a cell in quotes where it holds the separator, a quote, a line break or outer blanks, quotes doubled. */
export function createCsvWriter(options: CsvOptions = {}): CsvWriter {
  const separator = options.separator ?? ',';
  const special = new RegExp(`["\\r\\n${separator === '|' ? '\\|' : separator}]|^[\\s\\uFEFF]|\\s$`);
  const cell = (value: CsvCell): string => {
    if (value === null || value === undefined) return '';
    if (typeof value !== 'string') return String(value);
    const text = options.formulaSafe === true && formulaStart.test(value) && !plainNumber.test(value) ? `'${value}` : value;
    return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return {
    head: options.bom === true ? '\uFEFF' : '',
    line: (cells) => {
      // A lone empty cell would be an empty line, which readers skip.
      if (cells.length === 1 && cell(cells[0]) === '') return '""\r\n';
      let text = '';
      for (let i = 0; i < cells.length; i++) text += (i === 0 ? '' : separator) + cell(cells[i]);
      return `${text}\r\n`;
    },
  };
}

/** The lines of a whole table, one string per row, for streaming: `for (const line of csvLines(header, rows)) await out.write(line)`. */
export function* csvLines(header: readonly CsvCell[], rows: Iterable<readonly CsvCell[]>, options: CsvOptions = {}): IterableIterator<string> {
  const writer = createCsvWriter(options);
  yield writer.head + writer.line(header);
  for (const row of rows) yield writer.line(row);
}
