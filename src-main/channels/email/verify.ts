import { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { dkimAligns, dkimRecord, domainOf, isLoopbackHost, type ServerFacts, type SmtpConfig, type SmtpSecret, type VerifyReport, type VerifyStep, verifySteps } from '../../../src-preload/contract/connection.js';
import { isHeliographError } from '../../../src-preload/contract/errors.js';
import type { VerifyPorts, VerifyProbe } from '../port.js';
import { printable } from './classify.js';
import { createDkimSigner } from './dkim.js';
import { explainSessionError } from './explain.js';
import { connectSmtp, ehloLines, login, SessionError } from './smtp-session.js';

/**
 * A real conversation with the server: connect, encryption, greeting, login, then (when `probe` names addresses) whether it would take a message from
 * and to them. The probe ends before any content, so nothing is delivered. A DKIM key is compared with what DNS publishes. Never throws for what the far side does.
 */
export async function verifySmtp(config: SmtpConfig, secret: SmtpSecret, ports: VerifyPorts, probe?: VerifyProbe): Promise<VerifyReport> {
  const steps: VerifyStep[] = [];
  const server = await converse(config, secret, steps, ports.clock.now(), probe);
  if (config.dkim) steps.push(await checkDkim(config, secret, ports), ...(probe ? [alignmentStep(config.dkim.domain, probe.from)] : []));
  const order = (step: VerifyStep) => verifySteps.indexOf(step.step);
  steps.sort((a, b) => order(a) - order(b));
  return { ok: steps.every((step) => step.state === 'ok' || step.state === 'warning'), at: ports.clock.now(), steps, server };
}

async function converse(config: SmtpConfig, secret: SmtpSecret, steps: VerifyStep[], nowMs: number, probe: VerifyProbe | undefined): Promise<ServerFacts | null> {
  const wanted: VerifyStep['step'][] = ['connect', 'tls', 'greeting', 'auth', ...(probe ? (['sender', 'recipient'] as const) : [])];
  const rest = () => {
    for (const step of wanted) if (!steps.some((s) => s.step === step)) steps.push({ step, state: 'not_tried', text: 'Not tried, because an earlier step failed.' });
  };
  const failed = (error: unknown): void => {
    if (!(error instanceof SessionError) && !isHeliographError(error)) throw error;
    const { step, text, fix } = explainSessionError(error, config);
    const before = wanted.slice(0, wanted.indexOf(step)).filter((s) => !steps.some((known) => known.step === s));
    for (const passed of before) steps.push({ step: passed, state: 'ok', text: passedText(passed, config) });
    steps.push({ step, state: 'failed', text, fix });
    rest();
  };

  let connection: SMTPConnection;
  try {
    connection = await connectSmtp(config, () => undefined, () => undefined);
  } catch (error) {
    failed(error);
    return null;
  }
  try {
    const facts = factsOf(connection);
    steps.push({ step: 'connect', state: 'ok', text: passedText('connect', config) });
    steps.push(tlsStep(facts, config, nowMs));
    steps.push({ step: 'greeting', state: 'ok', text: facts.greeting === '' ? 'The server greeted us.' : `The server greeted us as ${facts.greeting}.` });
    try {
      await login(connection, config, secret);
    } catch (error) {
      failed(error);
      return facts;
    }
    steps.push(
      connection.authenticated
        ? { step: 'auth', state: 'ok', text: `Signed in as ${config.user}.` }
        : { step: 'auth', state: facts.authMethods.length > 0 ? 'warning' : 'ok', text: facts.authMethods.length > 0 ? 'Not signed in: no user name is set, though the server offers a login.' : 'The server asks for no login.' },
    );
    if (probe) steps.push(...(await probeEnvelope(connection, probe)));
    return facts;
  } finally {
    connection.close();
  }
}

function passedText(step: VerifyStep['step'], config: SmtpConfig): string {
  if (step === 'connect') return `Reached ${config.host} on port ${config.port}.`;
  if (step === 'tls') return config.tls === 'none' ? 'Without encryption, as set.' : 'The connection is encrypted.';
  return 'The server greeted us.';
}

const dayMs = 86_400_000;

function tlsStep({ tls }: ServerFacts, config: SmtpConfig, nowMs: number): VerifyStep {
  if (!tls && isLoopbackHost(config.host)) return { step: 'tls', state: 'ok', text: 'Not encrypted, and it need not be: the server is on this computer.' };
  if (!tls) return { step: 'tls', state: 'warning', text: 'Not encrypted: the password and every message can be read on the way.', fix: 'Choose TLS or STARTTLS if the server offers it.' };
  const days = Math.floor((tls.validTo - nowMs) / dayMs);
  const text = `${tls.protocol}, ${config.tls === 'starttls' ? 'by STARTTLS' : 'from the start'}. The certificate is for ${tls.subject}, issued by ${tls.issuer}, valid for ${days} more days.`;
  return days < 14 ? { step: 'tls', state: 'warning', text, fix: 'The certificate ends soon: ask who runs the server to renew it.' } : { step: 'tls', state: 'ok', text };
}

function factsOf(connection: SMTPConnection): ServerFacts {
  const lines = ehloLines(connection);
  const words = lines.map((line) => line.toUpperCase().split(/[\s=]+/));
  const has = (keyword: string) => words.some(([first]) => first === keyword);
  const size = Number(words.find(([first]) => first === 'SIZE')?.[1] ?? 0);
  const socket = connection._socket;
  const first = connection.lastServerResponse === false ? '' : (connection.lastServerResponse.split('\n')[0] ?? '');
  return {
    greeting: printable(first.replace(/^\d{3}[ -]/, '')).split(' ')[0] ?? '',
    sizeBytes: Number.isSafeInteger(size) && size > 0 ? size : null,
    eightBitMime: has('8BITMIME'),
    smtpUtf8: has('SMTPUTF8'),
    pipelining: has('PIPELINING'),
    authMethods: [...new Set(words.filter(([keyword]) => keyword === 'AUTH').flatMap(([, ...methods]) => methods))].filter((method) => /^[A-Z0-9-]{1,30}$/.test(method)),
    tls: socket instanceof TLSSocket ? certificateOf(socket) : null,
  };
}

function certificateOf(socket: TLSSocket): ServerFacts['tls'] {
  const certificate = socket.getPeerCertificate();
  const name = (of: { CN?: string | string[]; O?: string | string[] } | undefined) => printable([of?.CN ?? of?.O ?? ''].flat()[0] ?? '');
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.standardName ?? '',
    subject: name(certificate.subject) || printable(certificate.subjectaltname ?? ''),
    issuer: name(certificate.issuer),
    validFrom: Date.parse(certificate.valid_from),
    validTo: Date.parse(certificate.valid_to),
  };
}

