import type { SettingsPatch } from '../../src-preload/contract/settings.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import type { Operations, Queries } from '../store/operation.js';
import { patchSettings, readSettings } from './settings.js';

export { readSettings } from './settings.js';

export const settingsOperations = { patch: (db: WriteDb, patch: SettingsPatch) => patchSettings(db, patch) } as const satisfies Operations;
export const settingsQueries = { all: (db: ReadDb, _input: undefined) => readSettings(db) } as const satisfies Queries;
export { createSecrets, type Secrets } from './secrets.js';
export { secretOperations, secretQueries } from './secrets.rows.js';
export { workspaceOperations, workspaceQueries } from './workspace.rows.js';
