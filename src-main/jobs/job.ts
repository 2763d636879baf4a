import type { Logger } from '../platform/logger.js';
import type { ReadDb } from '../store/db.js';
import type { Operations, Writers } from '../store/operation.js';

/**
 * What a job may use. It runs in a worker thread of its own, with its own read connection; it changes the workspace only through operations.
 * `W` is the part of the registry the job needs, e.g. `{ audience: typeof audienceOperations }`.
 */
export interface JobContext<W extends Readonly<Record<string, Operations>> = Readonly<Record<string, Operations>>> {
  readonly uid: string;
  /** A read connection. Outside `snapshot` each statement sees the newest commit. */
  readonly db: ReadDb;
  /** Runs `work` in one stable snapshot. */
  snapshot<T>(work: () => T): T;
  readonly write: Writers<W>;
  /** The workspace folder's `files/`, where a job keeps what is not in the database. */
  readonly files: string;
  readonly log: Logger;
  now(): number;
  /** Tells how far it is; at most ten times a second reaches the windows. `note` is one of the words the screens know (see contract/job.ts users). */
  progress(done: number, total: number | null, note?: string): void;
  /** Throws `CANCELLED` once a person asked to stop. Call it between slices. */
  throwIfCancelled(): void;
}

/** Long work under a name. The result is kept as JSON in the job table. */
export interface JobKind<Input = never, Result = unknown, W extends Readonly<Record<string, Operations>> = never> {
  readonly run: (context: JobContext<W>, input: Input) => Promise<Result>;
}

/** Job kinds by name, as `app/job-kinds.ts` lists them. */
export type JobKinds = Readonly<Record<string, JobKind<never, unknown, never>>>;
