import { rmSync } from 'node:fs';
import type { ImportCounts, ImportInspection } from '../../../src-preload/contract/import.js';
import type { JobContext } from '../../jobs/job.js';
import { importCheckJob, importMergeJob } from './job.js';
import type { importOperations } from './operations.js';
import { importFolder } from './staging.js';

export interface ImportedWhole {
  readonly uid: string;
  readonly counts: ImportCounts;
  /** False where nobody in the file is new or changed, their opt-outs included: the import is closed again and the workspace is as it was. */
  readonly merged: boolean;
}

/**
 * A file from the dry run to the merge inside another job, mapped as it was guessed: for files whose columns say what they are. The import has that job, so that cancelling the job
 * takes the import back. Throws what check and merge throw; `segmentName` null makes no segment.
 */
export async function importWhole(
  context: JobContext<{ readonly imports: typeof importOperations }>,
  file: { readonly path: string; readonly name: string; readonly inspection: ImportInspection; readonly segmentName: string | null },
): Promise<ImportedWhole> {
  const { imports } = context.write;
  const mapping = file.inspection.columns.map(({ index, header, guess }) => ({ index, header, target: guess }));
  const { uid } = await imports.create({ fileName: file.name, options: { source: { kind: 'path', path: file.path }, format: file.inspection.format, mapping } });
  await imports.setJob({ uid, job: context.uid });
  const counts = await importCheckJob.run(context, { uid, path: file.path });
  context.throwIfCancelled();
  if (file.segmentName === null && counts.new + counts.changed + counts.users === 0) {
    await imports.drop(uid);
    rmSync(importFolder(context.files, uid), { recursive: true, force: true });
    return { uid, counts, merged: false };
  }
  await imports.beginMerge({ uid, segmentName: file.segmentName });
  await importMergeJob.run(context, { uid });
  return { uid, counts, merged: true };
}
