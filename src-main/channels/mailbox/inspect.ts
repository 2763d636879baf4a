import type { MessageCheck } from '../../../src-preload/contract/mailbox.js';

/** What the checks look at; headers as they stand in the message, unfolded, in order. */
export interface Inspected {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly envelopeFrom: string;
  readonly fromAddress: string;
  readonly hasText: boolean;
  readonly htmlBytes: number;
  readonly longestLine: number;
  readonly sizeBytes: number;
}

/** Gmail cuts the HTML of a message off here and hides the rest, the unsubscribe link with it. */
const gmailClipsAtBytes = 102 * 1024;

/** How a received message stands to the rules of RFC 5322, 2369, 8058, 6376 and of the large mailbox providers (field.md 3). */
export function inspectMessage(mail: Inspected): MessageCheck[] {
  const all = (name: string) => mail.headers.filter((h) => h.name.toLowerCase() === name).map((h) => h.value.trim());
  const check = (rule: MessageCheck['rule'], state: MessageCheck['state'], text: string): MessageCheck => ({ rule, state, text });
  const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const fromDomain = domainOf(mail.fromAddress);
  const related = (a: string, b: string) => a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
  const once = (rule: MessageCheck['rule'], name: string, pattern: RegExp, good: string, bad: string): MessageCheck => {
    const values = all(name.toLowerCase());
    if (values.length !== 1) return check(rule, 'fail', values.length === 0 ? `There is no ${name}.` : `There are ${values.length} ${name} headers.`);
    return pattern.test(values[0]!) ? check(rule, 'pass', good) : check(rule, 'fail', bad);
  };

  const unsubscribe = all('list-unsubscribe');
  const uris = [...(unsubscribe[0] ?? '').matchAll(/<([^<>\s]+)>/g)].map((m) => m[1]!);
  const web = uris.filter((uri) => /^https?:/i.test(uri));
  const post = all('list-unsubscribe-post');

  const listCheck = (): MessageCheck => {
    if (unsubscribe.length === 0) return check('list_unsubscribe', 'note', 'There is no List-Unsubscribe: right for transactional mail, missing on marketing mail.');
    if (unsubscribe.length > 1 || uris.length === 0) return check('list_unsubscribe', 'fail', 'List-Unsubscribe is not one list of addresses in angle brackets.');
    if (web.length === 0) return check('list_unsubscribe', 'note', 'Unsubscribing goes by e-mail only: Gmail and Yahoo want a web address from bulk senders.');
    if (web.some((uri) => /^http:/i.test(uri))) return check('list_unsubscribe', 'note', 'The web address is http on this computer, which is for the test mailbox only. A real connection sends https.');
    return check('list_unsubscribe', 'pass', `List-Unsubscribe has ${web.length === 1 ? 'a web address' : `${web.length} web addresses`}${uris.length > web.length ? ' and an e-mail address' : ''}.`);
  };
  const oneClick = (): MessageCheck => {
    if (post.length === 0) return check('one_click', web.length > 0 ? 'fail' : 'note', 'There is no List-Unsubscribe-Post, so mail programs cannot unsubscribe with one click.');
    if (post[0] !== 'List-Unsubscribe=One-Click' || post.length > 1) return check('one_click', 'fail', 'List-Unsubscribe-Post must say List-Unsubscribe=One-Click and nothing else.');
    return web.length === 1 ? check('one_click', 'pass', 'One-click unsubscribe is offered.') : check('one_click', 'fail', 'One-click unsubscribe wants exactly one web address in List-Unsubscribe.');
  };
  const dkim = (): MessageCheck => {
    const signatures = all('dkim-signature').map((value) => new Map([...value.replace(/\s+/g, '').matchAll(/(?:^|;)([a-z]+)=([^;]*)/g)].map((m) => [m[1]!, m[2]!])));
    if (signatures.length === 0) return check('dkim', 'note', 'Not signed: the test mailbox gets messages without a signature. A real connection signs when it has a DKIM key, or its provider does.');
    const signature = signatures.find((tags) => related(tags.get('d')?.toLowerCase() ?? '', fromDomain));
    if (!signature) return check('dkim', 'fail', `The signature is for ${signatures[0]!.get('d') ?? 'nobody'}, not for the domain of the sender.`);
    const covered = new Set((signature.get('h') ?? '').toLowerCase().split(':'));
    const missing = ['from', ...(unsubscribe.length > 0 ? ['list-unsubscribe'] : []), ...(post.length > 0 ? ['list-unsubscribe-post'] : [])].filter((name) => !covered.has(name));
    return missing.length > 0 ? check('dkim', 'fail', `The signature does not cover ${missing.join(' and ')}.`) : check('dkim', 'pass', `Signed for ${signature.get('d')!} with key ${signature.get('s') ?? ''}; both unsubscribe headers are covered.`);
  };

  return [
    once('from', 'From', /@/, 'There is one From with an address.', 'From has no address.'),
    mail.envelopeFrom === ''
      ? check('alignment', 'note', 'The envelope names no sender.')
      : related(domainOf(mail.envelopeFrom), fromDomain)
        ? check('alignment', 'pass', `Bounces go to ${domainOf(mail.envelopeFrom)}, which belongs to the sender\u2019s domain (SPF can align).`)
        : check('alignment', 'note', `Bounces go to ${domainOf(mail.envelopeFrom)}, another domain than ${fromDomain}: then DKIM has to align for DMARC.`),
    once('subject', 'Subject', /\S/, 'There is one Subject.', 'The subject is empty.'),
    once('message_id', 'Message-ID', /^<[^<>@\s]+@[^<>@\s]+>$/, 'There is one Message-ID, stable for this recipient.', 'The Message-ID is not of the form <something@domain>.'),
    once('date', 'Date', /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/, 'There is one Date.', 'The Date is not in the form of RFC 5322.'),
    listCheck(),
    oneClick(),
    dkim(),
    mail.hasText ? check('parts', 'pass', 'There is a plain text beside the HTML.') : check('parts', 'note', 'There is no plain text part: some filters and all text readers miss it.'),
    mail.htmlBytes > gmailClipsAtBytes ? check('size', 'fail', `The HTML is ${Math.round(mail.htmlBytes / 1024)} KB: Gmail shows the first 102 KB and hides the rest, the unsubscribe link with it.`) : check('size', 'pass', `${Math.max(1, Math.round(mail.sizeBytes / 1024))} KB in all; Gmail shows HTML up to 102 KB.`),
    mail.longestLine > 998 ? check('lines', 'fail', `A line has ${mail.longestLine} characters; servers may break lines after 998.`) : check('lines', 'pass', 'No line is too long for any server.'),
  ];
}
