import {
  type SuppressionReason,
  type SuppressListCheck,
  type SuppressManyInput,
  suppressManyLimit,
} from '../../src-preload/contract/audience.js';
import { readSuppressionList } from '../../src-preload/contract/suppression-list.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { normaliseAddress } from './address.js';
import { type Appended, heavierReason, suppress, usualScope } from './consent.js';

/** Addresses a slice suppresses: some 10 ms on two cores, so that claims never wait longer than the store's slice. */
export const suppressSliceAddresses = 500;
const listed = 1000;
/** A long question looks for a cancel this often. */
const cancelEvery = 5_000;

/** What is to be written about one address. */
export interface ListedSuppression {
  readonly addressKey: string;
  readonly reason: SuppressionReason;
  readonly scope: 'marketing' | 'all';
}

/** A list read and looked up: what would happen, and the facts to write for it. */
export interface SuppressionPlan {
  readonly check: SuppressListCheck;
  readonly facts: readonly ListedSuppression[];
}

/**
 * What a list would do, without doing it: new, already suppressed, nobody's here, not an address (with its row). A list that gives reasons of its own (SES) keeps them, and with them the usual
 * reach of each where it is wider; an address that comes again gets the weightiest reason and the widest reach of its rows. Throws `BAD_INPUT` above `suppressManyLimit`. A reader runs it: about a second at 100,000.
 */
export function planSuppressions(db: ReadDb, input: SuppressManyInput): SuppressionPlan {
  const list = readSuppressionList(input.text, input.channel);
  if (list.addresses.length > suppressManyLimit) throw new HeliographError('BAD_INPUT', { field: 'text', message: `at most ${suppressManyLimit} addresses at a time` });
  const rules = { defaultCountry: readSettings(db).defaultCountry };
  const known = db.prepare('select 1 from endpoint where address_key = ? and channel = ? limit 1');
  const standing = db.prepare('select 1 from suppressed where channel = ? and address_key = ? and scope in (?, ?) limit 1');
  const facts = new Map<string, ListedSuppression & { readonly address: string }>();
  const already: string[] = [];
  const unknown: string[] = [];
  const invalid: string[] = [];
  for (const [index, { text, row, reason = input.reason }] of list.addresses.entries()) {
    if (index % cancelEvery === 0) db.throwIfCancelled();
    const normal = normaliseAddress(input.channel, text, rules);
    if ('problem' in normal) {
      invalid.push(`Row ${row}: ${text.slice(0, 200)}`);
      continue;
    }
    const { addressKey, address } = normal;
    const scope = input.scope === 'all' || (reason !== input.reason && usualScope[reason] === 'all') ? 'all' : 'marketing';
    const before = facts.get(addressKey);
    // A number that comes again: a log of keywords tells HELP before STOP, a provider a bounce before the complaint.
    facts.set(addressKey, before ? { ...before, reason: heavierReason(before.reason, reason), scope: before.scope === 'all' ? 'all' : scope } : { addressKey, address, reason, scope });
  }
  for (const [index, { addressKey, address, scope }] of [...facts.values()].entries()) {
    if (index % cancelEvery === 0) db.throwIfCancelled();
    // A wider suppression that stands already answers a narrower one that is asked for.
    if (standing.get(input.channel, addressKey, scope, 'all') !== undefined) already.push(address);
    else if (known.get(addressKey, input.channel) === undefined) unknown.push(address);
  }
  return {
    check: {
      kind: list.kind,
      added: facts.size - already.length,
      already: already.length,
      unknown: unknown.length,
      invalid: invalid.length,
      alreadyList: already.slice(0, listed),
      unknownList: unknown.slice(0, listed),
      invalidList: invalid.slice(0, listed),
    },
    facts: [...facts.values()].map(({ address: _address, ...fact }) => fact),
  };
}

/** Suppresses one slice of a list. A repeat appends nothing, so a list that was cut in the middle can be entered again. */
export function suppressSlice(db: WriteDb, input: Pick<SuppressManyInput, 'channel' | 'note'> & { readonly source: string; readonly facts: readonly ListedSuppression[] }): Appended {
  const note = input.note?.trim();
  return suppress(
    db,
    input.facts.map((fact) => ({ ...fact, channel: input.channel, source: input.source, ...(note ? { note } : {}) })),
  );
}

/** One line of the audit log for a whole list. */
export function suppressionsEntered(db: WriteDb, input: Pick<SuppressManyInput, 'reason' | 'scope'> & { readonly added: number }): void {
  db.audit('suppression.added', 'suppression', input);
}
