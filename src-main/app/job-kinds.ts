import { bringOverJob, bringOverLookJob } from '../bring-over/index.js';
import { exportJob } from '../exports/index.js';
import { importCheckJob, importMergeJob, importUndoJob } from '../audience/import/index.js';
import { combineJob } from '../segments/index.js';
import type { JobKinds } from '../jobs/index.js';

/** Every kind of long work by name. To add one: write `run` in its module's `job.ts` and list it here. */
export const jobKinds = {
  'import.check': importCheckJob,
  'import.merge': importMergeJob,
  'import.undo': importUndoJob,
  'bring-over': bringOverJob,
  'bring-over.look': bringOverLookJob,
  export: exportJob,
  'segment.combine': combineJob,
} as const satisfies JobKinds;
