import type { MergeImage, MergeInput } from '../../src-preload/contract/merge.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { wasErased } from './erased.js';

type UserRow = NonNullable<MergeImage['into']['user']>;
type Side = MergeImage['into'];

const userOf = (db: ReadDb, id: number | null) => (id === null ? null : (db.get<UserRow>(sql`select id, user_id, attributes, created_at, updated_at from user where id = ${id}`) ?? null));

function sideOf(db: ReadDb, endpoint: number): Side {
  const row = db.get<{ user: number | null }>(sql`select user from endpoint where id = ${endpoint}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'person' });
  const endpoints = row.user === null ? [endpoint] : db.all<{ id: number }>(sql`select id from endpoint where user = ${row.user} order by id`).map(({ id }) => id);
  return { user: userOf(db, row.user), endpoints };
}

function move(db: WriteDb, endpoints: readonly number[], user: number | null): void {
  db.run(sql`update endpoint set user = ${user}, updated_at = ${db.now} where id in (select value from json_each(${JSON.stringify(endpoints)}))`);
  for (const id of endpoints) db.changed('endpoint', id);
}

/**
 * Makes two people one: the addresses of `from` become the other's, attributes are joined, the emptied person goes. Lists, messages, events and consent are an address's and move with it. Gives
 * what `unmergePeople` needs. Throws `NOT_FOUND`, and `BAD_INPUT` where both are one already.
 */
export function mergePeople(db: WriteDb, input: MergeInput): MergeImage {
  const into = sideOf(db, input.into);
  const from = sideOf(db, input.from);
  if (input.into === input.from || (into.user !== null && into.user.id === from.user?.id)) throw new HeliographError('BAD_INPUT', { field: 'from', message: 'both are one person already' });
  const parse = (user: UserRow | null) => JSON.parse(user?.attributes ?? '{}') as Record<string, readonly string[]>;
  const joined = input.wins === 'into' ? { ...parse(from.user), ...parse(into.user) } : { ...parse(into.user), ...parse(from.user) };
  const attributes = JSON.stringify(joined);
  let user = into.user?.id;
  if (user === undefined) {
    // An address without a person is given that of the other.
    if (from.user) user = from.user.id;
    else user = db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values (${db.newUid()}, '{}', ${db.now}, ${db.now})`).lastId;
    move(db, into.endpoints, user);
  }
  db.run(sql`update user set attributes = ${attributes}, updated_at = ${db.now} where id = ${user}`);
  move(db, from.endpoints, user);
  if (from.user && from.user.id !== user) {
    db.run(sql`delete from user where id = ${from.user.id}`);
    db.changed('user', from.user.id);
  }
  db.changed('user', user);
  for (const id of [...into.endpoints, ...from.endpoints]) db.audit('person.merged', `endpoint:${id}`);
  return { user, into, from, at: db.now };
}

/**
 * Takes a merge back: each address that is still the merged person's becomes its former owner's. Throws `CONFLICT` where the person was edited or went since, `NOT_ALLOWED` where one of them was
 * erased since, `BAD_INPUT` for what no merge of this workspace left.
 */
export function unmergePeople(db: WriteDb, { user, into, from, at }: MergeImage): { readonly moved: number } {
  const now = userOf(db, user);
  if (!now || now.updated_at !== at) throw new HeliographError('CONFLICT', { what: 'The person' });
  const top = db.get<{ seq: number }>(sql`select seq from sqlite_sequence where name = 'user'`)?.seq ?? 0;
  const all = [...into.endpoints, ...from.endpoints];
  const held = new Set(db.all<{ id: number }>(sql`select id from endpoint where user = ${user}`).map(({ id }) => id));
  for (const side of [into, from]) {
    if (side.user === null || side.user.id === user) continue;
    if (side.user.id > top || userOf(db, side.user.id) || db.get(sql`select 1 from user where user_id = ${side.user.user_id}`)) throw new HeliographError('BAD_INPUT', { field: 'image', message: 'not a merged person of this workspace' });
  }
  if (all.some((id) => !held.has(id))) assertNotErased(db, all);
  let moved = 0;
  for (const side of [into, from]) {
    const mine = side.endpoints.filter((id) => held.has(id));
    if (side.user && side.user.id !== user) {
      db.run(sql`insert into user (id, user_id, attributes, created_at, updated_at) values (${side.user.id}, ${side.user.user_id}, ${side.user.attributes}, ${side.user.created_at}, ${side.user.updated_at})`);
      db.changed('user', side.user.id);
    }
    if (side.user?.id === user) db.run(sql`update user set attributes = ${side.user.attributes}, updated_at = ${db.now} where id = ${user}`);
    else {
      move(db, mine, side.user?.id ?? null);
      moved += mine.length;
    }
  }
  // A person that the merge itself made.
  if (into.user?.id !== user && from.user?.id !== user && !db.get(sql`select 1 from endpoint where user = ${user} limit 1`)) db.run(sql`delete from user where id = ${user}`);
  db.changed('user', user);
  for (const id of all.filter((one) => held.has(one))) db.audit('person.unmerged', `endpoint:${id}`);
  return { moved };
}

/** Some of the addresses are not the person's any more: moved, or erased, and then their former person must not come back. */
function assertNotErased(db: WriteDb, endpoints: readonly number[]): void {
  const rows = db.all<{ id: number; channel: string; address_key: string }>(sql`select id, channel, address_key from endpoint where id in (select value from json_each(${JSON.stringify(endpoints)}))`);
  if (rows.length < endpoints.length || rows.some((row) => wasErased(db, row.channel, row.address_key))) throw new HeliographError('NOT_ALLOWED', { message: 'An address of theirs is gone since.' });
}
