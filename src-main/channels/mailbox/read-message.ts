import PostalMime from 'postal-mime';
import type { MailboxMessage } from '../../../src-preload/contract/mailbox.js';
import { inspectMessage } from './inspect.js';
import { linksOf } from './links.js';
import type { StoredMail } from './mailbox-file.js';

const sourceLimit = 500_000;
const bodyLimit = 5_000_000;

/** A stored message as its recipient's program would read it. `isOurs` knows links that lead to this workspace's collector. */
export async function readMessage(mail: StoredMail, isOurs: (url: string) => boolean): Promise<MailboxMessage> {
  const email = await PostalMime.parse(mail.raw);
  const html = (email.html ?? '').slice(0, bodyLimit);
  const text = (email.text ?? '').slice(0, bodyLimit);
  const { links, images } = linksOf(html);
  const source = mail.raw.subarray(0, sourceLimit * 2).toString('utf8').slice(0, sourceLimit);
  const headers = rawHeaders(mail.raw);
  const list = headers.find((h) => h.name.toLowerCase() === 'list-unsubscribe')?.value ?? '';
  const post = headers.some((h) => h.name.toLowerCase() === 'list-unsubscribe-post' && h.value.trim() === 'List-Unsubscribe=One-Click');
  const web = /<(https?:[^<>\s]+)>/i.exec(list)?.[1];
  const { raw: _, ...row } = mail;
  return {
    ...row,
    to: headers.find((h) => h.name.toLowerCase() === 'to')?.value ?? '',
    html,
    text,
    headers,
    links: links.map((link) => ({ ...link, ours: isOurs(link.url) })),
    images: images.map((image) => ({ ...image, ours: isOurs(image.url) })),
    checks: inspectMessage({
      headers,
      envelopeFrom: mail.envelopeFrom,
      fromAddress: email.from?.address ?? '',
      hasText: text.trim() !== '',
      htmlBytes: Buffer.byteLength(html),
      longestLine: longestLine(mail.raw),
      sizeBytes: mail.sizeBytes,
    }),
    oneClick: post && web ? web : null,
    source,
  };
}

/** The head as it stands, unfolded but not decoded: an inspector shows what is there. */
function rawHeaders(raw: Buffer): { name: string; value: string }[] {
  const end = raw.indexOf('\r\n\r\n');
  return raw
    .subarray(0, Math.min(end < 0 ? raw.length : end, 256 * 1024))
    .toString('utf8')
    .replace(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => ({ name: line.slice(0, Math.max(0, line.indexOf(':'))), value: line.slice(line.indexOf(':') + 1).trim() }))
    .filter((header) => header.name !== '');
}

function longestLine(raw: Buffer): number {
  let longest = 0;
  let from = 0;
  for (let at = raw.indexOf('\r\n'); at >= 0; at = raw.indexOf('\r\n', from)) {
    longest = Math.max(longest, at - from);
    from = at + 2;
  }
  return Math.max(longest, raw.length - from);
}
