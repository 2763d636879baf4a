export { FromPinpoint } from './from-pinpoint.js';
export { Imports } from './imports.js';
export { NewImport } from './new-import.js';
