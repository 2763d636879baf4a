import type { WriteDb } from './db.js';

export interface TopicFactKey {
  /** Row id of the fact. */
  readonly id: number;
  readonly act: 'give' | 'withdraw' | 'request';
  /** Row id of the topic. */
  readonly topic: number;
  readonly channel: string;
  readonly addressKey: string;
}

const set = `insert into topic_state (topic, channel, address_key, state, fact, request) values (?, ?, ?, ?, ?, null)
  on conflict (topic, channel, address_key) do update set state = excluded.state, fact = excluded.fact, request = null`;
/** A request changes no answer that was given before it: who left stays away until the confirmation. */
const ask = `insert into topic_state (topic, channel, address_key, state, fact, request) values (?, ?, ?, 'requested', ?, ?)
  on conflict (topic, channel, address_key) do update set request = excluded.request`;

/** Carries one appended fact of topic consent into the state the facts add up to: as it happens, and when a restore replays it. */
export function recordTopicState(db: WriteDb, { id, act, topic, channel, addressKey }: TopicFactKey): void {
  if (act === 'request') db.prepare(ask).run(topic, channel, addressKey, id, id);
  else db.prepare(set).run(topic, channel, addressKey, act === 'give' ? 'given' : 'withdrawn', id);
}
