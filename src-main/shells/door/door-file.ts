import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Host } from '../../api/context.js';
import type { Logger } from '../../platform/logger.js';
import { workspaceFiles } from '../../store/index.js';
import type { Door } from './door.js';

const doorFile = z.object({ url: z.string(), token: z.string(), pid: z.number() });
export type DoorFile = z.infer<typeof doorFile>;

/** Where the program that holds a workspace can be reached; undefined when nobody left a note. The note of a crashed program is stale: the lock tells. */
export function readDoorFile(folder: string): DoorFile | undefined {
  const file = join(folder, workspaceFiles.door);
  if (!existsSync(file)) return undefined;
  try {
    return doorFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // half-written by a program that is just starting, or damaged: the lock tells who holds the workspace
  }
}

/** Keeps `door.json` (mode 0600) in whichever workspace is open, so that the command line finds the program that holds it. */
export function announceDoor(host: Host, door: Door, log: Logger): () => void {
  let noted: string | undefined;
  const write = () => {
    const folder = host.current()?.folder;
    if (noted) rmSync(noted, { force: true });
    noted = folder && join(folder, workspaceFiles.door);
    if (!noted) return;
    rmSync(noted, { force: true });
    writeFileSync(noted, JSON.stringify({ url: door.url, token: door.token, pid: process.pid } satisfies DoorFile), { mode: 0o600 });
  };
  const ended = new AbortController();
  void (async () => {
    write();
    for await (const _ of host.switches(ended.signal)) write();
  })().catch((error: unknown) => log.error('door.json could not be written', { error }));
  return () => {
    ended.abort();
    if (noted) rmSync(noted, { force: true });
  };
}
