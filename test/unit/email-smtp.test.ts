import { afterEach, describe, expect, it } from 'vitest';
import { createSmtpSender } from '../../src-main/channels/email/smtp-sender.js';
import type { EmailSender, OutgoingEmail, SenderPorts, SendResult } from '../../src-main/channels/port.js';
import { systemWait } from '../../src-main/channels/wait.js';
import { systemClock } from '../../src-main/platform/clock.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import { smtpConfig, type SmtpConfigInput, type SmtpSecret } from '../../src-preload/contract/connection.js';
import { seededRandom } from '../support/random.js';
import { type Behaviour, type FarSide, type Move, startFarSide, type Step, testAuthority } from '../support/smtp-far-side.js';

const open: { sender?: EmailSender; far?: FarSide }[] = [];
afterEach(async () => {
  for (const { sender, far } of open.splice(0)) {
    await sender?.close(0);
    await far?.close();
  }
});

interface Setup {
  readonly config?: Partial<SmtpConfigInput>;
  readonly secret?: Partial<SmtpSecret>;
  readonly ports?: Partial<SenderPorts>;
}
async function setup(behaviour: Behaviour = {}, { config, secret, ports }: Setup = {}): Promise<{ far: FarSide; sender: EmailSender }> {
  const far = await startFarSide(behaviour);
  const sender = createSmtpSender(
    smtpConfig.parse({ host: '127.0.0.1', port: far.port, tls: 'none', connections: 1, ...config }),
    { password: '', ...secret },
    { clock: systemClock, random: seededRandom(5), log: silentLogger, wait: systemWait, ...ports },
  );
  open.push({ sender, far });
  return { far, sender };
}
const mail = (over: Partial<OutgoingEmail> = {}): OutgoingEmail => ({
  messageId: '<1@example.com>',
  from: { name: 'News', address: 'news@example.com' },
  to: { address: 'ada@example.org' },
  subject: 'Hello',
  html: '<p>Hello</p>',
  text: 'Hello\n.\n..two',
  headers: [],
  ...over,
});
const on =
  (at: Step, move: Move, when: (line: string, nth: number) => boolean = () => true) =>
  (step: Step, line: string, nth: number): Move =>
    step === at && when(line, nth) ? move : undefined;

describe('an honest server', () => {
  it('gets the message, and is believed', async () => {
    const { far, sender } = await setup({}, { config: { envelopeFrom: 'bounce@example.com' } });
    expect(await sender.send(mail({ envelopeFrom: 'bounce@example.com' }))).toEqual({ kind: 'accepted', response: '250 2.0.0 Ok: queued as 1A1', providerId: '1A1' });
    expect(far.mails.map(({ from, to, secure }) => ({ from, to, secure }))).toEqual([{ from: 'bounce@example.com', to: ['ada@example.org'], secure: false }]);
    expect(far.mails[0]!.data).toContain('\r\n\r\nHello\r\n.\r\n..two\r\n');
  });

  it.each([[['PIPELINING', 'SIZE 1000000']], [['SIZE']], [[]]])('uses one connection for many, offering %j, and takes a new one at the limit', async (offers) => {
    const { far, sender } = await setup({ offers }, { config: { maxMessagesPerConnection: 3 } });
    const results: SendResult[] = [];
    for (let i = 0; i < 7; i++) results.push(await sender.send(mail({ messageId: `<${i}@example.com>` })));
    expect(results.map((r) => r.kind)).toEqual(Array<string>(7).fill('accepted'));
    expect(far.mails.map((m) => m.connection)).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });

  it('sends over several connections at once, and never over more', async () => {
    let most = 0;
    const { far, sender } = await setup(
      {
        move: () => {
          most = Math.max(most, far.openNow);
          return undefined;
        },
      },
      { config: { connections: 4 } },
    );
    const results = await Promise.all(Array.from({ length: 60 }, (_, i) => sender.send(mail({ messageId: `<${i}@example.com>` }))));
    expect([results.every((r) => r.kind === 'accepted'), far.mails.length, far.made, most, sender.connections]).toEqual([true, 60, 4, 4, 4]);
  });

  it('falls back to HELO where EHLO is not known', async () => {
    const { far, sender } = await setup({ move: on('EHLO', '502 5.5.1 what') });
    expect((await sender.send(mail())).kind).toBe('accepted');
    expect(far.commands.slice(0, 2).map((c) => c.split(' ')[0])).toEqual(['EHLO', 'HELO']);
  });

  it.each(['auto', 'PLAIN', 'LOGIN', 'CRAM-MD5'] as const)('takes the login %s', async (auth) => {
    const { far, sender } = await setup({ user: 'u', password: 'pä ss' }, { config: { auth, user: 'u' }, secret: { password: 'pä ss' } });
    expect((await sender.send(mail())).kind).toBe('accepted');
    expect(far.logins).toEqual([auth === 'CRAM-MD5' ? expect.stringMatching(/^u [0-9a-f]{32}$/) : 'u:pä ss']);
  });
});

