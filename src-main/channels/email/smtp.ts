import { smtpConfig, type SmtpConfig, smtpSecret, type SmtpSecret } from '../../../src-preload/contract/connection.js';
import type { EmailProvider } from '../port.js';
import { createSmtpSender } from './smtp-sender.js';
import { verifySmtp } from './verify.js';

/** Any SMTP server. */
export const smtpProvider: EmailProvider<SmtpConfig, SmtpSecret> = {
  name: 'smtp',
  channel: 'EMAIL',
  config: smtpConfig,
  secret: smtpSecret,
  verify: verifySmtp,
  open: createSmtpSender,
};
