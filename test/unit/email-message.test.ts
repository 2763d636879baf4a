import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { buildMessage } from '../../src-main/channels/email/message.js';
import { envelopeAddress } from '../../src-main/channels/email/address.js';
import { encodeText, quotedPrintable } from '../../src-main/channels/email/encode.js';
import type { OutgoingEmail } from '../../src-main/channels/port.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { seededRandom } from '../support/random.js';

const nowMs = Date.UTC(2026, 10, 24, 9, 5, 7);
const base: OutgoingEmail = {
  messageId: '<0193-1@example.com>',
  from: { name: 'Heliograph', address: 'news@example.com' },
  to: { name: 'Ada Lovelace', address: 'ada@example.org' },
  replyTo: 'reply@example.com',
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello',
  headers: [
    ['List-Unsubscribe', '<https://c.example.com/u/abc>, <mailto:unsubscribe@example.com?subject=abc>'],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
  ],
};
const build = (message: Partial<OutgoingEmail>) => buildMessage({ ...base, ...message }, { random: seededRandom(7), nowMs }).raw;

/** What a reader sees: the comparison with the oracle is made on this. */
function seen(email: Email) {
  const lines = (text: string | undefined) => text?.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  return {
    from: email.from,
    to: email.to,
    replyTo: email.replyTo,
    subject: email.subject,
    messageId: email.messageId,
    date: email.date,
    text: lines(email.text),
    html: lines(email.html),
    list: email.headers.filter((h) => h.key.startsWith('list-')).map((h) => [h.key, h.value]),
  };
}
async function oracle(message: OutgoingEmail): Promise<Buffer> {
  return new MailComposer({
    from: message.from,
    to: { name: message.to.name ?? '', address: message.to.address },
    replyTo: message.replyTo,
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: message.messageId,
    date: new Date(nowMs),
    headers: message.headers.map(([key, value]) => ({ key, value: { prepared: true, value } })),
    newline: '\r\n',
  })
    .compile()
    .build();
}

const hostileNames = ['', 'Ada', 'O\'Brien, "Bob" <x@y>', 'Müller & Söhne GmbH', '株式会社ヘリオグラフ・マーケティング部門の皆さまへお知らせする長い差出人名です', '😀 Emoji 👩‍👩‍👧‍👦', 'שלום עולם', 'مرحبا بالعالم', '=?UTF-8?Q?not_me?=', '  spaced  out  ', 'a@b.example', '(comment)', 'x'.repeat(200), 'tab\there', 'back\\slash', '\u202eevil'];
const hostileSubjects = ['', 'Hello', 'x'.repeat(1000), 'word '.repeat(200).trim(), 'ü'.repeat(1000), '😀'.repeat(250), 'نص عربي طويل '.repeat(40).trim(), '=?UTF-8?B?SGVsbG8=?=', ' leading', 'trailing ', 'a  b   c', 'tab\tinside', 'Re: [x] 50% off = €5?', '\u2028 separator', '.'];

