import type { z } from 'zod';
import {
  type connectionAdd,
  type connectionEdit,
  type ConnectionView,
  type connectionVerify,
  type SecretChange,
  type SmtpConfig,
  smtpConfig,
  smtpSecret,
  type SmtpSecret,
  type VerifyReport,
} from '../../src-preload/contract/connection.js';
import { HeliographError, isHeliographError } from '../../src-preload/contract/errors.js';
import type { Reader, Writer } from '../store/operation.js';
import { type connectionOperations, type connectionQueries, secretName } from './connections.js';
import { secretBits } from './connections.rows.js';
import { dkimPublicKey, generateDkimKey } from './email/dkim.js';
import { smtpProvider } from './email/smtp.js';
import { type MailboxAccess, mailboxConnection } from './mailbox/access.js';
import type { VerifyPorts } from './port.js';

/** The part of the secrets service that a connection needs: in, out on this side only, and away. */
export interface ConnectionSecrets {
  put(name: string, value: string): Promise<void>;
  get(name: string): Promise<string>;
  remove(name: string): Promise<void>;
}

/** A connection with its secret, ready for a sender: it goes to the sender's thread by message and is kept nowhere. */
export interface OpenConnection {
  readonly uid: string;
  readonly provider: string;
  readonly config: SmtpConfig;
  readonly secret: SmtpSecret;
}

/** Adds, changes, verifies and opens connections: rows by operations, secrets by the secrets service, the two kept in step. */
export interface ConnectionService {
  list(): Promise<ConnectionView[]>;
  /** Throws `BAD_INPUT`, and the secrets service's `PASSPHRASE_REQUIRED`, `SECRETS_LOCKED`: then nothing was added. */
  add(input: z.output<typeof connectionAdd>): Promise<ConnectionView>;
  /** A changed server wants the password anew, so that a stored one never goes to another host than it was given for. */
  edit(input: z.output<typeof connectionEdit>): Promise<ConnectionView>;
  remove(uid: string): Promise<void>;
  /** A real conversation; the result is kept with the connection. */
  verify(input: z.output<typeof connectionVerify>): Promise<VerifyReport>;
  /** Throws `NOT_FOUND`, `SECRETS_LOCKED`. */
  openable(uid: string): Promise<OpenConnection>;
}

export function createConnectionService(ports: {
  readonly read: Reader<typeof connectionQueries>;
  readonly write: Writer<typeof connectionOperations>;
  readonly secrets: ConnectionSecrets;
  /** Where the test mailbox listens now; null while it does not. */
  readonly mailbox: () => MailboxAccess | null;
  readonly verify: VerifyPorts;
}): ConnectionService {
  const { read, write, secrets } = ports;

  async function secretOf(view: ConnectionView): Promise<SmtpSecret> {
    if (!view.hasSecret && !view.hasDkimKey) return smtpSecret.parse({});
    return smtpSecret.parse(JSON.parse(await secrets.get(secretName(view.uid))));
  }

  async function openable(uid: string): Promise<OpenConnection> {
    const view = await read.get({ uid });
    if (view.config) return { uid, provider: view.provider, config: view.config, secret: await secretOf(view) };
    const access = ports.mailbox();
    if (!access) throw new HeliographError('CONNECTION_FAILED', { host: 'test mailbox', message: 'The test mailbox is not running.' });
    return { uid, provider: view.provider, ...mailboxConnection(access) };
  }

  /** Settings and secret as they will be: the form's values over what is kept. */
  async function settle(form: z.output<typeof connectionAdd>['config'], change: SecretChange, kept: SmtpSecret): Promise<{ config: SmtpConfig; secret: SmtpSecret }> {
    const { dkim, ...plain } = form;
    const password = change.password ?? kept.password;
    if (!dkim) return { config: smtpConfig.parse(plain), secret: smtpSecret.parse({ password }) };
    const key = change.generateDkimKey ? (await generateDkimKey()).privateKeyPem : (change.dkimPrivateKey ?? kept.dkimPrivateKey);
    if (!key) throw new HeliographError('BAD_INPUT', { field: 'DKIM key', message: 'Generate a key or paste one.' });
    return { config: smtpConfig.parse({ ...plain, dkim: { ...dkim, ...dkimPublicKey(key) } }), secret: smtpSecret.parse({ password, dkimPrivateKey: key }) };
  }
  const bitsOf = (secret: SmtpSecret) => (secret.password ? secretBits.password : 0) | (secret.dkimPrivateKey ? secretBits.dkimKey : 0);

  return {
    list: () => read.list(undefined),
    openable,
    async add(input) {
      const { config, secret } = await settle(input.config, input.secret, smtpSecret.parse({}));
      const { uid } = await write.add({ name: input.name, config, secretBits: bitsOf(secret) });
      if (bitsOf(secret) !== 0) {
        try {
          await secrets.put(secretName(uid), JSON.stringify(secret));
        } catch (error) {
          await write.discard({ uid });
          throw error;
        }
      }
      return read.get({ uid });
    },
    async edit(input) {
      const view = await read.get({ uid: input.uid });
      if (!view.config) throw new HeliographError('NOT_ALLOWED', { message: 'The test mailbox is built in.' });
      const before = view.config;
      const elsewhere = before.host.toLowerCase() !== input.config.host.toLowerCase() || before.port !== input.config.port || (before.tls !== 'none' && input.config.tls === 'none');
      if (view.hasSecret && elsewhere && input.secret.password === undefined) {
        throw new HeliographError('BAD_INPUT', { field: 'password', message: 'The server or its encryption changed: enter the password again, so that it does not go where it was not meant to.' });
      }
      const kept = await secretOf(view);
      const { config, secret } = await settle(input.config, input.secret, kept);
      const secretChanged = JSON.stringify(secret) !== JSON.stringify(kept);
      // The secret first: settings that ask for a key we do not hold would stop every send, a key nobody asks for harms nobody.
      if (secretChanged && bitsOf(secret) !== 0) await secrets.put(secretName(input.uid), JSON.stringify(secret));
      await write.edit({ uid: input.uid, name: input.name, config, secretBits: bitsOf(secret), secretChanged });
      if (secretChanged && bitsOf(secret) === 0) await forget(input.uid);
      return read.get({ uid: input.uid });
    },
    async remove(uid) {
      await write.remove({ uid });
      await forget(uid);
    },
    async verify({ uid, probe }) {
      const connection = await openable(uid);
      const report = await smtpProvider.verify(connection.config, connection.secret, ports.verify, probe);
      const failed = report.steps.find((step) => step.state === 'failed');
      const dkim = report.steps.find((step) => step.step === 'dkim');
      await write.markVerified({ uid, error: failed ? failed.text : null, ...(dkim ? { dkimConfirmed: dkim.state === 'ok' } : {}) });
      return report;
    },
  };

  async function forget(uid: string): Promise<void> {
    try {
      await secrets.remove(secretName(uid));
    } catch (error) {
      // There may never have been one.
      if (!isHeliographError(error) || error.code !== 'NOT_FOUND') throw error;
    }
  }
}
