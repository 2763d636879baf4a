export { type ExportJobInput, exportJob, exportsFolder } from './job.js';
