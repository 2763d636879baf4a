import { expect, it } from 'vitest';
import { sql, sqlId, sqlJoin, sqlList } from '../../src-main/store/sql.js';
import { createMemoryStore } from '../support/memory-store.js';

it('binds values and splices only pieces of SQL', () => {
  const where = sqlJoin([sql`a = ${1}`, sql`b in ${sqlList(['x', 'y'])}`], sql` and `);
  const query = sql`select * from ${sqlId('endpoint')} where ${where} limit ${10}`;
  expect(query.text).toBe('select * from "endpoint" where a = ? and b in (?, ?) limit ?');
  expect(query.values).toEqual([1, 'x', 'y', 10]);
  expect(() => sqlId('a; drop table endpoint')).toThrow(/not an identifier/);
});

it('opens a migrated workspace in memory and audits with the actor', () => {
  const store = createMemoryStore({ now: 1_000 });
  store.write((db) => db.audit('test', 'segment:1', { a: 1 }), undefined);
  expect(store.db.all(sql`select at, actor, action, subject, detail from audit`)).toEqual([
    { at: 1_000, actor: '{"kind":"operator"}', action: 'test', subject: 'segment:1', detail: '{"a":1}' },
  ]);
});
