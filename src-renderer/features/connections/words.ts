import type { ConnectionView, TlsMode, VerifyStep } from '../../../src-preload/contract/connection.js';

export const tlsWords: Readonly<Record<TlsMode, string>> = { starttls: 'STARTTLS', implicit: 'TLS', none: 'None' };

export const stepWords: Readonly<Record<VerifyStep['step'], string>> = {
  connect: 'Connection',
  tls: 'Encryption',
  greeting: 'Greeting',
  auth: 'Login',
  sender: 'Sender',
  recipient: 'Recipient',
  dkim: 'DKIM',
  alignment: 'DKIM and sender',
};

/** How a connection stands, in a word and a tone. Trouble comes before a verification that once went well. */
export function healthOf(connection: ConnectionView): { readonly tone: 'ok' | 'warn' | 'bad'; readonly word: string } {
  if (connection.provider === 'sandbox') return { tone: 'ok', word: 'Built in' };
  if (connection.lastError !== null) return { tone: 'bad', word: 'Failing' };
  if (connection.verifiedAt === null) return { tone: 'warn', word: 'Not verified' };
  return connection.config?.dkim && connection.config.dkim.confirmed !== true ? { tone: 'warn', word: 'DKIM not in DNS' } : { tone: 'ok', word: 'Verified' };
}
