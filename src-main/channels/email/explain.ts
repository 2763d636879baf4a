import type { SmtpConfig, VerifyStep } from '../../../src-preload/contract/connection.js';
import type { HeliographError } from '../../../src-preload/contract/errors.js';
import { SessionError } from './smtp-session.js';

interface Explained {
  readonly step: VerifyStep['step'];
  readonly text: string;
  readonly fix: string;
}

/** What a failed conversation means, and what to do: for the report of a verification and for a connection's last error. */
export function explainSessionError(error: SessionError | HeliographError, config: SmtpConfig): Explained {
  if (!(error instanceof SessionError)) return { step: 'connect', text: 'These settings cannot be used.', fix: String(error.detail['message'] ?? '') };
  const cause = error.cause as { code?: string; originalCode?: string } | undefined;
  const code = cause?.originalCode ?? cause?.code ?? '';
  const said = error.response ? ` It said: ${error.response}` : '';
  if (error.stage === 'auth') return explainAuth(error, said);
  if (error.stage === 'tls') return explainTls(error, code, config, said);
  if (error.stage === 'greeting') {
    if (error.ours) return { step: 'greeting', text: `The server refuses to talk to us at its greeting.${said}`, fix: 'Check host and port, and whether the provider lets this network connect.' };
    if (/^4\d\d/.test(error.response ?? '')) return { step: 'greeting', text: `The server takes no connections now.${said}`, fix: 'It may be busy: try again in a few minutes.' };
    return { step: 'greeting', text: `What answers on port ${config.port} of ${config.host} does not speak SMTP.${said}`, fix: 'Check host, port and encryption.' };
  }
  const fixes: Readonly<Record<string, [string, string]>> = {
    ENOTFOUND: [`There is no host named ${config.host}.`, 'Check the spelling of the host, and that this computer is online.'],
    EAI_AGAIN: [`${config.host} could not be looked up.`, 'Check that this computer is online.'],
    EDNS: [`${config.host} could not be looked up.`, 'Check the spelling of the host, and that this computer is online.'],
    ECONNREFUSED: [`Nothing listens on port ${config.port} of ${config.host}.`, 'Check the port. 587 is usual with STARTTLS, 465 with TLS from the start.'],
    ETIMEDOUT: [`${config.host} did not answer on port ${config.port} within ${config.connectTimeoutSeconds} second${config.connectTimeoutSeconds === 1 ? '' : 's'}.`, 'A firewall may block the port (many networks block 25), or it is the port of another encryption: 587 is usual with STARTTLS, 465 with TLS from the start.'],
    EHOSTUNREACH: [`${config.host} cannot be reached from this network.`, 'Check the network and the VPN.'],
    ENETUNREACH: [`${config.host} cannot be reached from this network.`, 'Check that this computer is online.'],
  };
  const known = fixes[/never received/i.test(error.message) ? 'ETIMEDOUT' : code];
  if (known) return { step: 'connect', text: known[0], fix: known[1] };
  return { step: 'connect', text: `The connection to ${config.host} ended early.${said}`, fix: 'Check host, port and encryption.' };
}

function explainAuth(error: SessionError, said: string): Explained {
  if (/was lost/.test(error.message)) return { step: 'auth', text: 'The connection was lost during the login.', fix: 'Check the settings with who runs the server.' };
  if (/offers no login/.test(error.message)) return { step: 'auth', text: 'The server offers no login on this connection.', fix: 'Many servers offer it only when the connection is encrypted, or on port 587 or 465. Clear the user name if none is needed.' };
  if (!error.ours) return { step: 'auth', text: `The server could not check the login now.${said}`, fix: 'Try again in a few minutes.' };
  if (/Missing credentials/.test(error.message)) return { step: 'auth', text: 'There is no password for this user name.', fix: 'Enter the password.' };
  if (error.response !== undefined && !/^535/.test(error.response)) return { step: 'auth', text: `The login did not work.${said}`, fix: 'Check the way to log in: some servers want another method, or a password made for apps.' };
  return { step: 'auth', text: `The server did not accept the user name and password.${said}`, fix: 'Check both. Gmail and Outlook want an app password; Amazon SES has SMTP credentials of its own, not the account\u2019s access key.' };
}

function explainTls(error: SessionError, code: string, config: SmtpConfig, said: string): Explained {
  const step = 'tls';
  const certificates: Readonly<Record<string, [string, string]>> = {
    CERT_HAS_EXPIRED: ['The certificate of the server has ended.', 'Ask who runs it to renew it, and check the date of this computer.'],
    CERT_NOT_YET_VALID: ['The certificate of the server is not valid yet.', 'Check the date of this computer.'],
    ERR_TLS_CERT_ALTNAME_INVALID: [`The certificate is for another host than ${config.host}.`, 'Use the host name that the provider gives, not an alias or an IP address.'],
    DEPTH_ZERO_SELF_SIGNED_CERT: ['The server signed its certificate itself.', 'For your own server, paste its certificate under "Certificate authority".'],
    SELF_SIGNED_CERT_IN_CHAIN: ['The certificate comes from an authority that is not known here.', 'For your own server, paste its authority\u2019s certificate under "Certificate authority".'],
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['The certificate comes from an authority that is not known here.', 'For your own server, paste its authority\u2019s certificate under "Certificate authority".'],
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['The certificate comes from an authority that is not known here.', 'For your own server, paste its authority\u2019s certificate under "Certificate authority".'],
  };
  const known = certificates[code];
  if (known) return { step, text: known[0], fix: known[1] };
  if (/WRONG_VERSION_NUMBER|EPROTO|ERR_SSL/.test(code) || /wrong version number/i.test(error.message)) {
    return config.tls === 'implicit'
      ? { step, text: `The server does not speak TLS from the start on port ${config.port}.`, fix: 'Choose STARTTLS, usual on port 587.' }
      : { step, text: 'The encryption could not be agreed on.', fix: 'The server may be too old: TLS 1.2 is the least that is used.' };
  }
  if (/STARTTLS/i.test(error.message)) return { step, text: `The server does not offer STARTTLS, so nothing was sent.${said}`, fix: 'Choose TLS from the start, usual on port 465. Someone on the network may also be stripping the encryption.' };
  return { step, text: `The encryption failed: ${error.message}`, fix: 'Check host, port and encryption.' };
}
