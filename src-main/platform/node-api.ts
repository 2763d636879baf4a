import { HeliographError } from '../../src-preload/contract/errors.js';

/**
 * better-sqlite3 13 is built for Node-API 10 and crashes the process on an older Node without a word (toolchain.md 2.1), so every entry on plain Node
 * asks this before it is loaded. Throws `INTERNAL` naming what is needed.
 */
export function assertNodeApi(napi: string | undefined = process.versions.napi): void {
  if (Number(napi ?? 0) < 10) throw new HeliographError('INTERNAL', { needs: 'Node 22.14 or newer', found: process.version });
}
