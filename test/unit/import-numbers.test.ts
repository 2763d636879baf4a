import { expect, test } from 'vitest';
import { parseCoordinate, parseNumber } from '../../src-main/audience/import/numbers.js';
import { createKit, file } from './import-kit.js';

test('a number is read with the mark of its file; what the mark cannot mean is none', () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['12', 12, 12],
    ['-0,5', Number.NaN, -0.5],
    ['1691,92', Number.NaN, 1691.92],
    ['1.691,92', Number.NaN, 1691.92],
    ['1.234.567', Number.NaN, 1_234_567],
    ['12.500', 12.5, 12_500],
    ['12.5', 12.5, Number.NaN],
    ['1,691.92', Number.NaN, Number.NaN],
    ['0.125', 0.125, Number.NaN],
    [',5', Number.NaN, 0.5],
    ['1,5e3', Number.NaN, 1_500],
    ['1,2,3', Number.NaN, Number.NaN],
    ['twelve', Number.NaN, Number.NaN],
    ['', Number.NaN, Number.NaN],
  ];
  expect(cases.map(([text]) => [text, parseNumber(text, '.'), parseNumber(text, ',')])).toEqual(cases);
  expect(['52,520008', '52.520', '-0,13', '+7', '1e2', '1.2.3', 'x'].map(parseCoordinate)).toEqual([52.520008, 52.52, -0.13, 7, 100, Number.NaN, Number.NaN]);
});

test('metrics and coordinates with decimal commas come in, and the mark is remembered with the mapping', async () => {
  const kit = createKit();
  const view = await kit.import(file('email;amount;lat;lon\nada@b.co;1691,92;52,52;-0,13\nzoe@b.co;1.250;52.52;13.4\n'));
  expect(view.counts).toMatchObject({ rows: 2, new: 2, rejected: 0 });
  expect(kit.people().map(({ Metrics, Location }) => [Metrics['amount'], Location.Latitude, Location.Longitude])).toEqual([
    [1691.92, 52.52, -0.13],
    [1250, 52.52, 13.4],
  ]);
});

test('what is no number is told with its column and value; rows of which nothing is left are counted', async () => {
  const kit = createKit();
  const { counts } = await kit.check(file('email;amount\nada@b.co;1691,92\nzoe@b.co;many\nbad;7\n'), {
    format: { decimal: '.' },
    mapping: (guess) => guess.map((column) => (column.header === 'amount' ? { ...column, target: { to: 'metric', name: 'amount' } } : column)),
  });
  expect(counts).toMatchObject({
    rows: 3,
    rejected: 3,
    rejectedRows: 3,
    examples: [
      { row: 2, column: 'amount', reason: 'bad_number', value: '1691,92' },
      { row: 3, column: 'amount', reason: 'bad_number', value: 'many' },
      { row: 4, column: 'email', reason: 'bad_email', value: 'bad' },
    ],
  });
});
