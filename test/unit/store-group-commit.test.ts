import { beforeEach, expect, it } from 'vitest';
import { type Commit, createGroupCommit, type GroupCommit } from '../../src-main/store/group-commit.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { connectWriter, migrate } from '../../src-main/store/open.js';
import type { Priority } from '../../src-main/store/operation.js';
import { sql } from '../../src-main/store/sql.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { seededRandom } from '../support/random.js';

const raw = connectWriter(':memory:');
migrate(raw);
let queue: GroupCommit;
let commits: Commit[];
let order: string[];
let monotonic: number;

beforeEach(() => {
  raw.exec('delete from setting; update commit_counter set n = 0');
  commits = [];
  order = [];
  monotonic = 0;
  queue = createGroupCommit(raw, {
    clock: { now: () => 1_000, monotonic: () => monotonic },
    random: seededRandom(1),
    schedule: () => undefined,
    afterCommit: (commit) => {
      commits.push(commit);
    },
    onAfterCommitFailed: (error) => {
      throw error;
    },
  });
});

const put = (db: WriteDb, key: string) => {
  order.push(key);
  db.run(sql`insert into setting values (${key}, '1')`);
  db.changed('setting', 0);
};
const run = (key: string, priority: Priority = 'user', operation = put) => queue.run(`test.${key}`, operation, key, { kind: 'operator' }, priority);
const keys = () => raw.prepare('select key from setting order by key').pluck().all();

it('runs claims before the collector before the user before bulk, and bulk alone at the end of a batch', async () => {
  const all = [run('bulk 1', 'bulk'), run('bulk 2', 'bulk'), run('user', 'user'), run('collector', 'collector'), run('claim', 'claim')];
  queue.drain();
  queue.drain();
  await Promise.all(all);
  expect(order).toEqual(['claim', 'collector', 'user', 'bulk 1', 'bulk 2']);
  expect(commits.map((commit) => commit.commit)).toEqual([1, 2]);
});

it('lets what waits share one commit, and undoes a refused operation alone', async () => {
  const bad = run('bad', 'user', (db, key) => {
    put(db, key);
    throw new HeliographError('CONFLICT', { key });
  });
  const all = [run('a'), bad, run('b')];
  queue.drain();
  await expect(bad).rejects.toMatchObject({ code: 'CONFLICT', detail: { key: 'bad' } });
  await Promise.all([all[0], all[2]]);
  expect(keys()).toEqual(['a', 'b']);
  expect(commits).toEqual([{ commit: 1, changes: [{ table: 'setting', fromId: 0, toId: 0 }] }]);
});

it('ends a batch when its time is used up', async () => {
  const slow = (db: WriteDb, key: string) => {
    monotonic += 15;
    put(db, key);
  };
  const all = ['a', 'b', 'c'].map((key) => run(key, 'user', slow));
  queue.drain();
  expect(order).toEqual(['a', 'b']);
  queue.drain();
  await Promise.all(all);
  expect(commits).toHaveLength(2);
});

it('tells every caller of a batch when the disk is full, and keeps nothing of it', async () => {
  const pages = Number(raw.pragma('page_count', { simple: true }));
  raw.pragma(`max_page_count = ${pages + 2}`);
  const fat = (db: WriteDb, key: string) => {
    order.push(key);
    db.run(sql`insert into setting values (${key}, ${'x'.repeat(100_000)})`);
  };
  const small = run('small');
  const full = run('full', 'user', fat);
  queue.drain();
  const results = await Promise.allSettled([small, full]);
  raw.pragma('max_page_count = 1073741823');
  expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'DISK_FULL' } });
  // Whoever was told "done" is on disk, whoever was not is not.
  expect(keys()).toEqual(results[0].status === 'fulfilled' ? ['small'] : []);
  const after = run('after');
  queue.drain();
  await after;
  expect(keys()).toContain('after');
});

it('does not count a commit that changed nothing', async () => {
  const idle = queue.run('test.idle', () => 7, undefined, { kind: 'engine' }, 'user');
  queue.drain();
  expect(await idle).toBe(7);
  expect(commits).toEqual([]);
});
