export { bringOverJob, type BringOverJobInput, bringOverLookJob } from './job.js';
export { bringOverQueries, readBringOver } from './report.js';
