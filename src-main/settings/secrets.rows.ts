import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import type { Operations, Queries } from '../store/operation.js';
import { sql } from '../store/sql.js';

export interface KeyWrap {
  readonly kind: 'box' | 'passphrase';
  /** JSON: which box, or scrypt's parameters. */
  readonly params: string;
  readonly wrapped: Uint8Array;
}
export interface SigningKeyRow {
  readonly kid: string;
  /** SPKI, DER. */
  readonly public_key: Uint8Array;
  readonly sealed_private_key: Uint8Array;
}

export const secretOperations = {
  putWrap: (db: WriteDb, wrap: KeyWrap): void => {
    db.run(sql`insert into key_wrap (kind, params, wrapped, created_at) values (${wrap.kind}, ${wrap.params}, ${Buffer.from(wrap.wrapped)}, ${db.now})
      on conflict (kind) do update set params = excluded.params, wrapped = excluded.wrapped, created_at = excluded.created_at`);
    db.audit('secrets.key_wrapped', 'workspace', { kind: wrap.kind });
  },
  put: (db: WriteDb, input: { name: string; sealed: Uint8Array }): void => {
    db.run(sql`insert into secret (name, sealed, created_at) values (${input.name}, ${Buffer.from(input.sealed)}, ${db.now})
      on conflict (name) do update set sealed = excluded.sealed, created_at = excluded.created_at`);
    db.audit('secrets.written', `secret:${input.name}`);
  },
  remove: (db: WriteDb, name: string): void => {
    if (db.run(sql`delete from secret where name = ${name}`).changes > 0) db.audit('secrets.removed', `secret:${name}`);
  },
  /** Signing keys are only ever added: links live for years. */
  addSigningKey: (db: WriteDb, key: SigningKeyRow): void => {
    db.run(sql`insert into signing_key (kid, public_key, sealed_private_key, created_at)
      values (${key.kid}, ${Buffer.from(key.public_key)}, ${Buffer.from(key.sealed_private_key)}, ${db.now})`);
    db.audit('secrets.signing_key_added', `signing_key:${key.kid}`);
  },
} as const satisfies Operations;

export const secretQueries = {
  wraps: (db: ReadDb, _input: undefined) => db.all<KeyWrap>(sql`select kind, params, wrapped from key_wrap`),
  get: (db: ReadDb, name: string): Uint8Array => {
    const row = db.get<{ sealed: Uint8Array }>(sql`select sealed from secret where name = ${name}`);
    if (!row) throw new HeliographError('NOT_FOUND', { what: 'secret' });
    return row.sealed;
  },
  find: (db: ReadDb, name: string): Uint8Array | undefined => db.get<{ sealed: Uint8Array }>(sql`select sealed from secret where name = ${name}`)?.sealed,
  signingKeys: (db: ReadDb, _input: undefined) => db.all<SigningKeyRow>(sql`select kid, public_key, sealed_private_key from signing_key order by created_at, kid`),
} as const satisfies Queries;
