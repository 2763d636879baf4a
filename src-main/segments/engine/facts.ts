import type { SegmentRule } from '../../../src-preload/contract/segment.js';
import type { ReadDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';
import { peopleSql } from '../compile-people.js';
import { topicOpSql } from '../compile-rule.js';
import { type Bits, inverted, setBit, wordsFor } from './bits.js';

/** A rule that facts outside the audience's tables answer: SQL finds the people or addresses, the engine keeps the set. */
export type FactRule = Extract<SegmentRule, { type: 'event' | 'history' | 'suppression' | 'topic' }>;

export const isFactRule = (rule: SegmentRule): rule is FactRule => rule.type === 'event' || rule.type === 'history' || rule.type === 'suppression' || rule.type === 'topic';

/** What a set of people needs to know to become a set of addresses. */
export interface Audience {
  readonly slots: number;
  readonly users: number;
  /** By slot: the user an address belongs to, 0 where nobody is known to own it. */
  readonly owners: Uint32Array;
}

/** The addresses a rule about facts holds for. */
export function factBits(db: ReadDb, rule: FactRule, asOf: number, audience: Audience): Bits {
  if (rule.type === 'topic') return topicBits(db, rule, audience);
  return rule.type === 'suppression' ? suppressionBits(db, rule, audience) : peopleBits(db, rule, asOf, audience);
}

function peopleBits(db: ReadDb, rule: Exclude<FactRule, { type: 'suppression' | 'topic' }>, asOf: number, { slots, users, owners }: Audience): Bits {
  const { people, among } = peopleSql(rule, asOf);
  const { list } = db.get<{ list: string }>(sql`select json_group_array(person) as list from (select distinct person from (select 0 as person where 0 union all ${people}))`)!;
  const found = new Uint8Array(users);
  const bits: Bits = new Uint32Array(wordsFor(slots));
  for (const person of JSON.parse(list) as number[]) {
    if (person % 2 === 0) found[person / 2] = 1;
    else setBit(bits, (person - 1) / 2, true);
  }
  for (let slot = 0; slot < owners.length; slot++) if (found[owners[slot]!] === 1) setBit(bits, slot, true);
  return among ? bits : inverted(bits);
}

function suppressionBits(db: ReadDb, rule: Extract<FactRule, { type: 'suppression' }>, { slots }: Audience): Bits {
  const { list } = db.get<{ list: string }>(
    sql`select json_group_array(e.id) as list from suppressed d join endpoint e on e.address_key = d.address_key and e.channel = d.channel where d.scope = 'all' or ${rule.scope} = 'marketing'`,
  )!;
  const bits: Bits = new Uint32Array(wordsFor(slots));
  for (const id of JSON.parse(list) as number[]) setBit(bits, id, true);
  return rule.suppressed ? bits : inverted(bits);
}

function topicBits(db: ReadDb, rule: Extract<FactRule, { type: 'topic' }>, { slots }: Audience): Bits {
  const { list } = db.get<{ list: string }>(sql`select json_group_array(e.id) as list from topic_state s join endpoint e on e.address_key = s.address_key and e.channel = s.channel
    where s.topic = (select id from topic where uid = ${rule.topic})${topicOpSql(rule.op)}`)!;
  const bits: Bits = new Uint32Array(wordsFor(slots));
  for (const id of JSON.parse(list) as number[]) setBit(bits, id, true);
  return rule.op === 'never' ? inverted(bits) : bits;
}
