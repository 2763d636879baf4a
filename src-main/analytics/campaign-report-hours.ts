import { DateTime } from 'luxon';
import { messageStateCode, outcomeKindCode } from '../../src-preload/contract/delivery.js';
import { type HourCount, reportLimits } from '../../src-preload/contract/report.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

/** Offsets of all zones in use are whole quarters of an hour, so quarters can be summed to hours of any zone. */
const quarterMs = 15 * 60 * 1000;
/** A bound number is a REAL, and a division by it would not be whole. */
const quarterOf = (at: Sql): Sql => sql`cast(${at} / ${quarterMs} as integer)`;
const keys = ['accepted', 'opened', 'clicked', 'unsubscribed'] as const;
type Sums = { -readonly [K in (typeof keys)[number]]: number };
const none = (): Sums => ({ accepted: 0, opened: 0, clicked: 0, unsubscribed: 0 });

/**
 * When messages were accepted and when people first opened, first clicked and unsubscribed, by hour of `zone` from the first acceptance on. At a change of the clock an hour
 * is left out or counted double as that zone has it. One that a person counted as sent has the hour in which it was claimed, and none where nobody knows
 * (`withoutHour`: after a restore). What comes after `reportLimits.hours` is one sum.
 */
export function countHours(db: ReadDb, run: number, zone: string): { hours: HourCount[]; later: Sums | null } {
  const quarters = new Map<number, Sums>();
  const add = (key: keyof Sums, rows: readonly { q: number; n: number }[]) => {
    for (const { q, n } of rows) {
      const sums = quarters.get(q) ?? none();
      sums[key] += n;
      quarters.set(q, sums);
    }
  };
  add('accepted', db.all(sql`select ${quarterOf(sql`p.at`)} as q, count(*) as n from message_reply p join message m on m.run = p.run and m.seq = p.seq
    where p.run = ${run} and m.state = ${messageStateCode.sent} and p.response is not null group by 1`));
  db.throwIfCancelled();
  for (const [key, kind] of [['opened', 'open'], ['clicked', 'click'], ['unsubscribed', 'unsubscribe']] as const) {
    add(key, db.all(sql`select ${quarterOf(sql`o.at`)} as q, count(*) as n from outcome o where o.run = ${run} and o.kind = ${outcomeKindCode[kind]} group by 1`));
  }
  if (quarters.size === 0) return { hours: [], later: null };

  const byHour = new Map<number, Sums>();
  for (const [quarter, sums] of quarters) {
    const at = DateTime.fromMillis(quarter * quarterMs, { zone }).startOf('hour').toMillis();
    const hour = byHour.get(at) ?? none();
    for (const key of keys) hour[key] += sums[key];
    byHour.set(at, hour);
  }
  const starts = [...byHour.keys()].sort((a, b) => a - b);
  const first = starts[0]!;
  const end = Math.min(starts.at(-1)!, DateTime.fromMillis(first, { zone }).plus({ hours: reportLimits.hours - 1 }).toMillis());
  const hours: HourCount[] = [];
  for (let at = DateTime.fromMillis(first, { zone }); at.toMillis() <= end; at = at.plus({ hours: 1 })) hours.push({ at: at.toMillis(), ...(byHour.get(at.toMillis()) ?? none()) });
  const late = starts.filter((at) => at > end);
  if (late.length === 0) return { hours, later: null };
  const later = none();
  for (const at of late) for (const key of keys) later[key] += byHour.get(at)![key];
  return { hours, later };
}
