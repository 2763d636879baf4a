import type { ConnectionOptions } from 'node:tls';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { isLoopbackHost, type SmtpConfig } from '../../../src-preload/contract/connection.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';

/** Throws `BAD_INPUT` for a connection that would send readable text over a network without the operator's word for it. */
export function assertProtected(config: Pick<SmtpConfig, 'tls' | 'host' | 'allowPlainText'>): void {
  if (config.tls === 'none' && !config.allowPlainText && !isLoopbackHost(config.host)) {
    throw new HeliographError('BAD_INPUT', { field: 'encryption', message: 'Without encryption, the password and every message can be read on the way. Choose TLS, or allow plain text expressly.' });
  }
}

/**
 * Our settings in the library's words. The three TLS modes are explicit: `requireTLS` makes it fail where STARTTLS is not offered or does not work,
 * and `opportunisticTLS` (the silent downgrade) is never set.
 */
export function smtpOptions(config: SmtpConfig): SMTPConnectionOptions {
  assertProtected(config);
  const tls: ConnectionOptions = { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(config.caCertificate ? { ca: config.caCertificate } : {}) };
  return {
    host: config.host,
    port: config.port,
    secure: config.tls === 'implicit',
    requireTLS: config.tls === 'starttls',
    ignoreTLS: config.tls === 'none',
    ...(config.clientName ? { name: config.clientName } : {}),
    connectionTimeout: config.connectTimeoutSeconds * 1000,
    greetingTimeout: config.connectTimeoutSeconds * 1000,
    dnsTimeout: config.connectTimeoutSeconds * 1000,
    socketTimeout: config.answerTimeoutSeconds * 1000,
    socketCloseTimeout: 2000,
    maxResponseSize: 64 * 1024,
    tls,
    // A mail server on this machine is found even when no network is up.
    allowInternalNetworkInterfaces: true,
  };
}
