import { type ConnectionView, connectionAdd, isLoopbackHost, type SmtpConfigForm, smtpPresets } from '../../../src-preload/contract/connection.js';

/** The form as it is typed: numbers are text until they are read. */
export interface FormState {
  readonly name: string;
  readonly host: string;
  readonly port: string;
  readonly tls: SmtpConfigForm['tls'];
  readonly allowPlainText: boolean;
  readonly auth: NonNullable<SmtpConfigForm['auth']>;
  readonly user: string;
  /** Null: the kept one stays. */
  readonly password: string | null;
  readonly connections: string;
  readonly messagesPerSecond: string;
  readonly maxMessagesPerConnection: string;
  readonly clientName: string;
  readonly envelopeFrom: string;
  readonly connectTimeoutSeconds: string;
  readonly answerTimeoutSeconds: string;
  readonly caCertificate: string;
  readonly dkim: { readonly domain: string; readonly selector: string; readonly key: 'kept' | 'generate' | 'paste'; readonly pem: string } | null;
}

/** A connection's settings in the form; without one, what a new connection starts with. */
export function formOf(connection: ConnectionView | undefined): FormState {
  const c = connection?.config;
  return {
    name: connection?.name ?? '',
    host: c?.host ?? '',
    port: String(c?.port ?? 587),
    tls: c?.tls ?? 'starttls',
    allowPlainText: c?.allowPlainText ?? false,
    auth: c?.auth ?? 'auto',
    user: c?.user ?? '',
    password: connection?.hasSecret ? null : '',
    connections: String(c?.connections ?? 5),
    messagesPerSecond: c?.messagesPerSecond === undefined ? '' : String(c.messagesPerSecond),
    maxMessagesPerConnection: String(c?.maxMessagesPerConnection ?? 100),
    clientName: c?.clientName ?? '',
    envelopeFrom: c?.envelopeFrom ?? '',
    connectTimeoutSeconds: String(c?.connectTimeoutSeconds ?? 30),
    answerTimeoutSeconds: String(c?.answerTimeoutSeconds ?? 300),
    caCertificate: c?.caCertificate ?? '',
    dkim: c?.dkim ? { domain: c.dkim.domain, selector: c.dkim.selector, key: connection?.hasDkimKey ? 'kept' : 'generate', pem: '' } : null,
  };
}

export function withPreset(state: FormState, id: string): FormState {
  const preset = smtpPresets.find((p) => p.id === id);
  if (!preset) return state;
  return { ...state, host: preset.host, port: String(preset.port), tls: preset.tls, name: state.name === '' || smtpPresets.some((p) => p.name === state.name) ? preset.name : state.name };
}

/** Where the password must be typed again, because it would go to another server or travel readable. */
export function needsPasswordAgain(state: FormState, before: ConnectionView | undefined): boolean {
  const c = before?.config;
  if (!c || !before.hasSecret || state.password !== null) return false;
  return c.host.toLowerCase() !== state.host.trim().toLowerCase() || String(c.port) !== state.port.trim() || (c.tls !== 'none' && state.tls === 'none');
}

export const asksPlainText = (state: FormState): boolean => state.tls === 'none' && state.host.trim() !== '' && !isLoopbackHost(state.host);

/** The call's input, or the fields that cannot be read, by name. */
export function inputOf(state: FormState): { readonly ok: true; readonly input: ReturnType<typeof connectionAdd.parse> } | { readonly ok: false; readonly problems: ReadonlyMap<string, string> } {
  const n = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.')));
  const { dkim } = state;
  const parsed = connectionAdd.safeParse({
    name: state.name,
    config: {
      host: state.host,
      port: n(state.port),
      tls: state.tls,
      allowPlainText: state.tls === 'none' && state.allowPlainText,
      auth: state.auth,
      user: state.user.trim(),
      connections: n(state.connections),
      ...(state.messagesPerSecond.trim() === '' ? {} : { messagesPerSecond: n(state.messagesPerSecond) }),
      maxMessagesPerConnection: n(state.maxMessagesPerConnection),
      clientName: state.clientName.trim(),
      envelopeFrom: state.envelopeFrom,
      connectTimeoutSeconds: n(state.connectTimeoutSeconds),
      answerTimeoutSeconds: n(state.answerTimeoutSeconds),
      ...(state.caCertificate.trim() === '' ? {} : { caCertificate: state.caCertificate.trim() }),
      ...(dkim ? { dkim: { domain: dkim.domain, selector: dkim.selector.trim() } } : {}),
    },
    secret: {
      ...(state.password === null ? {} : { password: state.password }),
      generateDkimKey: dkim?.key === 'generate',
      ...(dkim?.key === 'paste' ? { dkimPrivateKey: dkim.pem } : {}),
    },
  });
  if (parsed.success) return { ok: true, input: parsed.data };
  const problems = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const field = issue.path.filter((part) => part !== 'config').join('.');
    if (!problems.has(field)) problems.set(field, fieldWords[field] ?? issue.message);
  }
  return { ok: false, problems };
}

const fieldWords: Readonly<Record<string, string>> = {
  name: 'Give it a name',
  host: 'A host name or an IP address',
  port: 'A number from 1 to 65535',
  connections: 'A number from 1 to 50',
  messagesPerSecond: 'A number, at least 0.01',
  maxMessagesPerConnection: 'A number, at least 1',
  connectTimeoutSeconds: 'A number from 1 to 600',
  answerTimeoutSeconds: 'A number from 1 to 3600',
  clientName: 'A host name',
  'dkim.domain': 'A domain: example.com',
  'dkim.selector': 'Letters, digits and hyphens',
};
