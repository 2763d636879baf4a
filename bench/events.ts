import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { RunningHost } from '../src-main/app/host.js';
import type { SegmentRule, SegmentTree } from '../src-preload/contract/segment.js';
import { connectDuck } from './duck.js';
import { median, report, rows, runs, seconds } from './measure.js';

/** Events of the case, unless `BENCH_EVENTS` says otherwise. */
const events = Number(process.env['BENCH_EVENTS'] ?? 10_000_000);
const asOf = Date.UTC(2026, 10, 24);
const dayMs = 86_400_000;
const kinds = 5;

/** Event `i` in both databases' arithmetic: whose it is, of which kind (the first is rare), when within the last year. */
const formula = (i: string) => ({
  endpoint: `1 + (${i} * 48271 + 11) % ${rows}`,
  kind: `case when ${i} % 50 = 0 then 1 else 2 + ${i} % ${kinds - 1} end`,
  at: `${asOf} - 1 - (${i} * 7919) % 365 * ${dayMs} - ${i} % 86400 * 1000`,
});

interface Question {
  readonly rule: SegmentRule;
  readonly sql: string;
}
/** What was done since, how often, and by whom not at all; another stretch of time for each `i`, so that nothing kept helps. */
const questions: Readonly<Record<string, (i: number) => Question>> = {
  'did a rare event in the last days': (i) => ({
    rule: { type: 'event', op: 'did', event: 'kind 1', when: { op: 'inLast', duration: { amount: 20 + i, unit: 'days' } } },
    sql: `select count(distinct person) as n from events where kind = 1 and moment >= ${asOf - (20 + i) * dayMs}`,
  }),
  'did a common event at least 3 times in the last days': (i) => ({
    rule: { type: 'event', op: 'did', event: 'kind 2', times: { op: 'atLeast', count: 3 }, when: { op: 'inLast', duration: { amount: 90 + i, unit: 'days' } } },
    sql: `select count(*) as n from (select person from events where kind = 2 and moment >= ${asOf - (90 + i) * dayMs} group by 1 having count(*) >= 3)`,
  }),
  'did not do a common event in the last days': (i) => ({
    rule: { type: 'event', op: 'didNot', event: 'kind 3', when: { op: 'inLast', duration: { amount: 60 + i, unit: 'days' } } },
    sql: `select (select count(distinct person) from owners) - count(distinct person) as n from events where kind = 3 and moment >= ${asOf - (60 + i) * dayMs}`,
  }),
};
const treeOf = (rule: SegmentRule): SegmentTree => ({ format: 1, root: { type: 'group', match: 'all', of: [rule] } });

/** Rules about events over the people that are there. Writes the events into the closed file by itself: how they arrive is another case. */
export async function benchEvents(host: RunningHost): Promise<void> {
  const { folder } = host.current()!;
  await host.close();
  const db = new Database(join(folder, 'workspace.sqlite'));
  const fill = await seconds(() => {
    for (let kind = 1; kind <= kinds; kind++) db.prepare('insert into event_type (id, name) values (?, ?)').run(kind, `kind ${kind}`);
    const { endpoint, kind, at } = formula('value');
    db.exec(`with recursive series (value) as (select 1 union all select value + 1 from series where value < ${events})
      insert into event (app, endpoint, type, at, arrived_at) select 1, ${endpoint}, ${kind}, ${at}, ${asOf} from series`);
    db.pragma('wal_checkpoint(truncate)');
  });
  // What a person did counts over all their addresses, so the reference must know whose they are.
  const owners = join(folder, 'owners.csv');
  writeFileSync(owners, `endpoint,person\n${db.prepare<[], string>("select id || ',' || coalesce(user, -id) from endpoint").pluck().all().join('\n')}\n`);
  db.close();
  console.log(`${events.toLocaleString('en')} events written in ${fill.toFixed(0)} s`);
  await host.open(folder);
  const { segments } = host.current()!;
  const duck = await connectDuck();
  if (duck) {
    const { endpoint, kind, at } = formula('i');
    await duck.run(`create table owners as select * from read_csv('${owners}', header = true)`);
    await duck.run(`create table events as select person, kind, moment from (select ${endpoint} as endpoint, ${kind} as kind, ${at} as moment from range(1, ${events + 1}) t(i)) join owners using (endpoint)`);
  }
  for (const [name, question] of Object.entries(questions)) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let i = 0; i <= runs; i++) {
      const { rule, sql } = question(i);
      let people = 0;
      const took = await seconds(async () => ({ people } = await segments.count({ tree: treeOf(rule), asOf })));
      let answer: unknown;
      const reference = duck ? await seconds(async () => (answer = (await duck.runAndReadAll(sql)).getRowObjectsJson()[0])) : 0;
      if (duck && Number((answer as { n: string }).n) !== people) throw new Error(`answers differ: ${people} and ${JSON.stringify(answer)} for ${name}`);
      // The first question makes ready what later ones share.
      if (i > 0) {
        ours.push(took * 1000);
        theirs.push(reference * 1000);
      }
    }
    if (duck) report(name, median(ours), median(theirs), 'ms', 'DuckDB, 2 threads, same answers', median(ours) / median(theirs), 'none', ours);
    else console.log(`${name}: ${median(ours).toFixed(0)} ms; no ratio: DuckDB is not installed`);
  }
  duck?.closeSync();
  console.log(`memory of the process: ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
}
