export { toCountry } from './countries.js';
export { inspectFile, segmentNameOf } from './inspect.js';
export { importCheckJob, importMergeJob, importUndoJob } from './job.js';
export { importOperations, importQueries } from './operations.js';
export { createImportService, forgetImports, type ImportFile, type ImportPorts, type ImportService, resumeImports } from './service.js';
export { fileStart, isGzip, readBytes } from './text.js';
export { importWhole, type ImportedWhole } from './whole.js';
