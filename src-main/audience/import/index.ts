export { importCheckJob, importMergeJob, importUndoJob } from './job.js';
export { importOperations, importQueries } from './operations.js';
export { createImportService, forgetImports, type ImportFile, type ImportPorts, type ImportService, resumeImports } from './service.js';
