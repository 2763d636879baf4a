import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Channel } from '../../src-preload/contract/common.js';
import { messageReasons, messageStates, outcomeKinds } from '../../src-preload/contract/delivery.js';
import { audienceQueries } from '../audience/index.js';
import { zip } from '../platform/zip.js';
import { segmentCondition } from '../segments/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { personHtml } from './person-html.js';

const audience = audienceQueries(segmentCondition);
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
const parsed = (text: string | null) => (text === null ? null : (JSON.parse(text) as unknown));

interface MessageRow {
  readonly run: number;
  readonly seq: number;
  readonly run_uid: string;
  readonly campaign: string;
  readonly state: number;
  readonly reason: number | null;
  readonly at: number | null;
  readonly address: string | null;
  readonly response: string | null;
}

/**
 * Everything this workspace holds of one person (design 5), named by any endpoint of theirs: profile, addresses, consent with its history, messages with their outcomes, events, changes and the
 * imports they came from. Times are ISO 8601 in UTC. Throws `NOT_FOUND`.
 */
export function personRecord(db: ReadDb, endpoint: number, now: number) {
  const detail = audience.detail(db, { id: endpoint });
  const ids = detail.user === undefined ? [endpoint] : db.all<{ id: number }>(sql`select id from endpoint where user = ${detail.user.id} order by id`).map(({ id }) => id);
  const list = JSON.stringify(ids);
  const addresses = ids.map((id) => {
    const one = audience.detail(db, { id }).endpoint;
    const row = db.get<{ channel: Channel; addressKey: string; file: string | null }>(sql`select e.channel, e.address_key as addressKey, i.file_name as file from endpoint e left join import i on i.id = e.import where e.id = ${id}`)!;
    const key = { channel: row.channel, addressKey: row.addressKey };
    return {
      ...one.view,
      updated: iso(one.updatedAt),
      lastSeen: iso(one.lastSeenAt ?? null),
      lastImport: row.file,
      mayContact: one.contact.mayContact,
      blocks: one.contact.blocks.map((block) => ({ ...block, since: iso(block.since ?? null) })),
      topics: one.topics.map((topic) => ({ name: topic.name, state: topic.state, mayContact: topic.mayContact, since: iso(topic.since ?? null), source: topic.source ?? null })),
      suppressionHistory: audience.suppressionHistory(db, key).map(({ at, act, scope, reason, source, note }) => ({ at: iso(at), act, scope, reason, source, note })),
      topicHistory: audience.topicHistory(db, key).map(({ at, act, name, source, note }) => ({ at: iso(at), act, topic: name, source, note })),
    };
  });
  const outcomes = db.prepare('select kind, at from outcome where run = ? and seq = ? order by at');
  const messages = db
    .all<MessageRow>(
      sql`select m.run, m.seq, r.uid as run_uid, c.name as campaign, m.state, m.reason, coalesce(p.at, r.started_at, r.created_at) as at, p.address_key as address, p.response
        from message m join run r on r.id = m.run join campaign c on c.id = r.campaign left join message_reply p on p.run = m.run and p.seq = m.seq
        where m.endpoint in (select value from json_each(${list})) and r.kind = 'campaign' order by m.run, m.seq`,
    )
    .map((row) => ({
      campaign: row.campaign,
      run: row.run_uid,
      at: iso(row.at),
      address: row.address,
      state: messageStates[row.state]!,
      reason: messageReasons[row.reason ?? 0]!,
      serverSaid: row.response,
      outcomes: (outcomes.all(row.run, row.seq) as { kind: number; at: number }[]).map(({ kind, at }) => ({ kind: outcomeKinds[kind]!, at: iso(at) })),
    }));
  const events = db
    .all<{ type: string; at: number; attributes: string | null; metrics: string | null }>(
      sql`select t.name as type, v.at, v.attributes, v.metrics from event v join event_type t on t.id = v.type where v.endpoint in (select value from json_each(${list})) order by v.at, v.id`,
    )
    .map((row) => ({ type: row.type, at: iso(row.at), attributes: parsed(row.attributes), metrics: parsed(row.metrics) }));
  const changes = db
    .all<{ at: number; action: string; detail: string }>(sql`select a.at, a.action, a.detail from json_each(${list}) j join audit a on a.subject = 'endpoint:' || j.value order by a.id`)
    .map((row) => ({ at: iso(row.at), action: row.action, detail: parsed(row.detail) }));
  return {
    format: 1,
    madeAt: iso(now),
    person: { name: detail.name ?? null, userId: detail.user?.userId ?? null, attributes: detail.user?.attributes ?? {} },
    addresses,
    messages,
    events,
    changes,
  };
}
export type PersonRecord = ReturnType<typeof personRecord>;

/** Writes a ZIP with `person.json`, for programs, and `person.html`, for people; whole or not at all. */
export function writePerson(path: string, db: ReadDb, endpoint: number, now: number): { rows: number; bytes: number } {
  const record = personRecord(db, endpoint, now);
  const data = zip(
    [
      { name: 'person.json', data: Buffer.from(`${JSON.stringify(record, null, 2)}\n`) },
      { name: 'person.html', data: Buffer.from(personHtml(record)) },
    ],
    now,
  );
  const part = `${path}.part`;
  try {
    writeFileSync(part, data, { mode: 0o600 });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return { rows: record.addresses.length + record.messages.length + record.events.length, bytes: data.length };
}
