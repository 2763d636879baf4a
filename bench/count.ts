import type { RunningHost } from '../src-main/app/host.js';
import type { SegmentTree } from '../src-preload/contract/segment.js';
import { median, report, rows, runs, seconds } from './measure.js';

/** The part of `@duckdb/node-api` that is used. It is not a dependency: the registry here lacks some of its platforms, and `npm ci` then refuses the lock file. */
interface DuckConnection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): unknown[] }>;
  closeSync(): void;
}
interface DuckModule {
  readonly DuckDBInstance: { create(path: string, options: Readonly<Record<string, string>>): Promise<{ connect(): Promise<DuckConnection> }> };
}
const duckPackage = '@duckdb/node-api';

const asOf = Date.UTC(2026, 10, 24);
/** Six conditions: country, platform, plan, interest, money, orders. */
const tree: SegmentTree = {
  format: 1,
  root: {
    type: 'group',
    match: 'all',
    of: [
      { type: 'location', field: 'Country', test: { op: 'is', values: ['DE', 'GB', 'FR', 'SE'] } },
      { type: 'demographic', field: 'Platform', test: { op: 'is', values: ['ios'] } },
      { type: 'attribute', of: 'user', name: 'plan', test: { op: 'is', values: ['monthly'] } },
      { type: 'attribute', of: 'endpoint', name: 'interests', test: { op: 'contains', values: ['espr'] } },
      { type: 'metric', name: 'ltv', test: { op: 'gte', value: 500 } },
      { type: 'metric', name: 'orders', test: { op: 'lt', value: 20 } },
    ],
  },
};

export async function benchCount(host: RunningHost, csv: string): Promise<void> {
  const workspace = host.current()!;
  const duckdb = (await import(duckPackage).catch(() => undefined)) as DuckModule | undefined;
  if (!duckdb) {
    const alone: number[] = [];
    for (let i = 0; i < runs; i++) alone.push((await seconds(() => workspace.read.segments.count({ tree, asOf }))) * 1000);
    console.log(`live count, six conditions: ${median(alone).toFixed(0)} ms through SQL; no ratio: the reference is DuckDB (npm install --no-save ${duckPackage}@1.5.6-r.1)`);
    return;
  }
  const duck = await (await duckdb.DuckDBInstance.create(':memory:', { threads: '2' })).connect();
  await duck.run(`create table people as select * from read_csv('${csv}', header = true, all_varchar = true)`);
  // User attributes are shared by a user's endpoints and the last row wins, as in the import.
  await duck.run(`create table plans as select "User.UserId" as id, last("User.UserAttributes.plan" order by cast(substr("Id", 4) as bigint)) as plan from people group by 1`);
  await duck.run(`create table typed as select p."User.UserId" as usr, "Location.Country" as country, "Demographic.Platform" as platform, plan, "Attributes.interests" as interests,
    cast("Metrics.ltv" as double) as ltv, cast("Metrics.orders" as double) as orders from people p join plans on plans.id = p."User.UserId"`);
  const question = `select count(*) as n, count(distinct usr) as people from typed where country in ('DE','GB','FR','SE') and platform = 'ios' and plan = 'monthly' and contains(interests, 'espr') and ltv >= 500 and orders < 20`;
  const ours: number[] = [];
  const theirs: number[] = [];
  let found = { people: 0, addresses: 0 };
  let expected: unknown;
  for (let i = 0; i < runs + 1; i++) {
    theirs.push(await seconds(async () => (expected = (await duck.runAndReadAll(question)).getRowObjectsJson()[0])));
    ours.push(await seconds(async () => (found = await workspace.read.segments.count({ tree, asOf }))));
  }
  const { n, people } = expected as { n: string; people: string };
  if (found.addresses !== Number(n) || found.people !== Number(people)) throw new Error(`answers differ: ${JSON.stringify(found)} and ${JSON.stringify(expected)}`);
  report(`live count, six conditions, ${rows.toLocaleString('en')} endpoints, through SQL`, median(ours.slice(1)) * 1000, median(theirs.slice(1)) * 1000, 'ms', 'DuckDB, 2 threads, same answer', median(ours.slice(1)) / median(theirs.slice(1)), '<= 0.5 with the engine of issue 3', ours.slice(1).map((s) => s * 1000));
  duck.closeSync();
}
