import { expect, test } from 'vitest';
import { inspectFile } from '../../src-main/audience/import/inspect.js';
import { recallMapping } from '../../src-main/audience/import/recall.js';
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
    ['1,691.92', 1691.92, Number.NaN],
    ['1,250', Number.NaN, 1.25],
    ['1,250,000', 1_250_000, Number.NaN],
    ['12,50.5', Number.NaN, Number.NaN],
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

const metrics = (kit: ReturnType<typeof createKit>, name: string) => kit.people().map(({ Metrics }) => Metrics[name]);
const targetsOf = async (path: string) => (await inspectFile(path)).columns.map(({ guess }) => guess.to);

test('metrics and coordinates with decimal commas come in, and the mark is remembered with the mapping', async () => {
  const kit = createKit();
  const view = await kit.import(file('email;amount;lat;lon\nada@b.co;1691,92;52,52;-0,13\nzoe@b.co;1.250;52.52;13.4\n'));
  expect(view.counts).toMatchObject({ rows: 2, new: 2, rejected: 0 });
  expect(kit.people().map(({ Metrics, Location }) => [Metrics['amount'], Location.Latitude, Location.Longitude])).toEqual([
    [1691.92, 52.52, -0.13],
    [1250, 52.52, 13.4],
  ]);
  // Next month's file shows no mark of its own: it is the one of the import before.
  const next = await inspectFile(file('email;amount;lat;lon\neve@b.co;2.500;52.5;13.4\n'), { recall: (headers) => Promise.resolve(kit.store.read(recallMapping, { headers })) });
  expect([next.mappedAs?.fileName, next.format.decimal]).toEqual(['people.csv', ',']);
  expect((await inspectFile(file('email;amount;lat;lon\neve@b.co;2.500;52.5;13.4\n'))).format.decimal).toBe('.');
});

test('only amounts say which mark a file has: coordinates take either', async () => {
  const kit = createKit();
  const path = file('email;revenue;latitude;longitude\nada@b.co;1.250;52.52;13.40\nzoe@b.co;12,50;48.85;2.35\neve@b.co;2.000;51.50;-0.12\n');
  expect((await kit.import(path)).counts).toMatchObject({ new: 3, rejected: 0 });
  expect(metrics(kit, 'revenue')).toEqual([1250, 12.5, 2000]);
});

test('amounts with groups come in; a column with one comma that could be either stays text', async () => {
  const kit = createKit();
  expect((await kit.import(file('email,amount\nada@b.co,999\nzoe@b.co,"1,250.5"\neve@b.co,"1,250,000"\n'))).counts).toMatchObject({ new: 3, rejected: 0 });
  expect(metrics(kit, 'amount')).toEqual([999, 1250.5, 1_250_000]);
  const unclear = file('email,amount\nada@b.co,999\nzoe@b.co,12\neve@b.co,"1,250"\n');
  expect(await targetsOf(unclear)).toEqual(['address', 'attribute']);
  expect((await createKit().import(unclear)).counts).toMatchObject({ new: 3, rejected: 0 });
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