/** Says MAIL, RCPT and DATA, then hangs up before any content: RFC 5321 has the server forget such a message. */
function probeEnvelope(connection: SMTPConnection, probe: VerifyProbe): Promise<VerifyStep[]> {
  const nothing = new Readable({
    read() {
      this.destroy(new Error('only asking'));
    },
  });
  return new Promise((resolve) => {
    connection.send({ from: probe.from, to: [probe.to ?? probe.from] }, nothing, (error) => {
      const response = printable(error?.response ?? error?.message ?? '');
      const sender: VerifyStep = { step: 'sender', state: 'ok', text: `The server takes mail from ${probe.from}.` };
      const recipient: VerifyStep = { step: 'recipient', state: 'ok', text: `It would take a message to ${probe.to ?? probe.from}. Nothing was sent.` };
      if (error?.code === 'ESTREAM') return resolve([sender, recipient]);
      if (error?.command === 'MAIL FROM')
        return resolve([
          { ...sender, state: 'failed', text: `The server refused the sender: ${response}`, fix: 'Use an address that this account may send from, or have the domain verified at the provider.' },
          { ...recipient, state: 'not_tried', text: 'Not tried, because an earlier step failed.' },
        ]);
      resolve([sender, { ...recipient, state: 'failed', text: `The server refused the recipient: ${response}`, fix: 'Try an address of another provider. Providers refuse strangers while an account is in its trial mode.' }]);
    });
  });
}

function alignmentStep(domain: string, from: string): VerifyStep {
  if (dkimAligns(domain, from)) return { step: 'alignment', state: 'ok', text: `The signature of ${domain} counts for mail from ${domainOf(from)}.` };
  return { step: 'alignment', state: 'warning', text: `Messages are signed for ${domain}, but mail from ${from} is of ${domainOf(from)}: for DMARC the signature does not count.`, fix: 'Send from an address of the signed domain, or make a key for the sender’s.' };
}

async function checkDkim(config: SmtpConfig, secret: SmtpSecret, ports: VerifyPorts): Promise<VerifyStep> {
  const dkim = config.dkim!;
  const record = dkimRecord(dkim);
  if (!secret.dkimPrivateKey) return { step: 'dkim', state: 'failed', text: 'The DKIM domain is set, but its private key is missing.', fix: 'Generate a key or paste one.' };
  try {
    createDkimSigner(dkim, secret.dkimPrivateKey);
  } catch (error) {
    if (!isHeliographError(error)) throw error;
    return { step: 'dkim', state: 'failed', text: 'The DKIM key cannot sign.', fix: String(error.detail['message'] ?? '') };
  }
  const publish = `Publish it as the TXT record ${record.name}.`;
  let found: string[];
  try {
    found = (await ports.resolveTxt(record.name)).map((parts) => parts.join(''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOTFOUND' || code === 'ENODATA') return { step: 'dkim', state: 'warning', text: 'Messages are signed, but the key is not published in DNS yet, so nobody can check the signature.', fix: publish };
    return { step: 'dkim', state: 'warning', text: `Messages are signed. Whether the key is published could not be looked up (${code || 'no answer'}).`, fix: 'Verify again when this computer is online.' };
  }
  const published = found.map((text) => /(?:^|;)\s*p=([^;]*)/.exec(text)?.[1]?.replace(/\s+/g, '')).filter((p) => p !== undefined);
  if (published.includes(dkim.publicKey)) return { step: 'dkim', state: 'ok', text: `Messages are signed for ${dkim.domain}, and the key is published as ${record.name}.` };
  return { step: 'dkim', state: 'warning', text: published.length === 0 ? `There is a record at ${record.name}, but no DKIM key in it.` : `Another key is published at ${record.name}.`, fix: publish };
}
