import { z } from 'zod';
import { channel, instantMs, rowId } from './common.js';

/** How a connection is protected. Explicit, and never left for something weaker by itself (design 5). */
export const tlsModes = ['implicit', 'starttls', 'none'] as const;
export const tlsMode = z.enum(tlsModes);
export type TlsMode = z.infer<typeof tlsMode>;

const hostName = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[^\s/\\@:\p{Cc}]+$|^[0-9a-f:.]+$/iu, 'a host name or an IP address');

/** True for a host that cannot be anywhere but on this machine: only there may a connection be unencrypted without permission. */
export function isLoopbackHost(host: string): boolean {
  const name = host.trim().toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || name === '0:0:0:0:0:0:0:1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** DKIM's public half; the private key is part of the secret. */
export const dkimConfig = z.object({
  domain: hostName,
  selector: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i, 'letters, digits, dots and hyphens'),
  algorithm: z.enum(['rsa-sha256', 'ed25519-sha256']),
  /** Base64: SubjectPublicKeyInfo for RSA, the 32 raw bytes for Ed25519, as RFC 6376 3.6.1 and RFC 8463 want it in the record's `p=`. */
  publicKey: z.string().max(2000),
  /** Whether the last verification found this key in DNS; absent: nobody looked since it was made. */
  confirmed: z.boolean().optional(),
});
export type DkimConfig = z.infer<typeof dkimConfig>;

/** What an SMTP connection is, secrets apart. */
export const smtpConfig = z
  .object({
    host: hostName,
    port: z.number().int().min(1).max(65535),
    tls: tlsMode,
    /** Only with `tls: 'none'`: the operator said that passwords and messages may travel readable. Loopback needs no permission. */
    allowPlainText: z.boolean().default(false),
    auth: z.enum(['none', 'auto', 'PLAIN', 'LOGIN', 'CRAM-MD5']).default('auto'),
    user: z.string().max(320).default(''),
    connections: z.number().int().min(1).max(50).default(5),
    messagesPerSecond: z.number().min(0.01).max(10_000).optional(),
    maxMessagesPerConnection: z.number().int().min(1).max(1_000_000).default(100),
    /** The name given in EHLO; the machine's own when empty. */
    clientName: z
      .string()
      .max(253)
      .regex(/^[a-z0-9.[\]:-]*$/i, 'a host name')
      .default(''),
    /** Where bounces go; the sender's address when empty. */
    envelopeFrom: z.string().trim().max(320).default(''),
    /** Waits, in seconds: to connect, for the greeting, and for any answer. The answer to the whole message may take minutes (RFC 5321 4.5.3.2.6 says 10). */
    connectTimeoutSeconds: z.number().int().min(1).max(600).default(30),
    answerTimeoutSeconds: z.number().int().min(1).max(3600).default(300),
    /** PEM. The authority that signed your own server's certificate; without it, those that Node knows. */
    caCertificate: z.string().max(50_000).optional(),
    dkim: dkimConfig.optional(),
  })
  .strict();
export type SmtpConfig = z.infer<typeof smtpConfig>;
export type SmtpConfigInput = z.input<typeof smtpConfig>;

/** Goes inward only. */
export const smtpSecret = z.object({ password: z.string().max(4000).default(''), dkimPrivateKey: z.string().max(20_000).optional() }).strict();
export type SmtpSecret = z.infer<typeof smtpSecret>;

export const connectionProviders = ['smtp', 'sandbox'] as const;
export const connectionProvider = z.enum(connectionProviders);
export type ConnectionProvider = z.infer<typeof connectionProvider>;

/** The built-in test mailbox: one per workspace, no configuration, no secret. */
export const sandboxConnectionUid = 'test-mailbox';

export const connectionView = z.object({
  id: rowId,
  uid: z.string(),
  name: z.string(),
  channel,
  provider: connectionProvider,
  /** Null for the test mailbox. */
  config: smtpConfig.nullable(),
  hasSecret: z.boolean(),
  hasDkimKey: z.boolean(),
  verifiedAt: instantMs.nullable(),
  lastError: z.string().nullable(),
  createdAt: instantMs,
  updatedAt: instantMs,
});
export type ConnectionView = z.infer<typeof connectionView>;

const connectionName = z.string().trim().min(1).max(100);

/** A secret's parts that come with a form: what is absent stays as it is. */
export const secretChange = z
  .object({
    password: z.string().max(4000).optional(),
    /** A private key in PEM form; `generate` makes a new one here. With `dkim` absent from the config, the key is forgotten. */
    dkimPrivateKey: z.string().max(20_000).optional(),
    generateDkimKey: z.boolean().default(false),
  })
  .strict();
