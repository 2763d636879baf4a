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
  /** Row id of the topic it was sent for. */
  readonly topic: number | null;
  /** Where it was handed over for, or, where nobody wrote that down, where its endpoint can be written to now; null when neither is known. */
  readonly address: { readonly channel: Channel; readonly addressKey: string } | null;
  /** The address was written down at the claim and its person has it still. Only then do its links take a yes: whoever holds one may be at another address by now. A no is always taken. */
  readonly takesYes: boolean;
}

interface MessageRow {
  run: number;
  test: number;
  sandbox: number | null;
  endpoint: number;
  app: number | null;
  topic: number | null;
  sent_channel: Channel | null;
  sent_key: string | null;
  channel: Channel | null;
  address_key: string | null;
}

/** Finds a message by its run's uid. Undefined: this workspace does not hold it (it was deleted, or a backup from before it was restored). */
export function findMessage(db: ReadDb, run: string, seq: number): KnownMessage | undefined {
  const row = db.get<MessageRow>(sql`
    select r.id as run, r.kind = 'test' as test, r.topic, c.uid = ${sandboxConnectionUid} as sandbox,
      m.endpoint, e.app, coalesce(c.channel, e.channel) as sent_channel, p.address_key as sent_key, e.channel, e.address_key
    from run r join message m on m.run = r.id and m.seq = ${seq} left join endpoint e on e.id = m.endpoint
      left join message_reply p on p.run = r.id and p.seq = m.seq
      left join campaign_version v on v.campaign = r.campaign and v.version = r.campaign_version
      left join connection c on c.uid = json_extract(v.content, '$.connection')
    where r.uid = ${run}`);
  if (!row) return undefined;
  const channel = row.sent_key === null ? row.channel : row.sent_channel;
  const addressKey = row.sent_key ?? row.address_key;
  return {
    run: row.run,
    seq,
    test: row.test === 1,
    sandbox: row.sandbox === 1,
    endpoint: row.endpoint > 0 ? row.endpoint : null,
    app: row.app,
    topic: row.topic,
    address: channel === null || addressKey === null ? null : { channel, addressKey },
    takesYes: row.sent_key !== null && row.sent_key === row.address_key,
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

/** When the mail server took the message; undefined where none answered, or nobody wrote that down. */
export function acceptedAt(db: ReadDb, run: number, seq: number): number | undefined {
  return db.get<{ at: number }>(sql`select at from message_reply where run = ${run} and seq = ${seq} and response <> ''`)?.at;
}