describe('encryption', () => {
  it.each(['implicit', 'starttls'] as const)('%s protects login and message', async (tls) => {
    const { far, sender } = await setup({ tls, user: 'u', password: 'p' }, { config: { host: 'localhost', tls, user: 'u', caCertificate: testAuthority }, secret: { password: 'p' } });
    expect((await sender.send(mail())).kind).toBe('accepted');
    expect(far.mails.map((m) => m.secure)).toEqual([true]);
  });

  const refused: [string, Behaviour, Partial<SmtpConfigInput>][] = [
    ['STARTTLS is not offered', { move: on('STARTTLS', '502 5.5.1 no') }, { tls: 'starttls' }],
    ['STARTTLS is offered and refused', { tls: 'starttls', move: on('STARTTLS', '454 4.7.0 TLS not available') }, { tls: 'starttls' }],
    ['STARTTLS leads to no handshake', { tls: 'starttls', move: on('STARTTLS', '220 go\r\n250 injected') }, { tls: 'starttls', connectTimeoutSeconds: 1 }],
    ['EHLO is unknown', { move: on('EHLO', '502 no') }, { tls: 'starttls' }],
    ['the server speaks plain text', {}, { tls: 'implicit' }],
    ['the certificate is of nobody we know', { tls: 'starttls' }, { tls: 'starttls', caCertificate: undefined }],
    ['the certificate is for another host', { tls: 'starttls', certificate: 'other' }, { tls: 'starttls' }],
    ['the certificate has ended', { tls: 'implicit', certificate: 'expired' }, { tls: 'implicit' }],
  ];
  it.each(refused)('sends neither password nor message when %s', async (_, behaviour, config) => {
    const { far, sender } = await setup({ user: 'u', password: 'p', ...behaviour }, { config: { host: 'localhost', user: 'u', caCertificate: testAuthority, ...config }, secret: { password: 'p' } });
    const result = await sender.send(mail());
    expect({ kind: result.kind, logins: far.logins, mails: far.mails, told: far.commands.filter((c) => /^(AUTH|MAIL|RCPT|DATA)/.test(c)) }).toEqual({ kind: 'not_sent', logins: [], mails: [], told: [] });
    if (config.connectTimeoutSeconds === undefined) expect(result).toMatchObject({ ours: 'tls' });
  });

  it('believes nothing that was said before the handshake', async () => {
    // A man in the middle appends replies to the plain "220": after the upgrade they must be gone, or the session would be one reply ahead.
    const { far, sender } = await setup({ tls: 'starttls' }, { config: { host: 'localhost', tls: 'starttls', caCertificate: testAuthority } });
    const injected = await startInjectingProxy(far.port);
    open.push({ far: injected });
    const through = createSmtpSender(smtpConfig.parse({ host: 'localhost', port: injected.port, tls: 'starttls', caCertificate: testAuthority }), { password: '' }, { clock: systemClock, random: seededRandom(1), log: silentLogger, wait: systemWait });
    open.push({ sender: through });
    const results = [await sender.send(mail()), await through.send(mail())];
    expect(results.map((r) => r.kind)).toEqual(['accepted', 'accepted']);
    expect(far.mails.map((m) => m.secure)).toEqual([true, true]);
  });

  it('refuses readable text over a network unless it is allowed expressly', () => {
    const make = (over: Partial<SmtpConfigInput>) => () => createSmtpSender(smtpConfig.parse({ host: 'mail.example.com', port: 25, tls: 'none', ...over }), { password: '' }, { clock: systemClock, random: seededRandom(1), log: silentLogger, wait: systemWait });
    expect(make({})).toThrow('BAD_INPUT');
    expect(make({ host: '127.example.com' })).toThrow('BAD_INPUT');
    expect(make({ allowPlainText: true })).not.toThrow();
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1']) expect(make({ host })).not.toThrow();
  });
});

