import type { ImportMatch } from '../../../src-preload/contract/import.js';
import type { ReadDb } from '../../store/db.js';
import { endpointColumnNames, readEndpoint } from '../columns.js';
import { type EndpointInput, matchEndpoint, mergeColumns } from '../upsert.js';
import { mergeMap } from '../user.js';
import { stagedClass } from './staging.js';

export interface Classified {
  readonly class: number;
  readonly target: number | null;
  /** The user the endpoint belongs to now. */
  readonly user: number | null;
  /** True where a standing opt-out, suppression or inactive state goes against what the file claims. */
  readonly keptUnsubscribed: boolean;
  /** The row could mean several endpoints. */
  readonly ambiguous?: boolean;
}

const suppressedNow = 'select 1 from suppressed where channel = ? and address_key = ? limit 1';

/**
 * What `upsertEndpoint` would make of a row now, without doing it: the same matching and the same merge. Undefined for an id that nobody knows and that brings no
 * address.
 */
export function classify(db: ReadDb, input: EndpointInput, claimsConsent: boolean, by: ImportMatch = 'auto'): Classified | undefined {
  const match = matchEndpoint(db, input, by);
  const existing = match.id === undefined ? undefined : readEndpoint(db, match.id);
  const channel = input.channel ?? existing?.channel;
  const key = input.address?.addressKey ?? existing?.address_key;
  const suppressed = claimsConsent && channel !== undefined && key !== undefined && db.prepare(suppressedNow).get(channel, key) !== undefined;
  if (match.id === undefined || !existing) {
    if (input.address === undefined) return undefined;
    return { class: stagedClass.new, target: null, user: null, keptUnsubscribed: suppressed };
  }
  const next = mergeColumns(input, { source: '' }, existing.updated_at, () => existing.uid, existing);
  const same = endpointColumnNames.every((name) => existing[name] === next[name]) && !userChanges(db, input, existing.user);
  return {
    class: same ? stagedClass.same : stagedClass.changed,
    target: match.id,
    user: existing.user,
    ambiguous: match.by === 'several',
    keptUnsubscribed: suppressed || (claimsConsent && (existing.opt_out === 1 || (input.status === 'ACTIVE' && existing.active === 0))),
  };
}

interface UserRow {
  readonly id: number;
  readonly attributes: string;
}

function userChanges(db: ReadDb, input: EndpointInput, current: number | null): boolean {
  if (input.userId === undefined && input.userAttributes === undefined) return false;
  const user = (
    input.userId !== undefined
      ? db.prepare('select id, attributes from user where user_id = ?').get(input.userId)
      : db.prepare('select id, attributes from user where id = ?').get(current)
  ) as UserRow | undefined;
  if (!user) return input.userId !== undefined || Object.keys(input.userAttributes ?? {}).length > 0;
  return user.id !== current || mergeMap(user.attributes, input.userAttributes) !== user.attributes;
}

/** The user_id of a user, for rows that name none themselves. */
export function userIdOf(db: ReadDb, user: number): string {
  return (db.prepare('select user_id as userId from user where id = ?').get(user) as { userId: string }).userId;
}

/** A user by its UserId, and whether attributes would change it. */
export function classifyUser(
  db: ReadDb,
  userId: string,
  attributes: Readonly<Record<string, readonly string[]>> | undefined,
): { id: number; changes: boolean } | undefined {
  const user = db.prepare('select id, attributes from user where user_id = ?').get(userId) as UserRow | undefined;
  return user && { id: user.id, changes: mergeMap(user.attributes, attributes) !== user.attributes };
}
