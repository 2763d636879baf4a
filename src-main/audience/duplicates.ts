import { personName } from '../../src-preload/contract/audience.js';
import type { DuplicatePair, DuplicateReason, Duplicates, DuplicateSide } from '../../src-preload/contract/merge.js';
import type { ReadDb } from '../store/db.js';
import { highestId } from '../store/highest-id.js';
import { sql } from '../store/sql.js';

interface Row {
  readonly id: number;
  readonly user: number | null;
  readonly channel: string;
  readonly address_key: string;
  readonly address: string;
  readonly postal_code: string | null;
  readonly country: string | null;
  readonly attributes: string;
  readonly user_id: string | null;
  readonly user_attributes: string | null;
}

type Values = Readonly<Record<string, readonly string[]>>;
const sliceIds = 5_000;
/** Marks of a hash: seen, and seen again from another person. 4 million of them keep chance meetings rare; a meeting costs a look and is no pair. */
const marks = 1 << 22;
const fold = (text: string) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

/** The mailbox behind an e-mail address: without what follows a plus, and at Gmail without dots, which its own servers leave out. */
function mailboxOf(key: string): string | undefined {
  const at = key.lastIndexOf('@');
  if (at <= 0) return undefined;
  const domain = key.slice(at + 1).replace(/^googlemail\.com$/, 'gmail.com');
  const local = key.slice(0, at).replace(/(.)\+.*$/, '$1');
  return `${domain === 'gmail.com' ? local.replaceAll('.', '') : local}@${domain}`;
}

function* criteria(row: Row): Generator<readonly [DuplicateReason, string]> {
  if (row.channel === 'EMAIL') {
    const mailbox = mailboxOf(row.address_key);
    if (mailbox !== undefined) yield ['mailbox', mailbox];
  }
  if (row.channel === 'SMS' || row.channel === 'VOICE') yield ['phone', row.address_key];
  if (row.postal_code !== null) {
    const name = nameOf(row);
    if (name !== undefined) yield ['name_and_place', `${fold(name)}|${fold(row.postal_code)}|${row.country ?? ''}`];
  }
}

const nameOf = (row: Row) => personName(row.user_attributes === null ? {} : (JSON.parse(row.user_attributes) as Values), JSON.parse(row.attributes) as Values);

function hashOf(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) % marks;
}

function* everybody(db: ReadDb): Generator<Row> {
  const last = highestId(db, 'endpoint');
  for (let from = 0; from < last; from += sliceIds) {
    db.throwIfCancelled();
    yield* db.all<Row>(sql`select e.id, e.user, e.channel, e.address_key, e.address, e.postal_code, e.country, e.attributes, u.user_id, u.attributes as user_attributes
      from endpoint e left join user u on u.id = e.user where e.id > ${from} and e.id <= ${from + sliceIds} order by e.id`);
  }
}

const personOf = (row: Pick<Row, 'id' | 'user'>) => row.user ?? -row.id;

/**
 * Looks for entries that may be one person: the same name and postal code, one mailbox written in two ways, one phone number for texts and calls. A reader runs it, in two passes and flat memory:
 * the first marks what comes twice, the second keeps only that. Each two entries are named once.
 */
export function duplicates(db: ReadDb, input: { readonly limit: number }): Duplicates {
  const first = new Int32Array(marks);
  const again = new Uint8Array(marks);
  for (const row of everybody(db)) {
    for (const [reason, key] of criteria(row)) {
      const hash = hashOf(`${reason} ${key}`);
      // 0: nobody yet; persons are positive, entries without one negative.
      if (first[hash] === 0) first[hash] = personOf(row);
      else if (first[hash] !== personOf(row)) again[hash] = 1;
    }
  }
  const found = new Map<string, Row>();
  const told = new Set<string>();
  const pairs: DuplicatePair[] = [];
  for (const row of everybody(db)) {
    for (const [reason, text] of criteria(row)) {
      const key = `${reason} ${text}`;
      if (again[hashOf(key)] === 0) continue;
      const before = found.get(key);
      if (!before) {
        found.set(key, row);
        continue;
      }
      const both = `${personOf(before)} ${personOf(row)}`;
      if (personOf(before) === personOf(row) || told.has(both)) continue;
      if (pairs.length === input.limit) return { pairs, more: true };
      told.add(both);
      pairs.push({ reason, older: side(db, before), newer: side(db, row) });
    }
  }
  return { pairs, more: false };
}

function side(db: ReadDb, row: Row): DuplicateSide {
  const name = nameOf(row);
  const addresses = row.user === null ? 1 : db.get<{ n: number }>(sql`select count(*) as n from endpoint where user = ${row.user}`)!.n;
  return { endpoint: row.id, address: row.address, addresses, ...(name === undefined ? {} : { name }), ...(row.user_id === null ? {} : { userId: row.user_id }) };
}