describe('a login that fails', () => {
  it.each([
    ['wrong password', { user: 'u', password: 'right' }, { kind: 'not_sent', cause: 'The server did not accept the user name and password. It said: 535 5.7.8 Authentication credentials invalid', ours: 'credentials' }],
    ['no login offered', {}, { kind: 'not_sent', cause: 'The server offers no login on this connection.', ours: 'credentials' }],
    ['temporary', { user: 'u', password: 'p', move: on('AUTH', '454 4.7.0 Temporary authentication failure') }, { kind: 'not_sent', cause: 'The server could not check the login now. It said: 454 4.7.0 Temporary authentication failure', ours: false }],
    ['another refusal', { user: 'u', password: 'p', move: on('AUTH', '534 5.7.9 Application-specific password required') }, { kind: 'not_sent', cause: 'The login did not work. It said: 534 5.7.9 Application-specific password required', ours: 'login' }],
    ['dropped', { user: 'u', password: 'p', move: on('AUTH', 'drop') }, { kind: 'not_sent', cause: 'The connection was lost during the login.', ours: false }],
  ] as [string, Behaviour, SendResult][])('%s: nothing is sent', async (_, behaviour, want) => {
    const { far, sender } = await setup(behaviour, { config: { user: 'u' }, secret: { password: 'wrong' } });
    expect(await sender.send(mail())).toEqual(want);
    expect(far.commands.filter((c) => c.startsWith('MAIL'))).toEqual([]);
  });
});

