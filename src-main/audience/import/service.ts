import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportInspection, ImportOptions, ImportView } from '../../../src-preload/contract/import.js';
import type { Jobs } from '../../jobs/index.js';
import type { Logger } from '../../platform/logger.js';
import { systemRandom } from '../../platform/random.js';
import type { Reader, Writer } from '../../store/operation.js';
import { type InspectOptions, inspectFile, segmentNameOf } from './inspect.js';
import { planMapping } from './mapping.js';
import type { importOperations, importQueries } from './operations.js';
import { importFolder, rejectsPath } from './staging.js';

export interface ImportPorts {
  readonly read: Reader<typeof importQueries>;
  readonly write: Writer<typeof importOperations>;
  readonly jobs: Pick<Jobs, 'start' | 'cancel' | 'get' | 'finished'>;
  /** The workspace's `files/` folder. */
  readonly files: string;
}

/** A file that somebody named: by its path, or an upload the shell has resolved. */
export interface ImportFile {
  readonly path: string;
  readonly name: string;
}

export interface ImportService {
  /** Looks at a file. Columns that an earlier import had come mapped as they were then, unless `afresh`. */
  inspect(file: ImportFile, options: Omit<InspectOptions, 'fileName' | 'recall'> & { readonly afresh?: boolean | undefined }): Promise<ImportInspection>;
  /** Starts the dry run. Throws `MAPPING_INVALID` at once where the mapping cannot stand. */
  check(file: ImportFile, options: ImportOptions): Promise<ImportView>;
  /** Merges a checked import; `segmentName` null makes no segment. */
  start(uid: string, segmentName: string | null): Promise<ImportView>;
  /** Stops a check, leaves a checked import, or turns a merge round. */
  cancel(uid: string): Promise<ImportView>;
  /** Takes a finished import back. */
  undo(uid: string): Promise<ImportView>;
  /** Goes on with an import whose job was interrupted. */
  resume(uid: string): Promise<ImportView>;
  /** A copy of the rejected rows as a CSV file, for the shell to give away and remove. Throws `NOT_FOUND`. */
  rejects(uid: string): Promise<ImportFile>;
}

export function createImportService(ports: ImportPorts): ImportService {
  const { read, write, jobs } = ports;

  async function isRunning(view: ImportView): Promise<boolean> {
    const job = view.job === null ? undefined : await jobs.get(view.job);
    return job?.state === 'running' || job?.state === 'queued';
  }

  async function run(kind: 'import.check' | 'import.merge' | 'import.undo', title: string, view: ImportView, input: object): Promise<ImportView> {
    const job = await jobs.start(kind, `${title} ${view.fileName}`, { uid: view.uid, ...input });
    return write.setJob({ uid: view.uid, job: job.uid });
  }

  const removeFolder = (uid: string) => rmSync(importFolder(ports.files, uid), { recursive: true, force: true });

  return {
    inspect: (file, { afresh, ...options }) => inspectFile(file.path, { ...options, fileName: file.name, ...(afresh ? {} : { recall: (headers: readonly string[]) => read.recall({ headers }) }) }),
    async check(file, options) {
      planMapping(options.mapping, options.match);
      const view = await write.create({ fileName: file.name, options });
      return run('import.check', 'Check', view, { path: file.path });
    },
    async start(uid, segmentName) {
      const view = await read.get(uid);
      if (view.state !== 'checked') throw new HeliographError('CONFLICT', { what: 'The import', state: view.state });
      const begun = await write.beginMerge({ uid, segmentName });
      return run('import.merge', 'Import', begun, {});
    },
    async cancel(uid) {
      const view = await read.get(uid);
      if (view.state === 'checking') {
        if (await isRunning(view)) {
          jobs.cancel(view.job!);
          await jobs.finished(view.job!);
          return read.get(uid);
        }
        removeFolder(uid);
        return write.drop(uid);
      }
      if (view.state === 'checked') {
        const dropped = await write.drop(uid);
        removeFolder(uid);
        return dropped;
      }
      const running = await isRunning(view);
      const turned = await write.beginUndo(uid);
      // A merge that runs sees it at its next slice and takes itself back.
      return running ? turned : run('import.undo', 'Take back', turned, {});
    },
    async undo(uid) {
      return run('import.undo', 'Take back', await write.beginUndo(uid), {});
    },
    async resume(uid) {
      const view = await read.get(uid);
      if (await isRunning(view)) return view;
      if (view.state === 'merging') return run('import.merge', 'Import', view, {});
      if (view.state === 'undoing') return run('import.undo', 'Take back', view, {});
      throw new HeliographError('CONFLICT', { what: 'The import', state: view.state });
    },
    async rejects(uid) {
      const view = await read.get(uid);
      const path = rejectsPath(ports.files, uid);
      if ((view.counts?.rejected ?? 0) === 0 || !existsSync(path)) throw new HeliographError('NOT_FOUND', { what: 'rejected rows' });
      const copy = `${path}.${systemRandom.bytes(8).toString('hex')}`;
      copyFileSync(path, copy);
      return { path: copy, name: `${segmentNameOf(view.fileName)} rejected.csv` };
    },
  };
}

const forgetRows = 2_000;

/**
 * Called once while a workspace opens, before anybody can start an import: goes on with merges that a crash or a quit interrupted and closes checks that did not end.
 * An import that cannot be dealt with is logged and left for a person: it must not shut the workspace.
 */
export async function resumeImports(ports: ImportPorts & { readonly log: Logger }): Promise<void> {
  const service = createImportService(ports);
  for (const { uid, state } of await ports.read.unfinished(undefined)) {
    try {
      if (state === 'checking') {
        await ports.write.checkFailed({ uid, error: { code: 'THREAD_DIED', detail: { when: 'program ended' } } });
        rmSync(importFolder(ports.files, uid), { recursive: true, force: true });
      } else {
        ports.log.info('import goes on', { uid, state });
        await service.resume(uid);
      }
    } catch (error) {
      ports.log.error('an interrupted import could not be dealt with', { uid, error });
    }
  }
}

/** Forgets what is past taking back: images, staging files, rejected rows. After an import of a million rows this takes minutes, in slices of bulk work. */
export async function forgetImports(ports: Pick<ImportPorts, 'read' | 'write' | 'files'>, now: number, signal: AbortSignal): Promise<void> {
  for (const uid of await ports.read.stale({ now })) rmSync(join(ports.files, 'imports', uid), { recursive: true, force: true });
  while (!signal.aborted && (await ports.write.forgetImages({ limit: forgetRows }, { priority: 'bulk' })) > 0);
}
