import { smtpConfig, type SmtpConfig, smtpSecret, type SmtpSecret } from '../../../src-preload/contract/connection.js';

/** Where the test mailbox listens: loopback, with a login that is new at every start. */
export interface MailboxAccess {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The test mailbox as the SMTP connection it is. */
export function mailboxConnection(access: MailboxAccess): { readonly config: SmtpConfig; readonly secret: SmtpSecret } {
  return {
    config: smtpConfig.parse({ host: access.host, port: access.port, tls: 'none', auth: 'PLAIN', user: access.user, connections: 5, maxMessagesPerConnection: 100_000, clientName: 'localhost' }),
    secret: smtpSecret.parse({ password: access.password }),
  };
}
