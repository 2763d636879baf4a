import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Mailbox } from '../port.js';
import { envelopeAddress } from './address.js';

/**
 * A header as it goes on the wire: the value folded (CRLF and one space inside it), without the final CRLF. Made only by `header` and its address
 * form below, so that no other place in the program can put a line break into a message's head.
 */
export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

/** RFC 5322 2.1.1: lines should stay within 78 octets; RFC 2047 2 allows 76 where encoded words stand. */
const lineLength = 76;
/** RFC 5322 2.1.1: no line may be longer than 998 octets. A token is kept well below, with room for its header's name. */
const longestToken = 900;

/** Values of these are structures: words in them may be folded apart but never encoded. */
const structured = /^(?:list-(?:unsubscribe|unsubscribe-post|id|help|owner|archive|subscribe|post)|message-id|references|in-reply-to|date|mime-version|content-.*|feedback-id|precedence|auto-submitted)$/i;

/**
 * One header from a name and a value that may come from anywhere.
 * Plain ASCII is folded at its spaces; anything else becomes RFC 2047 encoded words. Values of structured headers must be printable ASCII.
 * @throws HeliographError `HEADER_INJECTION` with the `field` when the value holds CR, LF or NUL, when the name is no header name, or when a
 * structured value cannot stand on a line.
 */
export function header(name: string, value: string): HeaderLine {
  assertName(name);
  assertSafe(name, value);
  if (structured.test(name)) {
    if (!/^[\x20-\x7e]*$/.test(value) || hasLongToken(value, 990 - name.length)) throw new HeliographError('HEADER_INJECTION', { field: name });
    return { name, value: fold(name.length + 2, value) };
  }
  return { name, value: isPlain(value) ? fold(name.length + 2, value) : encodeWords(value, name.length + 2) };
}

/**
 * An address header (From, To, Reply-To). The name is written bare, quoted or encoded, whichever is the simplest that carries it; the domain is ASCII.
 * A local part beyond ASCII stands as it is: the caller sends it only to a server with SMTPUTF8.
 * @throws HeliographError `HEADER_INJECTION` for CR, LF or NUL in the name, `BAD_ADDRESS` for the address.
 */
export function addressHeader(name: string, mailbox: Mailbox): HeaderLine {
  assertName(name);
  const { address } = envelopeAddress(mailbox.address, name);
  const display = mailbox.name ?? '';
  assertSafe(name, display);
  if (display.trim() === '') return { name, value: address };
  const phrase = encodePhrase(display, name.length + 2);
  const lastLine = phrase.length - (phrase.lastIndexOf('\n') + 1) + (phrase.includes('\n') ? 0 : name.length + 2);
  const space = lastLine + address.length + 3 > lineLength ? '\r\n ' : ' ';
  return { name, value: `${phrase}${space}<${address}>` };
}

function assertName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,75}$/.test(name)) throw new HeliographError('HEADER_INJECTION', { field: 'header name' });
}

function assertSafe(name: string, value: string): void {
  if (/[\r\n\0]/.test(value)) throw new HeliographError('HEADER_INJECTION', { field: name });
}

function hasLongToken(value: string, longest: number): boolean {
  return value.length > longest && value.split(' ').some((token) => token.length > longest);
}

/**
 * Plain text keeps its meaning when it is folded and unfolded: printable ASCII, single spaces inside, and nothing that looks like an encoded word.
 * Every other value is encoded.
 */
function isPlain(value: string): boolean {
  return value === '' || (/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(value) && !value.includes('=?') && !hasLongToken(value, longestToken));
}

/** Breaks at spaces so that lines stay within `lineLength` where they can; the space stays, so unfolding gives the same text. */
function fold(used: number, value: string): string {
  if (used + value.length <= lineLength) return value;
  let out = '';
  let line = used;
  let first = true;
  for (const token of value.split(' ')) {
    if (!first && line + 1 + token.length > lineLength && token !== '') {
      out += `\r\n ${token}`;
      line = 1 + token.length;
    } else {
      out += first ? token : ` ${token}`;
      line += token.length + (first ? 0 : 1);
    }
    first = false;
  }
  return out;
}

/** Atoms stay bare, a short ASCII name with specials is quoted, all else is encoded (RFC 5322 3.2.3, 3.2.4; RFC 2047 5 rule 3). */
function encodePhrase(name: string, used: number): string {
  if (name.length <= 60 && /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(name) && !name.includes('=?')) return name;
  if (name.length <= 60 && /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(name) && !name.includes('=?')) return `"${name.replace(/["\\]/g, '\\$&')}"`;
  return encodeWords(name, used);
}

/**
 * RFC 2047 encoded words in UTF-8, B or Q, whichever is shorter. No word is longer than 75 octets and none splits a character; only letters, digits and `!*+-/`
 * stand for themselves in Q, so that the words are good in a phrase too.
 */
function encodeWords(text: string, used: number): string {
  // By way of bytes, half a surrogate pair becomes U+FFFD.
  const bytes = Buffer.from(text, 'utf8');
  const value = bytes.toString('utf8');
  const inQ = bytes.reduce((n, byte) => n + (isQSafe(byte) || byte === 0x20 ? 1 : 3), 0);
  const q = inQ <= Math.ceil(bytes.length / 3) * 4;
  const words: string[] = [];
  let content = '';
  let contentBytes = 0;
  // "=?UTF-8?B?" and "?=" take 12 octets. The first word shares its line with the header's name.
  const room = () => Math.min(75, words.length === 0 ? Math.max(24, lineLength - used) : lineLength - 1) - 12;
  const flush = () => {
    if (contentBytes === 0) return;
    words.push(q ? `=?UTF-8?Q?${content}?=` : `=?UTF-8?B?${Buffer.from(content, 'utf8').toString('base64')}?=`);
    content = '';
    contentBytes = 0;
  };
  for (const character of value) {
    if (q) {
      const encoded = encodeQ(character);
      if (contentBytes + encoded.length > room()) flush();
      content += encoded;
      contentBytes += encoded.length;
    } else {
      const size = Buffer.byteLength(character);
      if (Math.ceil((contentBytes + size) / 3) * 4 > room()) flush();
      content += character;
      contentBytes += size;
    }
  }
  flush();
  return words.join('\r\n ');
}

function isQSafe(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x21 || byte === 0x2a || byte === 0x2b || byte === 0x2d || byte === 0x2f;
}

function encodeQ(character: string): string {
  if (character === ' ') return '_';
  let out = '';
  for (const byte of Buffer.from(character, 'utf8')) out += isQSafe(byte) ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}
