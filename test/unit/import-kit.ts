import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { importCheckJob, importMergeJob, importOperations, importQueries, importUndoJob } from '../../src-main/audience/import/index.js';
import { inspectFile } from '../../src-main/audience/import/inspect.js';
import { endpointViewColumns, type EndpointViewRow, toEndpointView } from '../../src-main/audience/index.js';
import type { JobContext } from '../../src-main/jobs/job.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { Operation, Writer } from '../../src-main/store/operation.js';
import { sql } from '../../src-main/store/sql.js';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ImportFormat, ImportMapping, ImportMatch, ImportView } from '../../src-preload/contract/import.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-import-'));
  folders.push(folder);
  return folder;
}

/** Writes a file and gives its path. */
export function file(content: string | Buffer, name = 'people.csv'): string {
  const path = join(tempFolder(), name);
  writeFileSync(path, content);
  return path;
}

export interface Kit {
  readonly store: MemoryStore;
  readonly files: string;
  /** Looks at a file, takes the guesses (or `mapping`), and runs the dry run. */
  check(path: string, options?: { mapping?: (guess: ImportMapping) => ImportMapping; format?: Partial<ImportFormat>; match?: ImportMatch }): Promise<ImportView>;
  merge(uid: string, segmentName?: string | null): Promise<ImportView>;
  /** check and merge in one. */
  import(path: string, segmentName?: string | null): Promise<ImportView>;
  undo(uid: string): Promise<ImportView>;
  people(): EndpointView[];
  view(uid: string): ImportView;
  /** Called before each slice of a job. */
  beforeSlice: () => void;
  context(): JobContext<{ readonly imports: typeof importOperations }>;
}

/** The import over an in-memory workspace: jobs run as in their thread, each write is one transaction of the store. Each transaction is 5 ms after the last. */
export function createKit(): Kit {
  const store = createMemoryStore();
  const files = tempFolder();
  const write = Object.fromEntries(
    Object.entries<Operation<never, unknown>>(importOperations).map(([name, operation]) => [
      name,
      async (input: never) => {
        await Promise.resolve();
        if (name.endsWith('Slice')) kit.beforeSlice();
        store.now += 5;
        return store.write(operation, input);
      },
    ]),
  ) as unknown as Writer<typeof importOperations>;

  const kit: Kit = {
    store,
    files,
    beforeSlice: () => undefined,
    context: () => ({
      uid: 'job',
      db: store.db,
      snapshot: (work) => work(),
      write: { imports: write },
      files,
      log: silentLogger,
      now: () => store.now,
      progress: () => undefined,
      throwIfCancelled: () => undefined,
    }),
    async check(path, options = {}) {
      const inspection = await inspectFile(path, options.format ?? {});
      const guess = inspection.columns.map(({ index, header, guess: target }) => ({ index, header, target }));
      const mapping = options.mapping?.(guess) ?? guess;
      const view = await write.create({
        fileName: inspection.fileName,
        options: { source: { kind: 'path', path }, format: { ...inspection.format, ...options.format }, mapping, match: options.match },
      });
      await importCheckJob.run(kit.context(), { uid: view.uid, path });
      return kit.view(view.uid);
    },
    async merge(uid, segmentName = null) {
      await write.beginMerge({ uid, segmentName });
      await importMergeJob.run(kit.context(), { uid });
      return kit.view(uid);
    },
    async import(path, segmentName = null) {
      return kit.merge((await kit.check(path)).uid, segmentName);
    },
    async undo(uid) {
      await write.beginUndo(uid);
      await importUndoJob.run(kit.context(), { uid });
      return kit.view(uid);
    },
    people: () =>
      store.db.all<EndpointViewRow>(sql`select ${endpointViewColumns} from endpoint e left join user u on u.id = e.user order by e.id`).map(toEndpointView),
    view: (uid) => store.read(importQueries.get, uid),
  };
  return kit;
}

/** The code and detail a promise is refused with. */
export async function refusal(promise: Promise<unknown>): Promise<{ code: string; detail: Readonly<Record<string, unknown>> }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof HeliographError) return { code: error.code, detail: error.detail };
    throw error;
  }
  throw new Error('it was not refused');
}
