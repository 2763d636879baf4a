export { Imports } from './imports.js';
export { NewImport } from './new-import.js';
