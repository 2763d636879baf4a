import { DateTime } from 'luxon';
import type { HomeDay } from '../../src-preload/contract/home.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

const days = 28;
/** `run_tick.tick` counts stretches of five seconds since 1970 (delivery/counts.ts). */
const tickMs = 5_000;
/** Zone offsets are multiples of 15 minutes, so sums of quarters can be put together to days of any zone. */
const quarterMs = 900_000;
/** A bound number is a REAL, and a division by it would not be whole. */
const quarterOf = (at: Sql): Sql => sql`cast(${at} / ${quarterMs} as integer)`;

/**
 * Messages accepted and messages first clicked, by day of the reporting zone, for today and the 27 days before. Test sends do not count; clicks of scanners do not count.
 */
export function homeDays(db: ReadDb, { now }: { readonly now: number }): HomeDay[] {
  const zone = readSettings(db).reportingZone;
  const first = DateTime.fromMillis(now, { zone }).startOf('day').minus({ days: days - 1 });
  const from = first.toMillis();
  const byDay = new Map<string, { sent: number; untracked: number; clicks: number }>();
  for (let i = 0; i < days; i++) byDay.set(first.plus({ days: i }).toISODate() ?? '', { sent: 0, untracked: 0, clicks: 0 });
  const add = (kind: 'sent' | 'untracked' | 'clicks', rows: readonly { quarter: number; n: number }[]) => {
    for (const { quarter, n } of rows) {
      const day = byDay.get(DateTime.fromMillis(quarter * quarterMs, { zone }).toISODate() ?? '');
      if (day) day[kind] += n;
    }
  };
  const accepted = (runs: Sql) =>
    db.all<{ quarter: number; n: number }>(sql`select ${quarterOf(sql`t.tick * ${tickMs}`)} as quarter, sum(t.sent) as n from run r join run_tick t on t.run = r.id
      where ${runs} and t.tick >= ${Math.floor(from / tickMs)} group by 1`);
  add('sent', accepted(sql`r.kind = 'campaign'`));
  const untracked = db.all<{ id: number }>(sql`select r.id from run r join campaign_version v on v.campaign = r.campaign and v.version = r.campaign_version
    where r.kind = 'campaign' and (r.ended_at is null or r.ended_at >= ${from}) and v.content ->> '$.trackClicks' = 0`);
  if (untracked.length > 0) add('untracked', accepted(sql`r.id in (select value from json_each(${JSON.stringify(untracked.map(({ id }) => id))}))`));
  // The kind is written out (2: 'click'), because a partial index answers no parameter.
  add(
    'clicks',
    db.all(sql`select ${quarterOf(sql`o.at`)} as quarter, count(*) as n from outcome o indexed by outcome_click_at join run r on r.id = o.run
      where o.kind = 2 and o.at >= ${from} and r.kind = 'campaign' group by 1`),
  );
  return [...byDay].map(([day, numbers]) => ({ day, ...numbers }));
}
