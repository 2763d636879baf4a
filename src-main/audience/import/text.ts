import { createReadStream, openSync, readSync, closeSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { type ImportEncoding, importLimits } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { createDecoder } from './decode.js';
import { readSheet } from './xlsx/sheet.js';

const chunkBytes = 262_144;

export interface TextOptions {
  readonly gzip: boolean;
  readonly encoding: ImportEncoding;
  /** The sheet to read of a workbook. */
  readonly sheet?: string | undefined;
}

/** Told as the file is read: bytes taken from the disk, of `fileSize`. */
export interface ReadProgress {
  fileBytes: number;
}

function unreadable(path: string, cause: unknown): HeliographError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const messages: Readonly<Record<string, string>> = { ENOENT: 'It is not there.', EACCES: 'You may not read it.', EISDIR: 'It is a folder.' };
  return new HeliographError('FILE_UNREADABLE', { name: basename(path), message: messages[code] ?? code }, { cause });
}

/** Size and first bytes of a file. Throws `FILE_UNREADABLE`, `FILE_EMPTY`. */
export function fileStart(path: string): { size: number; start: Buffer } {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
    const start = Buffer.alloc(Math.min(stat.size, 4096));
    const file = openSync(path, 'r');
    try {
      readSync(file, start, 0, start.length, 0);
    } finally {
      closeSync(file);
    }
    if (stat.size === 0) throw new HeliographError('FILE_EMPTY', { name: basename(path) });
    return { size: stat.size, start };
  } catch (error) {
    if (error instanceof HeliographError) throw error;
    throw unreadable(path, error);
  }
}

/** gzip by its magic bytes (RFC 1952, 2.3.1); a file's name is not asked. */
export function isGzip(start: Buffer): boolean {
  return start.length >= 3 && start[0] === 0x1f && start[1] === 0x8b && start[2] === 8;
}

/**
 * A file's bytes, unpacked. Throws `GZIP_BOMB` where it unpacks to more than `importLimits.gzipRatio` times its size, `FILE_FORMAT` for damaged gzip,
 * `FILE_UNREADABLE`.
 */
export async function* readBytes(path: string, gzip: boolean, progress: ReadProgress = { fileBytes: 0 }): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  file.on('data', (chunk) => (progress.fileBytes += chunk.length));
  if (!gzip) {
    file.pause();
    try {
      yield* file as AsyncIterable<Buffer>;
    } catch (error) {
      throw unreadable(path, error);
    }
    return;
  }
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  let fileError: unknown;
  file.on('error', (error) => (fileError = error));
  pipeline(file, gunzip, () => undefined);
  let unpacked = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      const packed = Math.max(1, gunzip.bytesWritten);
      if (unpacked > importLimits.gzipFreeBytes && unpacked > packed * importLimits.gzipRatio) {
        throw new HeliographError('GZIP_BOMB', { ratio: Math.round(unpacked / packed), limit: importLimits.gzipRatio });
      }
      yield chunk;
    }
  } catch (error) {
    if (error instanceof HeliographError) throw error;
    if (fileError !== undefined) throw unreadable(path, fileError);
    const errno = (error as { errno?: number }).errno;
    if (errno === constants.Z_BUF_ERROR || errno === constants.Z_DATA_ERROR) {
      throw new HeliographError(
        'FILE_FORMAT',
        { message: errno === constants.Z_BUF_ERROR ? 'The gzip file ends too early: it was not copied whole.' : 'The gzip file is damaged.' },
        { cause: error },
      );
    }
    throw error;
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

/**
 * A file's text in chunks, without its byte order mark. Throws what `readBytes` throws, and `FILE_ENCODING` with the line and the byte (of the unpacked file), both from 1,
 * where the text stops being text in that encoding; of a workbook what `readSheet` throws.
 */
export async function* readText(path: string, options: TextOptions, progress?: ReadProgress): AsyncGenerator<string> {
  if (options.sheet !== undefined) {
    const { size } = fileStart(path);
    yield* readSheet(path, options.sheet, (part) => progress && (progress.fileBytes = Math.round(part * size)));
    return;
  }
  const decoder = createDecoder(options.encoding);
  try {
    for await (const chunk of readBytes(path, options.gzip, progress)) {
      const text = decoder.push(chunk);
      if (text !== '') yield text;
    }
    const rest = decoder.end();
    if (rest !== '') yield rest;
  } catch (error) {
    if (!(error instanceof HeliographError) || error.code !== 'FILE_ENCODING') throw error;
    const { offset, ...detail } = error.detail;
    throw new HeliographError('FILE_ENCODING', { ...detail, byte: Number(offset) + 1, line: await lineOf(path, options, Number(offset)) }, { cause: error });
  }
}

/** The line an offset lies in, from 1. Read again only for an error's words, so that the usual path counts nothing. */
async function lineOf(path: string, options: TextOptions, offset: number): Promise<number> {
  let line = 1;
  let passed = 0;
  for await (const chunk of readBytes(path, options.gzip)) {
    const end = Math.min(chunk.length, offset - passed);
    for (let at = chunk.indexOf(10); at >= 0 && at < end; at = chunk.indexOf(10, at + 1)) line++;
    passed += chunk.length;
    if (passed >= offset) break;
  }
  return line;
}
