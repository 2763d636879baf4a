import { MessagePort } from 'node:worker_threads';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { type Port, serveRpc } from '../platform/rpc.js';
import type { Random } from '../platform/random.js';
import { makeBackup, verifyBackup } from './backup.js';
import type { OperationCall, QueryCall } from './client.js';
import { ReadHandle } from './db.js';
import { createGroupCommit, type GroupCommit, lookUp } from './group-commit.js';
import { checkFile, connectReader, connectWriter, inspect, migrate } from './open.js';
import type { Operations, Queries } from './operation.js';
import { toStoreError } from './sqlite-error.js';
import { createSuppressionsLog, reconcileSuppressions } from './suppressions-log.js';

export interface StoreThreadData {
  readonly folder: string;
}
export interface StoreThreadPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly operations: Readonly<Record<string, Operations>>;
}

/** The names of a workspace folder's own files (design 4). */
export const workspaceFiles = {
  database: 'workspace.sqlite',
  lock: 'lock.sqlite',
  suppressions: 'suppressions.log',
  door: 'door.json',
  backups: 'backups',
  files: 'files',
} as const;

/**
 * Opens the one writing connection and serves operations to the main thread and to every thread that is handed a port.
 * `open` brings the file up to date first (with a backup before the first step); everything else waits for it.
 */
export function runStoreThread(port: Port, data: StoreThreadData, ports: StoreThreadPorts): void {
  const file = join(data.folder, workspaceFiles.database);
  const log = join(data.folder, workspaceFiles.suppressions);
  let opened: { raw: BetterSqlite3.Database; queue: GroupCommit; reader: ReadHandle } | undefined;
  const store = () => {
    if (!opened) throw new HeliographError('STORE_UNAVAILABLE', { why: 'not open' });
    return opened;
  };
  const run = (call: OperationCall) =>
    store().queue.run(`${call.module}.${call.name}`, lookUp(ports.operations, call.module, call.name), call.input, call.actor, call.priority);
  const server = serveRpc(port, {
    open: () => {
      // A file that is refused is left exactly as it was: the writing connection would turn it to WAL.
      if (existsSync(file)) checkFile(file);
      const raw = connectWriter(file);
      const reader = new ReadHandle(raw);
      const suppressions = createSuppressionsLog(log, reader);
      const queue = createGroupCommit(raw, {
        clock: ports.clock,
        random: ports.random,
        schedule: (drain) => setImmediate(drain),
        afterCommit: (commit) => {
          try {
            suppressions.append(commit.changes);
          } finally {
            // Windows and the segment engine follow the commits, whatever becomes of the log.
            server.emit('commit', commit);
          }
        },
        // Written at the next commit, else when the thread closes or the workspace opens again.
        onAfterCommitFailed: (error) => ports.log.error('suppressions.log could not be written', { error }),
      });
      opened = { raw, queue, reader };
      const before = inspect(raw);
      const steps = migrate(raw, { beforeFirst: (version) => void makeBackup(raw, join(data.folder, workspaceFiles.backups), `before-schema-${version + 1}`, ports.clock.now()) });
      reconcileSuppressions(log, reader);
      return { fresh: before.fresh, commit: reader.commitNumber(), ...steps };
    },
    run,
    setEraseKey: (key: Uint8Array) => store().queue.setEraseKey(Buffer.from(key)),
    /** Moves what the write-ahead log holds into the file and empties it, where no reader hinders it: what was erased is then in neither. */
    checkpoint: () => void store().raw.pragma('wal_checkpoint(truncate)'),
    /** Needs no open file: a thread that was only started checks a copy. */
    verifyBackup: (path: string) => void verifyBackup(path),
    /** Hands the store's service to another thread: `port` is one end of a MessageChannel. */
    attach: ({ port: other }: { port: MessagePort }) => {
      serveRpc(other, { run });
      other.start();
    },
    close: () => {
      if (opened) {
        opened.queue.drain();
        // A restore takes this file away next, and then nobody else knows of an opt-out that is not in the log.
        try {
          reconcileSuppressions(log, opened.reader);
        } catch (error) {
          ports.log.error('suppressions.log could not be written at the end', { error });
        }
        opened.raw.pragma('wal_checkpoint(truncate)');
        opened.raw.close();
        opened = undefined;
      }
      setImmediate(() => port instanceof MessagePort && port.close());
    },
  });
}

/** Serves queries on a read-only connection, each in one snapshot. */
export function runReaderThread(port: Port, data: StoreThreadData, ports: { queries: Readonly<Record<string, Queries>> }): void {
  const raw = connectReader(join(data.folder, workspaceFiles.database));
  let cancelled: () => boolean = () => false;
  const db = new ReadHandle(raw, () => cancelled());
  serveRpc(port, {
    run: (call: QueryCall, control) => {
      const query = lookUp(ports.queries, call.module, call.name);
      cancelled = control.cancelled;
      raw.exec('begin');
      try {
        return query(db, call.input as never);
      } catch (error) {
        throw toStoreError(error, `${call.module}.${call.name}`);
      } finally {
        raw.exec('commit');
      }
    },
    backup: (input: { label: string; now: number }) => makeBackup(raw, join(data.folder, workspaceFiles.backups), input.label, input.now),
    /** `['ok']`, or what is damaged. */
    quickCheck: () => {
      try {
        return db.prepare('pragma quick_check(5)').pluck().all();
      } catch (error) {
        // Damage can be such that the check itself does not come to its end.
        if (toStoreError(error, 'quickCheck').code === 'WORKSPACE_CORRUPT') return [error instanceof Error ? error.message : String(error)];
        throw error;
      }
    },
    close: () => {
      raw.close();
      setImmediate(() => port instanceof MessagePort && port.close());
    },
  });
}