describe('a built message', () => {
  it('has exactly the expected bytes for a plain message', () => {
    expect(build({}).toString('latin1')).toBe(
      [
        'From: Heliograph <news@example.com>',
        'To: Ada Lovelace <ada@example.org>',
        'Reply-To: reply@example.com',
        'Subject: Hello',
        'Message-ID: <0193-1@example.com>',
        'Date: Tue, 24 Nov 2026 09:05:07 +0000',
        'MIME-Version: 1.0',
        'List-Unsubscribe: <https://c.example.com/u/abc>,',
        ' <mailto:unsubscribe@example.com?subject=abc>',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        'Content-Type: multipart/alternative;',
        ' boundary="=_hg_020ffab28567773d8dba4227"',
        '',
        '--=_hg_020ffab28567773d8dba4227',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Hello',
        '',
        '--=_hg_020ffab28567773d8dba4227',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<p>Hello</p>',
        '',
        '--=_hg_020ffab28567773d8dba4227--',
        '',
      ].join('\r\n'),
    );
  });

  it.each(hostileNames.flatMap((name, i) => [[name, hostileSubjects[i % hostileSubjects.length]!] as const]))('reads like the composer for hostile name %#', async (name, subject) => {
    const message: OutgoingEmail = { ...base, from: { name, address: 'news@example.com' }, to: { name, address: 'ada@example.org' }, subject };
    const ours = seen(await PostalMime.parse(build(message)));
    const theirs = seen(await PostalMime.parse(await oracle(message)));
    // The composer trims display names and folds white space in subjects; ours keeps what was given, so the given value is the judge there.
    expect({ ...ours, from: ours.from?.address, to: ours.to?.map((t) => t.address), subject: '' }).toEqual({ ...theirs, from: theirs.from?.address, to: theirs.to?.map((t) => t.address), subject: '' });
    expect({ name: ours.from?.name?.trim(), subject: ours.subject ?? '' }).toEqual({ name: name.trim(), subject });
  });

  it.each(hostileSubjects)('carries hostile subject %#, with short lines', async (subject) => {
    const raw = build({ subject });
    expect((await PostalMime.parse(raw)).subject ?? '').toBe(subject);
    const head = raw.toString('latin1').split('\r\n\r\n')[0]!;
    const longest = Math.max(...head.split('\r\n').map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(subject.length === 1000 && /^x+$/.test(subject) ? 998 : 78);
    expect(head).toMatch(/^[\x20-\x7e\r\n]*$/);
  });

  it('carries any names, subjects and bodies (property, composer as oracle)', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 }).map((s) => s.replace(/[\r\n\0]/g, ''));
    const body = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.constantFrom('.', '..', '=', 'From me', ' ', '\t', 'x'.repeat(300), '--=_hg_', '--')), { maxLength: 12 }).map((lines) => lines.join('\n').replace(/\0/g, ''));
    await fc.assert(
      fc.asyncProperty(text, text, body, body, async (name, subject, html, plain) => {
        const message: OutgoingEmail = { ...base, from: { name, address: 'news@example.com' }, subject, html: `<p>${html}</p>`, text: `${plain}.` };
        const raw = build(message);
        const ours = seen(await PostalMime.parse(raw));
        const theirs = seen(await PostalMime.parse(await oracle(message)));
        expect({ text: ours.text, html: ours.html }).toEqual({ text: theirs.text, html: theirs.html });
        expect(ours.subject ?? '').toBe(subject);
        const bodyLines = raw.toString('latin1').split('\r\n');
        expect(Math.max(...bodyLines.map((line) => line.length))).toBeLessThanOrEqual(998);
        expect(bodyLines.some((line) => /[\r\n]/.test(line))).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('is HTML alone without a text part', async () => {
    const email = await PostalMime.parse(build({ text: '', html: '<b>Ünï</b>' }));
    expect([email.text, email.html?.trim()]).toEqual([undefined, '<b>Ünï</b>']);
  });

  const injections = ['a\r\nBcc: all@example.com', 'a\nX: y', 'a\rb', 'a\0b', '\r\n\r\n<html>'];
  it.each(injections)('refuses %j wherever a value can come from', (evil) => {
    const code = (message: Partial<OutgoingEmail>) => {
      try {
        build(message);
        return 'built';
      } catch (error) {
        return error instanceof HeliographError ? error.code : String(error);
      }
    };
    expect({
      subject: code({ subject: evil }),
      fromName: code({ from: { name: evil, address: 'news@example.com' } }),
      toName: code({ to: { name: evil, address: 'ada@example.org' } }),
      to: code({ to: { address: `ada@example.org${evil}` } }),
      from: code({ from: { name: '', address: `${evil}@example.org` } }),
      replyTo: code({ replyTo: `r@example.com${evil}` }),
      envelope: code({ envelopeFrom: `r@example.com${evil}` }),
      messageId: code({ messageId: `<1@x>${evil}` }),
      headerValue: code({ headers: [['X-Test', evil]] }),
      headerName: code({ headers: [[`X-${evil}`, 'v']] }),
      list: code({ headers: [['List-Unsubscribe', `<https://x/>${evil}`]] }),
    }).toEqual({
      subject: 'HEADER_INJECTION',
      fromName: 'HEADER_INJECTION',
      toName: 'HEADER_INJECTION',
      to: 'BAD_ADDRESS',
      from: 'BAD_ADDRESS',
      replyTo: 'BAD_ADDRESS',
      envelope: 'BAD_ADDRESS',
      messageId: 'HEADER_INJECTION',
      headerValue: 'HEADER_INJECTION',
      headerName: 'HEADER_INJECTION',
      list: 'HEADER_INJECTION',
    });
  });

  it('does not let a caller set what the builder sets', () => {
    for (const name of ['From', 'bcc', 'Content-Type', 'DKIM-Signature', 'message-id']) expect(() => build({ headers: [[name, 'x']] })).toThrow('BAD_INPUT');
  });
});

describe('addresses', () => {
  it.each([
    ['ada@example.org', { address: 'ada@example.org', domain: 'example.org', utf8: false }],
    ["o'brien+tag@sub.example.org", { address: "o'brien+tag@sub.example.org", domain: 'sub.example.org', utf8: false }],
    ['info@münchen.example', { address: 'info@xn--mnchen-3ya.example', domain: 'xn--mnchen-3ya.example', utf8: false }],
    ['用户@例え.jp', { address: '用户@xn--r8jz45g.jp', domain: 'xn--r8jz45g.jp', utf8: true }],
    ['a..b.@docomo.example', { address: '"a..b."@docomo.example', domain: 'docomo.example', utf8: false }],
    ['"a b"@example.org', { address: '"a b"@example.org', domain: 'example.org', utf8: false }],
    ['x@[127.0.0.1]', { address: 'x@[127.0.0.1]', domain: '[127.0.0.1]', utf8: false }],
    ['me@localhost', { address: 'me@localhost', domain: 'localhost', utf8: false }],
  ])('%s', (given, want) => expect(envelopeAddress(given, 'To')).toEqual(want));

  it.each(['', '@', 'a@', '@b', 'a b@c.d', 'a@b@c.d>', 'a@ex%61mple.org', 'a@1/2', 'a@-x.org', '<a@b.c>', 'a@b.c>', `${'l'.repeat(70)}@example.org`, 'a\u200b@example.org', `a@${'x'.repeat(64)}.org`, 'a,b@example.org'])('refuses %j', (given) => {
    expect(() => envelopeAddress(given, 'To')).toThrow('BAD_ADDRESS');
  });
});

describe('body encoding', () => {
  it('keeps trailing blanks, dots, equals signs and long lines', () => {
    expect(quotedPrintable(Buffer.from('a \r\n.\nb=\t\rü\n' + 'x'.repeat(80))).toString('latin1')).toBe(`a=20\r\n.\r\nb=3D=09\r\n=C3=BC\r\n${'x'.repeat(75)}=\r\n${'x'.repeat(5)}\r\n`);
    expect(quotedPrintable(Buffer.alloc(0)).length).toBe(0);
  });
  it('takes base64 where it is shorter', () => {
    expect([encodeText('Привет, мир').encoding, encodeText('Hello, wörld, this is mostly ASCII').encoding]).toEqual(['base64', 'quoted-printable']);
  });
});
