import type { ImportEncoding } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { firstBadUtf8 } from './decode.js';

const foreign: readonly (readonly [magic: string, message: string])[] = [
  ['504b0304', 'This is a zip archive. Unpack it and import its files.'],
  ['504b0506', 'This is an empty zip archive.'],
  ['25504446', 'This is a PDF.'],
  ['53514c69746520', 'This is a SQLite database.'],
  ['1f8b', 'This file is packed with gzip twice. Unpack it once.'],
  ['425a68', 'This file is packed with bzip2. Unpack it, or pack it with gzip.'],
  ['fd377a58', 'This file is packed with xz. Unpack it, or pack it with gzip.'],
  ['28b52ffd', 'This file is packed with zstd. Unpack it, or pack it with gzip.'],
  ['377abcaf271c', 'This is a 7-Zip archive. Unpack it and import the files one by one.'],
  ['526172211a07', 'This is a RAR archive. Unpack it and import the files one by one.'],
  ['50415231', 'This is a Parquet file. Export it as CSV or JSON lines.'],
  ['89504e470d0a1a0a', 'This is a picture (PNG).'],
  ['ffd8ff', 'This is a picture (JPEG).'],
  ['47494638', 'This is a picture (GIF).'],
  ['7f454c46', 'This is a program.'],
  ['7b5c727466', 'This is a rich text document (RTF). Save it as plain text or CSV.'],
];

/** Excel locks a workbook by putting it, encrypted, into a container of the old kind, under this name. */
const lockedWorkbook = Buffer.from('EncryptedPackage', 'utf16le');

/** Throws `FILE_FORMAT` for files of well-known other kinds, by their first bytes (after unpacking). */
export function assertTextFile(start: Buffer): void {
  const hex = start.subarray(0, 16).toString('hex');
  if (hex.startsWith('d0cf11e0')) {
    const message = start.includes(lockedWorkbook)
      ? 'This workbook is locked with a password. Remove the password in Excel and save it again.'
      : 'This is an old Excel workbook (.xls), or a document locked with a password. In Excel save it without a password as an Excel workbook (.xlsx).';
    throw new HeliographError('FILE_FORMAT', { message });
  }
  const known = foreign.find(([magic]) => hex.startsWith(magic));
  if (known) throw new HeliographError('FILE_FORMAT', { message: known[1] });
  if (start.subarray(257, 262).toString('latin1') === 'ustar')
    throw new HeliographError('FILE_FORMAT', { message: 'This is a tar archive. Unpack it and import the files one by one.' });
}

/** Looked at for control characters, in bytes. */
const headLength = 65_536;
/** A stray one happens in text; compressed data has a tenth of them. */
const fewControls = 0.005;
const manyControls = 0.1;

/**
 * The encoding of a file by its first bytes: what a byte order mark tells; UTF-16 without one where every other byte is 0; UTF-8 where the bytes are that; else
 * Windows-1252 where they can be. A UTF-8 file with a damaged spot stays UTF-8, so that reading it names the spot. Throws `FILE_FORMAT` for what is no text at all.
 */
export function detectEncoding(start: Buffer): ImportEncoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const head = start.subarray(0, headLength);
  const utf16 = unmarkedUtf16(head);
  if (utf16) return utf16;
  const controls = controlShare(head);
  const { characters, bad } = surveyUtf8(start);
  if (head.length >= 8 && controls > (bad > 0 ? fewControls : manyControls)) throw notText(head);
  return bad > characters && !undefined1252(start) ? 'windows-1252' : 'utf-8';
}

/** Throws `FILE_FORMAT` where bytes that somebody calls text in a one-byte or UTF-8 encoding are none. */
export function assertNotBinary(start: Buffer): void {
  const head = start.subarray(0, headLength);
  if (head.length >= 8 && controlShare(head) > manyControls) throw notText(head);
}

function notText(head: Buffer): HeliographError {
  const at = head.indexOf(0);
  const message = head.every((byte) => byte === 0)
    ? 'It holds nothing but zero bytes: the disk or the copy failed.'
    : `It is binary data, not text${at < 0 ? '' : `: byte ${at + 1} is zero`}.`;
  return new HeliographError('FILE_FORMAT', { message });
}

/** Latin text in UTF-16: one byte of most units is 0, and hardly ever the other one. */
function unmarkedUtf16(head: Buffer): ImportEncoding | undefined {
  const units = Math.floor(head.length / 2);
  if (units < 4) return undefined;
  let first = 0;
  let second = 0;
  for (let i = 0; i < units; i++) {
    if (head[2 * i] === 0) first++;
    if (head[2 * i + 1] === 0) second++;
  }
  if (second > units * 0.7 && first < units * 0.02) return 'utf-16le';
  if (first > units * 0.7 && second < units * 0.02) return 'utf-16be';
  return undefined;
}

/** The share of control characters that text has no use for: all below a blank but tab, line ends, form feed and escape. */
function controlShare(head: Buffer): number {
  let found = 0;
  for (const byte of head) if (byte < 32 && (byte < 9 || byte > 13) && byte !== 27) found++;
  return found / Math.max(1, head.length);
}

/** How many characters beyond ASCII are well-formed UTF-8, and how many bytes are not. */
function surveyUtf8(bytes: Buffer): { characters: number; bad: number } {
  let characters = 0;
  let bad = 0;
  for (let at = 0; at < bytes.length;) {
    const good = firstBadUtf8(bytes.subarray(at), false);
    for (let i = at; i < at + good; i++) if (bytes[i]! >= 0xc0) characters++;
    at += good;
    if (at < bytes.length) {
      bad++;
      at++;
    }
  }
  return { characters, bad };
}

/** True where a byte stands for nothing in Windows-1252, as happens in text of another code page. */
const undefined1252 = (bytes: Buffer) => [0x81, 0x8d, 0x8f, 0x90, 0x9d].some((byte) => bytes.includes(byte));
