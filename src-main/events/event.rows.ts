import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';

/** One raw fact. `app`, `endpoint` and `run` are row ids; `uid` is its maker's id, and the same fact told twice is kept once. */
export interface EventFact {
  readonly uid: string;
  /** Pinpoint's names for ours: `_email.open`, `_email.click`, ... (pinpoint.md 6). */
  readonly type: string;
  /** When it happened, by its maker's clock; UTC ms. */
  readonly at: number;
  readonly app: number | null;
  readonly endpoint: number | null;
  readonly run: number | null;
  readonly seq: number | null;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** The row id of an event type, made on first use. */
export function eventTypeId(db: WriteDb, name: string): number {
  const known = db.get<{ id: number }>(sql`select id from event_type where name = ${name}`);
  if (known) return known.id;
  const { lastId } = db.run(sql`insert into event_type (name) values (${name})`);
  db.changed('event_type', lastId);
  return lastId;
}

/** Whether this fact was told before. */
export function hasEvent(db: ReadDb, fact: Pick<EventFact, 'uid' | 'app' | 'endpoint' | 'run' | 'seq'>): boolean {
  // A unique index takes NULLs for different, so facts without an app or an endpoint are told apart by their message as well.
  const message = fact.app === null || fact.endpoint === null ? sql` and run is ${fact.run} and seq is ${fact.seq}` : sql``;
  return db.get(sql`select 1 from event where uid = ${fact.uid} and app is ${fact.app} and endpoint is ${fact.endpoint}${message}`) !== undefined;
}

/** Appends one event. False when it was known already (same app, endpoint and uid). */
export function appendEvent(db: WriteDb, fact: EventFact): boolean {
  const type = eventTypeId(db, fact.type);
  const attributes = fact.attributes === undefined ? null : JSON.stringify(fact.attributes);
  if ((fact.app === null || fact.endpoint === null) && hasEvent(db, fact)) return false;
  const { changes, lastId } = db.run(
    sql`insert or ignore into event (app, endpoint, uid, type, at, arrived_at, run, seq, attributes)
      values (${fact.app}, ${fact.endpoint}, ${fact.uid}, ${type}, ${fact.at}, ${db.now}, ${fact.run}, ${fact.seq}, ${attributes})`,
  );
  if (changes === 0) return false;
  db.changed('event', lastId);
  return true;
}
