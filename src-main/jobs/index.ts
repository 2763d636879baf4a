export type { JobContext, JobKind, JobKinds } from './job.js';
export { jobOperations, jobQueries } from './job.rows.js';
export { createJobs, type Jobs } from './jobs.js';
export { runJobThread } from './job-thread.js';
