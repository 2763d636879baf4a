import type { JobKinds } from '../jobs/index.js';

/** Every kind of long work by name. To add one: write `run` in its module's `job.ts` and list it here. */
export const jobKinds = {} as const satisfies JobKinds;
