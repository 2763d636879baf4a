import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.js';
import { type Port, serveRpc } from '../../platform/rpc.js';
import { type Change, connectReader, ReadHandle, workspaceFiles } from '../../store/index.js';
import { SegmentEngine, type EngineInput } from './engine.js';

export interface SegmentThreadData {
  readonly folder: string;
}

/** A quarter of the machine's memory, and no more than 1 GiB: ten million addresses with a dozen columns. */
const budgetBytes = Math.min(2 ** 30, Math.floor(totalmem() / 4));

/**
 * The engine's thread. A question is three calls: `snapshot` opens one and tells its commit, `follow` hands over what changed up to that commit, then the question itself,
 * which ends the snapshot. `reset` comes before `follow` when too much changed to tell. So an answer is true of exactly the commit it names.
 */
export function runSegmentThread(port: Port, data: SegmentThreadData, ports: { readonly clock: Clock }): void {
  const raw = connectReader(join(data.folder, workspaceFiles.database));
  let cancelled: () => boolean = () => false;
  const db = new ReadHandle(raw, () => cancelled());
  const engine = new SegmentEngine({ clock: ports.clock, budgetBytes });
  const release = () => {
    if (raw.inTransaction) raw.exec('commit');
  };
  const ask =
    <T>(question: (input: EngineInput) => T) =>
    (input: EngineInput, control: { readonly cancelled: () => boolean }): T => {
      cancelled = control.cancelled;
      try {
        return question(input);
      } finally {
        cancelled = () => false;
        release();
      }
    };
  serveRpc(port, {
    snapshot: (): number => {
      release();
      raw.exec('begin');
      return db.commitNumber();
    },
    follow: (changes: readonly Change[]) => engine.follow(changes),
    reset: () => engine.reset(),
    release,
    count: ask((input) => engine.count(db, input)),
    effects: ask((input) => engine.effects(db, input)),
    close: () => {
      raw.close();
    },
  });
}
