import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Host } from '../../api/context.js';
import type { Logger } from '../../platform/logger.js';
import { workspaceFiles } from '../../store/index.js';
import type { Door } from './door.js';

/** This machine and nothing else: whoever can write a workspace folder (a copied one, a shared one) must not be able to send the command line elsewhere with what it asks. */
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]):([1-9]\d{0,4})$/;
const doorFile = z.object({ url: z.string().refine((url) => Number(loopback.exec(url)?.[2] ?? 65_536) <= 65_535, 'not a loopback address'), token: z.string(), pid: z.number() });
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

/** Keeps `door.json` (mode 0600) in whichever workspace is open, so that the command line finds the program that holds it. A note that cannot be written is logged; the next workspace gets its own. */
export function announceDoor(host: Pick<Host, 'current' | 'switches'>, door: Pick<Door, 'url' | 'token'>, log: Logger): () => void {
  let noted: string | undefined;
  const attempt = (failed: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      log.error(failed, { error });
    }
  };
  const remove = () => {
    const file = noted;
    noted = undefined;
    if (file) attempt('door.json could not be removed', () => rmSync(file, { force: true }));
  };
  const write = () => {
    remove();
    const folder = host.current()?.folder;
    if (!folder) return;
    const file = join(folder, workspaceFiles.door);
    noted = file;
    attempt('door.json could not be written', () => {
      // A new file each time: writing into an old one would keep its mode.
      rmSync(file, { force: true });
      writeFileSync(file, JSON.stringify({ url: door.url, token: door.token, pid: process.pid } satisfies DoorFile), { mode: 0o600 });
    });
  };
  const ended = new AbortController();
  void (async () => {
    write();
    for await (const _ of host.switches(ended.signal)) write();
  })().catch((error: unknown) => log.error('door.json is kept no longer', { error }));
  return () => {
    ended.abort();
    remove();
  };
}
