import { appendFileSync, closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs';
import { z } from 'zod';
import type { Change, ReadDb, WriteDb } from './db.js';
import { sql } from './sql.js';
import { recordTopicState } from './topic-state.js';

/**
 * `suppressions.log` in the workspace folder: every suppression, every lift, every act of topic consent, every change of a topic and every erasure, one JSON line each, appended and synced after its commit.
 * A restored backup reads it again, so that no opt-out and no erasure is ever forgotten (design 4). Once an address is erased its lines are written anew under its hash.
 */
const suppressionLine = z.object({
  id: z.number().int(),
  at: z.number().int(),
  act: z.enum(['add', 'lift']),
  channel: z.string(),
  address_key: z.string(),
  scope: z.enum(['marketing', 'all']),
  reason: z.string(),
  source: z.string(),
  actor: z.string(),
  note: z.string().nullable(),
  // The message it answers, by the run's uid. Lines of before this was kept have neither.
  run: z.string().nullable().default(null),
  seq: z.number().int().nullable().default(null),
});
type SuppressionLine = z.infer<typeof suppressionLine>;

/** Says of the topic what makes it anew where no line of its own tells of it. */
const topicLine = z.object({
  kind: z.literal('topic'),
  id: z.number().int(),
  at: z.number().int(),
  act: z.enum(['give', 'withdraw', 'request']),
  topic: z.string(),
  topic_name: z.string(),
  topic_consent: z.enum(['opt_in', 'opt_out']),
  channel: z.string(),
  address_key: z.string(),
  source: z.string(),
  actor: z.string(),
  note: z.string().nullable(),
  run: z.string().nullable(),
  seq: z.number().int().nullable(),
});
type TopicLine = z.infer<typeof topicLine>;

/** What a topic is called and whether it is in use, as of its last change. */
const topicState = z.object({
  kind: z.literal('topic_state'),
  topic: z.string(),
  name: z.string(),
  description: z.string(),
  consent: z.enum(['opt_in', 'opt_out']),
  created_at: z.number().int(),
  updated_at: z.number().int(),
  archived_at: z.number().int().nullable(),
});
type TopicStateLine = z.infer<typeof topicState>;
/** Somebody was erased: who, only as a keyed hash. `erasure` is the uid of the act. */
const erasedLine = z.object({ kind: z.literal('erased'), id: z.number().int(), at: z.number().int(), erasure: z.string(), what: z.enum(['address', 'person']), hash: z.string() });
export type ErasedLine = z.infer<typeof erasedLine>;

/** The key of those hashes, sealed by the workspace's data key: a backup may be older than it. */
const keyLine = z.object({ kind: z.literal('erase_key'), sealed: z.string() });
type KeyLine = z.infer<typeof keyLine>;
type Line = SuppressionLine | TopicLine | TopicStateLine | ErasedLine | KeyLine;

/** The name under which the erase key is sealed in the table `secret`. */
export const eraseKeyName = 'erase';

const suppressions = sql`select s.id, s.at, s.act, s.channel, s.address_key, s.scope, s.reason, s.source, s.actor, s.note, r.uid as run, s.seq from suppression s left join run r on r.id = s.run`;
const topicFacts = sql`select 'topic' as kind, s.id, s.at, s.act, t.uid as topic, t.name as topic_name, t.consent as topic_consent, s.channel, s.address_key, s.source, s.actor, s.note, r.uid as run, s.seq
  from topic_consent s join topic t on t.id = s.topic left join run r on r.id = s.run`;
const topicStates = sql`select 'topic_state' as kind, s.uid as topic, s.name, s.description, s.consent, s.created_at, s.updated_at, s.archived_at from topic s`;
const erasedFacts = sql`select 'erased' as kind, s.id, s.at, s.erasure, s.what, s.hash from erased s`;
const selects = new Map([
  ['topic', topicStates],
  ['suppression', suppressions],
  ['topic_consent', topicFacts],
]);

/** Keeps `suppressions.log` in step with the commits. */
export interface SuppressionsLog {
  /**
   * Appends and syncs what a commit added, and before it whatever could not be written earlier. Throws what hindered it (a full disk); what is missing
   * then stays noted and is written at the next call, because a restore before the next opening would otherwise forget it.
   */
  append(changes: readonly Change[]): void;
}

export function createSuppressionsLog(file: string, db: ReadDb): SuppressionsLog {
  const missing: Change[] = [];
  return {
    append(changes) {
      // Lines of the address that was erased stand anywhere in the file.
      if (changes.some((change) => change.table === 'erased')) {
        reconcileSuppressions(file, db);
        missing.length = 0;
        return;
      }
      missing.push(...changes.filter((change) => selects.has(change.table)));
      for (let next = missing[0]; next; next = missing[0]) {
        append(file, db.all<Line>(sql`${selects.get(next.table)} where s.id between ${next.fromId} and ${next.toId} order by s.id`));
        missing.shift();
      }
    },
  };
}

function append(file: string, rows: readonly Line[]): void {
  if (rows.length === 0) return;
  const fd = openSync(file, 'a+', 0o600);
  try {
    // A line that a crash cut must not swallow the one after it.
    const size = fstatSync(fd).size;
    const last = Buffer.alloc(1);
    const cut = size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
    try {
      // Not `writeSync`: on a disk that fills it writes a part and says so only by the number it gives back.
      appendFileSync(fd, (cut ? '\n' : '') + rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      fsyncSync(fd);
    } catch (error) {
      ftruncateSync(fd, size);
      throw error;
    }
  } finally {
    closeSync(fd);
  }
}

interface Log {
  readonly suppressions: Map<number, SuppressionLine>;
  readonly topicFacts: Map<number, TopicLine>;
  /** By uid, the newest of each. */
  readonly topics: Map<string, TopicStateLine>;
  readonly erased: Map<number, ErasedLine>;
  key: KeyLine | undefined;
}

/** By id: a line that was written twice counts once. */
function readLog(file: string): Log {
  const log: Log = { suppressions: new Map(), topicFacts: new Map(), topics: new Map(), erased: new Map(), key: undefined };
  if (!existsSync(file)) return log;
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue;
    try {
      take(log, JSON.parse(text));
    } catch {
      // The last line of a crash may be cut; its row is still in the database and is appended again by `reconcile`.
      continue;
    }
  }
  return log;
}

/** Throws for a line that is none of ours. */
function take(log: Log, raw: unknown): void {
  const kind = (raw as { kind?: unknown } | null)?.kind;
  if (kind === 'topic') {
    const row = topicLine.parse(raw);
    log.topicFacts.set(row.id, row);
  } else if (kind === 'topic_state') {
    const row = topicState.parse(raw);
    log.topics.set(row.topic, row);
  } else if (kind === 'erased') {
    const row = erasedLine.parse(raw);
    log.erased.set(row.id, row);
  } else if (kind === 'erase_key') log.key ??= keyLine.parse(raw);
  else {
    const row = suppressionLine.parse(raw);
    log.suppressions.set(row.id, row);
  }
}

/**
 * At opening, at closing and after an erasure: writes rows that are committed but not in the log, after an unclean stop or a disk that was full. Where the log still names an address that
 * the rows name no more, because it was erased, the whole log is written anew in its place.
 */
export function reconcileSuppressions(file: string, db: ReadDb): void {
  const log = readLog(file);
  const rows = db.all<SuppressionLine>(sql`${suppressions} order by s.id`);
  const facts = db.all<TopicLine>(sql`${topicFacts} order by s.id`);
  const topics = db.all<TopicStateLine>(sql`${topicStates} order by s.id`);
  const erased = db.all<ErasedLine>(sql`${erasedFacts} order by s.id`);
  const sealed = db.get<{ sealed: Uint8Array }>(sql`select sealed from secret where name = ${eraseKeyName}`)?.sealed;
  const key: KeyLine[] = sealed === undefined ? [] : [{ kind: 'erase_key', sealed: Buffer.from(sealed).toString('base64') }];
  const names = (line: { readonly address_key: string }, known: { readonly address_key: string } | undefined) => known !== undefined && known.address_key !== line.address_key;
  if (rows.some((row) => names(row, log.suppressions.get(row.id))) || facts.some((row) => names(row, log.topicFacts.get(row.id)))) {
    for (const row of rows) log.suppressions.set(row.id, row);
    for (const row of facts) log.topicFacts.set(row.id, row);
    for (const row of topics) log.topics.set(row.topic, row);
    for (const row of erased) log.erased.set(row.id, row);
    replace(file, [...(log.key ? [log.key] : key), ...log.suppressions.values(), ...log.topicFacts.values(), ...log.topics.values(), ...log.erased.values()]);
    return;
  }
  append(file, [
    ...(log.key ? [] : key),
    ...rows.filter((row) => !log.suppressions.has(row.id)),
    ...facts.filter((row) => !log.topicFacts.has(row.id)),
    ...topics.filter((row) => JSON.stringify(row) !== JSON.stringify(log.topics.get(row.topic))),
    ...erased.filter((row) => !log.erased.has(row.id)),
  ]);
}

/** Writes the log anew beside itself, whole on the disk before it takes the place of the old one. */
function replace(file: string, lines: readonly Line[]): void {
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  append(draft, lines);
  renameSync(draft, file);
}

/** After a restore: replays what the log knows and the backup does not, in order. Gives back how many lines were new. */
export function replaySuppressions(file: string, db: WriteDb): number {
  const log = readLog(file);
  replayTopics(db, log);
  if (log.key) db.run(sql`insert into secret (name, sealed, created_at) values (${eraseKeyName}, ${Buffer.from(log.key.sealed, 'base64')}, ${db.now}) on conflict (name) do nothing`);
  return replaySuppressionLines(db, log) + replayTopicLines(db, log);
}

/** Erasures that the log knows and the database does not, oldest first: those after the backup that was restored. */
export function missingErasures(file: string, db: ReadDb): ErasedLine[] {
  return after(readLog(file).erased, db.get<{ id: number | null }>(sql`select max(id) as id from erased`)?.id ?? 0);
}

/** Those above `newest`, oldest first. */
function after<L extends { readonly id: number }>(lines: ReadonlyMap<number, L>, newest: number): L[] {
  return [...lines.values()].filter((row) => row.id > newest).sort((a, b) => a.id - b.id);
}

function replaySuppressionLines(db: WriteDb, log: Log): number {
  const missing = after(log.suppressions, db.get<{ id: number | null }>(sql`select max(id) as id from suppression`)?.id ?? 0);
  for (const row of missing) {
    db.run(sql`insert into suppression (id, at, act, channel, address_key, scope, reason, source, actor, note, run, seq)
      values (${row.id}, ${row.at}, ${row.act}, ${row.channel}, ${row.address_key}, ${row.scope}, ${row.reason}, ${row.source}, ${row.actor}, ${row.note},
        (select id from run where uid = ${row.run}), ${row.seq})`);
    if (row.act === 'add') {
      db.run(sql`insert into suppressed (channel, address_key, scope, suppression) values (${row.channel}, ${row.address_key}, ${row.scope}, ${row.id})
        on conflict (channel, address_key, scope) do update set suppression = excluded.suppression`);
    } else {
      db.run(sql`delete from suppressed where channel = ${row.channel} and address_key = ${row.address_key} and scope = ${row.scope}`);
    }
  }
  if (missing.length > 0) db.changed('suppression', missing[0]!.id, missing.at(-1)!.id);
  return missing.length;
}

/** A topic as its newest line says. One that only lines of before topics had their own tell of is made from its facts: what they call it last. */
function replayTopics(db: WriteDb, log: Log): void {
  const told = new Map(log.topics);
  for (const { topic, topic_name: name, topic_consent: consent, at } of after(log.topicFacts, 0)) {
    if (!log.topics.has(topic)) told.set(topic, { kind: 'topic_state', topic, name, description: '', consent, created_at: told.get(topic)?.created_at ?? at, updated_at: at, archived_at: null });
  }
  const here = db.all<{ uid: string; updated_at: number }>(sql`select uid, updated_at from topic`);
  const since = new Map(here.map(({ uid, updated_at }) => [uid, updated_at]));
  for (const { topic, name, description, consent, created_at, updated_at, archived_at } of told.values()) {
    const known = since.get(topic);
    if (known !== undefined && (!log.topics.has(topic) || known >= updated_at)) continue;
    db.run(sql`insert into topic (uid, name, description, consent, created_at, updated_at, archived_at) values (${topic}, ${name}, ${description}, ${consent}, ${created_at}, ${updated_at}, ${archived_at})
      on conflict (uid) do update set name = excluded.name, description = excluded.description, updated_at = excluded.updated_at, archived_at = excluded.archived_at`);
    db.changed('topic', db.get<{ id: number }>(sql`select id from topic where uid = ${topic}`)!.id);
  }
  nameApart(db);
}

/** Lines that tell too little can leave two topics in use with one name; the later one is told apart, so that people see two boxes and not one twice. */
function nameApart(db: WriteDb): void {
  const taken = new Set<string>();
  for (const { id, name } of db.all<{ id: number; name: string }>(sql`select id, name from topic where archived_at is null order by id`)) {
    let free = name;
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name} (${n})`;
    taken.add(free.toLowerCase());
    if (free === name) continue;
    db.run(sql`update topic set name = ${free}, updated_at = ${db.now} where id = ${id}`);
    db.changed('topic', id);
  }
}

function replayTopicLines(db: WriteDb, log: Log): number {
  const missing = after(log.topicFacts, db.get<{ id: number | null }>(sql`select max(id) as id from topic_consent`)?.id ?? 0);
  for (const row of missing) {
    const topic = db.get<{ id: number }>(sql`select id from topic where uid = ${row.topic}`)!.id;
    db.run(sql`insert into topic_consent (id, at, act, topic, channel, address_key, source, actor, note, run, seq)
      values (${row.id}, ${row.at}, ${row.act}, ${topic}, ${row.channel}, ${row.address_key}, ${row.source}, ${row.actor}, ${row.note}, (select id from run where uid = ${row.run}), ${row.seq})`);
    recordTopicState(db, { id: row.id, act: row.act, topic, channel: row.channel, addressKey: row.address_key });
  }
  if (missing.length > 0) db.changed('topic_consent', missing[0]!.id, missing.at(-1)!.id);
  return missing.length;
}
