export { clearExports, type ExportJobInput, exportJob, isExportedFile, sweepExports } from './job.js';
