import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';

const pem = (name: string) => readFileSync(resolve(import.meta.dirname, 'smtp-tls', name), 'utf8');
/** The authority that signed the test certificates. `server` is good for localhost, `other` for another host, `expired` has ended. */
export const testAuthority = pem('ca.pem');
export type TestCertificate = 'server' | 'other' | 'expired';

export type Step = 'GREETING' | 'EHLO' | 'HELO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'DOT' | 'RSET' | 'QUIT';
/**
 * What the far side does at a step: the text `drop` cuts the connection, `stall` never answers, any other text is said as it is; `{say, then}` says
 * something and then ends or cuts. Undefined: what an honest server does.
 */
export type Move = string | { readonly say: string; readonly then: 'drop' | 'end' } | undefined;

export interface Behaviour {
  readonly tls?: 'implicit' | 'starttls';
  readonly certificate?: TestCertificate;
  /** Keywords of EHLO's reply; after STARTTLS too. */
  readonly offers?: readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** Asked first at each step, with the command line and how often this step has come so far on any connection, from 0. */
  readonly move?: (step: Step, line: string, nth: number) => Move;
  /** Cuts the connection when so many bytes of a message's body have arrived. */
  readonly dropAfterBodyBytes?: number;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it was written, dots unstuffed. */
  readonly data: string;
  readonly connection: number;
  readonly secure: boolean;
}

export interface FarSide {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  readonly commands: readonly string[];
  /** Connections made so far, and open now. */
  readonly made: number;
  readonly openNow: number;
  readonly logins: readonly string[];
  /** Says something on every open connection that nobody asked for. */
  interject(text: string, then?: 'drop'): void;
  close(): Promise<void>;
}

