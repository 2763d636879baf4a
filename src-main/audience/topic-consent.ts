import type { Channel } from '../../src-preload/contract/common.js';
import { messageReasonCode } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type TopicAct, topicAllows, type TopicDefault, type TopicFact, type TopicStanding, type TopicState } from '../../src-preload/contract/topic.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { recordTopicState } from '../store/topic-state.js';
import { type Sql, sql } from '../store/sql.js';
import { suppressionReasonSql } from './consent.js';
import { topicByUid } from './topic.rows.js';

export interface TopicConsentInput {
  /** Row id of the topic. */
  readonly topic: number;
  readonly channel: Channel;
  /** From `normaliseAddress`, or an endpoint's `address_key`. */
  readonly addressKey: string;
  readonly act: TopicAct;
  /** Where it came from, such as `unsubscribe page`, `entered by hand`, `import: people.csv`. */
  readonly source: string;
  readonly note?: string | undefined;
  /** The message it answers. */
  readonly message?: { readonly run: number; readonly seq: number } | undefined;
}

/** What stands now; `request` is the fact that waits for its confirmation. */
export interface StandingTopic {
  readonly state: Exclude<TopicState, 'never'>;
  readonly fact: number;
  readonly request: number | null;
}

/** What one address said about one topic so far; undefined: nothing. */
export function standingTopic(db: ReadDb, { topic, channel, addressKey }: Pick<TopicConsentInput, 'topic' | 'channel' | 'addressKey'>): StandingTopic | undefined {
  return db.prepare('select state, fact, request from topic_state where topic = ? and channel = ? and address_key = ?').get(topic, channel, addressKey) as StandingTopic | undefined;
}

/**
 * Appends what one address said about a topic; a repeat appends nothing and gives false. Anybody may withdraw. A request brings a message that asks to confirm, so it is noted for somebody
 * else only where nothing says no: not for an address that left the topic, opted out or is suppressed (`BAD_INPUT`); the recipient may always ask. Only the recipient
 * may give, or an operator with a reason (design 5: consent only tightens by itself). Throws `NOT_ALLOWED`, `SUPPRESSION_REASON_REQUIRED`, `BAD_INPUT`.
 * The store thread copies what is appended into the workspace's suppressions.log.
 */
export function recordTopicConsent(db: WriteDb, input: TopicConsentInput): boolean {
  const note = input.note?.trim() ?? '';
  if (input.act === 'give') {
    if (db.actor.kind !== 'operator' && db.actor.kind !== 'recipient') throw new HeliographError('NOT_ALLOWED', { actor: db.actor.kind });
    if (db.actor.kind === 'operator' && note === '') throw new HeliographError('SUPPRESSION_REASON_REQUIRED');
  }
  const standing = standingTopic(db, input);
  if (isRepeat(input.act, standing)) return false;
  if (input.act === 'request' && db.actor.kind !== 'recipient' && saysNo(db, input, standing)) {
    throw new HeliographError('BAD_INPUT', { field: 'act', message: 'this address left the topic, opted out or is suppressed; only the recipient can ask again' });
  }
  const { topic, channel, addressKey, act } = input;
  const { lastId } = db.run(sql`insert into topic_consent (at, act, topic, channel, address_key, source, actor, note, run, seq)
    values (${db.now}, ${act}, ${topic}, ${channel}, ${addressKey}, ${input.source}, ${JSON.stringify(db.actor)}, ${note === '' ? null : note}, ${input.message?.run ?? null}, ${input.message?.seq ?? null})`);
  recordTopicState(db, { id: lastId, act, topic, channel, addressKey });
  db.changed('topic_consent', lastId);
  return true;
}

function saysNo(db: ReadDb, { channel, addressKey }: Pick<TopicConsentInput, 'channel' | 'addressKey'>, standing: StandingTopic | undefined): boolean {
  return standing?.state === 'withdrawn' || marketingStopped(db, { channel, addressKey });
}

/** True where no marketing message may go to an address whatever the topic: suppressed in either scope, or opted out on an endpoint that holds it. */
export function marketingStopped(db: ReadDb, { channel, addressKey }: { readonly channel: Channel; readonly addressKey: string }): boolean {
  return (
    db.get(sql`select 1 from suppressed where channel = ${channel} and address_key = ${addressKey}`) !== undefined ||
    db.get(sql`select 1 from endpoint where address_key = ${addressKey} and channel = ${channel} and opt_out = 1 limit 1`) !== undefined
  );
}

function isRepeat(act: TopicAct, standing: StandingTopic | undefined): boolean {
  switch (act) {
    case 'give':
      return standing?.state === 'given';
    case 'withdraw':
      return standing?.state === 'withdrawn' && standing.request === null;
    case 'request':
      return standing !== undefined && (standing.state === 'given' || standing.request !== null);
  }
}