describe('a server that refuses', () => {
  const cases: [string, Step, string, SendResult][] = [
    ['sender', 'MAIL', '550 5.7.1 not you', { kind: 'refused', class: 'ours', code: 550, enhanced: '5.7.1', response: '550 5.7.1 not you' }],
    ['recipient', 'RCPT', '550 5.1.1 unknown', { kind: 'refused', class: 'hard', code: 550, enhanced: '5.1.1', response: '550 5.1.1 unknown' }],
    ['recipient for now', 'RCPT', '450 4.2.1 later', { kind: 'refused', class: 'soft', code: 450, enhanced: '4.2.1', response: '450 4.2.1 later' }],
    ['DATA', 'DATA', '554 5.7.1 no mail today', { kind: 'refused', class: 'ours', code: 554, enhanced: '5.7.1', response: '554 5.7.1 no mail today' }],
    ['the message', 'DOT', '550-5.7.26 no\r\n550 5.7.26 SPF', { kind: 'refused', class: 'ours', code: 550, enhanced: '5.7.26', response: '550 5.7.26 no SPF' }],
    ['the message for now', 'DOT', '451 4.3.0 later', { kind: 'refused', class: 'soft', code: 451, enhanced: '4.3.0', response: '451 4.3.0 later' }],
  ];
  describe.each([['pipelined', ['PIPELINING']], ['one by one', []]])('%s', (_, offers) => {
    it.each(cases)('%s: classed, and the connection stays good for the next', async (_name, step, reply, want) => {
      const { far, sender } = await setup({ offers, move: on(step, reply, (_line, nth) => nth === 0) });
      expect([await sender.send(mail()), (await sender.send(mail({ messageId: '<2@example.com>' }))).kind]).toEqual([want, 'accepted']);
      expect([far.mails.length, far.made]).toEqual([1, 1]);
    });
  });

  it('greets with 554: nothing is sent and it is ours to solve', async () => {
    const { sender } = await setup({ move: on('GREETING', '554 5.7.1 go away') });
    expect(await sender.send(mail())).toEqual({ kind: 'not_sent', cause: 'The server refuses to talk to us at its greeting. It said: 554 5.7.1 go away', ours: 'greeting' });
  });
  it('greets with 421: nothing is sent, later may do', async () => {
    const { sender } = await setup({ move: on('GREETING', '421 4.3.2 busy') });
    expect(await sender.send(mail())).toEqual({ kind: 'not_sent', cause: 'The server takes no connections now. It said: 421 4.3.2 busy', ours: false });
  });
  it('speaks no SMTP at its greeting, or in the middle: told in its own words', async () => {
    const { far, sender } = await setup({ move: on('GREETING', '9999 weird') });
    expect(await sender.send(mail())).toEqual({ kind: 'not_sent', cause: `What answers on port ${far.port} of 127.0.0.1 does not speak SMTP. It said: 9999 weird`, ours: false });
    const { sender: second } = await setup({ offers: [], move: on('RCPT', '9999 weird') });
    expect(await second.send(mail())).toEqual({ kind: 'not_sent', cause: 'The server answered with something that is no SMTP reply: 9999 weird', ours: false });
  });
  it('has nothing on its port: told so', async () => {
    const { far, sender } = await setup({});
    await far.close();
    expect(await sender.send(mail())).toEqual({ kind: 'not_sent', cause: `Nothing listens on port ${far.port} of 127.0.0.1.`, ours: false });
  });
  it('has no name: told so', async () => {
    const { sender } = await setup({}, { config: { host: 'no-such-host.invalid', allowPlainText: true } });
    expect(await sender.send(mail())).toMatchObject({ kind: 'not_sent', cause: expect.stringMatching(/no-such-host\.invalid( could not be looked up)?\.$/) as string, ours: false });
  });
  it('says nothing: told so, with the time it was given', async () => {
    const { far, sender } = await setup({ move: on('GREETING', 'stall') }, { config: { connectTimeoutSeconds: 1 } });
    expect(await sender.send(mail())).toEqual({ kind: 'not_sent', cause: `127.0.0.1 did not answer on port ${far.port} within 1 second.`, ours: false });
  });
  it('says 421 in the middle: a used connection was only at its end, a fresh one means it', async () => {
    const { far, sender } = await setup({ move: on('RCPT', { say: '421 4.3.2 shutting down\r\n', then: 'end' }, (_l, nth) => nth === 1 || nth === 4), offers: [] }, { config: { maxMessagesPerConnection: 2 } });
    const results: SendResult[] = [];
    for (let i = 0; i < 5; i++) results.push(await sender.send(mail({ messageId: `<${i}@example.com>` })));
    expect(results.map((r) => (r.kind === 'refused' ? `${r.class} ${r.code}` : r.kind))).toEqual(['accepted', 'accepted', 'accepted', 'soft 421', 'accepted']);
    expect([far.mails.map((m) => /Message-ID: (.*)/.exec(m.data)?.[1]), far.made]).toEqual([['<0@example.com>', '<1@example.com>', '<2@example.com>', '<4@example.com>'], 4]);
  });
  it('takes no message beyond its size', async () => {
    const { far, sender } = await setup({ offers: ['SIZE 1000'] });
    expect(await sender.send(mail({ text: 'x'.repeat(2000) }))).toMatchObject({ kind: 'refused', class: 'ours', code: 552, enhanced: '5.3.4' });
    expect(far.commands.filter((c) => c.startsWith('MAIL'))).toEqual([]);
  });
  it('offers no SMTPUTF8: an address beyond ASCII is refused before anything is sent, another goes', async () => {
    const { far, sender } = await setup();
    await expect(sender.send(mail({ to: { address: 'jürgen@example.org' } }))).rejects.toThrow('BAD_ADDRESS');
    expect((await sender.send(mail({ to: { address: 'info@münchen.example' } }))).kind).toBe('accepted');
    expect(far.mails.map((m) => m.to)).toEqual([['info@xn--mnchen-3ya.example']]);
  });
  it('offers SMTPUTF8: it goes', async () => {
    const { far, sender } = await setup({ offers: ['SMTPUTF8', '8BITMIME'] });
    expect((await sender.send(mail({ to: { address: 'jürgen@example.org' } }))).kind).toBe('accepted');
    expect(far.commands.find((c) => c.startsWith('MAIL'))).toBe('MAIL FROM:<news@example.com> SMTPUTF8');
  });
});

