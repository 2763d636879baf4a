import { HeliographError } from '../../src-preload/contract/errors.js';
import type { SendingPause } from '../../src-preload/contract/workspace.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { replaySuppressions } from '../store/suppressions-log.js';
import type { Operations, Queries } from '../store/operation.js';
import { sql } from '../store/sql.js';

export interface WorkspaceRow {
  readonly uid: string;
  readonly name: string;
  readonly created_at: number;
  readonly machine: string;
  readonly path: string;
  readonly sending_paused: SendingPause | null;
  readonly in_use: number;
}

const read = (db: ReadDb): WorkspaceRow => {
  const row = db.get<WorkspaceRow>(sql`select uid, name, created_at, machine, path, sending_paused, in_use from workspace`);
  if (!row) throw new HeliographError('WORKSPACE_CORRUPT', { object: 'workspace row' });
  return row;
};

function pause(db: WriteDb, why: SendingPause | null): void {
  db.run(sql`update workspace set sending_paused = ${why}`);
  db.changed('workspace', 1);
  db.audit(why ? 'workspace.sending_paused' : 'workspace.sending_resumed', 'workspace', { why });
}

export const workspaceOperations = {
  /** Fills a new file: who it is, and its default app. */
  initialise: (db: WriteDb, input: { name: string; machine: string; path: string }): void => {
    db.run(sql`insert into workspace (id, uid, name, created_at, machine, path) values (1, ${db.newUid()}, ${input.name}, ${db.now}, ${input.machine}, ${input.path})`);
    // Pinpoint's application ids are 32 hex digits; ours look the same, so that SDKs accept them.
    db.run(sql`insert into app (uid, name, is_default, created_at) values (${db.newUid().replaceAll('-', '')}, ${input.name}, 1, ${db.now})`);
    db.audit('workspace.created', 'workspace', {});
  },
  /**
   * Marks the workspace as in use and tells what was found: an unclean stop, or a folder that is a copy or has moved, which opens with all sending
   * paused because the original may still be sending.
   */
  opened: (db: WriteDb, input: { machine: string; path: string }): { row: WorkspaceRow; recovered: boolean; moved: boolean } => {
    const row = read(db);
    const moved = row.machine !== input.machine || row.path !== input.path;
    db.run(sql`update workspace set in_use = 1, machine = ${input.machine}, path = ${input.path}`);
    if (moved && row.sending_paused === null) pause(db, 'moved');
    // Both are true, and who releases it has to know both.
    if (moved && row.sending_paused === 'restored') pause(db, 'moved_restored');
    return { row: read(db), recovered: row.in_use === 1, moved };
  },
  /** A backup has taken the file's place: opt-outs that came after it are entered again, and nothing is sent until a person says so. */
  afterRestore: (db: WriteDb, input: { suppressionsLog: string }): { replayed: number } => {
    const replayed = replaySuppressions(input.suppressionsLog, db);
    pause(db, 'restored');
    db.audit('workspace.restored', 'workspace', { replayed });
    return { replayed };
  },
  closed: (db: WriteDb, _input: undefined): void => void db.run(sql`update workspace set in_use = 0`),
  rename: (db: WriteDb, name: string): void => {
    db.run(sql`update workspace set name = ${name}`);
    db.changed('workspace', 1);
    db.audit('workspace.renamed', 'workspace', {});
  },
  pauseSending: (db: WriteDb, why: SendingPause): void => pause(db, why),
  resumeSending: (db: WriteDb, _input: undefined): void => pause(db, null),
} as const satisfies Operations;

export const workspaceQueries = { get: (db: ReadDb, _input: undefined) => read(db) } as const satisfies Queries;
