import { describe, expect, it } from 'vitest';
import { inspectFile } from '../../src-main/audience/import/inspect.js';
import { readText } from '../../src-main/audience/import/text.js';
import { isoOf, numberFormat, plainNumber } from '../../src-main/audience/import/xlsx/number-format.js';
import { sheetCsv } from '../../src-main/audience/import/xlsx/sheet.js';
import { textRow, workbook, type WorkbookParts, zip } from '../support/workbook.js';
import { createKit, file, refusal } from './import-kit.js';

const people = (parts: WorkbookParts | Buffer) => file(Buffer.isBuffer(parts) ? parts : workbook(parts), 'people.xlsx');

async function csvOf(path: string, sheet: string): Promise<string> {
  let text = '';
  for await (const chunk of readText(path, { ...sheetCsv, sheet })) text += chunk;
  return text;
}
const cells = (rows: string, more: Omit<WorkbookParts, 'sheets'> = {}) => csvOf(people({ ...more, sheets: [{ name: 'S', rows }] }), 'S');

describe('a workbook', () => {
  it('is looked at, checked and imported as a file of people', async () => {
    const kit = createKit();
    const strings = ['email', 'joined', 'zip', 'score', 'vip', 'ada@x.example', 'bob@x.example'].map((text) => `<t>${text}</t>`);
    const head = `<row r="1">${['A', 'B', 'C', 'D', 'E'].map((column, i) => `<c r="${column}1" t="s"><v>${i}</v></c>`).join('')}</row>`;
    const rows = `${head}<row r="2"><c r="A2" t="s"><v>5</v></c><c r="B2" s="1"><v>46023</v></c><c r="C2" s="2"><v>1067</v></c><c r="D2"><f>1+1</f><v>12.5</v></c><c r="E2" t="b"><v>1</v></c></row>
      <row r="4"><c r="A4" t="s"><v>6</v></c></row><row r="5"><c r="A5" t="inlineStr"><is><t>nobody</t></is></c></row>`;
    const path = people({ strings, styles: ['dd/mm/yyyy', '00000'], sheets: [{ name: 'Notes', rows: '', hidden: true }, { name: 'People', rows }] });
    expect(await inspectFile(path)).toMatchObject({ sheets: ['Notes', 'People'], format: { sheet: 'People', kind: 'csv', header: true, decimal: '.' }, rowsEstimate: 3, rowsExact: true, segmentName: 'people' });
    const view = await kit.check(path);
    // Rows are called what Excel calls them.
    expect(view.counts).toMatchObject({ new: 2, rejected: 1, examples: [{ row: 5, column: 'email', reason: 'bad_email' }] });
    await kit.merge(view.uid);
    expect(kit.people()[0]).toMatchObject({ Address: 'ada@x.example', Location: { PostalCode: '01067' }, Attributes: { joined: ['2026-01-01'], vip: ['TRUE'] }, Metrics: { score: 12.5 } });
  });

  it('reads every kind of cell', async () => {
    const strings = ['<r><t>Ada </t></r><r><t>L.</t></r><rPh><t>no</t></rPh>', '<t>a_x000D_b &amp; c</t>'];
    const rows = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="str"><f>A1</f><v>x,"y"</v></c><c r="D1" t="e"><v>#N/A</v></c><c r="E1" t="b"><v>0</v></c><c r="F1"><v>4.9151123456789E+13</v></c><c r="G1" t="d"><v>2026-01-31</v></c><c r="H1"><v>0.30000000000000004</v></c></row>`;
    expect(await cells(rows, { strings })).toBe('Ada L.,"a\rb & c","x,""y""",,FALSE,49151123456789,2026-01-31,0.3\n');
  });

  it('keeps columns and rows that are not there, and reads other prefixes', async () => {
    expect(await cells('<row r="2"><c r="B2" t="str"><v>email</v></c><c r="C2" t="str"><v>x</v></c></row><row r="4"><c r="B4" t="str"><v>a</v></c></row>')).toBe('\n,email,x\n\n,a,\n');
    expect(await cells('<x:row xmlns:x="y"><x:c t="str"><x:v>a</x:v></x:c><x:c/><x:c t="str"><x:v>b</x:v></x:c></x:row>')).toBe('a,,b\n');
  });

  it('counts days from 1904 where the workbook does', async () => {
    expect(await cells('<row><c s="1"><v>0</v></c><c s="1"><v>1.5</v></c></row>', { styles: [14], calendar1904: true })).toBe('1904-01-01,1904-01-02T12:00:00\n');
  });

  it('takes the sheet that is named, and names those there are', async () => {
    const path = people({ sheets: [{ name: 'One', rows: textRow('email') + textRow('a@x.example') }, { name: 'Two', rows: textRow('b@x.example', 'more') }] });
    expect(await inspectFile(path)).toMatchObject({ format: { sheet: 'One', header: true } });
    expect(await inspectFile(path, { sheet: 'Two' })).toMatchObject({ format: { sheet: 'Two', header: false }, columns: [{ samples: ['b@x.example'] }, {}] });
    expect(await refusal(inspectFile(path, { sheet: 'Three' }))).toMatchObject({ code: 'BAD_INPUT', detail: { message: 'The workbook has: "One", "Two".' } });
    expect(await refusal(inspectFile(people({ sheets: [{ name: 'Empty', rows: '' }] })))).toMatchObject({ code: 'FILE_EMPTY' });
  });

  it('refuses bombs, lies, locks and what is no workbook', async () => {
    const blank = `<row>${'<c/>'.repeat(6_000_000)}</row>`;
    expect(await refusal(inspectFile(people({ sheets: [{ name: 'S', rows: blank }] })))).toMatchObject({ code: 'GZIP_BOMB' });
    const sheets = [{ name: 'S', rows: textRow('email') }];
    expect(await refusal(inspectFile(people({ sheets, claims: { size: 10 } })))).toMatchObject({ code: 'FILE_FORMAT', detail: { message: expect.stringContaining('damaged') as string } });
    expect(await refusal(inspectFile(people({ sheets, claims: { encrypted: true } })))).toMatchObject({ code: 'FILE_FORMAT', detail: { message: expect.stringContaining('password') as string } });
    expect(await refusal(inspectFile(people(workbook({ sheets }).subarray(0, 300))))).toMatchObject({ code: 'FILE_FORMAT', detail: { message: expect.stringContaining('not copied whole') as string } });
    expect(await refusal(inspectFile(people(zip([{ name: 'a.csv', text: 'email' }]))))).toMatchObject({ detail: { message: expect.stringContaining('zip archive') as string } });
    expect(await refusal(inspectFile(people(zip([{ name: 'content.xml', text: '<a/>' }]))))).toMatchObject({ detail: { message: expect.stringContaining('OpenDocument') as string } });
    const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
    expect(await refusal(inspectFile(people(old)))).toMatchObject({ detail: { message: expect.stringContaining('.xls)') as string } });
    expect(await refusal(inspectFile(people(Buffer.concat([old, Buffer.from('EncryptedPackage', 'utf16le')]))))).toMatchObject({ detail: { message: expect.stringContaining('locked with a password') as string } });
  });

  it('has the limits of other files', async () => {
    expect(await refusal(cells('<row><c r="CRD1" t="str"><v>x</v></c></row>'))).toMatchObject({ code: 'FILE_TOO_WIDE' });
    expect(await cells('<row><c r="A1" t="str"><v>x</v></c><c r="XFD1" s="0"/></row>')).toBe('x\n');
    expect(await refusal(cells(`<row>${textRow('y'.repeat(1_100_000)).slice(5)}`))).toMatchObject({ code: 'RECORD_TOO_LONG', detail: { row: 1 } });
    expect(await refusal(cells('<row r="1048577"><c t="str"><v>x</v></c></row>'))).toMatchObject({ code: 'FILE_FORMAT' });
  });
});

