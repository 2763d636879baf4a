import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly text: string | Buffer;
  /** What the list of parts says instead of the truth. */
  readonly claims?: { readonly size?: number; readonly encrypted?: boolean };
}

/** A zip file of deflated parts, as small as the format allows. */
export function zip(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const { name, text, claims } of parts) {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(claims?.encrypted ? 1 : 0, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(claims?.size ?? data.length, 18);
    head.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), head, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    list.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), head, rest, Buffer.from(name)]));
    files.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write('504b0506', 0, 'hex');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directory, end]);
}

export interface SheetParts {
  readonly name: string;
  /** What stands inside `sheetData`. */
  readonly rows: string;
  readonly hidden?: boolean;
}

export interface WorkbookParts {
  readonly sheets: readonly SheetParts[];
  /** Each the inside of one `si`. */
  readonly strings?: readonly string[];
  /** Format codes; style 1 is the first of them, style 0 is General. A number is a built-in format. */
  readonly styles?: readonly (string | number)[];
  readonly calendar1904?: boolean;
  readonly claims?: ZipPart['claims'];
}

const xml = (text: string) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${text}`;
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (of: readonly (readonly [id: string, type: string, target: string])[]) =>
  xml(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${of.map(([id, type, target]) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`).join('')}</Relationships>`);

/** An Excel workbook of the parts that hold cells. */
export function workbook({ sheets, strings, styles, calendar1904, claims }: WorkbookParts): Buffer {
  const codes = styles ?? [];
  return zip([
    { name: '[Content_Types].xml', text: xml('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>') },
    { name: '_rels/.rels', text: relations([['rId1', 'officeDocument', 'xl/workbook.xml']]) },
    {
      name: 'xl/workbook.xml',
      text: xml(`<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr${calendar1904 ? ' date1904="1"' : ''}/><sheets>${sheets
        .map(({ name, hidden }, i) => `<sheet name="${name}" sheetId="${i + 1}"${hidden ? ' state="hidden"' : ''} r:id="rId${i + 1}"/>`)
        .join('')}</sheets></workbook>`),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      text: relations([
        ...sheets.map((_sheet, i) => [`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`] as const),
        ['rIdS', 'styles', '/xl/styles.xml'],
        ['rIdT', 'sharedStrings', 'sharedStrings.xml'],
      ]),
    },
    ...(strings ? [{ name: 'xl/sharedStrings.xml', text: xml(`<sst xmlns="${main}">${strings.map((text) => `<si>${text}</si>`).join('')}</sst>`) }] : []),
    {
      name: 'xl/styles.xml',
      text: xml(
        `<styleSheet xmlns="${main}"><numFmts>${codes.map((code, i) => (typeof code === 'string' ? `<numFmt numFmtId="${164 + i}" formatCode="${code}"/>` : '')).join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${codes.map((code, i) => `<xf numFmtId="${typeof code === 'string' ? 164 + i : code}"/>`).join('')}</cellXfs></styleSheet>`,
      ),
    },
    ...sheets.map(({ rows }, i) => ({ name: `xl/worksheets/sheet${i + 1}.xml`, text: xml(`<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`), ...(claims ? { claims } : {}) })),
  ]);
}

/** A row of inline texts. */
export const textRow = (...texts: readonly string[]) => `<row>${texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`;
