import type { EndpointEdit } from '../../src-preload/contract/audience.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { readSettings } from '../settings/index.js';
import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { isWorkspaceWide, normaliseAddress } from './address.js';
import { keepOptOut } from './consent.js';
import { activeHolder, type EndpointColumns, endpointColumnNames, readEndpoint, standardColumns, writeEndpoint } from './columns.js';

export interface UpdateInput {
  readonly id: number;
  readonly edit: EndpointEdit;
}

/** Pinpoint has no attribute without a name, and a name of only spaces could never be told from another. */
function checkNames(map: Readonly<Record<string, unknown>> | undefined, field: string): void {
  for (const name of Object.keys(map ?? {})) if (name.trim() === '') throw new HeliographError('BAD_INPUT', { field, message: 'a name is empty' });
}

/**
 * An operator's edit of one address. Maps replace the whole map, so that a key can be removed (Pinpoint never could). Throws `NOT_FOUND`, `BAD_INPUT` for an
 * address that cannot be one, and `CONFLICT` where another active endpoint holds the address. Suppressions belong to addresses: a new address has its own.
 */
export function update(db: WriteDb, input: UpdateInput): { readonly changed: boolean } {
  const before = readEndpoint(db, input.id);
  if (!before) throw new HeliographError('NOT_FOUND', { what: 'address' });
  const { edit } = input;
  checkNames(edit.attributes, 'Attributes');
  checkNames(edit.metrics, 'Metrics');
  let next: EndpointColumns = { ...before, ...standardColumns(edit.demographic, edit.location) };
  if (edit.address !== undefined) {
    const normal = normaliseAddress(before.channel, edit.address, { defaultCountry: readSettings(db).defaultCountry });
    if ('problem' in normal) throw new HeliographError('BAD_INPUT', { field: 'Address', message: normal.problem });
    next = { ...next, address: normal.address, address_key: normal.addressKey };
  }
  if (edit.active !== undefined) next = { ...next, active: Number(edit.active) };
  if (edit.attributes !== undefined) next = { ...next, attributes: JSON.stringify(edit.attributes) };
  if (edit.metrics !== undefined) next = { ...next, metrics: JSON.stringify(edit.metrics) };
  if (edit.userId !== undefined) next = { ...next, user: edit.userId === null ? null : findOrMakeUser(db, edit.userId) };

  const fields = endpointColumnNames.filter((name) => before[name] !== next[name]);
  if (fields.length === 0) return { changed: false };
  if (next.active === 1) {
    const at = { channel: next.channel, addressKey: next.address_key, app: next.app, workspaceWide: isWorkspaceWide(next.channel) };
    if (activeHolder(db, at, input.id) !== undefined) throw new HeliographError('BAD_INPUT', { field: 'Address', message: 'another active entry has this address' });
  }
  keepOptOut(db, before, next, { reason: 'manual', source: 'opted out in the app, then given another address' });
  writeEndpoint(db, input.id, { ...next, updated_at: db.now });
  db.changed('endpoint', input.id);
  db.audit('endpoint.edited', `endpoint:${input.id}`, { fields: fields.filter((name) => name !== 'address_key') });
  return { changed: true };
}

function findOrMakeUser(db: WriteDb, userId: string): number {
  const known = db.get<{ id: number }>(sql`select id from user where user_id = ${userId}`);
  if (known) return known.id;
  const { lastId } = db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values (${userId}, '{}', ${db.now}, ${db.now})`);
  db.changed('user', lastId);
  return lastId;
}

export interface UpdateUserInput {
  readonly user: number;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Replaces a person's attributes, which all their addresses share. Throws `NOT_FOUND`. */
export function updateUser(db: WriteDb, input: UpdateUserInput): { readonly changed: boolean } {
  const before = db.get<{ attributes: string }>(sql`select attributes from user where id = ${input.user}`);
  if (!before) throw new HeliographError('NOT_FOUND', { what: 'person' });
  checkNames(input.attributes, 'UserAttributes');
  const attributes = JSON.stringify(input.attributes);
  if (attributes === before.attributes) return { changed: false };
  const old = JSON.parse(before.attributes) as Record<string, readonly string[]>;
  const names = new Set([...Object.keys(old), ...Object.keys(input.attributes)]);
  const fields = [...names].filter((name) => JSON.stringify(old[name]) !== JSON.stringify(input.attributes[name]));
  db.run(sql`update user set attributes = ${attributes}, updated_at = ${db.now} where id = ${input.user}`);
  db.changed('user', input.user);
  // Told of each of the person's addresses, because that is where a timeline looks for it.
  for (const { id } of db.all<{ id: number }>(sql`select id from endpoint where user = ${input.user} order by id limit 100`)) {
    db.audit('person.edited', `endpoint:${id}`, { fields });
  }
  return { changed: true };
}

export interface OptOutInput {
  readonly id: number;
  readonly optOut: boolean;
  /** Why; required to clear the flag. */
  readonly note?: string | undefined;
}

/**
 * Sets or clears Pinpoint's OptOut flag by hand. Clearing loosens consent, so it needs a reason (`SUPPRESSION_REASON_REQUIRED`), which is kept as the flag's
 * source; suppressions of the address stay. Throws `NOT_FOUND`, and `NOT_ALLOWED` for anybody but an operator.
 */
export function setOptOut(db: WriteDb, input: OptOutInput): { readonly changed: boolean } {
  if (db.actor.kind !== 'operator') throw new HeliographError('NOT_ALLOWED', { actor: db.actor.kind });
  const before = readEndpoint(db, input.id);
  if (!before) throw new HeliographError('NOT_FOUND', { what: 'address' });
  const note = input.note?.trim() ?? '';
  if (!input.optOut && note === '') throw new HeliographError('SUPPRESSION_REASON_REQUIRED');
  if (before.opt_out === Number(input.optOut)) return { changed: false };
  writeEndpoint(db, input.id, { ...before, opt_out: Number(input.optOut), opt_out_source: note === '' ? 'operator' : `operator: ${note}`, updated_at: db.now });
  db.changed('endpoint', input.id);
  db.audit(input.optOut ? 'endpoint.opted_out' : 'endpoint.opt_out_cleared', `endpoint:${input.id}`);
  return { changed: true };
}
