import type { RefusalClass } from '../port.js';

/** A server's refusal, read. `code` is the three digits, `enhanced` the RFC 3463 code where the server gave one. */
export interface Refusal {
  readonly class: RefusalClass;
  readonly code: number;
  readonly enhanced?: string;
  readonly response: string;
}

/** At which step the refusal came: a sender that is refused is our fault whatever the words. */
export type RefusalStage = 'sender' | 'recipient' | 'message';

/** Longest reply that is kept, in characters. */
const responseLimit = 1000;

// The address does not exist, or can never take mail (RFC 3463; 5.1.10: null MX, RFC 7505).
const hardEnhanced = /^5\.(?:1\.(?:1|2|3|6|10)|2\.1|4\.4)$/;
// Content, policy, security, size, and 5.1.7/5.1.8: a bad sender address.
const oursEnhanced = /^5\.(?:7\.\d+|6\.\d+|3\.4|1\.[78]|5\.\d+)$/;

const unknownUser =
  /user (?:is )?(?:unknown|not found)|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox|address|person)|(?:mailbox|recipient|user|address|account)\b.{0,40}(?:does ?n[o']t exist|not exist|not found|not known|invalid|no longer)|no mailbox|invalid (?:recipient|mailbox)|recipient (?:address )?(?:rejected: )?(?:undeliverable|unknown)|not a valid (?:user|mailbox)|(?:account|mailbox) (?:has been |is )?(?:disabled|deactivated|inactive|closed)/i;
const policy =
  /spam|block(?:ed|list)|black ?list|deny ?list|\brbl\b|\bdnsbl\b|reputation|polic(?:y|ies)|not (?:allowed|permitted|authori[sz]ed)|unauthori[sz]ed|authenticat|\bspf\b|\bdkim\b|\bdmarc\b|relay|access denied|ptr|reverse dns|banned|refused by|prohibited|bulk|unsolicited|sender (?:address )?(?:rejected|verify|domain)|too large|exceeds? .*size|content/i;
const full = /mailbox (?:is )?full|over ?quota|quota (?:exceeded|full)|out of storage|insufficient .*storage|exceeded storage/i;

/**
 * Whose fault a refusal is, by the enhanced code first, then the text, then the basic code (field.md 3).
 * `hard` only for what says that the address cannot take mail: a wrong guess there stops writing to a real customer, so anything
 * unclear that is permanent counts as `soft` at the recipient's step and as `ours` at the sender's and the message's.
 */
export function classifyReply(reply: string, stage: RefusalStage): Refusal {
  const response = printable(reply);
  const code = Number(/^\d{3}/.exec(response)?.[0] ?? 0);
  const found = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? /(?:^|[\s#(])([45]\.\d{1,3}\.\d{1,3})(?=[\s):;,]|$)/.exec(response)?.[1];
  // An enhanced code whose class contradicts the reply's says nothing (RFC 2034 4).
  const enhanced = found && found[0] === response[0] ? found : undefined;
  return { class: classOf(code, enhanced, response, stage), code, ...(enhanced ? { enhanced } : {}), response };
}

function classOf(code: number, enhanced: string | undefined, text: string, stage: RefusalStage): RefusalClass {
  if (code === 530 || code === 534 || code === 535 || code === 538) return 'ours';
  if (enhanced?.startsWith('4.') || (code >= 400 && code < 500)) return 'soft';
  if (stage === 'sender') return enhanced === '5.2.2' ? 'soft' : 'ours';
  if (enhanced) {
    if (hardEnhanced.test(enhanced)) return 'hard';
    if (enhanced === '5.2.2') return 'soft';
    // Outlook's 5.7.x for an unknown person, and others' 5.7.1 "user unknown": the code wins, as a block read as "gone" would empty a list.
    if (oursEnhanced.test(enhanced)) return 'ours';
  }
  if (full.test(text)) return 'soft';
  if (unknownUser.test(text) && (code === 550 || code === 551 || code === 553 || (enhanced !== undefined && code >= 500))) return 'hard';
  if (policy.test(text)) return 'ours';
  if (code === 552) return stage === 'message' ? 'ours' : 'soft';
  if (code === 554 || (code >= 500 && code <= 504) || code === 521 || code === 556) return code === 556 ? 'hard' : 'ours';
  return stage === 'recipient' ? 'soft' : 'ours';
}

/** A server's words fit to be stored and shown: one line, no control characters, a bounded length. */
export function printable(reply: string): string {
  const lines = reply.split(/\r?\n/);
  const first = lines[0] ?? '';
  // "550-5.1.1 a", "550 5.1.1 b": the code of later lines is left out.
  const prefix = /^(\d{3})[ -](\d\.\d{1,3}\.\d{1,3} ?)?/.exec(first);
  const rest = lines.slice(1).map((line) => {
    const bare = prefix && line.startsWith(prefix[1]!) ? line.slice(4) : line;
    return prefix?.[2] && bare.startsWith(prefix[2].trim()) ? bare.slice(prefix[2].trim().length) : bare;
  });
  const joined = [first.replace(/^(\d{3})-/, '$1 '), ...rest].map((line) => line.trim()).join(' ');
  const clean = joined
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return clean.length > responseLimit ? `${clean.slice(0, responseLimit)}…` : clean;
}
