import { createReadStream, createWriteStream, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Random } from '../../platform/random.js';

/**
 * Files on their way between a browser and the core: uploads in, finished exports out. Uploads hold personal data. They lie in a private folder of this process under the system's
 * temporary folder, at most a day after they were last used, and go with the folder when the program ends; what a crashed program left is removed at the next start.
 */
export interface Exchange {
  receive(request: IncomingMessage, name: string): Promise<string>;
  resolveUpload(id: string): { readonly path: string; readonly name: string };
  /** Nobody needs this upload any more. */
  releaseUpload(id: string): void;
  /** Removes what is too old; runs by itself every hour. */
  sweep(): void;
  /** Gives a file an address to be fetched by. */
  offer(path: string, name: string): string;
  send(id: string, response: ServerResponse): void;
  close(): void;
}

const keptMs = 24 * 60 * 60 * 1000;
const sweepMs = 60 * 60 * 1000;

const folderPrefix = 'heliograph-uploads-';

/** False only when the system says that no such process is there; one of another user counts as alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Removes upload folders of processes that no longer exist. A number that another process got meanwhile keeps its folder until a later start. */
function sweepLeftFolders(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || Number(pid) === process.pid || isAlive(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      continue; // another user's: theirs to remove
    }
  }
}

/** `parent`: where the folder of uploads is made. */
export function createExchange(random: Random, clock: Pick<Clock, 'now'>, parent: string = tmpdir()): Exchange {
  sweepLeftFolders(parent);
  const folder = mkdtempSync(join(parent, `${folderPrefix}${process.pid}-`));
  const uploads = new Map<string, { path: string; name: string; usedAt: number }>();
  const offers = new Map<string, { path: string; name: string }>();
  const newId = () => random.bytes(16).toString('base64url');
  const releaseUpload = (id: string) => {
    const upload = uploads.get(id);
    if (!upload) return;
    uploads.delete(id);
    rmSync(upload.path, { force: true });
  };
  const sweep = () => {
    for (const [id, { usedAt }] of uploads) if (usedAt < clock.now() - keptMs) releaseUpload(id);
    // Exports are swept by the workspace they lie in.
    for (const [id, { path }] of offers) if (!existsSync(path)) offers.delete(id);
  };
  const timer = setInterval(sweep, sweepMs).unref();
  return {
    async receive(request, name) {
      const id = newId();
      const path = join(folder, id);
      try {
        await pipeline(request, createWriteStream(path, { mode: 0o600 }));
      } catch (error) {
        rmSync(path, { force: true });
        const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
        throw new HeliographError(full ? 'DISK_FULL' : 'FILE_UNREADABLE', { file: basename(name) }, { cause: error });
      }
      uploads.set(id, { path, name: basename(name), usedAt: clock.now() });
      return id;
    },
    resolveUpload: (id) => {
      const upload = uploads.get(id);
      if (!upload) throw new HeliographError('NOT_FOUND', { what: 'upload' });
      upload.usedAt = clock.now();
      return upload;
    },
    releaseUpload,
    sweep,
    offer: (path, name) => {
      const id = newId();
      offers.set(id, { path, name });
      return `/download/${id}`;
    },
    send: (id, response) => {
      const offer = offers.get(id);
      if (!offer || !existsSync(offer.path)) {
        response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('This download is no longer there. Export again.\n');
        return;
      }
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': statSync(offer.path).size,
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(offer.name)}`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      pipeline(createReadStream(offer.path), response).then(
        () => {
          // Fetched: what was made for a person is not kept.
          offers.delete(id);
          rmSync(offer.path, { force: true });
        },
        () => response.destroy(),
      );
    },
    close: () => {
      clearInterval(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
