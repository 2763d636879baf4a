import type { SmtpConfig, SmtpSecret } from '../../src-preload/contract/connection.js';
import { smtpProvider } from './email/smtp.js';
import type { EmailSender, SenderPorts } from './port.js';

export type { EmailSender, OutgoingEmail, RefusalClass, SenderPorts, SendResult } from './port.js';
export type { RateLimiterState } from './rate-limiter.js';
export { systemWait } from './wait.js';
export { connectionOperations, connectionQueries, secretName } from './connections.js';
export { type ConnectionSecrets, type ConnectionService, createConnectionService, type OpenConnection } from './connection-service.js';
export { createMailboxService, type MailboxService } from './mailbox/mailbox-service.js';
export { type MailboxThreadData, runMailboxThread } from './mailbox/mailbox-thread.js';
export { type MailboxAccess, mailboxConnection } from './mailbox/access.js';

/** Opens the sender of an e-mail connection: SMTP, or the test mailbox, which is one. Throws `BAD_INPUT` for settings that cannot work. */
export function openEmailSender(connection: { readonly config: SmtpConfig; readonly secret: SmtpSecret }, ports: SenderPorts): EmailSender {
  return smtpProvider.open(connection.config, connection.secret, ports);
}
