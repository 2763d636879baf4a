import { timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerAuthentication } from 'smtp-server';
import { mailboxRoles } from '../../../src-preload/contract/mailbox.js';
import type { Logger } from '../../platform/logger.js';
import type { Random } from '../../platform/random.js';
import type { MailboxAccess } from './access.js';
import type { MailboxFile, NewMail } from './mailbox-file.js';

/** Larger messages are refused, as at Gmail. */
const largestMessageBytes = 25 * 1024 * 1024;

export interface MailboxServer {
  readonly access: MailboxAccess;
  close(): Promise<void>;
}

/** What the mailbox says to a recipient that plays a part, or undefined. */
export function roleReply(address: string): { code: number; text: string } | undefined {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase();
  const role = mailboxRoles.find((r) => local === r.local || local.startsWith(`${r.local}+`));
  if (!role?.reply) return undefined;
  return { code: Number(role.reply.slice(0, 3)), text: role.reply.slice(4) };
}

/**
 * A real SMTP server on loopback, on a free port and with a login made at this start, so that no other program or user of this machine can put mail into it.
 * Messages that arrive together are stored together; each is answered after it was.
 * @param onStored called after messages were stored, at most once per turn of the event loop.
 */
export async function startMailboxServer(ports: { readonly file: MailboxFile; readonly random: Random; readonly now: () => number; readonly log: Logger; readonly onStored: () => void }): Promise<MailboxServer> {
  const user = ports.random.bytes(9).toString('base64url');
  const password = ports.random.bytes(24).toString('base64url');
  let waiting: { mail: NewMail; done: (error?: Error | null, message?: string) => void }[] = [];
  let stored = 0;

  const flush = () => {
    const batch = waiting;
    waiting = [];
    try {
      ports.file.add(batch.map((entry) => entry.mail));
      for (const { done } of batch) done(null, `2.0.0 Ok: queued as TM${++stored}`);
      ports.onStored();
    } catch (error) {
      ports.log.error('the test mailbox could not store', { error });
      for (const { done } of batch) done(replyError(452, '4.3.1 The test mailbox could not store the message'));
    }
  };

  const server = new SMTPServer({
    name: 'test-mailbox.localhost',
    banner: 'Heliograph test mailbox',
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    // Loopback has no name worth asking DNS for, and the question would cost a second offline.
    disableReverseLookup: true,
    size: largestMessageBytes,
    maxClients: 200,
    // The sender is stopped before; whoever still holds a connection then is cut off.
    closeTimeout: 500,
    logger: false,
    onAuth: (auth: SMTPServerAuthentication, _session, callback) => {
      if (same(auth.username ?? '', user) && same(auth.password ?? '', password)) callback(null, { user });
      else callback(replyError(535, '5.7.8 This login is of another start of the test mailbox'));
    },
    onRcptTo: (address, _session, callback) => {
      const reply = roleReply(address.address);
      if (reply) callback(replyError(reply.code, reply.text));
      else callback();
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('error', () => callback(replyError(451, '4.3.0 The message did not arrive whole')));
      stream.once('end', () => {
        if (stream.sizeExceeded) return callback(replyError(552, '5.3.4 The message is larger than 25 MB'));
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        const envelopeFrom = mailFrom === false ? '' : mailFrom.address;
        // One row per recipient: that is what each of them would find.
        const mails = rcptTo.map((to): NewMail => ({ at: ports.now(), envelopeFrom, recipient: to.address, raw }));
        if (waiting.length === 0) setImmediate(flush);
        mails.forEach((mail, i) => waiting.push({ mail, done: i === mails.length - 1 ? callback : () => undefined }));
      });
    },
  });
  server.on('error', (error: Error) => ports.log.warn('test mailbox connection failed', { error }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    access: { host: '127.0.0.1', port: (server.server.address() as AddressInfo).port, user, password },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function replyError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function same(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
