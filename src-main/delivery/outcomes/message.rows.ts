import { type OutcomeKind, outcomeKindCode } from '../../../src-preload/contract/delivery.js';
import type { Channel } from '../../../src-preload/contract/common.js';
import { sandboxConnectionUid } from '../../../src-preload/contract/connection.js';
import type { ReadDb, WriteDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';

/** A message that a token or a bounce names, with what its facts need. */
export interface KnownMessage {
  readonly run: number;
  readonly seq: number;
  readonly test: boolean;
  /** Sent through the built-in test mailbox, where nobody but the operator can open or click. */
  readonly sandbox: boolean;
  /** Null for a test send to a bare address. */
  readonly endpoint: number | null;
  readonly app: number | null;
  /** Where it can be written to now; null when the endpoint is gone. */
  readonly address: { readonly channel: Channel; readonly addressKey: string } | null;
}

interface MessageRow {
  run: number;
  test: number;
  sandbox: number | null;
  endpoint: number;
  app: number | null;
  channel: Channel | null;
  address_key: string | null;
}

/** Finds a message by its run's uid. Undefined: this workspace does not hold it (it was deleted, or a backup from before it was restored). */
export function findMessage(db: ReadDb, run: string, seq: number): KnownMessage | undefined {
  const row = db.get<MessageRow>(sql`
    select r.id as run, r.kind = 'test' as test,
      (select json_extract(v.content, '$.connection') = ${sandboxConnectionUid} from campaign_version v where v.campaign = r.campaign and v.version = r.campaign_version) as sandbox,
      m.endpoint, e.app, e.channel, e.address_key
    from run r join message m on m.run = r.id and m.seq = ${seq} left join endpoint e on e.id = m.endpoint
    where r.uid = ${run}`);
  if (!row) return undefined;
  return {
    run: row.run,
    seq,
    test: row.test === 1,
    sandbox: row.sandbox === 1,
    endpoint: row.endpoint > 0 ? row.endpoint : null,
    app: row.app,
    address: row.channel === null || row.address_key === null ? null : { channel: row.channel, addressKey: row.address_key },
  };
}

/** Keeps the first of its kind; a later or repeated one changes nothing. */
export function recordOutcome(db: WriteDb, run: number, seq: number, kind: OutcomeKind, at: number): void {
  const { changes } = db.run(
    sql`insert into outcome (run, seq, kind, at) values (${run}, ${seq}, ${outcomeKindCode[kind]}, ${at}) on conflict (run, seq, kind) do nothing`,
  );
  if (changes > 0) db.changed('outcome', run);
}

/** Takes back an outcome that turned out not to be one. */
export function dropOutcome(db: WriteDb, run: number, seq: number, kind: OutcomeKind): void {
  const { changes } = db.run(sql`delete from outcome where run = ${run} and seq = ${seq} and kind = ${outcomeKindCode[kind]}`);
  if (changes > 0) db.changed('outcome', run);
}

/** When the mail server took the message; undefined while nobody wrote that down. */
export function acceptedAt(db: ReadDb, run: number, seq: number): number | undefined {
  return db.get<{ at: number }>(sql`select at from message_reply where run = ${run} and seq = ${seq}`)?.at;
}
