export { type ExportJobInput, exportJob, exportsFolder, sweepExports } from './job.js';