describe('numbers of a workbook', () => {
  it('are dates by their format only', () => {
    for (const code of ['yyyy-mm-dd', 'd. mmm yy', '[$-407]dddd', 'h:mm AM/PM', '[Red]m/d', 'yyyy"Jahr"']) expect(numberFormat(164, code), code).toEqual({ kind: 'date' });
    for (const code of ['0.00', '#,##0 "days"', '[h]:mm:ss', 'General', '\\d0', '[Red]0;[Blue]-0', '0%']) expect(numberFormat(164, code), code).toEqual({ kind: 'plain' });
    expect([14, 22, 46, 0, 49].map((id) => numberFormat(id, undefined).kind)).toEqual(['date', 'date', 'plain', 'plain', 'plain']);
    expect(numberFormat(164, '00000')).toEqual({ kind: 'digits', length: 5 });
  });

  it('become ISO dates', () => {
    expect([1, 59, 61, 25_569, 45_000.75, 0.5].map((serial) => isoOf(serial, 1900))).toEqual(['1900-01-01', '1900-02-28', '1900-03-01', '1970-01-01', '2023-03-15T18:00:00', '12:00:00']);
    expect(isoOf(-1, 1900)).toBeUndefined();
    expect(isoOf(9e9, 1900)).toBeUndefined();
  });

  it('keep their digits', () => {
    expect(['491511234567', '1.23E5', '-2.50', '1E-7', 'abc', ''].map(plainNumber)).toEqual(['491511234567', '123000', '-2.5', '1e-7', 'abc', '']);
  });
});
