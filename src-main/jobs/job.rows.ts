import type { ErrorShape } from '../../src-preload/contract/errors.js';
import type { JobState, JobView } from '../../src-preload/contract/job.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import type { Operations, Queries } from '../store/operation.js';
import { type Sql, sql } from '../store/sql.js';

interface JobRow {
  id: number;
  uid: string;
  kind: string;
  state: JobState;
  title: string;
  input: string;
  result: string | null;
  error: string | null;
  done: number;
  total: number | null;
  note: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

function toView(row: JobRow): JobView {
  return {
    uid: row.uid,
    kind: row.kind,
    title: row.title,
    state: row.state,
    done: row.done,
    total: row.total,
    note: row.note,
    ratePerSecond: null,
    secondsLeft: null,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    result: row.result === null ? null : (JSON.parse(row.result) as unknown),
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorShape),
  };
}

function touch(db: WriteDb, uid: string, statement: Sql): void {
  db.run(statement);
  const row = db.get<{ id: number }>(sql`select id from job where uid = ${uid}`);
  if (row) db.changed('job', row.id);
}

export const jobOperations = {
  create: (db: WriteDb, input: { kind: string; title: string; input: unknown }): JobView => {
    const uid = db.newUid();
    const { lastId } = db.run(
      sql`insert into job (uid, kind, state, title, input, created_at) values (${uid}, ${input.kind}, 'queued', ${input.title}, ${JSON.stringify(input.input ?? null)}, ${db.now})`,
    );
    db.changed('job', lastId);
    return toView(db.get<JobRow>(sql`select * from job where id = ${lastId}`)!);
  },
  start: (db: WriteDb, uid: string): void => touch(db, uid, sql`update job set state = 'running', started_at = ${db.now} where uid = ${uid} and state = 'queued'`),
  progress: (db: WriteDb, input: { uid: string; done: number; total: number | null; note: string | null }): void =>
    touch(db, input.uid, sql`update job set done = ${input.done}, total = ${input.total}, note = ${input.note} where uid = ${input.uid} and state = 'running'`),
  finish: (db: WriteDb, input: { uid: string; result: unknown }): void =>
    touch(db, input.uid, sql`update job set state = 'done', result = ${JSON.stringify(input.result ?? null)}, ended_at = ${db.now} where uid = ${input.uid}`),
  fail: (db: WriteDb, input: { uid: string; error: ErrorShape }): void =>
    touch(
      db,
      input.uid,
      sql`update job set state = ${input.error.code === 'CANCELLED' ? 'cancelled' : 'failed'}, error = ${JSON.stringify(input.error)}, ended_at = ${db.now} where uid = ${input.uid}`,
    ),
  /** After a start: what was running or queued when the program ended did not finish. */
  closeInterrupted: (db: WriteDb, _input: undefined): void => {
    const error: ErrorShape = { code: 'THREAD_DIED', detail: { when: 'program ended' } };
    db.run(sql`update job set state = 'failed', error = ${JSON.stringify(error)}, ended_at = ${db.now} where state in ('queued', 'running')`);
  },
} as const satisfies Operations;

export const jobQueries = {
  /** The newest jobs first, unfinished ones always among them. */
  list: (db: ReadDb, input: { limit: number }): JobView[] =>
    db
      .all<JobRow>(sql`select * from job order by state in ('queued', 'running') desc, id desc limit ${input.limit}`)
      .map(toView),
  /** Every job of a kind, newest first, without what it left behind: results can be long. */
  ofKind: (db: ReadDb, input: { kind: string; limit: number }): Omit<JobView, 'result'>[] =>
    db.all<JobRow>(sql`select * from job where kind = ${input.kind} order by id desc limit ${input.limit}`).map((row) => {
      const { result: _, ...view } = toView({ ...row, result: null });
      return view;
    }),
  get: (db: ReadDb, uid: string): JobView | undefined => {
    const row = db.get<JobRow>(sql`select * from job where uid = ${uid}`);
    return row && toView(row);
  },
} as const satisfies Queries;
