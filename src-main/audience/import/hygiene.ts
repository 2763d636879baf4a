import type { ImportWarning } from '../../../src-preload/contract/import.js';

/** Where most people have their mailbox. Names of three letters or fewer have too many real neighbours to be guessed at. */
const common = [
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'outlook.de', 'outlook.fr', 'outlook.es', 'hotmail.com', 'hotmail.co.uk', 'hotmail.de', 'hotmail.fr', 'hotmail.it', 'hotmail.es'],
  ...['live.com', 'live.co.uk', 'live.fr', 'live.nl', 'yahoo.com', 'yahoo.co.uk', 'yahoo.de', 'yahoo.fr', 'yahoo.it', 'yahoo.es', 'yahoo.co.jp', 'yahoo.co.in', 'yahoo.com.br', 'ymail.com', 'rocketmail.com'],
  ...['icloud.com', 'proton.me', 'protonmail.com', 't-online.de', 'freenet.de', 'orange.fr', 'wanadoo.fr', 'laposte.net', 'libero.it', 'comcast.net', 'verizon.net', 'btinternet.com', 'naver.com', 'yandex.ru', 'mail.com'],
] as const;
/** Real domains one letter away from those. */
const real = new Set<string>([...common, 'email.com', 'love.com', 'life.com', 'line.com', 'five.com', 'live.de', 'live.it', 'live.be', 'live.dk', 'live.ca', 'live.cn', 'live.in', 'live.at', 'live.se', 'live.no', 'yandex.by', 'outlook.be', 'outlook.it', 'outlook.jp', 'outlook.dk', 'hotmail.be', 'hotmail.nl', 'hotmail.se', 'hotmail.no', 'hotmail.dk', 'hotmail.gr', 'hotmail.ca', 'hotmail.ch', 'yahoo.se', 'yahoo.dk', 'yahoo.no', 'yahoo.in', 'yahoo.ca', 'yahoo.gr', 'yahoo.ie', 'yahoo.be', 'yahoo.pl', 'yahoo.ro', 'yahoo.com.ar', 'yahoo.co.id', 'mail.ru']);

/** Mailboxes of a function and not of a person (RFC 2142 and what is usual). */
const roles = new Set([
  ...['abuse', 'accounting', 'accounts', 'admin', 'administrator', 'billing', 'bounce', 'bounces', 'compliance', 'contact', 'do-not-reply', 'donotreply', 'enquiries', 'help', 'helpdesk', 'hostmaster', 'hr', 'info'],
  ...['invoice', 'invoices', 'jobs', 'kontakt', 'legal', 'mail', 'mailer-daemon', 'marketing', 'newsletter', 'no-reply', 'noc', 'noreply', 'office', 'postmaster', 'press', 'privacy', 'root', 'sales', 'security', 'service', 'spam', 'subscribe', 'support', 'team', 'unsubscribe', 'webmaster'],
]);

/** True where one letter more, fewer or another, or two swapped neighbours, make one text the other (Damerau-Levenshtein distance 1). */
export function isOneOff(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  const rest = (text: string, at: number) => text.slice(at);
  if (a.length > b.length) return rest(a, from + 1) === rest(b, from);
  if (a.length < b.length) return rest(a, from) === rest(b, from + 1);
  if (rest(a, from + 1) === rest(b, from + 1)) return true;
  return a[from] === b[from + 1] && a[from + 1] === b[from] && rest(a, from + 2) === rest(b, from + 2);
}

const kept = 10_000;

/** Tells what is odd about e-mail addresses that are valid: a domain that is one slip from a common one, or a mailbox of nobody in particular. Each domain is compared once. */
export function createHygiene(): (address: string) => { readonly code: Extract<ImportWarning['code'], 'typo_domain' | 'role_address'>; readonly example: string } | undefined {
  const meant = new Map<string, string | undefined>();
  return (address) => {
    const at = address.lastIndexOf('@');
    const domain = address.slice(at + 1);
    if (!meant.has(domain)) {
      if (meant.size >= kept) meant.clear();
      meant.set(domain, real.has(domain) ? undefined : common.find((one) => isOneOff(domain, one)));
    }
    const other = meant.get(domain);
    if (other !== undefined) return { code: 'typo_domain', example: `${domain} (${other}?)` };
    return roles.has(address.slice(0, at)) ? { code: 'role_address', example: address } : undefined;
  };
}
