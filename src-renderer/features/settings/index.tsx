export { Appearance } from './appearance.js';
export { Backup } from './backup.js';
export { Security } from './security.js';
export { WorkspaceSettings } from './workspace.js';
