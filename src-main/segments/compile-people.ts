import { messageStateCode, type OutcomeKind, outcomeKindCode } from '../../src-preload/contract/delivery.js';
import type { EventFilter, SegmentRule, WhenTest } from '../../src-preload/contract/segment.js';
import { type Sql, sql, sqlJoin, sqlList } from '../store/sql.js';
import { columnSql, metricSql, personSql } from './compile-rule.js';
import { dateRange, durationMs } from './dates.js';

/** A rule about what a person did, or what was done to them: it holds for all their addresses alike. */
export type PeopleRule = Extract<SegmentRule, { type: 'event' | 'history' }>;

/** The people of a rule as a `select` of their numbers (`personKey`); `among`: the rule means those in it, else all others. */
export interface PeopleSql {
  readonly people: Sql;
  readonly among: boolean;
}

export function peopleSql(rule: PeopleRule, asOf: number): PeopleSql {
  return rule.type === 'event' ? eventSql(rule, asOf) : historySql(rule, asOf);
}

const plainName = /^[^"\\\u0000-\u001f\u007f]+$/;

/** An attribute of event `ev` as text or null: a number that an event carries compares as its text. */
export function eventAttributeSql(name: string): Sql {
  const stored = plainName.test(name) ? sql`(ev.attributes ->> ${`$."${name}"`})` : sql`(select k.value from json_each(ev.attributes) k where k.key = ${name})`;
  return sql`(${stored} || '')`;
}

function filterSql(filter: EventFilter): Sql {
  if (filter.of === 'metric') return metricSql(sql`ev.metrics`, filter.name, filter.test);
  return columnSql(eventAttributeSql(filter.name), filter.test);
}

function whenSql(at: Sql, test: WhenTest, asOf: number): Sql {
  if (test.op === 'inLast') return sql`${at} >= ${asOf - durationMs(test.duration)}`;
  const { from, to } = dateRange(test);
  if (from === null) return sql`${at} < ${to}`;
  return to === null ? sql`${at} >= ${from}` : sql`(${at} >= ${from} and ${at} < ${to})`;
}

function eventSql(rule: Extract<PeopleRule, { type: 'event' }>, asOf: number): PeopleSql {
  const where = (rule.where ?? []).map((filter) => sql` and ifnull(${filterSql(filter)}, 0)`);
  const of = sql`from event ev join endpoint x on x.id = ev.endpoint where ev.endpoint is not null and ev.type = (select id from event_type where name = ${rule.event})${sqlJoin(where, sql``)}`;
  const person = personSql(sql`x`);
  if (rule.occasion) {
    const at = rule.occasion === 'first' ? sql`min(ev.at)` : sql`max(ev.at)`;
    return { people: sql`select ${person} ${of} group by 1 having ${whenSql(at, rule.when!, asOf)}`, among: rule.op === 'did' };
  }
  const inTime = rule.when ? sql` and ${whenSql(sql`ev.at`, rule.when, asOf)}` : sql``;
  const { op, count } = rule.times ?? { op: 'atLeast' as const, count: 1 };
  const grouped = (having: Sql): Sql => sql`select ${person} ${of}${inTime} group by 1 having ${having}`;
  // Whoever never did it is in no group: what is true of zero times is said by those it is not true of.
  if (op === 'atLeast') return count === 0 ? { people: sql`select 0 where 0`, among: false } : { people: count === 1 ? sql`select ${person} ${of}${inTime}` : grouped(sql`count(*) >= ${count}`), among: rule.op === 'did' };
  if (op === 'atMost') return { people: grouped(sql`count(*) > ${count}`), among: false };
  return count === 0 ? { people: grouped(sql`count(*) > 0`), among: false } : { people: grouped(sql`count(*) = ${count}`), among: true };
}

const codes = (kinds: readonly OutcomeKind[]) => sqlList(kinds.map((kind) => outcomeKindCode[kind]));

function historySql(rule: Extract<PeopleRule, { type: 'history' }>, asOf: number): PeopleSql {
  const since = rule.inLast ? asOf - durationMs(rule.inLast) : undefined;
  const { of } = rule;
  const newest = sql` and r.id = (select max(n.id) from run n where n.campaign = r.campaign and n.kind = 'campaign' and n.frozen_at is not null)`;
  const campaign = of.kind === 'any' ? sql`` : sql` and r.campaign = (select id from campaign where uid = ${of.campaign})${of.run === 'latest' ? newest : sql``}`;
  const runs = sql`r.kind = 'campaign'${campaign}`;
  const person = personSql(sql`x`);
  const messages = sql`from run r join message m on m.run = r.id join endpoint x on x.id = m.endpoint`;
  if (rule.op === 'opened' || rule.op === 'clicked') {
    const kinds = rule.op === 'clicked' ? codes(['click']) : codes(rule.machineOpens ? ['open', 'open_machine'] : ['open']);
    const inTime = since === undefined ? sql`` : sql` and o.at >= ${since}`;
    return { people: sql`select ${person} from run r join outcome o on o.run = r.id join message m on m.run = o.run and m.seq = o.seq join endpoint x on x.id = m.endpoint where ${runs} and o.kind in ${kinds}${inTime}`, among: rule.did };
  }
  const states = rule.op === 'accepted' ? [messageStateCode.sent] : [messageStateCode.sent, messageStateCode.unknown];
  // A message that nobody answered for has the time its run began (also where its row says where it went: `delivery/recover.ts`).
  const at = sql`coalesce((select p.at from message_reply p where p.run = m.run and p.seq = m.seq), r.started_at, r.created_at)`;
  const inTime = since === undefined ? sql`` : sql` and ${at} >= ${since}`;
  return { people: sql`select ${person} ${messages} where ${runs} and m.state in ${sqlList(states)}${inTime}`, among: rule.did };
}
