import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { createCsvReader } from '../../src-main/audience/import/csv-reader.js';
import { firstBadUtf8 } from '../../src-main/audience/import/decode.js';
import { inspectFile } from '../../src-main/audience/import/inspect.js';
import { createJsonLinesReader } from '../../src-main/audience/import/jsonl-reader.js';
import type { RawRecord, RecordReader } from '../../src-main/audience/import/record.js';
import { readText } from '../../src-main/audience/import/text.js';
import { importLimits } from '../../src-preload/contract/import.js';
import { file, refusal } from './import-kit.js';

function readAll(reader: RecordReader, chunks: readonly string[]): RawRecord[] {
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
}

function cut(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes.length > 0 ? sizes[i % sizes.length]! : text.length;
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
}

const csv = { delimiter: ',', quote: '"', newline: '\n', header: true } as const;
const hostileText = fc.string({
  unit: fc.constantFrom('a', 'b', '"', '"', ',', ';', '\n', '\n', '\r', '\r\n', ' ', "'", '\t', 'é', '😀', '\0'),
  maxLength: 80,
});

describe('CSV by chunks', () => {
  test('equals papaparse over the whole text, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(
        hostileText,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom<',' | ';' | '\t'>(',', ';', '\t'),
        (text, sizes, delimiter) => {
          const whole = Papa.parse<string[]>(text, { delimiter, newline: '\n' });
          const bad = new Set(whole.errors.map((error) => error.row));
          const rows = whole.data.map((cells) => cells.map((cell, i) => (i === cells.length - 1 && cell.endsWith('\r') ? cell.slice(0, -1) : cell)));
          const header = rows.findIndex((cells) => !(cells.length === 1 && cells[0] === ''));
          const expected = rows
            .map((cells, i) => ({ row: i + 1, cells, bad: bad.has(i) }))
            .filter(({ cells, row }) => row - 1 > header && header >= 0 && !(cells.length === 1 && cells[0] === ''));
          const reader = createCsvReader({ ...csv, delimiter });
          const records = readAll(reader, cut(text, sizes));
          expect(records.map(({ row, problem }) => ({ row, bad: problem === 'quote_not_closed' || problem === 'bad_quotes' }))).toEqual(
            expected.map(({ row, bad: isBad }) => ({ row, bad: isBad })),
          );
          for (const [i, record] of records.entries()) {
            if (record.problem === undefined) expect(record.cells).toEqual(expected[i]!.cells.slice(0, reader.columns().length));
            else expect(record.cells).toEqual(expected[i]!.cells);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('CRLF, LF, CR and all of them mixed end records; quoted line ends are kept', () => {
    const read = (text: string, newline: '\n' | '\r' | 'mixed') => readAll(createCsvReader({ ...csv, newline }), cut(text, [3])).map(({ cells }) => cells);
    const expected = [
      ['1', 'x\ny'],
      ['2', 'z'],
    ];
    expect(read('a,b\n1,"x\ny"\n2,z\n', '\n')).toEqual(expected);
    expect(read('a,b\r\n1,"x\ny"\r\n2,z\r\n', '\n')).toEqual(expected);
    expect(read('a,b\r1,"x\ny"\r2,z\r', '\r')).toEqual(expected);
    expect(read('a,b\r\n1,"x\ny"\r2,z\n', 'mixed')).toEqual(expected);
    expect(read('a,b\r\n1,"x\r\ny"\r\n2,z', '\n')).toEqual([
      ['1', 'x\r\ny'],
      ['2', 'z'],
    ]);
  });

  test('ragged rows are told, empty cells beyond the table are not', () => {
    const records = readAll(createCsvReader(csv), ['a,b\n1\n1,2,3\n1,2,,\n\n4,5\n']);
    expect(records).toEqual([
      { row: 2, cells: ['1'], problem: 'too_few_cells' },
      { row: 3, cells: ['1', '2', '3'], problem: 'too_many_cells' },
      { row: 4, cells: ['1', '2'] },
      { row: 6, cells: ['4', '5'] },
    ]);
  });

  test('a quote that is never closed ends at the limit with its row, and holds no more memory than that', () => {
    const reader = createCsvReader(csv);
    reader.push('a,b\n1,2\n3,"open\n');
    const feed = () => {
      for (let i = 0; i < 1_000; i++) reader.push('some more text, and on it goes\n'.repeat(300));
    };
    expect(feed).toThrow(expect.objectContaining({ code: 'RECORD_TOO_LONG', detail: { row: 3, limit: importLimits.recordLength } }));
  });

  test('a quote left open near the end rejects that row only', () => {
    expect(readAll(createCsvReader(csv), ['a,b\n1,2\n3,"open\n4,5\n'])).toEqual([
      { row: 2, cells: ['1', '2'] },
      { row: 3, cells: ['3', 'open\n4,5\n'], problem: 'quote_not_closed' },
    ]);
  });
});

describe('JSON lines by chunks', () => {
  test('nested names are joined, lists are several values, other shapes are told', () => {
    const reader = createJsonLinesReader();
    const text =
      '{"Address":"a@b.co","User":{"UserId":"u1"},"Attributes":{"Ride":["Bus",7]},"Metrics":{"n":1.5},"x":null}\n\nnot json\n[1]\n{"a":[{}]}\r\n{"__proto__":{"constructor":"x"},"Attributes":{"__proto__":["y"]}}';
    expect(readAll(reader, cut(text, [5, 1, 17]))).toEqual([
      { row: 1, cells: ['a@b.co', 'u1', ['Bus', '7'], '1.5'] },
      { row: 3, cells: ['not json'], problem: 'bad_json' },
      { row: 4, cells: ['[1]'], problem: 'not_an_object' },
      { row: 5, cells: ['{"a":[{}]}'], problem: 'not_an_object' },
      { row: 6, cells: [undefined, undefined, undefined, undefined, 'x', ['y']] },
    ]);
    expect(reader.columns()).toEqual(['Address', 'User.UserId', 'Attributes.Ride', 'Metrics.n', '__proto__.constructor', 'Attributes.__proto__']);
  });

  test('a line past the limit and an object with too many names are refused', () => {
    expect(() => createJsonLinesReader().push(`{"a":"${'x'.repeat(5_000_000)}"}\n`)).toThrow(expect.objectContaining({ code: 'RECORD_TOO_LONG' }));
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, 1])));
    expect(() => createJsonLinesReader().push(`${wide}\n`)).toThrow(expect.objectContaining({ code: 'FILE_TOO_WIDE', detail: { columns: 2001, limit: 2000 } }));
  });
});

