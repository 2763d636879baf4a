import { type EndpointImage, pickLimit } from '../../src-preload/contract/audience.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { isWorkspaceWide } from './address.js';
import { suppress } from './consent.js';
import { wasErased } from './erased.js';
import { activeHolder, type EndpointColumns, endpointColumnNames, insertEndpoint, readEndpoint } from './columns.js';

type UserRow = NonNullable<EndpointImage['user']>;

const readUser = (db: ReadDb, id: number) => db.get<UserRow>(sql`select id, user_id, attributes, created_at, updated_at from user where id = ${id}`) ?? null;

/**
 * Deletes addresses, and a person with their last one. What was sent stays in the ledger; a message still waiting finds nobody at its claim and is skipped as
 * `deleted`; suppressions stay with the address. Gives back what `restoreDeleted` needs. Ids that are gone already are passed over.
 */
export function remove(db: WriteDb, input: { readonly ids: readonly number[] }): { readonly deleted: number; readonly images: EndpointImage[] } {
  if (input.ids.length > pickLimit) throw new HeliographError('BAD_INPUT', { field: 'ids', message: `at most ${pickLimit} at a time` });
  const images: EndpointImage[] = [];
  for (const id of new Set(input.ids)) {
    const row = readEndpoint(db, id);
    if (!row) continue;
    const aliases = db.all<{ app: number; uid: string }>(sql`select app, uid from endpoint_alias where endpoint = ${id}`);
    const segments = db.all<{ segment: number }>(sql`select segment from segment s join segment_member m on m.segment = s.id where m.endpoint = ${id}`).map((member) => member.segment);
    db.run(sql`delete from endpoint_alias where endpoint = ${id}`);
    for (const segment of segments) {
      db.run(sql`delete from segment_member where segment = ${segment} and endpoint = ${id}`);
      db.changed('segment_member', segment);
    }
    // The opt-out lived in the row: without this, the next file with the address would make it contactable again.
    if (row.opt_out === 1) suppress(db, { channel: row.channel, addressKey: row.address_key, reason: 'manual', source: 'opted out in the app, then deleted' });
    db.run(sql`delete from endpoint where id = ${id}`);
    const last = row.user !== null && db.get(sql`select 1 from endpoint where user = ${row.user} limit 1`) === undefined;
    images.push({ id, row: { ...row }, aliases, segments, user: row.user === null ? null : readUser(db, row.user) });
    if (last) {
      db.run(sql`delete from user where id = ${row.user}`);
      db.changed('user', row.user);
    }
    db.changed('endpoint', id);
    db.audit('endpoint.deleted', `endpoint:${id}`);
  }
  return { deleted: images.length, images };
}

/**
 * Puts deleted addresses back under their own ids, with aliases, list memberships and the person. Throws `BAD_INPUT` for an image that no deletion made, and
 * for an address that another active endpoint has taken since, `NOT_ALLOWED` for one that was erased since; then nothing is restored.
 */
export function restoreDeleted(db: WriteDb, input: { readonly images: readonly EndpointImage[] }): { readonly restored: number } {
  if (input.images.length > pickLimit) throw new HeliographError('BAD_INPUT', { field: 'images', message: `at most ${pickLimit} at a time` });
  let restored = 0;
  for (const image of input.images) {
    if (readEndpoint(db, image.id)) continue;
    const row = toColumns(db, image);
    if (wasErased(db, row.channel, row.address_key)) throw new HeliographError('NOT_ALLOWED', { message: 'The address was erased since.' });
    if (row.active === 1 && activeHolder(db, { channel: row.channel, addressKey: row.address_key, app: row.app, workspaceWide: isWorkspaceWide(row.channel) }) !== undefined) {
      throw new HeliographError('BAD_INPUT', { field: 'Address', message: 'another active entry has this address now' });
    }
    insertEndpoint(db, { ...row, user: restoreUser(db, image.user) }, image.id);
    for (const { app, uid } of image.aliases) db.run(sql`insert or ignore into endpoint_alias (app, uid, endpoint) values (${app}, ${uid}, ${image.id})`);
    for (const segment of image.segments) {
      db.run(sql`insert or ignore into segment_member (segment, endpoint) select id, ${image.id} from segment where id = ${segment}`);
      db.changed('segment_member', segment);
    }
    db.changed('endpoint', image.id);
    db.audit('endpoint.restored', `endpoint:${image.id}`);
    restored++;
  }
  return { restored };
}

/** The image comes back from a window: it may only name an id this workspace gave out and every column in its place. */
function toColumns(db: ReadDb, { id, row }: EndpointImage): EndpointColumns {
  const top = db.get<{ seq: number }>(sql`select seq from sqlite_sequence where name = 'endpoint'`)?.seq ?? 0;
  const whole = Object.keys(row).length === endpointColumnNames.length && endpointColumnNames.every((name) => row[name] !== undefined);
  if (id > top || !whole) throw new HeliographError('BAD_INPUT', { field: 'images', message: 'not a deleted address of this workspace' });
  return row as unknown as EndpointColumns;
}

function restoreUser(db: WriteDb, user: EndpointImage['user']): number | null {
  if (user === null) return null;
  const known = db.get<{ id: number }>(sql`select id from user where user_id = ${user.user_id}`);
  if (known) return known.id;
  const top = db.get<{ seq: number }>(sql`select seq from sqlite_sequence where name = 'user'`)?.seq ?? 0;
  if (user.id > top || readUser(db, user.id)) throw new HeliographError('BAD_INPUT', { field: 'images', message: 'not a deleted person of this workspace' });
  db.run(sql`insert into user (id, user_id, attributes, created_at, updated_at) values (${user.id}, ${user.user_id}, ${user.attributes}, ${user.created_at}, ${user.updated_at})`);
  db.changed('user', user.id);
  return user.id;
}