/** A scripted SMTP server on loopback: honest by default, and as bad as a test wants. */
export async function startFarSide(behaviour: Behaviour = {}): Promise<FarSide> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const logins: string[] = [];
  const counts = new Map<Step, number>();
  const sockets = new Set<Socket>();
  const live = new Set<{ socket: Socket }>();
  let made = 0;
  const context = () => createSecureContext({ key: pem('server.key'), cert: pem(`${behaviour.certificate ?? 'server'}.pem`) });

  const server = createServer((plain) => {
    const connection = ++made;
    sockets.add(plain);
    plain.setNoDelay(true);
    plain.on('close', () => sockets.delete(plain));
    plain.on('error', () => plain.destroy());
    const session = { socket: plain };
    live.add(session);
    plain.on('close', () => live.delete(session));
    let secure = false;
    let from = '';
    let sender = false;
    let to: string[] = [];
    let buffer = '';
    let body: string | undefined;
    let auth: ((line: string) => void) | undefined;

    const say = (text: string) => {
      if (session.socket.writable) session.socket.write(text.endsWith('\n') ? text : `${text}\r\n`);
    };
    const act = (step: Step, line: string, honest: () => void) => {
      const nth = counts.get(step) ?? 0;
      counts.set(step, nth + 1);
      const move = behaviour.move?.(step, line, nth);
      if (move === undefined) honest();
      else if (move === 'drop') plain.destroy();
      else if (move === 'stall') return;
      else if (typeof move === 'string') {
        say(move);
        if (step === 'DATA' && move.startsWith('3')) body = '';
      } else {
        session.socket.end(move.say);
        if (move.then === 'drop') session.socket.once('finish', () => plain.destroy());
      }
    };
    const ehlo = () => {
      const offers = [...(behaviour.offers ?? ['PIPELINING', '8BITMIME', 'SIZE 50000000']), ...(behaviour.tls === 'starttls' && !secure ? ['STARTTLS'] : []), ...(behaviour.user === undefined ? [] : ['AUTH PLAIN LOGIN CRAM-MD5'])];
      say(['far.example', ...offers].map((line, i, all) => `250${i === all.length - 1 ? ' ' : '-'}${line}`).join('\r\n'));
    };
    const checkLogin = (user: string, password: string) => {
      logins.push(`${user}:${password}`);
      say(user === behaviour.user && password === behaviour.password ? '235 2.7.0 welcome' : '535 5.7.8 Authentication credentials invalid');
    };
    const onLine = (line: string) => {
      if (auth) {
        const next = auth;
        auth = undefined;
        return next(Buffer.from(line, 'base64').toString());
      }
      commands.push(line);
      const verb = line.split(' ')[0]!.toUpperCase();
      switch (verb) {
        case 'EHLO':
          return act('EHLO', line, ehlo);
        case 'HELO':
          return act('HELO', line, () => say('250 far.example'));
        case 'STARTTLS':
          return act('STARTTLS', line, () => {
            if (behaviour.tls !== 'starttls' || secure) return say('500 5.5.1 unknown');
            say('220 go ahead');
            upgrade();
          });
        case 'AUTH':
          return act('AUTH', line, () => {
            const [, method, first] = line.split(' ');
            if (method === 'PLAIN') {
              const [, user, password] = Buffer.from(first ?? '', 'base64').toString().split('\0');
              return checkLogin(user ?? '', password ?? '');
            }
            if (method === 'LOGIN') {
              say('334 VXNlcm5hbWU6');
              auth = (user) => {
                say('334 UGFzc3dvcmQ6');
                auth = (password) => checkLogin(user, password);
              };
              return;
            }
            say(`334 ${Buffer.from('<1@far.example>').toString('base64')}`);
            auth = (answer) => {
              logins.push(answer);
              say('235 2.7.0 welcome');
            };
          });
        case 'MAIL':
          return act('MAIL', line, () => {
            from = /<(.*?)>/.exec(line)?.[1] ?? '';
            to = [];
            sender = true;
            say('250 2.1.0 ok');
          });
        case 'RCPT':
          return act('RCPT', line, () => {
            if (!sender) return say('503 5.5.1 no sender');
            to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
            say('250 2.1.5 ok');
          });
        case 'DATA':
          return act('DATA', line, () => {
            if (to.length === 0) return say('503 5.5.1 no recipient');
            body = '';
            say('354 go');
          });
        case 'RSET':
          return act('RSET', line, () => {
            sender = false;
            to = [];
            say('250 ok');
          });
        case 'QUIT':
          return act('QUIT', line, () => session.socket.end('221 bye\r\n'));
        default:
          return say('500 5.5.1 unknown');
      }
    };
    const onData = (chunk: Buffer) => {
      buffer += chunk.toString('latin1');
      for (;;) {
        if (body !== undefined) {
          if (behaviour.dropAfterBodyBytes !== undefined && buffer.length >= behaviour.dropAfterBodyBytes) {
            plain.destroy();
            return;
          }
          const end = buffer.startsWith('.\r\n') ? 0 : buffer.indexOf('\r\n.\r\n') + 2;
          if (end === 1) return;
          const data = buffer.slice(0, end);
          buffer = buffer.slice(end + 3);
          body = undefined;
          act('DOT', '.', () => {
            mails.push({ from, to, data: data.replace(/^\./gm, ''), connection, secure });
            to = [];
            say(`250 2.0.0 Ok: queued as ${connection}A${mails.length}`);
          });
          continue;
        }
        const at = buffer.indexOf('\r\n');
        if (at < 0) return;
        const line = buffer.slice(0, at);
        buffer = buffer.slice(at + 2);
        onLine(line);
      }
    };
    const upgrade = () => {
      plain.off('data', onData);
      buffer = '';
      const wrapped = new TLSSocket(plain, { isServer: true, secureContext: context() });
      wrapped.on('error', () => plain.destroy());
      wrapped.on('data', onData);
      session.socket = wrapped;
      secure = true;
    };
    if (behaviour.tls === 'implicit') {
      upgrade();
      (session.socket as TLSSocket).once('secure', () => act('GREETING', '', () => say('220 far.example ESMTP')));
    } else {
      plain.on('data', onData);
      act('GREETING', '', () => say('220 far.example ESMTP'));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    commands,
    logins,
    get made() {
      return made;
    },
    get openNow() {
      return sockets.size;
    },
    interject(text, then) {
      for (const { socket } of live) {
        if (then === 'drop') socket.end(text);
        else socket.write(text);
      }
    },
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}
