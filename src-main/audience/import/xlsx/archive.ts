import type { Readable } from 'node:stream';
import { type Entry, openPromise } from 'yauzl';
import { HeliographError } from '../../../../src-preload/contract/errors.js';
import { importLimits } from '../../../../src-preload/contract/import.js';

/** A workbook as the zip file it is. */
export interface Archive {
  has(name: string): boolean;
  /** A part's bytes, and how many they will be. Throws `FILE_FORMAT` where it is not there, encrypted or damaged, `GZIP_BOMB` where it unpacks beyond reason. */
  read(name: string): { readonly size: number; readonly chunks: AsyncGenerator<Buffer> };
  close(): void;
}

const maxParts = 10_000;

const damaged = (cause: unknown) => new HeliographError('FILE_FORMAT', { message: `The workbook is damaged or was not copied whole (${cause instanceof Error ? cause.message : ''}).` }, { cause });

/** Opens a zip file and reads its list of parts. Throws `FILE_FORMAT`. */
export async function openArchive(path: string): Promise<Archive> {
  const zip = await openPromise(path, { autoClose: false }).catch((cause: unknown) => {
    throw damaged(cause);
  });
  const parts = new Map<string, Entry>();
  try {
    if (zip.entryCount > maxParts) throw new HeliographError('FILE_FORMAT', { message: 'This zip archive holds too many files to be a workbook.' });
    for await (const entry of zip.eachEntry()) parts.set(entry.fileName, entry);
  } catch (error) {
    zip.close();
    throw error instanceof HeliographError ? error : damaged(error);
  }

  async function* chunks(entry: Entry): AsyncGenerator<Buffer> {
    let stream: Readable | undefined;
    try {
      stream = await zip.openReadStreamPromise(entry);
      yield* stream as AsyncIterable<Buffer>;
    } catch (error) {
      throw error instanceof HeliographError ? error : damaged(error);
    } finally {
      stream?.destroy();
    }
  }

  return {
    has: (name) => parts.has(name),
    read(name) {
      const entry = parts.get(name);
      if (!entry) throw damaged(new Error(`${name} is missing`));
      if (entry.isEncrypted()) throw new HeliographError('FILE_FORMAT', { message: 'This file is locked with a password. Remove the password and save it again.' });
      // yauzl ends a part that unpacks to more than it declares.
      const { uncompressedSize: size, compressedSize: packed } = entry;
      if (size > importLimits.gzipFreeBytes && size > packed * importLimits.gzipRatio) {
        throw new HeliographError('GZIP_BOMB', { ratio: Math.round(size / Math.max(1, packed)), limit: importLimits.gzipRatio });
      }
      return { size, chunks: chunks(entry) };
    },
    close: () => zip.close(),
  };
}