describe('a server that drops', () => {
  const before: [string, Behaviour, string?][] = [
    ['at the greeting', { move: on('GREETING', 'drop') }],
    ['at EHLO', { move: on('EHLO', 'drop') }],
    ['at MAIL', { move: on('MAIL', 'drop') }],
    ['at RCPT', { move: on('RCPT', 'drop'), offers: [] }],
    ['at DATA', { move: on('DATA', 'drop') }],
    ['with the 354', { move: on('DATA', { say: '354 go\r\n', then: 'drop' }) }],
    ['in the body', { dropAfterBodyBytes: 100_000 }, 'x'.repeat(20_000_000)],
  ];
  it.each(before)('%s, before the final dot: not sent', async (_, behaviour, text) => {
    const { far, sender } = await setup(behaviour);
    expect(await sender.send(mail(text === undefined ? {} : { text, html: '' }))).toMatchObject({ kind: 'not_sent', ours: false });
    expect(far.mails).toEqual([]);
  });

  const after: [string, Move][] = [
    ['without a word', 'drop'],
    ['in the middle of its answer', { say: '25', then: 'drop' }],
    ['after an unfinished refusal', { say: '550 5.1.1 unknown', then: 'drop' }],
    ['after the first line of two', { say: '250-2.0.0 Ok\r\n', then: 'drop' }],
  ];
  it.each(after)('after the final dot, %s: unknown, and never sent again by itself', async (_, move) => {
    const { far, sender } = await setup({ move: on('DOT', move, (_l, nth) => nth === 0) });
    expect((await sender.send(mail())).kind).toBe('unknown');
    expect(far.commands.filter((c) => c === 'DATA').length).toBe(1);
    expect((await sender.send(mail({ messageId: '<2@example.com>' }))).kind).toBe('accepted');
    expect([far.made, far.mails.length]).toEqual([2, 1]);
  });

  it('right after its 250: accepted, and the next goes over a new connection', async () => {
    const { far, sender } = await setup({ move: on('DOT', { say: '250 2.0.0 Ok\r\n', then: 'drop' }, (_l, nth) => nth === 0) });
    expect([(await sender.send(mail())).kind, (await sender.send(mail())).kind, far.made]).toEqual(['accepted', 'accepted', 2]);
  });

  it('an idle connection, politely or not: the next message goes over a new one without a failure', async () => {
    for (const text of ['', '421 4.4.2 idle\r\n']) {
      const { far, sender } = await setup();
      const first = await sender.send(mail());
      far.interject(text, 'drop');
      expect([first.kind, (await sender.send(mail())).kind, far.mails.length]).toEqual(['accepted', 'accepted', 2]);
    }
  });
});

describe('a server that stalls', () => {
  it.each([
    ['at the greeting', 'GREETING', 'not_sent'],
    ['at EHLO', 'EHLO', 'not_sent'],
    ['at MAIL', 'MAIL', 'not_sent'],
    ['at DATA', 'DATA', 'not_sent'],
    ['after the final dot', 'DOT', 'unknown'],
  ] as [string, Step, string][])('%s: given up after the time allowed', async (_, step, kind) => {
    const { far, sender } = await setup({ move: on(step, 'stall') }, { config: { connectTimeoutSeconds: 1, answerTimeoutSeconds: 1 } });
    expect((await sender.send(mail())).kind).toBe(kind);
    expect(far.mails).toEqual([]);
  });

  it('drips without end: cut after twice the time, told by the clock that was handed in', async () => {
    const waits: number[] = [];
    const wait: SenderPorts['wait'] = (ms) => {
      waits.push(ms);
      return ms === 600_000 ? dotSeen : new Promise(() => undefined);
    };
    let sawDot: () => void = () => undefined;
    const dotSeen = new Promise<void>((resolve) => (sawDot = resolve));
    const { far, sender } = await setup(
      {
        move: (step) => {
          if (step !== 'DOT') return undefined;
          sawDot();
          return '250-still thinking\r\n';
        },
      },
      { ports: { wait } },
    );
    expect(await sender.send(mail())).toEqual({ kind: 'unknown', cause: 'the server took too long' });
    expect([waits[0], far.mails]).toEqual([600_000, []]);
  });
});