export type SecretChange = z.infer<typeof secretChange>;

/** DKIM as a form has it: algorithm and public key follow from the private key. */
export const dkimInput = dkimConfig.pick({ domain: true, selector: true });
export const smtpConfigInput = smtpConfig.omit({ dkim: true }).extend({ dkim: dkimInput.optional() });
export type SmtpConfigForm = z.input<typeof smtpConfigInput>;

export const connectionAdd = z.object({ name: connectionName, config: smtpConfigInput, secret: secretChange }).strict();
export const connectionEdit = connectionAdd.extend({ uid: z.string(), secret: secretChange.default({ generateDkimKey: false }) });
export const connectionVerify = z
  .object({
    uid: z.string(),
    /** Asks, too, whether mail from here (and to there) would be taken. */
    probe: z.object({ from: z.string().trim().min(3).max(320), to: z.string().trim().min(3).max(320).optional() }).optional(),
  })
  .strict();

/** Host, port and encryption of providers many use. The rest of the form stays the operator's. */
export const smtpPresets = [
  { id: 'ses', name: 'Amazon SES', host: 'email-smtp.eu-west-1.amazonaws.com', port: 587, tls: 'starttls', hint: 'Put your region into the host name. User name and password are SES SMTP credentials, made in the SES console.' },
  { id: 'gmail', name: 'Gmail or Google Workspace', host: 'smtp.gmail.com', port: 465, tls: 'implicit', hint: 'Needs an app password. Google limits how many messages an account sends a day.' },
  { id: 'outlook', name: 'Outlook or Microsoft 365', host: 'smtp.office365.com', port: 587, tls: 'starttls', hint: 'Works where the administrator allows SMTP AUTH for the mailbox.' },
  { id: 'mailgun', name: 'Mailgun', host: 'smtp.mailgun.org', port: 587, tls: 'starttls', hint: 'Domains in the EU use smtp.eu.mailgun.org.' },
  { id: 'postmark', name: 'Postmark', host: 'smtp-broadcasts.postmarkapp.com', port: 587, tls: 'starttls', hint: 'Broadcast stream. User name and password are both the server token.' },
] as const satisfies readonly { id: string; name: string; host: string; port: number; tls: TlsMode; hint: string }[];

export const verifySteps = ['connect', 'tls', 'greeting', 'auth', 'sender', 'recipient', 'dkim', 'alignment'] as const;

/** One step of a conversation, in words: `text` says what happened, `fix` what to do when it failed. */
export const verifyStep = z.object({
  step: z.enum(verifySteps),
  state: z.enum(['ok', 'warning', 'failed', 'not_tried']),
  text: z.string(),
  fix: z.string().optional(),
});
export type VerifyStep = z.infer<typeof verifyStep>;

/** What the server says of itself. `sizeBytes` null: no limit announced. */
export const serverFacts = z.object({
  greeting: z.string(),
  sizeBytes: z.number().int().nullable(),
  eightBitMime: z.boolean(),
  smtpUtf8: z.boolean(),
  pipelining: z.boolean(),
  authMethods: z.array(z.string()),
  tls: z
    .object({ protocol: z.string(), cipher: z.string(), subject: z.string(), issuer: z.string(), validFrom: instantMs, validTo: instantMs })
    .nullable(),
});
export type ServerFacts = z.infer<typeof serverFacts>;

export const verifyReport = z.object({ ok: z.boolean(), at: instantMs, steps: z.array(verifyStep), server: serverFacts.nullable() });
export type VerifyReport = z.infer<typeof verifyReport>;

/**
 * Whether DMARC counts a signature of `domain` for mail from `address` (RFC 7489 3.1.1, relaxed): the same domain, or one above or below it. Two that only share the organisational domain
 * are not told apart from two strangers here, because that takes the list of public suffixes; they are said not to align.
 */
export function dkimAligns(domain: string, address: string): boolean {
  const signer = domain.trim().toLowerCase().replace(/\.$/, '');
  const sender = domainOf(address);
  return sender === signer || sender.endsWith(`.${signer}`) || signer.endsWith(`.${sender}`);
}

/** The domain of an address, in lower case; empty where it has none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1).trim().toLowerCase();
}

/** The DNS record that makes a DKIM key known (RFC 6376 3.6.1, RFC 8463 4). */
export function dkimRecord(dkim: DkimConfig): { name: string; type: 'TXT'; value: string } {
  return { name: `${dkim.selector}._domainkey.${dkim.domain}`, type: 'TXT', value: `v=DKIM1; k=${dkim.algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519'}; p=${dkim.publicKey}` };
}
