import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Random } from '../../platform/random.js';
import type { OutgoingEmail } from '../port.js';
import { type EnvelopeAddress, envelopeAddress } from './address.js';
import type { DkimSigner } from './dkim.js';
import { encodeText } from './encode.js';
import { addressHeader, header, type HeaderLine } from './headers.js';

/** A whole message as it goes on the wire (before dot-stuffing), and its envelope. */
export interface BuiltMessage {
  readonly raw: Buffer;
  readonly from: EnvelopeAddress;
  readonly to: EnvelopeAddress;
}

export interface BuildPorts {
  readonly random: Random;
  /** The message's Date, UTC ms. */
  readonly nowMs: number;
  readonly dkim?: DkimSigner;
}

/** What we set ourselves, or what must never be in a message that goes to one person. */
const ours = new Set(['from', 'to', 'cc', 'bcc', 'sender', 'reply-to', 'subject', 'date', 'message-id', 'mime-version', 'dkim-signature', 'return-path', 'received']);

/**
 * Builds a message whole: headers through the one function that refuses line breaks, each part encoded in one piece, multipart/alternative with a random
 * boundary, DKIM last. Without a text part it is HTML alone.
 * @throws HeliographError `HEADER_INJECTION` (field), `BAD_ADDRESS` (field, reason), `BAD_INPUT` for a header that the caller may not set.
 */
export function buildMessage(message: OutgoingEmail, ports: BuildPorts): BuiltMessage {
  const to = envelopeAddress(message.to.address, 'To');
  const from = envelopeAddress(message.envelopeFrom || message.from.address, 'envelope sender');
  if (!/^<[\x21-\x3b\x3d\x3f-\x7e]{1,200}@[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/.test(message.messageId)) throw new HeliographError('HEADER_INJECTION', { field: 'Message-ID' });

  const headers: HeaderLine[] = [
    addressHeader('From', message.from),
    addressHeader('To', message.to),
    ...(message.replyTo ? [addressHeader('Reply-To', { address: message.replyTo })] : []),
    header('Subject', message.subject),
    header('Message-ID', message.messageId),
    header('Date', rfc5322Date(ports.nowMs)),
    header('MIME-Version', '1.0'),
  ];
  for (const [name, value] of message.headers) {
    if (ours.has(name.toLowerCase()) || /^content-/i.test(name)) throw new HeliographError('BAD_INPUT', { field: name, message: 'This header is set by Heliograph.' });
    headers.push(header(name, value));
  }

  const html = encodeText(message.html);
  let body: Buffer;
  if (message.text === '') {
    headers.push(header('Content-Type', 'text/html; charset=utf-8'), header('Content-Transfer-Encoding', html.encoding));
    body = html.bytes;
  } else {
    const text = encodeText(message.text);
    // "=_" can stand in neither encoding, so no body line can ever be the boundary.
    const boundary = `=_hg_${ports.random.bytes(12).toString('hex')}`;
    headers.push(header('Content-Type', `multipart/alternative; boundary="${boundary}"`));
    body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${text.encoding}\r\n\r\n`, 'latin1'),
      text.bytes,
      Buffer.from(`\r\n--${boundary}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: ${html.encoding}\r\n\r\n`, 'latin1'),
      html.bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1'),
    ]);
  }
  const signature = ports.dkim?.sign(headers, body, ports.nowMs);
  let head = signature ? `${signature.name}: ${signature.value}\r\n` : '';
  for (const line of headers) head += `${line.name}: ${line.value}\r\n`;
  return { raw: Buffer.concat([Buffer.from(`${head}\r\n`, 'utf8'), body]), from, to };
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number) => String(n).padStart(2, '0');

/** RFC 5322 3.3, always in UTC: where the desktop stands is nobody's business. */
export function rfc5322Date(ms: number): string {
  const d = new Date(ms);
  return `${days[d.getUTCDay()]}, ${two(d.getUTCDate())} ${months[d.getUTCMonth()]} ${d.getUTCFullYear()} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`;
}
