import type { Mask } from './segments.js';
import type { UrlAttribute } from './scan.js';

/**
 * What an address in the HTML is, decided before any person is at hand. Only `tracked` ones are replaced by redirects, and only their path and query
 * may be personal: a host from a person's data would make the redirect an open one, for whoever can write that data.
 */
export type Address =
  | { readonly kind: 'tracked' | 'fixed-host'; readonly base: string; readonly rest: string }
  | { readonly kind: 'unsubscribe' }
  | { readonly kind: 'personal' }
  | { readonly kind: 'personal-host' }
  | { readonly kind: 'bad' }
  | { readonly kind: 'relative' }
  | { readonly kind: 'other' };

const runnable = new Set(['javascript', 'vbscript', 'data', 'file', 'blob', 'filesystem', 'about']);

/** Mail programs drop line breaks and tabs inside an address, and blanks around it. */
function tidy(text: string): string {
  return text.replace(/[\t\r\n]/g, '').trim();
}

/** Sorts an address. `links` are `<a href>` and `<area href>`; pictures and the rest are never tracked, their host may be personal. */
export function classify(attribute: UrlAttribute, mask: Mask): Address {
  const isLink = (attribute.tag === 'a' || attribute.tag === 'area') && attribute.name === 'href';
  const plain = tidy(attribute.masked);
  if (/^\{\{\{?\s*Heliograph\.(?:Unsubscribe|Confirm)Url\s*\}?\}\}$/.test(tidy(attribute.value))) return { kind: 'unsubscribe' };
  const cover = plain.indexOf(mask.first);
  const fixed = cover < 0 ? plain : plain.slice(0, cover);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(fixed)?.[1]?.toLowerCase();

  if (scheme === 'http' || scheme === 'https') {
    const host = /^https?:\/\/([^/?#\\]*)/i.exec(fixed);
    const ends = host && (cover < 0 || host[0].length < fixed.length);
    if (!host || !ends) return cover < 0 ? { kind: 'bad' } : isLink && !attribute.noTrack ? { kind: 'personal-host' } : { kind: 'personal' };
    const origin = originOf(host[0]);
    if (origin === undefined || host[1]!.includes('@')) return { kind: 'bad' };
    return { kind: isLink && !attribute.noTrack ? 'tracked' : 'fixed-host', base: origin, rest: tidy(attribute.value).slice(host[0].length) };
  }
  if (scheme !== undefined) return runnable.has(scheme) && (isLink || scheme !== 'data') ? { kind: 'bad' } : { kind: 'other' };
  if (fixed.startsWith('#')) return { kind: 'other' };
  if (cover < 0 || /^[/?.]/.test(fixed)) return { kind: 'relative' };
  return isLink && !attribute.noTrack ? { kind: 'personal-host' } : { kind: 'personal' };
}

function originOf(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).origin : undefined;
}