describe('a file as text', () => {
  const text = async (content: Buffer, options: Parameters<typeof readText>[1]) => {
    let all = '';
    for await (const chunk of readText(file(content), options)) all += chunk;
    return all;
  };

  test('every encoding comes out the same, with and without a mark, plain and packed', async () => {
    const wanted = 'naïve 😀,Zoë\n';
    const utf16be = Buffer.from(`\uFEFF${wanted}`, 'utf16le').swap16();
    expect(await text(Buffer.from(wanted), { gzip: false, encoding: 'utf-8' })).toBe(wanted);
    expect(await text(Buffer.from(`\uFEFF${wanted}`), { gzip: false, encoding: 'utf-8' })).toBe(wanted);
    expect(await text(Buffer.from(`\uFEFF${wanted}`, 'utf16le'), { gzip: false, encoding: 'utf-16le' })).toBe(wanted);
    expect(await text(utf16be, { gzip: false, encoding: 'utf-16be' })).toBe(wanted);
    expect(await text(gzipSync(Buffer.from(wanted)), { gzip: true, encoding: 'utf-8' })).toBe(wanted);
    expect(await text(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]), { gzip: true, encoding: 'utf-8' })).toBe('a\nb\n');
    expect(await text(Buffer.from([0x80, 0x92, 0xe9]), { gzip: false, encoding: 'windows-1252' })).toBe('€’é');
  });

  test('what is not UTF-8 is told with its line and byte, deep in the file too', async () => {
    expect(await refusal(text(Buffer.from('name\nZo\xeb,1\n', 'latin1'), { gzip: false, encoding: 'utf-8' }))).toEqual({
      code: 'FILE_ENCODING',
      detail: { encoding: 'UTF-8', byte: 8, line: 2 },
    });
    const deep = Buffer.concat([Buffer.from('línea\n'.repeat(200_000)), Buffer.from([0xc3])]);
    expect(await refusal(text(deep, { gzip: false, encoding: 'utf-8' }))).toEqual({
      code: 'FILE_ENCODING',
      detail: { encoding: 'UTF-8', byte: 1_400_001, line: 200_001 },
    });
  });

  test('the first bad byte is where the platform stops too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const at = firstBadUtf8(Buffer.from(bytes), true);
        const good = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        expect(() => good.decode(bytes.subarray(0, at))).not.toThrow();
        if (at < bytes.length) expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
      }),
      { numRuns: 3_000 },
    );
  });

  test('a gzip bomb, a cut and a damaged gzip are refused', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x61));
    expect(await refusal(text(bomb, { gzip: true, encoding: 'utf-8' }))).toMatchObject({ code: 'GZIP_BOMB' });
    const whole = gzipSync(Buffer.from(Array.from({ length: 50_000 }, (_, i) => `row ${i * 7919}\n`).join('')));
    expect(await refusal(text(whole.subarray(0, whole.length - 100), { gzip: true, encoding: 'utf-8' }))).toMatchObject({ code: 'FILE_FORMAT' });
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 1_000, 1_200);
    expect(await refusal(text(damaged, { gzip: true, encoding: 'utf-8' }))).toMatchObject({ code: 'FILE_FORMAT' });
  });
});

