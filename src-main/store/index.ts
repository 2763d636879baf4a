export { type BackupFile, listBackups, prepareRestore } from './backup.js';
export { connectStore, createReaders, createWriters } from './client.js';
export { addChange, type Change, ReadHandle, type ReadDb, WriteHandle, type WriteDb } from './db.js';
export { type Commit } from './group-commit.js';
export { highestId } from './highest-id.js';
export { lockWorkspace, type WorkspaceLock } from './lock.js';
export { checkFile, connectReader } from './open.js';
export { replaySuppressions } from './suppressions-log.js';
export { runReaderThread, runStoreThread, type StoreThreadData, workspaceFiles } from './store-thread.js';
