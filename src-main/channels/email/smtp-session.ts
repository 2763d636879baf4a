import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpConfig, SmtpSecret } from '../../../src-preload/contract/connection.js';
import type { SendResult } from '../port.js';
import { classifyReply, printable, type RefusalStage } from './classify.js';
import type { BuiltMessage } from './message.js';
import { smtpOptions } from './smtp-options.js';

/** Why a session could not be opened. `ours`: trying again will not help until the operator changes something. */
export class SessionError extends Error {
  constructor(
    readonly stage: 'connect' | 'tls' | 'greeting' | 'auth',
    readonly ours: boolean,
    message: string,
    readonly response: string | undefined,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** One open, authenticated SMTP connection. One message at a time. */
export interface SmtpSession {
  /** False once the connection is gone or no longer to be trusted: throw it away. */
  usable(): boolean;
  /** Messages tried on it so far. */
  readonly sent: number;
  readonly smtpUtf8: boolean;
  /** Settles always, the connection's death included. */
  send(message: BuiltMessage): Promise<SendResult>;
  /** QUIT, then close. */
  quit(): void;
  /** Cuts the connection; a message in flight settles as `not_sent` or `unknown`. */
  cut(cause: string): void;
}

type LibraryError = Error & { code?: string; response?: string | undefined; responseCode?: number | undefined; command?: string | undefined; originalCode?: string };

const stages: Readonly<Record<string, RefusalStage>> = { 'MAIL FROM': 'sender', 'RCPT TO': 'recipient', DATA: 'message' };

/** What EHLO offered, one keyword and its arguments per line. */
export function ehloLines(connection: SMTPConnection): string[] {
  const reply = connection.lastServerResponse;
  return reply === false
    ? []
    : reply
        .split('\n')
        .slice(1)
        .map((line) => line.replace(/^\d{3}[ -]/, '').trim())
        .filter((line) => line !== '');
}

/** Opens and greets, without login. Rejects with `SessionError`. `onError` hears of what goes wrong once it is open. */
export function connectSmtp(config: SmtpConfig, onError: (error: LibraryError) => void, onEnd: () => void): Promise<SMTPConnection> {
  const connection = new SMTPConnection(smtpOptions(config));
  return new Promise((resolve, reject) => {
    let open = false;
    const fail = (error: LibraryError) => {
      reject(connectError(error));
      connection.close();
    };
    connection.on('error', (error: LibraryError) => (open ? onError(error) : fail(error)));
    connection.on('end', () => (open ? onEnd() : fail(new Error('the server closed the connection'))));
    connection.connect((error) => {
      if (error) return fail(error);
      // The library promises this; a message is never worth trusting a promise about encryption.
      if (config.tls !== 'none' && !connection.secure) return fail(Object.assign(new Error('the connection is not encrypted'), { code: 'ETLS' }));
      open = true;
      resolve(connection);
    });
  });
}

function connectError(error: LibraryError): SessionError {
  const response = error.response === undefined ? undefined : printable(error.response);
  const system = error.originalCode ?? error.code ?? '';
  const tls = error.code === 'ETLS' || /^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH|EPROTO$)/.test(system) || /\bSSL\b|STARTTLS/i.test(error.message);
  if (tls) return new SessionError('tls', true, error.message, response, { cause: error });
  const greeting = error.code === 'EPROTOCOL' || (error.code === 'ECONNECTION' && response !== undefined);
  // A 5xx greeting says that we may not connect at all (RFC 5321 3.1); a 421 or 4xx that it is busy.
  if (greeting) return new SessionError('greeting', /^5/.test(response ?? ''), error.message, response, { cause: error });
  return new SessionError('connect', false, error.message, response, { cause: error });
}

/** Logs in as the settings say. Rejects with `SessionError` (`auth`); nothing is ever sent unauthenticated where a login was asked for. */
export function login(connection: SMTPConnection, config: SmtpConfig, secret: SmtpSecret): Promise<void> {
  if (config.auth === 'none' || (config.auth === 'auto' && config.user === '')) return Promise.resolve();
  if (!connection.allowsAuth) return Promise.reject(new SessionError('auth', true, 'the server offers no login on this connection', undefined));
  return new Promise((resolve, reject) => {
    const gone = () => reject(new SessionError('auth', false, 'the connection was lost during the login', undefined));
    connection.once('end', gone);
    connection.login({ user: config.user, pass: secret.password, ...(config.auth === 'auto' ? {} : { method: config.auth }) }, (error) => {
      connection.off('end', gone);
      if (!error) return resolve();
      const response = error.response === undefined ? undefined : printable(error.response);
      // 4xx: the server cannot check it now (RFC 4954 4); anything else is our name, password or method.
      reject(new SessionError('auth', !/^4/.test(response ?? ''), error.message, response, { cause: error }));
    });
  });
}

/** Connects and logs in. Rejects with `SessionError`. `onGone` is called once when the connection ends for any reason. */
export async function openSmtpSession(config: SmtpConfig, secret: SmtpSecret, onGone: () => void): Promise<SmtpSession> {
  let alive = true;
  let trusted = true;
  let sent = 0;
  let settle: ((error: LibraryError) => void) | undefined;
  const gone = () => {
    if (!alive) return;
    alive = false;
    onGone();
  };
  const connection = await connectSmtp(
    config,
    (error) => {
      trusted = false;
      settle?.(error);
      gone();
    },
    () => {
      gone();
      // The library ends the connection before it hands over the reply that ended it; its callback comes in this same turn.
      queueMicrotask(() => settle?.(Object.assign(new Error('the connection was lost'), { code: 'ECONNECTION' })));
    },
  );
  const offers = new Set(ehloLines(connection).map((line) => line.toUpperCase().split(/\s/)[0]));
  try {
    await login(connection, config, secret);
  } catch (error) {
    connection.close();
    throw error;
  }

  const send = (message: BuiltMessage): Promise<SendResult> =>
    new Promise((resolve) => {
      sent++;
      const flight = { dot: false };
      let settled = false;
      const finish = (result: SendResult) => {
        if (settled) return;
        settled = true;
        settle = undefined;
        // A server whose replies do not match our commands cannot be believed about the next message either.
        if (result.kind !== 'accepted' && result.kind !== 'refused') {
          trusted = false;
          connection.close();
          resolve(result);
        } else if (result.kind === 'refused' && !flight.dot && !connection.destroyed) {
          // The refused envelope is still open on the other side.
          connection.reset((error) => {
            if (error) trusted = false;
            resolve(result);
          });
          settle = () => resolve(result);
        } else resolve(result);
      };
      settle = (error) => finish(resultOf(error, flight.dot));
      connection.send({ from: message.from.address, to: [message.to.address], size: message.raw.length }, messageStream(message.raw, flight, () => connection._socket || undefined), (error, info) => {
        if (error) finish(resultOf(error, flight.dot));
        else finish(acceptedResult(info?.response ?? '', info?.serverMessageId, flight.dot));
      });
    });

  return {
    usable: () => alive && trusted && !connection.destroyed,
    get sent() {
      return sent;
    },
    smtpUtf8: offers.has('SMTPUTF8'),
    send,
    quit() {
      trusted = false;
      if (connection.destroyed) return;
      connection.quit();
    },
    cut(cause) {
      trusted = false;
      settle?.(Object.assign(new Error(cause), { code: 'ECONNECTION' }));
      connection.close();
    },
  };
}

/**
 * The message as a stream that holds back its end, and with it the final dot, until the system has taken the body and one turn of the event loop has
 * shown no lost connection: everything noticed up to there is certainly not sent. `flight.dot` turns true just before the dot can leave.
 */
function messageStream(raw: Buffer, flight: { dot: boolean }, socketOf: () => Socket | undefined): Readable {
  let started = false;
  const stream = new Readable({
    read() {
      if (!started) {
        started = true;
        this.push(raw);
        return;
      }
      setImmediate(() => this.emit('taken'));
    },
  });
  stream.on('taken', () => {
    if (stream.destroyed) return;
    const socket = socketOf();
    if (!socket || socket.destroyed || socket.readableEnded || !socket.writable) {
      stream.destroy(new Error('the connection was lost before the end of the message'));
    } else if (socket.writableNeedDrain) {
      socket.once('drain', () => stream.emit('taken'));
    } else {
      flight.dot = true;
      stream.push(null);
    }
  });
  return stream;
}

function acceptedResult(reply: string, serverMessageId: string | undefined, dot: boolean): SendResult {
  const response = printable(reply);
  if (!dot) return { kind: 'unknown', response, cause: 'the server answered before the message was complete' };
  if (!/^2\d\d(?: |$)/.test(response)) return { kind: 'unknown', response, cause: 'the server answered with something that is no SMTP reply' };
  const providerId = serverMessageId ?? /\b(?:queued(?: mail)?(?: for delivery)?(?: as)?|id[:=])\s*<?([\w.@+-]{2,200})/i.exec(response)?.[1];
  return { kind: 'accepted', response, ...(providerId ? { providerId } : {}) };
}

function resultOf(error: LibraryError, dot: boolean): SendResult {
  const response = error.response === undefined ? undefined : printable(error.response);
  const stage = stages[error.command ?? ''];
  const refusal = response !== undefined && stage !== undefined && /^[45]\d\d(?: |$)/.test(response);
  // A refusal names its step. Before the dot, DATA's own refusal speaks of the message too.
  if (refusal && (dot ? stage === 'message' : true)) {
    const { class: refusalClass, code, enhanced } = classifyReply(error.response!, stage);
    return { kind: 'refused', class: refusalClass, code, ...(enhanced ? { enhanced } : {}), response };
  }
  if (error.code === 'EMESSAGE' && error.command === 'MAIL FROM') return { kind: 'refused', class: 'ours', code: 552, enhanced: '5.3.4', response: printable(error.message) };
  const strange = response !== undefined && !/^[2-5]\d\d(?: |$)/.test(response) ? `The server answered with something that is no SMTP reply: ${response}` : undefined;
  if (dot) return { kind: 'unknown', ...(response === undefined ? {} : { response }), cause: strange ?? printable(error.message) };
  return { kind: 'not_sent', cause: strange ?? printable(error.message), ours: false };
}
