import type { SuppressionReason, SuppressionScope, Timeline, TimelineInput, TimelineItem } from '../../src-preload/contract/audience.js';
import { messageReasons, messageStates } from '../../src-preload/contract/delivery.js';
import type { TopicFact } from '../../src-preload/contract/topic.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';

/**
 * A person's history over all their addresses, newest first: what apps and mail programs reported, what was sent or left out and why, consent, and edits.
 * A page ends where the clock changes, so that `cursor` loses nothing. Throws `NOT_FOUND`.
 */
export function timeline(db: ReadDb, input: TimelineInput): Timeline {
  const self = db.get<{ user: number | null }>(sql`select user from endpoint where id = ${input.id}`);
  if (!self) throw new HeliographError('NOT_FOUND', { what: 'address' });
  const ids = self.user === null ? [input.id] : db.all<{ id: number }>(sql`select id from endpoint where user = ${self.user} order by id limit 500`).map((row) => row.id);
  const from: Source = { ids: JSON.stringify(ids), before: input.cursor ?? Number.MAX_SAFE_INTEGER, limit: input.limit + 1 };
  const items = [...events(db, from), ...messages(db, from), ...consent(db, from), ...topics(db, from), ...changes(db, from)].sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1));
  if (items.length <= input.limit) return { items };
  const cut = items[input.limit]!.at;
  const page = items.filter((item, index) => index < input.limit && item.at > cut);
  // More things in one millisecond than a page holds: shown as they are, the rest of that instant is left out rather than never getting past it.
  if (page.length === 0) return { items: items.filter((item) => item.at === cut), next: cut };
  return { items: page, next: cut + 1 };
}

interface Source {
  /** Endpoint ids as a JSON list. */
  readonly ids: string;
  readonly before: number;
  readonly limit: number;
}

interface EventRow {
  readonly id: number;
  readonly at: number;
  readonly endpoint: number;
  readonly name: string;
  readonly campaign: string | null;
  readonly attributes: string | null;
}

function events(db: ReadDb, { ids, before, limit }: Source): TimelineItem[] {
  return db
    .all<EventRow>(
      sql`select v.id, v.at, v.endpoint, t.name, c.name as campaign, v.attributes from event v join event_type t on t.id = v.type
        left join run r on r.id = v.run left join campaign c on c.id = r.campaign
        where v.endpoint in (select value from json_each(${ids})) and v.at < ${before} and (r.id is null or r.kind = 'campaign')
        order by v.at desc limit ${limit}`,
    )
    .map((row) => {
      const all = Object.entries(row.attributes === null ? {} : (JSON.parse(row.attributes) as Record<string, unknown>));
      const attributes = Object.fromEntries(all.flatMap(([key, value]) => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, String(value)]] : [])));
      const { url } = attributes;
      return { kind: 'event', key: `e${row.id}`, at: row.at, endpoint: row.endpoint, name: row.name, attributes, ...(row.campaign === null ? {} : { campaign: row.campaign }), ...(url === undefined ? {} : { url }) };
    });
}

interface MessageRow {
  readonly at: number;
  readonly endpoint: number;
  readonly run: string;
  readonly seq: number;
  readonly campaign: string;
  readonly state: number;
  readonly reason: number | null;
  readonly response: string | null;
}

/** Rows still on their way have no time of their own and are not shown; a skipped one is dated by its run. */
function messages(db: ReadDb, { ids, before, limit }: Source): TimelineItem[] {
  return db
    .all<MessageRow>(
      sql`select coalesce(p.at, r.started_at, r.created_at) as at, m.endpoint, r.uid as run, m.seq, c.name as campaign, m.state, m.reason, p.response
        from message m join run r on r.id = m.run join campaign c on c.id = r.campaign left join message_reply p on p.run = m.run and p.seq = m.seq
        where m.endpoint in (select value from json_each(${ids})) and r.kind = 'campaign' and m.state >= 4 and coalesce(p.at, r.started_at, r.created_at) < ${before}
        order by at desc limit ${limit}`,
    )
    .map((row) => ({
      kind: 'message',
      key: `m${row.run}/${row.seq}`,
      at: row.at,
      endpoint: row.endpoint,
      campaign: row.campaign,
      run: row.run,
      state: messageStates[row.state]!,
      reason: messageReasons[row.reason ?? 0]!,
      ...(row.response ? { response: row.response } : {}),
    }));
}

interface ConsentRow {
  readonly id: number;
  readonly at: number;
  readonly endpoint: number;
  readonly act: 'add' | 'lift';
  readonly address: string;
  readonly scope: SuppressionScope;
  readonly reason: SuppressionReason;
  readonly source: string;
  readonly note: string | null;
}

function consent(db: ReadDb, { ids, before, limit }: Source): TimelineItem[] {
  return db
    .all<ConsentRow>(
      sql`select s.id, s.at, min(e.id) as endpoint, s.act, e.address, s.scope, s.reason, s.source, s.note from endpoint e
        join suppression s on s.channel = e.channel and s.address_key = e.address_key
        where e.id in (select value from json_each(${ids})) and s.at < ${before} group by s.id order by s.at desc, s.id desc limit ${limit}`,
    )
    .map(({ id, note, ...row }) => ({ kind: 'consent', key: `s${id}`, ...row, ...(note === null ? {} : { note }) }));
}

interface TopicRow extends Pick<TopicFact, 'id' | 'at' | 'act' | 'name' | 'source' | 'note'> {
  readonly endpoint: number;
  readonly address: string;
}

function topics(db: ReadDb, { ids, before, limit }: Source): TimelineItem[] {
  return db
    .all<TopicRow>(
      sql`select f.id, f.at, min(e.id) as endpoint, f.act, t.name, e.address, f.source, f.note from endpoint e
        join topic_consent f on f.channel = e.channel and f.address_key = e.address_key join topic t on t.id = f.topic
        where e.id in (select value from json_each(${ids})) and f.at < ${before} group by f.id order by f.at desc, f.id desc limit ${limit}`,
    )
    .map(({ id, ...row }) => ({ kind: 'topic', key: `t${id}`, ...row }));
}

interface AuditRow {
  readonly id: number;
  readonly at: number;
  readonly endpoint: number;
  readonly action: string;
  readonly actor: string;
  readonly detail: string;
}

function changes(db: ReadDb, { ids, before, limit }: Source): TimelineItem[] {
  return db
    .all<AuditRow>(
      sql`select a.id, a.at, j.value as endpoint, a.action, a.actor, a.detail from json_each(${ids}) j
        join audit a on a.subject = 'endpoint:' || j.value where a.at < ${before} order by a.at desc, a.id desc limit ${limit}`,
    )
    .map((row) => {
      const detail = JSON.parse(row.detail) as { fields?: unknown };
      const by = (JSON.parse(row.actor) as { kind: string }).kind;
      const fields = Array.isArray(detail.fields) ? detail.fields.map(String) : [];
      return { kind: 'change', key: `a${row.id}`, at: row.at, endpoint: row.endpoint, action: row.action, by, fields };
    });
}