describe('a server that lies', () => {
  it.each([
    ['says 250 before it has the message', 'DATA', '354 go\r\n250 2.0.0 Ok: queued'],
    ['answers the message with words', 'DOT', 'sure thing'],
    ['answers the message with 354', 'DOT', '354 more'],
    ['answers the message with 2 and no code', 'DOT', '2 ok'],
  ] as [string, Step, string][])('%s: unknown', async (_, step, reply) => {
    const { far, sender } = await setup({ move: on(step, reply, (_l, nth) => nth === 0) });
    expect((await sender.send(mail())).kind).toBe('unknown');
    expect((await sender.send(mail())).kind).toBe('accepted');
    expect(far.made).toBe(2);
  });

  it.each([
    ['garbage for MAIL', 'MAIL', 'hello?'],
    ['200 lines of garbage', 'MAIL', Array.from({ length: 200 }, (_, i) => `550-${'\u0007'.repeat(20)}${i}`).join('\r\n') + '\r\n550 done'],
    ['a reply without end', 'MAIL', `250-${'x'.repeat(70_000)}\r\n250-`],
    ['no code for RCPT', 'RCPT', 'fine'],
  ] as [string, Step, string][])('%s: not accepted, and bounded', async (_, step, reply) => {
    const { far, sender } = await setup({ move: on(step, reply), offers: [] });
    const result = await sender.send(mail());
    expect(['not_sent', 'refused']).toContain(result.kind);
    expect([far.mails.length, JSON.stringify(result).length < 1500]).toEqual([0, true]);
  });

  it('greets with a flood: not sent', async () => {
    const { sender } = await setup({ move: on('GREETING', `220-${'banner '.repeat(20_000)}\r\n220-`) });
    expect(await sender.send(mail())).toMatchObject({ kind: 'not_sent' });
  });

  it('sends replies nobody asked for: the connection is not trusted with another message', async () => {
    const { far, sender } = await setup({ move: on('DOT', '250 2.0.0 Ok\r\n250 2.0.0 Ok', (_l, nth) => nth === 0) });
    const results = [await sender.send(mail()), await sender.send(mail()), await sender.send(mail())];
    expect(results.map((r) => r.kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(far.mails.length).toBe(2);
    expect(far.made).toBe(2);
  });
});

describe('pace and end', () => {
  it('keeps to messages per second, and hands its state on', async () => {
    let now = 1_000_000;
    const clock = { now: () => now, monotonic: () => now };
    const waits: number[] = [];
    const wait: SenderPorts['wait'] = (ms) => {
      // The long waits (idle, time allowed) stay open here; what the limiter asks for moves the clock.
      if (ms >= 10_000) return new Promise(() => undefined);
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    };
    const { far, sender } = await setup({}, { config: { messagesPerSecond: 2 }, ports: { clock, wait } });
    for (let i = 0; i < 5; i++) await sender.send(mail());
    expect({ waits, pace: sender.pace(), mails: far.mails.length }).toEqual({ waits: [500, 500, 500], pace: { tokens: 0, at: 1_001_500 }, mails: 5 });

    const next = createSmtpSender(smtpConfig.parse({ host: '127.0.0.1', port: far.port, tls: 'none', messagesPerSecond: 2 }), { password: '' }, { clock, random: seededRandom(1), log: silentLogger, wait, pace: sender.pace() });
    open.push({ sender: next });
    waits.length = 0;
    await next.send(mail());
    expect(waits).toEqual([500]);
  });

  it('waits longer after each failed connect', async () => {
    let now = 0;
    const waits: number[] = [];
    const far = await startFarSide();
    await far.close();
    const sender = createSmtpSender(smtpConfig.parse({ host: '127.0.0.1', port: far.port, tls: 'none' }), { password: '' }, {
      clock: { now: () => now, monotonic: () => now },
      random: seededRandom(1),
      log: silentLogger,
      wait: (ms) => {
        waits.push(ms);
        now += ms;
        return Promise.resolve();
      },
    });
    for (let i = 0; i < 8; i++) expect(await sender.send(mail())).toMatchObject({ kind: 'not_sent', ours: false });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]);
  });

  it('closes: what is on the wire finishes, what waits is not sent', async () => {
    let begun: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => (begun = resolve));
    const { far, sender } = await setup({
      move: (step) => {
        if (step === 'MAIL') begun();
        return undefined;
      },
    });
    const sends = [1, 2, 3].map((i) => sender.send(mail({ messageId: `<${i}@example.com>` })));
    await seen;
    await sender.close();
    expect([(await Promise.all(sends)).map((r) => r.kind), far.mails.length]).toEqual([['accepted', 'not_sent', 'not_sent'], 1]);
    expect((await sender.send(mail())).kind).toBe('not_sent');
  });

  it('closes at once: what was on the wire is unknown or not sent, never lost', async () => {
    let dot: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => (dot = resolve));
    const { sender } = await setup({
      move: (step) => {
        if (step === 'DOT') dot();
        return step === 'DOT' ? 'stall' : undefined;
      },
    });
    const sending = sender.send(mail());
    await seen;
    await sender.close(0);
    expect(await sending).toEqual({ kind: 'unknown', cause: 'the sender was closed' });
  });
});

/** Between client and server: appends replies to the plain answer to STARTTLS, then passes everything on. */
async function startInjectingProxy(port: number): Promise<FarSide> {
  const { connect, createServer } = await import('node:net');
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    sockets.add(client).add(upstream);
    upstream.on('data', (chunk: Buffer) => client.write(chunk.toString('latin1').startsWith('220 go ahead') ? Buffer.from('220 go ahead\r\n250-evil.example\r\n250 AUTH PLAIN\r\n250 tail without end') : chunk));
    client.on('data', (chunk) => upstream.write(chunk));
    for (const [a, b] of [[client, upstream], [upstream, client]] as const) {
      a.on('error', () => b.destroy());
      a.on('close', () => b.destroy());
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    mails: [],
    commands: [],
    logins: [],
    made: 0,
    openNow: 0,
    interject: () => undefined,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}
