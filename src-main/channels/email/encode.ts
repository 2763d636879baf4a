/** How a body part travels: both survive every server, 8BITMIME or not. */
export type TransferEncoding = 'quoted-printable' | 'base64';

export interface EncodedPart {
  readonly encoding: TransferEncoding;
  /** Lines of at most 76 characters, ended by CRLF, the last one included. */
  readonly bytes: Buffer;
}

const CR = 0x0d;
const LF = 0x0a;
const hex = Buffer.from('0123456789ABCDEF');

/**
 * Encodes text whole. Mostly ASCII becomes quoted-printable, which a person can still read in the source; text of which more than a sixth would need three
 * characters each becomes base64, which is then the shorter one. Every line end, however it was written, becomes CRLF.
 */
export function encodeText(text: string): EncodedPart {
  const bytes = Buffer.from(text, 'utf8');
  let special = 0;
  for (const byte of bytes) if (byte > 0x7e || byte === 0x3d) special++;
  if (special * 6 > bytes.length) return { encoding: 'base64', bytes: base64Lines(Buffer.from(text.replace(/\r\n?|\n/g, '\r\n'), 'utf8')) };
  return { encoding: 'quoted-printable', bytes: quotedPrintable(bytes) };
}

/** RFC 2045 6.7 in one pass. Spaces and tabs before a line end and at the end are encoded; a soft break keeps lines within 76. */
export function quotedPrintable(source: Buffer): Buffer {
  const length = source.length;
  // Worst case: every byte takes three, and every 73rd position a soft break of three.
  const out = Buffer.allocUnsafe(length * 3 + Math.ceil((length * 3) / 73) * 3 + 2);
  let at = 0;
  let line = 0;
  for (let i = 0; i < length; i++) {
    const byte = source[i]!;
    if (byte === CR || byte === LF) {
      if (byte === CR && source[i + 1] === LF) i++;
      out[at++] = CR;
      out[at++] = LF;
      line = 0;
      continue;
    }
    const next = source[i + 1];
    const literal = byte > 0x20 && byte < 0x7f ? byte !== 0x3d : (byte === 0x20 || byte === 0x09) && next !== undefined && next !== CR && next !== LF;
    const width = literal ? 1 : 3;
    if (line + width > 75) {
      out[at++] = 0x3d;
      out[at++] = CR;
      out[at++] = LF;
      line = 0;
    }
    if (literal) {
      out[at++] = byte;
    } else {
      out[at++] = 0x3d;
      out[at++] = hex[byte >> 4]!;
      out[at++] = hex[byte & 15]!;
    }
    line += width;
  }
  if (line > 0) {
    out[at++] = CR;
    out[at++] = LF;
  }
  return out.subarray(0, at);
}

function base64Lines(source: Buffer): Buffer {
  const plain = source.toString('base64');
  const lines = Math.ceil(plain.length / 76);
  const out = Buffer.allocUnsafe(plain.length + lines * 2);
  let at = 0;
  for (let from = 0; from < plain.length; from += 76) {
    at += out.write(plain.slice(from, from + 76), at, 'latin1');
    out[at++] = CR;
    out[at++] = LF;
  }
  return out;
}
