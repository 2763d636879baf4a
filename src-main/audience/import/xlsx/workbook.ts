import { posix } from 'node:path';
import { HeliographError } from '../../../../src-preload/contract/errors.js';
import { importLimits } from '../../../../src-preload/contract/import.js';
import { type Archive, openArchive } from './archive.js';
import { type NumberFormat, numberFormat } from './number-format.js';
import { attributeOf, createXmlReader, unescapeText, type XmlHandler } from './xml.js';

export interface SheetRef {
  readonly name: string;
  readonly visible: boolean;
  /** Its part in the archive. */
  readonly part: string;
}

export interface Workbook {
  readonly archive: Archive;
  readonly sheets: readonly SheetRef[];
  readonly calendar: 1900 | 1904;
  readonly strings: string | undefined;
  readonly styles: string | undefined;
}

/** zip (a workbook is one) by its first bytes. */
export const isZip = (start: Buffer): boolean => start.subarray(0, 4).toString('hex') === '504b0304';

/** Feeds a part of a workbook to a handler, and tells how many bytes of it are read. */
export async function* readPart(archive: Archive, name: string, handler: XmlHandler): AsyncGenerator<number> {
  const reader = createXmlReader(handler);
  const decoder = new TextDecoder();
  let read = 0;
  for await (const chunk of archive.read(name).chunks) {
    read += chunk.length;
    reader.write(decoder.decode(chunk, { stream: true }));
    yield read;
  }
  reader.write(decoder.decode());
  reader.end();
  yield read;
}

const nothing = { text: () => undefined, close: () => undefined };

async function eachTag(archive: Archive, name: string, open: XmlHandler['open']): Promise<void> {
  for await (const _ of readPart(archive, name, { ...nothing, open }));
}

interface Relation {
  readonly type: string;
  readonly part: string;
}

/** What a part points at: relation id -> part. */
async function relationsOf(archive: Archive, part: string): Promise<Map<string, Relation>> {
  const found = new Map<string, Relation>();
  const file = posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`);
  if (!archive.has(file)) return found;
  await eachTag(archive, file, (name, { Id = '', Type = '', Target = '', TargetMode }) => {
    if (name === 'Relationship' && TargetMode !== 'External') found.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), part: Target.startsWith('/') ? Target.slice(1) : posix.join(posix.dirname(part), Target) });
  });
  return found;
}

function notWorkbook(archive: Archive): HeliographError {
  const message = archive.has('content.xml')
    ? 'This is an OpenDocument file. Save it as an Excel workbook (.xlsx) or as CSV.'
    : archive.has('xl/workbook.bin')
      ? 'This is a binary Excel workbook (.xlsb). Save it as .xlsx or as CSV.'
      : 'This is a zip archive and no workbook. Unpack it and import its files.';
  return new HeliographError('FILE_FORMAT', { message });
}

/** Opens a workbook and lists its sheets in their order. Who opens it closes its archive. Throws `FILE_FORMAT`, `GZIP_BOMB`. */
export async function openWorkbook(path: string): Promise<Workbook> {
  const archive = await openArchive(path);
  try {
    const main = [...(await relationsOf(archive, '')).values()].find(({ type }) => type === 'officeDocument')?.part;
    if (main === undefined || !archive.has(main) || main.endsWith('.bin')) throw notWorkbook(archive);
    const relations = await relationsOf(archive, main);
    const sheets: SheetRef[] = [];
    let calendar: Workbook['calendar'] = 1900;
    await eachTag(archive, main, (name, attributes) => {
      if (name === 'workbookPr' && /^(?:1|true)$/.test(attributes['date1904'] ?? '')) calendar = 1904;
      if (name !== 'sheet') return;
      const target = relations.get(attributes['r:id'] ?? attributeOf(attributes, 'id') ?? '');
      // Charts are sheets without cells.
      if (target?.type === 'worksheet') sheets.push({ name: attributes['name'] ?? '', visible: (attributes['state'] ?? 'visible') === 'visible', part: target.part });
    });
    if (sheets.length === 0) throw notWorkbook(archive);
    const partOf = (type: string) => [...relations.values()].find((relation) => relation.type === type && archive.has(relation.part))?.part;
    return { archive, sheets, calendar, strings: partOf('sharedStrings'), styles: partOf('styles') };
  } catch (error) {
    archive.close();
    throw error;
  }
}

/** The sheet of that name; without a name the first that is not hidden. Throws `BAD_INPUT` naming the sheets there are. */
export function chooseSheet({ sheets }: Pick<Workbook, 'sheets'>, name: string | undefined): SheetRef {
  const found = name === undefined ? (sheets.find(({ visible }) => visible) ?? sheets[0]) : sheets.find((sheet) => sheet.name === name);
  if (!found) throw new HeliographError('BAD_INPUT', { field: 'sheet', message: `The workbook has: ${sheets.slice(0, 20).map((sheet) => `"${sheet.name}"`).join(', ')}.` });
  return found;
}

/** The texts that cells share, by their number. Throws `FILE_FORMAT` where they are more than memory should hold. */
export async function readStrings({ archive, strings }: Workbook): Promise<readonly string[]> {
  const texts: string[] = [];
  if (strings === undefined) return texts;
  let text = '';
  let inText = false;
  let phonetic = 0;
  let length = 0;
  const handler: XmlHandler = {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 't') inText = phonetic === 0;
      else if (name === 'rPh') phonetic++;
    },
    text(piece) {
      if (inText) text += piece;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic--;
      else if (name === 'si') {
        length += text.length;
        texts.push(unescapeText(text));
      }
    },
  };
  for await (const _ of readPart(archive, strings, handler)) {
    if (length + text.length > importLimits.workbookTexts) throw new HeliographError('FILE_FORMAT', { message: 'The workbook holds more text than fits in memory. Save the sheet as CSV UTF-8.' });
  }
  return texts;
}

/** How each style of the workbook shows numbers, by its number. */
export async function readStyles({ archive, styles }: Workbook): Promise<readonly NumberFormat[]> {
  const formats: NumberFormat[] = [];
  if (styles === undefined) return formats;
  const codes = new Map<number, string>();
  let inCells = false;
  await eachTag(archive, styles, (name, attributes) => {
    if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
    else if (name === 'cellXfs') inCells = true;
    else if (name === 'cellStyles' || name === 'dxfs') inCells = false;
    else if (name === 'xf' && inCells) {
      const id = Number(attributes['numFmtId'] ?? 0);
      formats.push(numberFormat(id, codes.get(id)));
    }
  });
  return formats;
}
