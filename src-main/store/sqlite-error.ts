import { HeliographError } from '../../src-preload/contract/errors.js';

/**
 * Puts SQLite's own errors into our codes (https://sqlite.org/rescode.html); anything else is INTERNAL with its cause kept.
 * `name` is the operation or query that failed.
 */
export function toStoreError(error: unknown, name: string): HeliographError {
  if (error instanceof HeliographError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const options = { cause: error };
  if (code === 'SQLITE_FULL') return new HeliographError('DISK_FULL', {}, options);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return new HeliographError('WORKSPACE_CORRUPT', {}, options);
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')) {
    return new HeliographError('STORE_UNAVAILABLE', { sqlite: code }, options);
  }
  return new HeliographError('INTERNAL', { in: name, message: error instanceof Error ? error.message : String(error) }, options);
}
