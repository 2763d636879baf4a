import type { ConnectionView, SmtpConfig } from '../../src-preload/contract/connection.js';
import { sandboxConnectionUid } from '../../src-preload/contract/connection.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import type { Operations, Queries } from '../store/operation.js';
import { sql } from '../store/sql.js';
import { type ConnectionRow, connectionRow, connectionRows, storedConfig, toConnectionView } from './connections.rows.js';
import { assertProtected } from './email/smtp-options.js';

/** Longest error text that is kept of a connection, in characters. */
const errorLimit = 500;

function assertNameFree(db: ReadDb, name: string, except: number | null): void {
  if (db.get(sql`select 1 from connection where name = ${name} collate nocase and deleted_at is null and id is not ${except}`)) {
    throw new HeliographError('BAD_INPUT', { field: 'name', message: 'Another connection has this name.' });
  }
}

function editable(db: ReadDb, uid: string): ConnectionRow {
  const row = connectionRow(db, uid);
  if (row.provider === 'sandbox') throw new HeliographError('NOT_ALLOWED', { message: 'The test mailbox is built in.' });
  return row;
}

/** Stores a new SMTP connection, unverified. `secretBits` says which secrets the caller is about to keep. */
function add(db: WriteDb, input: { name: string; config: SmtpConfig; secretBits: number }): { id: number; uid: string } {
  assertProtected(input.config);
  assertNameFree(db, input.name, null);
  const uid = db.newUid();
  const { lastId } = db.run(
    sql`insert into connection (uid, name, channel, provider, config, has_secret, created_at, updated_at) values (${uid}, ${input.name}, 'EMAIL', 'smtp', ${JSON.stringify(input.config)}, ${input.secretBits}, ${db.now}, ${db.now})`,
  );
  db.changed('connection', lastId);
  db.audit('connection.add', `connection:${uid}`, { host: input.config.host, port: input.config.port, tls: input.config.tls });
  return { id: lastId, uid };
}

/** What a verification spoke with: when any of it changes, the connection counts as unverified. */
const verifiedFields = ['host', 'port', 'tls', 'auth', 'user', 'clientName', 'caCertificate', 'dkim', 'envelopeFrom'] as const satisfies readonly (keyof SmtpConfig)[];

/** Changes settings and says which secrets are kept now. Runs that go on use the new settings from their next start. */
function edit(db: WriteDb, input: { uid: string; name: string; config: SmtpConfig; secretBits: number; secretChanged: boolean }): void {
  const row = editable(db, input.uid);
  assertProtected(input.config);
  assertNameFree(db, input.name, row.id);
  const before = storedConfig(row);
  // What was found in DNS holds as long as the key and its name do.
  const { confirmed, ...known } = before.dkim ?? {};
  const dkim = confirmed !== undefined && JSON.stringify(known) === JSON.stringify(input.config.dkim) ? before.dkim : input.config.dkim;
  const config: SmtpConfig = dkim === undefined ? input.config : { ...input.config, dkim };
  const changed = verifiedFields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(config[field]));
  const stale = changed.length > 0 || input.secretChanged;
  db.run(sql`update connection set name = ${input.name}, config = ${JSON.stringify(config)}, has_secret = ${input.secretBits}, updated_at = ${db.now},
    verified_at = ${stale ? null : row.verified_at}, last_error = ${stale ? null : row.last_error} where id = ${row.id}`);
  db.changed('connection', row.id);
  db.audit('connection.edit', `connection:${input.uid}`, { changed: changed.join(' '), secret: input.secretChanged });
}

/** Writes what a verification found: no error verifies the connection, an error unverifies it. `dkimConfirmed`: whether the key was found in DNS; absent where nobody looked. */
function markVerified(db: WriteDb, input: { uid: string; error: string | null; dkimConfirmed?: boolean }): void {
  const row = connectionRow(db, input.uid);
  db.run(sql`update connection set verified_at = ${input.error === null ? db.now : null}, last_error = ${input.error === null ? null : input.error.slice(0, errorLimit)}, updated_at = ${db.now} where id = ${row.id}`);
  if (input.dkimConfirmed !== undefined) db.run(sql`update connection set config = json_set(config, '$.dkim.confirmed', json(${String(input.dkimConfirmed)})) where id = ${row.id} and config ->> '$.dkim.domain' is not null`);
  db.changed('connection', row.id);
}

/** Keeps the newest trouble met while sending (null: it works again). The verification stands: a server that is down was still set up right. */
function noteHealth(db: WriteDb, input: { uid: string; error: string | null }): void {
  const row = db.get<{ id: number; last_error: string | null }>(sql`select id, last_error from connection where uid = ${input.uid} and deleted_at is null`);
  const error = input.error === null ? null : input.error.slice(0, errorLimit);
  if (!row || row.last_error === error) return;
  db.run(sql`update connection set last_error = ${error}, updated_at = ${db.now} where id = ${row.id}`);
  db.changed('connection', row.id);
}

/**
 * Removes a connection; its secret is removed by the caller. Throws `CONNECTION_IN_USE` naming the campaign of an unfinished run that sends over it, `NOT_ALLOWED` for the test mailbox.
 */
function remove(db: WriteDb, input: { uid: string }): void {
  const row = editable(db, input.uid);
  const user = db.get<{ name: string }>(sql`select coalesce(v.content ->> '$.name', c.uid) as name from run r join campaign c on c.id = r.campaign
    join campaign_version v on v.campaign = r.campaign and v.version = r.campaign_version
    where r.state not in ('stopped', 'done') and v.content ->> '$.connection' = ${input.uid} order by r.id limit 1`);
  if (user) throw new HeliographError('CONNECTION_IN_USE', { by: user.name });
  db.run(sql`update connection set deleted_at = ${db.now}, updated_at = ${db.now}, has_secret = 0 where id = ${row.id}`);
  db.changed('connection', row.id);
  db.audit('connection.remove', `connection:${input.uid}`);
}

/** Takes back an `add` whose secret could not be kept. */
function discard(db: WriteDb, input: { uid: string }): void {
  const row = editable(db, input.uid);
  db.run(sql`delete from connection where id = ${row.id}`);
  db.changed('connection', row.id);
}

const list = (db: ReadDb): ConnectionView[] => connectionRows(db).map(toConnectionView);
const get = (db: ReadDb, input: { uid: string }): ConnectionView => toConnectionView(connectionRow(db, input.uid));

export const connectionOperations = { add, edit, markVerified, noteHealth, remove, discard } as const satisfies Operations;
export const connectionQueries = { list, get } as const satisfies Queries;

/** Under which name the secrets service keeps a connection's secret. */
export const secretName = (uid: string): string => `connection:${uid}`;
export { sandboxConnectionUid };
