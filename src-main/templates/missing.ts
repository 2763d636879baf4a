import type { EmailField, MissingVariable } from '../../src-preload/contract/template.js';
import { endpointViewColumns, type EndpointViewRow, toEndpointView } from '../audience/index.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql, sqlId, sqlJoin } from '../store/sql.js';
import { lacksSql } from './missing.rows.js';
import type { CompiledEmail } from './types.js';

/** Ids per look at whether the caller gave up: some 50 ms of work. */
const slice = 25_000;
const sampleSize = 20;

interface Tally {
  readonly field: EmailField;
  readonly people: Set<number>;
  addresses: number;
  readonly sample: number[];
}

/**
 * Who of an audience lacks which variable, by name. `members` selects endpoint ids in a column named `id`.
 *
 * A variable everybody needs is counted in SQL. One that only some need (inside a condition, a loop, a partial, or behind a `default` that can itself be
 * missing) is decided by rendering for those who lack it, and for them only: `{{#if Location.City}}{{Location.Region}}{{/if}}` counts people with a city and
 * without a region. Use inside `{{#if X}}` of `X` itself needs nothing. What a helper cannot use (a word where a number is needed) is not counted here:
 * it fails at sending, with that reason. Variables with a default are never missing.
 */
export function countMissing(db: ReadDb, compiled: CompiledEmail, members: Sql): MissingVariable[] {
  const needed = new Map<string, { field: EmailField; always: boolean }>();
  for (const { path, field, need } of compiled.variables) {
    if (need === 'never') continue;
    const before = needed.get(path);
    needed.set(path, { field: before?.field ?? field, always: need === 'always' || (before?.always ?? false) });
  }
  if (needed.size === 0) return [];

  const variables = Array.from(needed, ([path, use]) => ({ path, ...use }));
  const flags = sqlJoin(variables.map(({ path }, i) => sql`${lacksSql(path)} as ${flagName(i)}`), sql`, `);
  const anyFlag = sqlJoin(variables.map((_, i) => flagName(i)), sql` or `);
  const someConditional = variables.some(({ always }) => !always);
  const tallies = new Map<string, Tally>();
  const note = (variable: string, field: EmailField, row: CandidateRow) => {
    const tally = tallies.get(variable) ?? { field, people: new Set(), addresses: 0, sample: [] };
    tallies.set(variable, tally);
    tally.people.add(row.person);
    tally.addresses++;
    if (tally.sample.length < sampleSize) tally.sample.push(row.endpoint_id);
  };

  const range = db.get<{ first: number | null; last: number | null }>(sql`select min(m.id) as first, max(m.id) as last from (${members}) m`);
  for (let from = range?.first ?? 1; from <= (range?.last ?? 0); from += slice) {
    db.throwIfCancelled();
    const candidates = db.iterate<CandidateRow>(sql`
      select * from (
        select e.id as endpoint_id, coalesce(e.user, -e.id) as person, ${flags} ${someConditional ? sql`, ${endpointViewColumns}` : sql``}
        from (${members}) m join endpoint e on e.id = m.id left join user u on u.id = e.user
        where m.id >= ${from} and m.id < ${from + slice}
      ) where ${anyFlag}`);
    for (const row of candidates) {
      const conditional = variables.filter((variable, i) => !variable.always && row[`lacks_${i}`] === 1);
      variables.forEach((variable, i) => {
        if (variable.always && row[`lacks_${i}`] === 1) note(variable.path, variable.field, row);
      });
      if (conditional.length === 0) continue;
      const missing = new Set(compiled.missing(toEndpointView(row)).map(({ variable }) => variable));
      for (const variable of conditional) if (missing.has(variable.path)) note(variable.path, variable.field, row);
    }
  }
  return Array.from(tallies, ([variable, { field, people, addresses, sample }]) => ({ variable, field, people: people.size, addresses, sample })).sort(
    (a, b) => b.addresses - a.addresses || (a.variable < b.variable ? -1 : 1),
  );
}

type CandidateRow = EndpointViewRow & { readonly endpoint_id: number; readonly person: number } & { readonly [flag: `lacks_${number}`]: number };

function flagName(i: number): Sql {
  return sqlId(`lacks_${i}`);
}
