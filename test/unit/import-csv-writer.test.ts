import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { createCsvWriter, csvLines, csvSeparators } from '../../src-main/platform/csv.js';

test('a table is written as RFC 4180 says', () => {
  expect(
    [
      ...csvLines(
        ['a', 'b', 'c'],
        [
          ['plain', 'with "quotes"', 'two\nlines'],
          [null, undefined, ''],
          [1.5, true, 10n],
          ['a,b', ' blank ', ''],
        ],
      ),
    ].join(''),
  ).toBe('a,b,c\r\nplain,"with ""quotes""","two\nlines"\r\n,,\r\n1.5,true,10\r\n"a,b"," blank ",\r\n');
});

test('separator, BOM and safe cells are options', () => {
  const safe = createCsvWriter({ separator: ';', bom: true, formulaSafe: true });
  expect(safe.head).toBe('\uFEFF');
  expect(safe.line(['=1+1', '+cmd|x', '@a', '-2', '-2,5', '+4930123', '-A1', 'a;b', 'a,b', -7])).toBe(
    "'=1+1;'+cmd|x;'@a;-2;-2,5;+4930123;'-A1;\"a;b\";a,b;-7\r\n",
  );
  expect(createCsvWriter().line(['=1+1'])).toBe('=1+1\r\n');
  expect(createCsvWriter().line([''])).toBe('""\r\n');
});

test('papaparse reads back what is written', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\t', '|', '\n', '\r', ' ', 'é', "'", '=') });
  fc.assert(
    fc.property(
      fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...csvSeparators),
      (rows, separator) => {
        const writer = createCsvWriter({ separator });
        const written = rows.map((row) => writer.line(row)).join('');
        expect(Papa.parse<string[]>(written.slice(0, -2), { delimiter: separator, newline: '\r\n' }).data).toEqual(rows);
      },
    ),
  );
});
