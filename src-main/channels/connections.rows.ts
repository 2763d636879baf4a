import { type ConnectionView, connectionProvider, smtpConfig, type SmtpConfig } from '../../src-preload/contract/connection.js';
import { channel } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

/** Bits of `connection.has_secret`. */
export const secretBits = { password: 1, dkimKey: 2 } as const;

export interface ConnectionRow {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly channel: string;
  readonly provider: string;
  readonly config: string;
  readonly has_secret: number;
  readonly verified_at: number | null;
  readonly last_error: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

const columns: Sql = sql`id, uid, name, channel, provider, config, has_secret, verified_at, last_error, created_at, updated_at`;

/** A connection that was not removed. Throws `NOT_FOUND`. */
export function connectionRow(db: ReadDb, uid: string): ConnectionRow {
  const row = db.get<ConnectionRow>(sql`select ${columns} from connection where uid = ${uid} and deleted_at is null`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'connection' });
  return row;
}

export function connectionRows(db: ReadDb): ConnectionRow[] {
  // The test mailbox last: what a team made itself comes first.
  return db.all<ConnectionRow>(sql`select ${columns} from connection where deleted_at is null order by provider = 'sandbox', name collate nocase, id`);
}

/** The stored settings of an SMTP connection. Throws `WORKSPACE_CORRUPT` when they are not what we write. */
export function storedConfig(row: Pick<ConnectionRow, 'uid' | 'config'>): SmtpConfig {
  let value: unknown;
  try {
    value = JSON.parse(row.config);
  } catch (cause) {
    throw new HeliographError('WORKSPACE_CORRUPT', { object: `connection ${row.uid}` }, { cause });
  }
  const parsed = smtpConfig.safeParse(value);
  if (!parsed.success) throw new HeliographError('WORKSPACE_CORRUPT', { object: `connection ${row.uid}` }, { cause: parsed.error });
  return parsed.data;
}

export function toConnectionView(row: ConnectionRow): ConnectionView {
  const provider = connectionProvider.parse(row.provider);
  return {
    id: row.id,
    uid: row.uid,
    name: row.name,
    channel: channel.parse(row.channel),
    provider,
    config: provider === 'smtp' ? storedConfig(row) : null,
    hasSecret: (row.has_secret & secretBits.password) !== 0,
    hasDkimKey: (row.has_secret & secretBits.dkimKey) !== 0,
    verifiedAt: row.verified_at,
    lastError: row.last_error,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
