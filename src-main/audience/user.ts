import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';

type Values = Readonly<Record<string, readonly string[] | number>>;

/**
 * Lays named values over a stored JSON map: named keys are replaced, all others kept. Gives the text back untouched when nothing changes, so that
 * "same" can be told by comparing texts.
 */
export function mergeMap(stored: string, over: Values | undefined): string {
  if (over === undefined) return stored;
  for (const _ in over) {
    // The usual row of a file that comes again. One text made instead of one read and one made.
    if (JSON.stringify(over) === stored) return stored;
    // Spread copies own properties, `__proto__` included, without running setters: names come from strangers' files.
    return JSON.stringify({ ...(JSON.parse(stored) as Values), ...over });
  }
  return stored;
}

interface UserRow {
  readonly id: number;
  readonly attributes: string;
}

export interface UserMerge {
  readonly userId: string | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>> | undefined;
  /** The user the endpoint has now. */
  readonly current: number | null;
}

interface UserRules {
  readonly beforeUser?: (user: number) => void;
  readonly announce?: boolean;
}

/**
 * Finds or creates the user an endpoint belongs to and merges attributes into it; all endpoints of that user share them. Attributes without a UserId go to the
 * endpoint's user; where it has none, to a new user with a UUIDv7 for its id, because Pinpoint's files carry names of people nobody gave an id.
 */
export function mergeUser(db: WriteDb, input: UserMerge, rules: UserRules): { id: number | null; changed: boolean } {
  const hasAttributes = input.attributes !== undefined && Object.keys(input.attributes).length > 0;
  if (input.userId === undefined && !hasAttributes) return { id: input.current, changed: false };
  const known =
    input.userId !== undefined
      ? (db.prepare('select id, attributes from user where user_id = ?').get(input.userId) as UserRow | undefined)
      : input.current === null
        ? undefined
        : (db.prepare('select id, attributes from user where id = ?').get(input.current) as UserRow | undefined);
  if (!known) {
    const attributes = mergeMap('{}', input.attributes);
    const { lastId } = db.run(
      sql`insert into user (user_id, attributes, created_at, updated_at) values (${input.userId ?? db.newUid()}, ${attributes}, ${db.now}, ${db.now})`,
    );
    if (rules.announce !== false) db.changed('user', lastId);
    return { id: lastId, changed: true };
  }
  const attributes = mergeMap(known.attributes, input.attributes);
  if (attributes === known.attributes) return { id: known.id, changed: false };
  rules.beforeUser?.(known.id);
  db.prepare('update user set attributes = ?, updated_at = ? where id = ?').run(attributes, db.now, known.id);
  if (rules.announce !== false) db.changed('user', known.id);
  return { id: known.id, changed: true };
}
