import { createHash } from 'node:crypto';

const hex32 = /^[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}$/;

function hyphened(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The uid here of something Pinpoint knows by `id`: the same id gives the same uid, so bringing over twice finds what came the first time. Pinpoint's ids are mostly UUIDs without
 * hyphens and are kept; others, names of templates among them, become a UUID of version 8 (RFC 9562, 5.8) made of their SHA-256.
 */
export function uidOf(kind: 'segment' | 'template' | 'campaign', id: string): string {
  const plain = id.toLowerCase().replaceAll('-', '');
  if (kind !== 'template' && hex32.test(plain)) return hyphened(plain);
  const hash = createHash('sha256').update(`heliograph:pinpoint:${kind}:${id}`).digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return hyphened(`${hash.slice(0, 12)}8${hash.slice(13, 16)}${variant}${hash.slice(17, 32)}`);
}
