import { HeliographError } from '../../../../src-preload/contract/errors.js';
import { assertRecordLength, assertWidth } from '../record.js';
import { isoOf, type NumberFormat, plainNumber } from './number-format.js';
import { chooseSheet, openWorkbook, readPart, readStrings, readStyles } from './workbook.js';
import { unescapeText, type XmlHandler } from './xml.js';

/** The format of the text that `readSheet` gives. */
export const sheetCsv = { kind: 'csv', gzip: false, encoding: 'utf-8', delimiter: ',', quote: '"', newline: '\n' } as const;

/** Rows a sheet can have (ECMA-376). */
const maxRows = 1_048_576;
const yieldLength = 65_536;

interface CellSource {
  readonly texts: readonly string[];
  readonly formats: readonly NumberFormat[];
  readonly calendar: 1900 | 1904;
}

/** `AB12` -> 27; undefined where it is no reference. */
function columnOf(reference: string): number | undefined {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i);
    if (code < 65 || code > 90) return i === 0 ? undefined : column - 1;
    column = column * 26 + code - 64;
  }
  return undefined;
}

/** What a cell says: a formula's last result, booleans as Excel's CSV writes them, dates as ISO 8601, nothing for an error such as #N/A. */
function valueOf(type: string, value: string, style: number, source: CellSource): string {
  switch (type) {
    case 's':
      return source.texts[Number(value)] ?? '';
    case 'str':
    case 'inlineStr':
      return unescapeText(value);
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    case 'e':
      return '';
    case 'd':
      return value;
    default: {
      const format = source.formats[style];
      if (value === '' || !format || format.kind === 'plain') return plainNumber(value);
      const number = Number(value);
      if (format.kind === 'date') return isoOf(number, source.calendar) ?? plainNumber(value);
      return Number.isInteger(number) && number >= 0 ? plainNumber(value).padStart(format.length, '0') : plainNumber(value);
    }
  }
}

const quoted = /[",\r\n]/;
const csvCell = (text: string) => (quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Writes rows as CSV. Rows are as wide as the first one that is not empty; a row that is missing is an empty line, so that rows keep the numbers they have in Excel. */
function createRows(source: CellSource): { handler: XmlHandler; take(): string } {
  let text = '';
  let written = 0;
  let width = 0;
  let row = 0;
  let cells: string[] = [];
  let next = 0;
  let cell = { column: 0, type: 'n', style: 0 };
  let value = '';
  let collecting = false;
  let phonetic = 0;

  function endCell(): void {
    const shown = valueOf(cell.type, value, cell.style, source);
    if (shown === '') return;
    assertWidth(cell.column + 1);
    while (cells.length < cell.column) cells.push('');
    cells[cell.column] = shown;
  }

  function endRow(): void {
    for (; written < row - 1; written++) text += '\n';
    written++;
    if (cells.length > 0) {
      width ||= cells.length;
      while (cells.length < width) cells.push('');
      const line = cells.map(csvCell).join(',');
      assertRecordLength(line.length, row);
      text += line;
    }
    text += '\n';
  }

  return {
    take() {
      const taken = text;
      text = '';
      return taken;
    },
    handler: {
      open(name, attributes) {
        if (name === 'row') {
          const stated = Number(attributes['r']);
          row = Number.isInteger(stated) && stated > row ? stated : row + 1;
          if (row > maxRows) throw new HeliographError('FILE_FORMAT', { message: `The sheet has rows past ${maxRows.toLocaleString('en')}, which no workbook has.` });
          cells = [];
          next = 0;
        } else if (name === 'c') {
          const column = columnOf(attributes['r'] ?? '') ?? next;
          cell = { column, type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0) };
          next = column + 1;
          value = '';
        } else if (name === 'v' || name === 't') {
          collecting = phonetic === 0;
        } else if (name === 'rPh') phonetic++;
      },
      text(piece) {
        if (!collecting) return;
        value += piece;
        assertRecordLength(value.length, row);
      },
      close(name) {
        if (name === 'v' || name === 't') collecting = false;
        else if (name === 'rPh') phonetic--;
        else if (name === 'c') endCell();
        else if (name === 'row') endRow();
      },
    },
  };
}

/**
 * A sheet of a workbook as CSV text (`sheetCsv`), in chunks, so that what reads CSV reads it too. Merged cells are left as they are: their value is in the first one. `read`
 * is told which part of the sheet (0 to 1) is read. Throws `FILE_FORMAT`, `GZIP_BOMB`, `BAD_INPUT` for a sheet that is not there, `FILE_TOO_WIDE`, `RECORD_TOO_LONG`.
 */
export async function* readSheet(path: string, name: string, read: (part: number) => void): AsyncGenerator<string> {
  const workbook = await openWorkbook(path);
  try {
    const { archive, calendar } = workbook;
    const sheet = chooseSheet(workbook, name);
    const rows = createRows({ texts: await readStrings(workbook), formats: await readStyles(workbook), calendar });
    const { size } = archive.read(sheet.part);
    let pending = '';
    for await (const bytes of readPart(archive, sheet.part, rows.handler)) {
      read(Math.min(1, bytes / Math.max(1, size)));
      pending += rows.take();
      if (pending.length < yieldLength) continue;
      yield pending;
      pending = '';
    }
    if (pending !== '') yield pending;
  } finally {
    workbook.archive.close();
  }
}

/** The names of a workbook's sheets, and which of them is meant. Throws as `readSheet` does. */
export async function sheetsOf(path: string, name: string | undefined): Promise<{ sheets: string[]; sheet: string }> {
  const workbook = await openWorkbook(path);
  try {
    return { sheets: workbook.sheets.map((sheet) => sheet.name), sheet: chooseSheet(workbook, name).name };
  } finally {
    workbook.archive.close();
  }
}
