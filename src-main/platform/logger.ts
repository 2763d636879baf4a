/** One line of JSON per event. Values under telling names and anything that looks like an address are blotted out before they are written. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with fields that every line carries. */
  with(fields: LogFields): Logger;
}
export type LogFields = Readonly<Record<string, unknown>>;

const secretName = /pass|secret|token|authorization|cookie|private|credential|api.?key/i;
const emailLike = /[^\s@"'<>]+@[^\s@"'<>]+\.[^\s@"'<>]+/g;
const phoneLike = /\+\d{7,15}/g;

/** What may be logged of a value: secrets by name become `[redacted]`, e-mail addresses and phone numbers `[address]`. */
export function redact(value: unknown, name = ''): unknown {
  if (secretName.test(name)) return '[redacted]';
  if (typeof value === 'string') return value.replace(emailLike, '[address]').replace(phoneLike, '[address]');
  if (value instanceof Error) {
    return { message: redact(value.message), stack: redact(value.stack ?? ''), ...(value.cause === undefined ? {} : { cause: redact(value.cause) }) };
  }
  if (Array.isArray(value)) return value.map((item) => redact(item));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, key)]));
  return value;
}

/** `write` takes one finished line without its newline. */
export function createLogger(write: (line: string) => void, now: () => number, base: LogFields = {}): Logger {
  const log = (level: string, event: string, fields: LogFields = {}) =>
    write(JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...(redact({ ...base, ...fields }) as LogFields) }));
  return {
    info: (event, fields) => log('info', event, fields),
    warn: (event, fields) => log('warn', event, fields),
    error: (event, fields) => log('error', event, fields),
    with: (fields) => createLogger(write, now, { ...base, ...fields }),
  };
}

export const silentLogger: Logger = createLogger(() => undefined, () => 0);