describe('looking at a file', () => {
  const inspect = (content: string | Buffer, name?: string) => inspectFile(file(content, name));

  test('files that are no list of people are refused with what they are', async () => {
    expect(await refusal(inspect(''))).toMatchObject({ code: 'FILE_EMPTY' });
    expect(await refusal(inspect(' \n\n'))).toMatchObject({ code: 'FILE_EMPTY' });
    expect(await refusal(inspect(gzipSync('')))).toMatchObject({ code: 'FILE_EMPTY' });
    expect(await refusal(inspect(Buffer.from('504b030414000600', 'hex')))).toMatchObject({ code: 'FILE_FORMAT', detail: { message: expect.stringContaining('damaged') as string } });
    expect(await refusal(inspect('[{"a":1}]'))).toMatchObject({ code: 'FILE_FORMAT' });
    for (const [content, word] of [
      [Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'PNG'],
      [gzipSync(gzipSync('email\na@b.co\n')), 'gzip twice'],
      [Buffer.alloc(5_000), 'nothing but zero bytes'],
      [Buffer.concat([Buffer.from('email,x\n'), gzipSync(Array.from({ length: 9_000 }, (_, i) => `${i * 7919}`).join('')).subarray(10)]), 'binary data'],
      [Buffer.from(Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? 65 : i % 7))), 'binary data'],
    ] as const) {
      expect(await refusal(inspect(content))).toMatchObject({ code: 'FILE_FORMAT', detail: { message: expect.stringContaining(word) as string } });
    }
    // Called text by somebody it is no more one.
    expect(await refusal(inspectFile(file(Buffer.alloc(5_000)), { encoding: 'windows-1252' }))).toMatchObject({ code: 'FILE_FORMAT' });
    expect(await refusal(inspectFile('/nowhere/people.csv'))).toMatchObject({
      code: 'FILE_UNREADABLE',
      detail: { name: 'people.csv', message: 'It is not there.' },
    });
    expect(await refusal(inspect('x'.repeat(5_000_000)))).toMatchObject({ code: 'RECORD_TOO_LONG', detail: { row: 1 } });
    expect(await refusal(inspect(`${Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',')}\n`))).toEqual({
      code: 'FILE_TOO_WIDE',
      detail: { columns: 10_000, limit: 2_000 },
    });
  });

  test('form, delimiter, quotes, line ends and the name of the segment are found out', async () => {
    expect(await inspect('Name;E-Mail\n"Zoë; jr.";zoe@example.org\nAda;ada@example.org\n', 'Spring list.csv')).toEqual({
      fileName: 'Spring list.csv',
      bytes: 60,
      format: { kind: 'csv', gzip: false, encoding: 'utf-8', delimiter: ';', quote: '"', newline: '\n', header: true, decimal: '.' },
      pinpoint: false,
      mappedAs: null,
      columns: [
        { index: 0, header: 'Name', samples: ['Zoë; jr.', 'Ada'], guess: { to: 'userAttribute', name: 'Name' }, problems: [] },
        { index: 1, header: 'E-Mail', samples: ['zoe@example.org', 'ada@example.org'], guess: { to: 'address', channel: 'EMAIL' }, problems: [] },
      ],
      rowsEstimate: 2,
      sheets: [],
      match: 'auto',
      rowsExact: true,
      segmentName: 'Spring list',
    });
    const formats = async (content: string | Buffer) => (await inspect(content)).format;
    expect(await formats("'email'\t'city'\n'a@b.co'\t'Rome'\n")).toMatchObject({ delimiter: '\t', quote: "'" });
    expect(await formats('email|city\ra@b.co|Rome\r')).toMatchObject({ delimiter: '|', newline: '\r' });
    expect(await formats('email,city\r\na@b.co,Rome\rb@b.co,Oslo\n')).toMatchObject({ newline: 'mixed' });
    expect(await formats('ada@example.org\nzoe@example.org\n')).toMatchObject({ header: false, delimiter: ',' });
    expect(await formats(gzipSync('{"Address":"a@b.co","ChannelType":"EMAIL"}\n'))).toMatchObject({ kind: 'jsonl', gzip: true });
    expect(await formats(Buffer.from('\uFEFFemail\na@b.co\n', 'utf16le'))).toMatchObject({ encoding: 'utf-16le' });
    expect(await formats(Buffer.from('email\na@b.co\n', 'utf16le'))).toMatchObject({ encoding: 'utf-16le' });
    expect(await formats(Buffer.from('email\nzoë@b.co\n', 'utf16le').swap16())).toMatchObject({ encoding: 'utf-16be' });
    expect(await formats(Buffer.from('name,email\nZo\xeb,a@b.co\n', 'latin1'))).toMatchObject({ encoding: 'windows-1252' });
    // A damaged spot in UTF-8, and a byte that Windows-1252 has nothing for, are told instead of guessed over.
    const damaged = Buffer.concat([Buffer.from('naïve,Zoë\n'), Buffer.from([0xe9]), Buffer.from('\n')]);
    expect(await refusal(inspect(damaged))).toEqual({ code: 'FILE_ENCODING', detail: { encoding: 'UTF-8', byte: 13, line: 2 } });
    expect(await refusal(inspect(Buffer.from('name\nM\x9dller\n', 'latin1')))).toMatchObject({ code: 'FILE_ENCODING', detail: { line: 2, byte: 7 } });
  });

  test('a header alone is a file without rows, not an empty one', async () => {
    expect(await inspect('email,city\n')).toMatchObject({ rowsEstimate: 0, rowsExact: true, columns: [{ header: 'email' }, { header: 'city' }] });
  });

  test('the decimal mark is guessed from what can be read one way only', async () => {
    const mark = async (content: string) => (await inspect(content)).format.decimal;
    expect(await mark('email;amount\na@b.co;1691,92\nb@b.co;12\n')).toBe(',');
    expect(await mark('email;amount\na@b.co;1.691,92\n')).toBe(',');
    expect(await mark('email;lat\na@b.co;52,520008\n')).toBe('.');
    expect(await mark('email;Umsatz\na@b.co;52,50\n')).toBe(',');
    expect(await mark('email;amount;lists\na@b.co;12.5;1,2\nb@b.co;1.250;3,17\nc@b.co;7;3,19\n')).toBe('.');
    expect(await mark('email;amount\na@b.co;1,234\n')).toBe('.');
    expect(await mark('email;amount\na@b.co;12.5\n')).toBe('.');
    expect(await mark('email;phone;note\na@b.co;1691;1,2,3\n')).toBe('.');
    expect((await inspect('email;amount\na@b.co;1691,92\n')).columns[1]).toMatchObject({ guess: { to: 'metric', name: 'amount' }, problems: [] });
    expect((await inspectFile(file('email;amount\na@b.co;1691,92\n'), { decimal: '.' })).columns[1]!.problems).toEqual(['not_numbers']);
  });

  test('Pinpoint columns are taken as they are, others guessed; hostile names are only names', async () => {
    const guesses = async (content: string) => Object.fromEntries((await inspect(content)).columns.map(({ header, guess }) => [`${header}`, guess]));
    expect(
      await guesses(
        'Id,ChannelType,Address,OptOut,EndpointStatus,RequestId,Location.Country,Attributes.Ride,Metrics.Age,User.UserId,User.UserAttributes.FirstName\n1,EMAIL,a@b.co,NONE,ACTIVE,r,DE,Bus,7,u1,Ada\n',
      ),
    ).toEqual({
      Id: { to: 'field', field: 'Id' },
      ChannelType: { to: 'field', field: 'ChannelType' },
      Address: { to: 'address', channel: null },
      OptOut: { to: 'field', field: 'OptOut' },
      EndpointStatus: { to: 'field', field: 'EndpointStatus' },
      RequestId: { to: 'ignore' },
      'Location.Country': { to: 'field', field: 'Location.Country' },
      'Attributes.Ride': { to: 'attribute', name: 'Ride' },
      'Metrics.Age': { to: 'metric', name: 'Age' },
      'User.UserId': { to: 'field', field: 'User.UserId' },
      'User.UserAttributes.FirstName': { to: 'userAttribute', name: 'FirstName' },
    });
    expect(
      await guesses(
        'customer id,E-Mail,Mobile,Vorname,Land,PLZ,Opted out,Status,Orders count,constructor,notes\n7,a@b.co,+4930123456,Ada,DE,10115,no,subscribed,3,x,y\n',
      ),
    ).toEqual({
      'customer id': { to: 'field', field: 'User.UserId' },
      'E-Mail': { to: 'address', channel: 'EMAIL' },
      Mobile: { to: 'address', channel: 'SMS' },
      Vorname: { to: 'userAttribute', name: 'FirstName' },
      Land: { to: 'field', field: 'Location.Country' },
      PLZ: { to: 'field', field: 'Location.PostalCode' },
      'Opted out': { to: 'unsubscribed' },
      Status: { to: 'subscribed' },
      'Orders count': { to: 'metric', name: 'Orders count' },
      constructor: { to: 'attribute', name: 'constructor' },
      notes: { to: 'attribute', name: 'notes' },
    });
    const hostile = (await inspect('email,__proto__\na@b.co,x\n')).columns[1];
    expect(hostile).toEqual({ index: 1, header: '__proto__', samples: ['x'], guess: { to: 'attribute', name: '__proto__' }, problems: [] });
  });
});
