import { domainToASCII } from 'node:url';
import { HeliographError } from '../../../src-preload/contract/errors.js';

/** An address ready for an envelope: the domain in ASCII (IDNA), the local part as it was given. `utf8` means that only a server with SMTPUTF8 (RFC 6531) can take it. */
export interface EnvelopeAddress {
  readonly address: string;
  readonly domain: string;
  readonly utf8: boolean;
}

const plainAddress = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)$/;
const host = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const literal = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]$/i;
// RFC 5322 atext and dots, and beyond ASCII whatever is not a control, a space or an invisible formatting character.
const loose = /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]|[^\p{ASCII}\p{C}\p{Z}])+$/u;

/**
 * Checks an address for use in SMTP commands and address headers, and puts its domain into ASCII.
 * Local parts with dots in odd places (some Japanese mobile addresses have them) are quoted, as RFC 5321 4.1.2 wants.
 * @throws HeliographError `BAD_ADDRESS` with the `field` it was meant for and a `reason`; never with the address.
 */
export function envelopeAddress(address: string, field: string): EnvelopeAddress {
  const bad = (reason: string) => new HeliographError('BAD_ADDRESS', { field, reason });
  const plain = address.length <= 254 ? plainAddress.exec(address) : null;
  if (plain && address.length - plain[1]!.length - 1 <= 64) return { address, domain: plain[1]!, utf8: false };
  if (address.length > 1000) throw bad('too long');
  if (/\p{Cc}/u.test(address)) throw bad('control character');
  const at = address.lastIndexOf('@');
  if (at <= 0) throw bad('not an address');
  let local = address.slice(0, at).normalize('NFC');
  const given = address.slice(at + 1);
  let domain: string;
  if (literal.test(given)) domain = given;
  // domainToASCII reads a URL's host: it would decode %xx, cut at / and turn "1" into an IPv4 address.
  else domain = /^[^\s/\\%?#:@[\]<>]+$/u.test(given) ? domainToASCII(given) : '';
  if (domain.length > 253 || !(host.test(domain) || literal.test(domain))) throw bad('bad domain');
  if (/^"(?:[\x20\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]|\\[\x20-\x3b\x3d\x3f-\x7e])*"$/.test(local)) {
    // A quoted local part without < and >, which the SMTP library refuses in any place.
  } else if (!loose.test(local)) throw bad('bad local part');
  else if (/^\.|\.\.|\.$/.test(local)) local = `"${local}"`;
  if (Buffer.byteLength(local) > 66 || Buffer.byteLength(local) + domain.length > 320) throw bad('too long');
  return { address: `${local}@${domain}`, domain, utf8: /[^\x00-\x7f]/.test(local) };
}
