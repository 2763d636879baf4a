import type { SearchHit, SearchInput } from '../../src-preload/contract/search.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

/** `%text%` for LIKE, with the text's own % and _ taken literally. */
function like(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/** The least text that sorts after everything that starts with `prefix`: the range `[prefix, after)` runs on an index, LIKE would not. */
function after(prefix: string): string {
  return prefix + '\u{10FFFF}';
}

/**
 * Records whose name contains the text (letters compare without case, as SQLite's LIKE does for ASCII), and people whose address or user id starts with it:
 * the two that are indexed, so that the palette answers at 1,000,000 endpoints while one types.
 */
export function findRecords(db: ReadDb, { text, limit }: SearchInput): SearchHit[] {
  const named = (kind: SearchHit['kind'], query: Sql) => db.all<{ uid: string; title: string; note: string }>(query).map((row): SearchHit => ({ kind, ...row }));
  const pattern = like(text);
  const key = text.toLowerCase();
  const found: SearchHit[] = [
    ...named('campaign', sql`select uid, name as title, state as note from campaign where deleted_at is null and name like ${pattern} escape '\\' order by updated_at desc limit ${limit}`),
    ...named('segment', sql`select uid, name as title, kind as note from segment where deleted_at is null and name like ${pattern} escape '\\' order by updated_at desc limit ${limit}`),
    ...named('template', sql`select uid, name as title, '' as note from template where deleted_at is null and name like ${pattern} escape '\\' order by updated_at desc limit ${limit}`),
    ...named('import', sql`select uid, file_name as title, state as note from import where file_name like ${pattern} escape '\\' order by id desc limit ${limit}`),
    ...named('connection', sql`select uid, name as title, provider as note from connection where deleted_at is null and name like ${pattern} escape '\\' order by id limit ${limit}`),
  ];
  db.throwIfCancelled();
  const people = new Map<number, SearchHit>();
  const add = (row: { id: number; address: string; userId: string | null }) =>
    people.set(row.id, { kind: 'person', uid: String(row.id), title: row.address === '' ? (row.userId ?? '') : row.address, note: row.userId ?? '' });
  const addressed = (prefix: string) =>
    db.all<{ id: number; address: string; userId: string | null }>(sql`
      select e.id, e.address, u.user_id as userId from endpoint e indexed by endpoint_address left join user u on u.id = e.user
      where e.address_key >= ${prefix} and e.address_key < ${after(prefix)} order by e.address_key limit ${limit}`).forEach(add);
  // Digits and dots sort before @, so that the whole local part could be cut off behind its longer neighbours.
  if (!key.includes('@')) addressed(`${key}@`);
  addressed(key);
  db.all<{ id: number; address: string; userId: string | null }>(sql`
    select e.id, e.address, u.user_id as userId from user u join endpoint e on e.user = u.id
    where u.user_id >= ${text} and u.user_id < ${after(text)} order by u.user_id limit ${limit}`).forEach(add);
  // Whoever is meant exactly comes first, then the shortest: `u77` is not `u770`.
  const rank = (hit: SearchHit) => Math.min(...[hit.title, hit.note].filter((name) => name.toLowerCase().startsWith(key)).map((name) => name.length));
  const exact = (hit: SearchHit) => [hit.title, hit.note, hit.title.split('@')[0]!].some((name) => name.toLowerCase() === key);
  const sorted = [...people.values()].sort((a, b) => Number(exact(b)) - Number(exact(a)) || rank(a) - rank(b));
  return [...found, ...sorted.slice(0, limit)];
}