/** One act of the operator about the address an endpoint has now, with its line in the audit log. Throws `NOT_FOUND`, `SUPPRESSION_REASON_REQUIRED` for a yes without a reason, `BAD_INPUT` for a request against a no. */
export function setTopicConsent(db: WriteDb, input: { readonly id: number; readonly topic: string; readonly act: TopicAct; readonly note?: string | undefined }): { readonly changed: boolean } {
  const endpoint = db.get<{ channel: Channel; addressKey: string }>(sql`select channel, address_key as addressKey from endpoint where id = ${input.id}`);
  if (!endpoint) throw new HeliographError('NOT_FOUND', { what: 'address' });
  const topic = topicByUid(db, input.topic);
  const changed = recordTopicConsent(db, { topic: topic.id, ...endpoint, act: input.act, source: 'entered by hand', note: input.note });
  if (changed) db.audit(`topic.${auditWord[input.act]}`, `endpoint:${input.id}`, { topic: topic.uid });
  return { changed };
}

const auditWord: Readonly<Record<TopicAct, string>> = { give: 'given', withdraw: 'withdrawn', request: 'requested' };

/**
 * An SQL expression over `endpoint e`: why a marketing message of this topic may not go to it (`messageReasonCode`), or 0. One look at a primary key an address. `id` is the topic's row id.
 */
export function topicReasonSql({ id, consent }: { readonly id: number; readonly consent: TopicDefault }): Sql {
  const state = sql`(select t.state from topic_state t where t.topic = ${id} and t.channel = e.channel and t.address_key = e.address_key)`;
  if (consent === 'opt_out') return sql`case ${state} when 'withdrawn' then ${messageReasonCode.topic_left} else 0 end`;
  return sql`case ${state} when 'given' then 0 when 'withdrawn' then ${messageReasonCode.topic_left} when 'requested' then ${messageReasonCode.topic_unconfirmed} else ${messageReasonCode.topic_not_given} end`;
}

/**
 * The same for the message that asks for the confirmation: it goes to those alone who asked and have not confirmed. A no stands against it (left the topic, opted out, suppressed from
 * marketing), unless the recipient asked after it: a withdrawal ends every request before it, a suppression has its time. When Pinpoint's OptOut was set nobody knows, so it always stands.
 */
export function topicRequestReasonSql({ id }: { readonly id: number }): Sql {
  return sql`coalesce((select case
      when e.opt_out = 1 then ${messageReasonCode.opted_out}
      when t.state = 'withdrawn' and not ${byRecipient} then ${messageReasonCode.topic_left}
      else coalesce((select ${suppressionReasonSql} from suppressed d join suppression s on s.id = d.suppression
        where d.channel = e.channel and d.address_key = e.address_key and not (${byRecipient} and q.at > s.at) order by d.scope limit 1), 0) end
    from topic_state t join topic_consent q on q.id = t.request
    where t.topic = ${id} and t.channel = e.channel and t.address_key = e.address_key), ${messageReasonCode.topic_not_asked})`;
}

const byRecipient = sql`q.actor ->> '$.kind' = 'recipient'`;

interface StandingRow {
  readonly topic: string;
  readonly name: string;
  readonly consent: TopicDefault;
  readonly state: TopicState | null;
  readonly since: number | null;
  readonly source: string | null;
  readonly note: string | null;
  readonly requestedAt: number | null;
}

/** How an address stands to every topic in use, by name. */
export function topicStandings(db: ReadDb, address: { readonly channel: Channel; readonly addressKey: string }): TopicStanding[] {
  return db
    .all<StandingRow>(
      sql`select t.uid as topic, t.name, t.consent, s.state, f.at as since, f.source, f.note, q.at as requestedAt
        from topic t left join topic_state s on s.topic = t.id and s.channel = ${address.channel} and s.address_key = ${address.addressKey}
          left join topic_consent f on f.id = s.fact left join topic_consent q on q.id = s.request
        where t.archived_at is null order by t.name collate nocase, t.id`,
    )
    .map(({ topic, name, consent, state, since, source, note, requestedAt }) => ({
      topic,
      name,
      default: consent,
      state: state ?? 'never',
      mayContact: topicAllows(consent, state ?? 'never'),
      ...(since === null ? {} : { since }),
      ...(source === null ? {} : { source }),
      ...(note === null ? {} : { note }),
      ...(requestedAt === null ? {} : { requestedAt }),
    }));
}

/** Everything an address ever said about topics, newest first, at most 500 facts. */
export function topicHistory(db: ReadDb, address: { readonly channel: Channel; readonly addressKey: string }): TopicFact[] {
  return db.all<TopicFact>(sql`select f.id, f.at, f.act, t.name, f.source, f.note from topic_consent f join topic t on t.id = f.topic
    where f.channel = ${address.channel} and f.address_key = ${address.addressKey} order by f.id desc limit 500`);
}
