import { splitAddresses, type SuppressionReason } from './audience.js';

/** One address of a list, as it was written, and where. */
export interface ListedAddress {
  readonly text: string;
  /** Line of the text, from 1; of a JSON export the position of the entry. */
  readonly row: number;
  /** What the list says of this address by itself; absent: what the person who enters it says. */
  readonly reason?: Extract<SuppressionReason, 'complaint' | 'hard_bounce' | 'stop' | 'unsubscribe'>;
}

export type ListChannel = 'EMAIL' | 'SMS' | 'VOICE';

/**
 * Where a list came from. `ses`: an export of Amazon SES's account suppression list (`ListSuppressedDestinations`, JSON or CSV); `csv`: a table with a column of addresses or phone numbers,
 * as Twilio's opt-outs are; `plain`: addresses and nothing else.
 */
export interface SuppressionList {
  readonly kind: 'ses' | 'csv' | 'plain';
  readonly addresses: readonly ListedAddress[];
}

const addressNames = /^(?:e-?mail(?:[ _-]?address)?|address|recipient|contact|to|from|phone(?:[ _-]?number)?|mobile(?:[ _-]?number)?|number|msisdn|recipient[ _-]?(?:id|number))$/i;
const emailNames = /^(?:e-?mail(?:[ _-]?address)?|address|recipient|contact)$/i;
const reasonNames = /^(?:reason|type|suppression[ _-]?reason|source|status|keyword|opt[ _-]?out[ _-]?type|body)$/i;

const reasons: readonly (readonly [RegExp, NonNullable<ListedAddress['reason']>])[] = [
  [/complaint|spam/i, 'complaint'],
  [/bounce/i, 'hard_bounce'],
  [/^(?:stop|stopall|quit|cancel|end|revoke|optout|opt[ _-]out)$/i, 'stop'],
  [/unsub/i, 'unsubscribe'],
];

function reasonOf(word: string | undefined): Pick<ListedAddress, 'reason'> {
  const found = word === undefined ? undefined : reasons.find(([pattern]) => pattern.test(word.trim()));
  return found ? { reason: found[1] } : {};
}

/**
 * Reads a list of addresses that must get nothing, whatever made it. Nothing is judged here: what is not an address comes back as it stands. About 0.2 s for 100,000 lines.
 */
export function readSuppressionList(text: string, of: ListChannel): SuppressionList {
  const bare = text.replace(/^\ufeff/, '').trim();
  return fromJson(bare) ?? fromTable(bare, of) ?? { kind: 'plain', addresses: fromLines(bare, of) };
}

/** SES: one object with `SuppressedDestinationSummaries`, the list alone, or an object a line. */
function fromJson(text: string): SuppressionList | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  const entries = parsed(text) ?? text.split('\n').flatMap((line) => (line.trim() === '' ? [] : (parsed(line) ?? [])));
  const addresses = entries.flatMap((entry, index): ListedAddress[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { EmailAddress: email, Reason: reason } = entry as Record<string, unknown>;
    return typeof email === 'string' ? [{ text: email, row: index + 1, ...reasonOf(typeof reason === 'string' ? reason : undefined) }] : [];
  });
  return addresses.length > 0 ? { kind: 'ses', addresses } : undefined;
}

function parsed(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as unknown[];
    const list: unknown = (value as { SuppressedDestinationSummaries?: unknown } | null)?.SuppressedDestinationSummaries;
    return Array.isArray(list) ? (list as unknown[]) : [value];
  } catch {
    return undefined;
  }
}

/** A table is told by its first line: names without an address among them. */
function fromTable(text: string, of: ListChannel): SuppressionList | undefined {
  const lines = text.split(/\r\n|\r|\n/);
  const first = lines[0] ?? '';
  const delimiter = [',', ';', '\t'].find((one) => first.includes(one)) ?? ',';
  const names = cells(first, delimiter);
  const wanted = of === 'EMAIL' ? emailNames : addressNames;
  const column = names.findIndex((name) => wanted.test(name));
  if (column < 0 || names.some((name) => /@|\d{6}/.test(name))) return undefined;
  const reason = names.findIndex((name, index) => index !== column && reasonNames.test(name));
  const ses = names.some((name) => /^EmailAddress$/i.test(name)) && reason >= 0;
  const addresses = lines.slice(1).flatMap((line, index): ListedAddress[] => {
    if (line.trim() === '') return [];
    const values = cells(line, delimiter);
    return [{ text: values[column] ?? '', row: index + 2, ...reasonOf(values[reason]) }];
  });
  return { kind: ses ? 'ses' : 'csv', addresses };
}

/** The cells of one line. Quotes around a cell are taken off; a cell over several lines is no address, and none is expected. */
function cells(line: string, delimiter: string): string[] {
  const found: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '"') {
      if (quoted && line[i + 1] === '"') cell += line[++i]!;
      else quoted = !quoted;
    } else if (character === delimiter && !quoted) {
      found.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...found, cell.trim()];
}

function fromLines(text: string, of: ListChannel): ListedAddress[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, index) => addressesIn(line, of).map((one) => ({ text: one, row: index + 1 })));
}

/** A line with an address among words is that address; a line without any is one thing that could not be read, whatever its words. */
function addressesIn(line: string, of: ListChannel): string[] {
  if (of !== 'EMAIL' || line.trim() === '') return splitAddresses(line, of);
  const found = splitAddresses(line, of).filter((one) => one.includes('@'));
  return found.length > 0 ? found : [line.trim()];
}
