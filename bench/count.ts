import type { RunningHost } from '../src-main/app/host.js';
import type { SegmentTree } from '../src-preload/contract/segment.js';
import { connectDuck, duckHint } from './duck.js';
import { median, report, rows, runs, seconds } from './measure.js';

const asOf = Date.UTC(2026, 10, 24);

/** The values of one question: country, platform, plan, interest, money, orders. */
interface Question {
  readonly countries: readonly string[];
  readonly platform: string;
  readonly plan: string;
  readonly interest: string;
  readonly ltv: number;
  readonly orders: number;
}
const pick = <T>(list: readonly T[], i: number) => list[i % list.length]!;
const countries = ['DE', 'GB', 'FR', 'SE', 'US', 'JP', 'IT', 'ES'];
/** Six conditions, all of them others for each `i`, so that nothing kept from the question before helps. */
const fresh = (i: number): Question => ({
  countries: [0, 1, 2, 3].map((k) => pick(countries, i + k)),
  platform: pick(['ios', 'android', 'web'], i),
  plan: pick(['monthly', 'free', 'yearly', 'quarterly'], i),
  interest: pick(['espr', 'filt', 'gea', 'eve', 'deca', 'gif'], i),
  ltv: 400 + i,
  orders: 12 + i,
});
/** One rule changed, as by a keystroke. */
const edited = (i: number): Question => ({ ...fresh(0), ltv: 500.5 + i });

const treeOf = (q: Question): SegmentTree => ({
  format: 1,
  root: {
    type: 'group',
    match: 'all',
    of: [
      { type: 'location', field: 'Country', test: { op: 'is', values: [...q.countries] } },
      { type: 'demographic', field: 'Platform', test: { op: 'is', values: [q.platform] } },
      { type: 'attribute', of: 'user', name: 'plan', test: { op: 'is', values: [q.plan] } },
      { type: 'attribute', of: 'endpoint', name: 'interests', test: { op: 'contains', values: [q.interest] } },
      { type: 'metric', name: 'ltv', test: { op: 'gte', value: q.ltv } },
      { type: 'metric', name: 'orders', test: { op: 'lt', value: q.orders } },
    ],
  },
});
const sqlOf = (q: Question) =>
  `select count(*) as n, count(distinct usr) as people from typed where country in (${q.countries.map((c) => `'${c}'`).join(',')}) and platform = '${q.platform}' and plan = '${q.plan}' and contains(interests, '${q.interest}') and ltv >= ${q.ltv} and orders < ${q.orders}`;

export async function benchCount(host: RunningHost, csv: string): Promise<void> {
  const workspace = host.current()!;
  const ms = async (work: () => Promise<unknown>) => (await seconds(work)) * 1000;
  const million = rows.toLocaleString('en');

  // The first question after opening: SQL answers while the engine reads its columns.
  const firstMs = await ms(() => workspace.segments.count({ tree: treeOf(fresh(0)), asOf }));
  const warmMs = await ms(() => workspace.segments.effects({ tree: treeOf(fresh(0)), asOf }));
  console.log(`first count after opening, ${million} endpoints: ${firstMs.toFixed(0)} ms (SQL and the engine's reading side by side); the engine's answer to the next question: ${warmMs.toFixed(0)} ms later`);

  const ask = async (question: (i: number) => Question, count: (input: { tree: SegmentTree; asOf: number }) => Promise<{ people: number; addresses: number }>) => {
    const times: number[] = [];
    const answers: { people: number; addresses: number }[] = [];
    for (let i = 0; i <= runs; i++) {
      times.push(await ms(async () => void answers.push(await count({ tree: treeOf(question(i)), asOf }))));
    }
    // The first question makes ready what later ones share.
    return { times: times.slice(1), answers };
  };
  const bySql = await ask(fresh, (input) => workspace.read.segments.count(input));
  const engine = await ask(fresh, (input) => workspace.segments.count(input));
  const keystroke = await ask(edited, (input) => workspace.segments.count(input));

  const duck = await connectDuck();
  if (!duck) {
    console.log(`live count, six conditions, ${million} endpoints: ${median(bySql.times).toFixed(0)} ms through SQL, ${median(engine.times).toFixed(1)} ms by the engine, ${median(keystroke.times).toFixed(1)} ms after one edit; no ratio: the reference is DuckDB (${duckHint})`);
    return;
  }
  await duck.run(`create table people as select * from read_csv('${csv}', header = true, all_varchar = true)`);
  // User attributes are shared by a user's endpoints and the last row wins, as in the import.
  await duck.run(`create table plans as select "User.UserId" as id, last("User.UserAttributes.plan" order by cast(substr("Id", 4) as bigint)) as plan from people group by 1`);
  await duck.run(`create table typed as select p."User.UserId" as usr, "Location.Country" as country, "Demographic.Platform" as platform, plan, "Attributes.interests" as interests,
    cast("Metrics.ltv" as double) as ltv, cast("Metrics.orders" as double) as orders from people p join plans on plans.id = p."User.UserId"`);
  const judge = async (question: (i: number) => Question, answers: readonly { people: number; addresses: number }[]) => {
    const times: number[] = [];
    for (let i = 0; i <= runs; i++) {
      let row: unknown;
      times.push(await ms(async () => (row = (await duck.runAndReadAll(sqlOf(question(i)))).getRowObjectsJson()[0])));
      const { n, people } = row as { n: string; people: string };
      if (answers[i]!.addresses !== Number(n) || answers[i]!.people !== Number(people)) throw new Error(`answers differ: ${JSON.stringify(answers[i])} and ${JSON.stringify(row)}`);
    }
    return times.slice(1);
  };
  const freshReference = await judge(fresh, engine.answers);
  await judge(fresh, bySql.answers);
  const editedReference = await judge(edited, keystroke.answers);
  const say = (name: string, ours: readonly number[], theirs: readonly number[], goal: string) =>
    report(name, median(ours), median(theirs), 'ms', 'DuckDB, 2 threads, same answers', median(ours) / median(theirs), goal, ours);
  say(`live count, six new conditions, ${million} endpoints, engine`, engine.times, freshReference, '<= 0.5');
  say(`live count, one rule edited, ${million} endpoints, engine`, keystroke.times, editedReference, '<= 0.15');
  say(`live count, six conditions, ${million} endpoints, through SQL`, bySql.times, freshReference, 'none: the cold path');
  duck.closeSync();
}
