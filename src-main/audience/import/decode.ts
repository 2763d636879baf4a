import type { ImportEncoding } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';

export interface Decoder {
  /** Throws `FILE_ENCODING` {encoding, offset}. */
  push(chunk: Buffer): string;
  end(): string;
}

const names: Readonly<Record<ImportEncoding, string>> = { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16', 'windows-1252': 'Windows-1252' };

/** Decodes a stream and tells the exact byte where it is not text; the platform's decoder only says that it is not. */
export function createDecoder(encoding: ImportEncoding): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let passed = 0;
  /** The end of what came before, in case a character lies across chunks. */
  let tail: Buffer = Buffer.alloc(0);

  const refuse = (offset: number, cause: unknown) => new HeliographError('FILE_ENCODING', { encoding: names[encoding], offset }, { cause });
  const firstBad = (bytes: Buffer, last: boolean): number =>
    encoding === 'utf-8' ? firstBadUtf8(bytes, last) : firstBadUtf16(bytes, encoding === 'utf-16be', last);

  return {
    push(chunk) {
      try {
        const text = decoder.decode(chunk, { stream: true });
        passed += chunk.length;
        tail = chunk.length >= 4 ? chunk.subarray(-4) : Buffer.concat([tail, chunk]).subarray(-4);
        return text;
      } catch (error) {
        const start = characterStart(tail, encoding);
        throw refuse(passed - (tail.length - start) + firstBad(Buffer.concat([tail.subarray(start), chunk]), false), error);
      }
    },
    end() {
      try {
        return decoder.decode();
      } catch (error) {
        const start = characterStart(tail, encoding);
        throw refuse(passed - (tail.length - start) + firstBad(tail.subarray(start), true), error);
      }
    },
  };
}

/** Where a character that is not complete yet begins in the end of a chunk; the length when there is none. */
function characterStart(tail: Buffer, encoding: ImportEncoding): number {
  if (encoding !== 'utf-8') return tail.length - (tail.length % 2 === 1 ? 1 : 0) - (tail.length >= 2 ? 2 : 0);
  for (let back = 1; back <= Math.min(3, tail.length); back++) {
    const byte = tail[tail.length - back]!;
    if (byte >= 0xc0) return back < sequenceLength(byte) ? tail.length - back : tail.length;
    if (byte < 0x80) return tail.length;
  }
  return tail.length;
}

function sequenceLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** The first byte of the first sequence that is not well-formed (Unicode 16, table 3-7). */
export function firstBadUtf8(bytes: Buffer, last: boolean): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      at++;
      continue;
    }
    if (lead < 0xc2 || lead > 0xf4) return at;
    const length = sequenceLength(lead);
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i];
      if (byte === undefined) return last ? at : bytes.length;
      const low = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
      const high = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
      if (byte < low || byte > high) return at;
    }
    at += length;
  }
  return bytes.length;
}

/** The first lone surrogate, or half a unit at the very end. */
function firstBadUtf16(bytes: Buffer, bigEndian: boolean, last: boolean): number {
  const unit = (at: number) => (bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
  let at = 0;
  while (at + 1 < bytes.length) {
    const code = unit(at);
    if (code >= 0xdc00 && code <= 0xdfff) return at;
    if (code >= 0xd800 && code <= 0xdbff) {
      if (at + 3 >= bytes.length) return last ? at : bytes.length;
      const low = unit(at + 2);
      if (low < 0xdc00 || low > 0xdfff) return at;
      at += 2;
    }
    at += 2;
  }
  return at;
}
