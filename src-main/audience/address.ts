import { domainToASCII } from 'node:url';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { AddressProblem } from '../../src-preload/contract/audience.js';
import type { Channel } from '../../src-preload/contract/common.js';

/** An address as it is written to, and the key under which it is compared. Made only by `normaliseAddress`. */
export interface NormalAddress {
  readonly address: string;
  readonly addressKey: string;
}
export interface RefusedAddress {
  readonly problem: AddressProblem;
}
export interface AddressRules {
  /** ISO 3166 alpha-2: numbers without `+` are read as dialled there. */
  readonly defaultCountry?: string | undefined;
}

/** Longest token we keep, in characters. FCM tokens are about 160 and web-push endpoints under 1,000; AWS names no limit. */
const maxTokenLength = 4096;

/** True where the address is unique in the whole workspace; push tokens and custom addresses are unique per app (design 4). */
export function isWorkspaceWide(channel: Channel): boolean {
  return channel === 'EMAIL' || channel === 'SMS' || channel === 'VOICE';
}

/**
 * Checks an address and gives its two spellings.
 * E-mail: RFC 5321 lengths (local part 64 octets, the whole 254), dot-atom local part with RFC 6531 letters, domain in lower case and ASCII (IDNA); the key is
 * the whole address in NFC and lower case. SMS and voice: E.164. Everything else is a token and stays as it is.
 */
export function normaliseAddress(channel: Channel, address: string, rules: AddressRules = {}): NormalAddress | RefusedAddress {
  if (channel === 'EMAIL') return normaliseEmail(address);
  if (channel === 'SMS' || channel === 'VOICE') return normalisePhone(address, rules.defaultCountry);
  if (address.trim() === '') return { problem: 'empty' };
  if (address.length > maxTokenLength) return { problem: 'too_long' };
  if (/\p{Cc}/u.test(address)) return { problem: 'control_character' };
  return { address, addressKey: address };
}

// Nearly every address of a real file: plain ASCII with a host name of letters. Spares a million-row import the general path.
const plainEmail = /^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63})$/;
// RFC 5322 atext, and beyond ASCII whatever is not a control, a space, or an invisible formatting character (RFC 6531 leaves that to us).
const localPart = /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+(?:\.(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+)*$/u;
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

function normaliseEmail(raw: string): NormalAddress | RefusedAddress {
  const text = raw.trim();
  if (text === '') return { problem: 'empty' };
  const plain = text.length <= 254 ? plainEmail.exec(text) : null;
  if (plain && !text.includes('xn--') && text.length - plain[1]!.length - 1 <= 64) {
    const domain = plain[1]!.toLowerCase();
    return { address: text.slice(0, text.length - domain.length) + domain, addressKey: text.toLowerCase() };
  }
  if (/\p{Cc}/u.test(text)) return { problem: 'control_character' };
  // Far past any legal length in any normal form: not worth the work below.
  if (text.length > 1000) return { problem: 'too_long' };
  const at = text.lastIndexOf('@');
  if (at <= 0) return { problem: 'bad_email' };
  const local = text.slice(0, at).normalize('NFC');
  const unicodeDomain = text.slice(at + 1);
  // domainToASCII reads a URL host: it would decode %xx, cut at / and turn "1" into an IPv4 address.
  const domain = /^[^\s/\\%?#:@[\]]+$/u.test(unicodeDomain) ? domainToASCII(unicodeDomain) : '';
  if (!hostName.test(domain)) return { problem: 'bad_domain' };
  if (!localPart.test(local)) return { problem: 'bad_email' };
  if (Buffer.byteLength(local) > 64 || domain.length > 253 || Buffer.byteLength(local) + 1 + domain.length > 254) return { problem: 'too_long' };
  const address = `${local}@${domain}`;
  return { address, addressKey: address.toLowerCase().normalize('NFC') };
}

function normalisePhone(raw: string, defaultCountry: string | undefined): NormalAddress | RefusedAddress {
  const text = raw.trim();
  if (text === '') return { problem: 'empty' };
  if (text.length > 250) return { problem: 'too_long' };
  if (/\p{Cc}/u.test(text)) return { problem: 'control_character' };
  // Whole digits and the usual separators only: the library would find a number inside any sentence.
  if (!/^[+＋]?[\p{Nd}\s().\-–/]+$/u.test(text)) return { problem: 'bad_phone' };
  const country = defaultCountry && isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  const international = /^[+＋]/u.test(text);
  const parsed = parsePhoneNumberFromString(text, international ? undefined : country);
  if (parsed?.isValid()) return { address: parsed.number, addressKey: parsed.number };
  if (!international) {
    // AWS's own sample files leave out the + (pinpoint.md 2.2). A full number with its country code is taken as what it can only mean.
    const withPlus = parsePhoneNumberFromString(`+${text}`);
    if (withPlus?.isValid() && text.replace(/\D/g, '').length >= 10 && !country) return { address: withPlus.number, addressKey: withPlus.number };
    if (!country) return { problem: 'country_needed' };
  }
  return { problem: 'bad_phone' };
}
