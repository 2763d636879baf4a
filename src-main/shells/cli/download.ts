import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Session } from './connect.js';

/** Writes a file that the other side offers; `path` is given the name that it suggests. Gives back where it lies. Throws `BAD_INPUT` where it cannot be written, `DISK_FULL`, `FILE_UNREADABLE`, `CANCELLED`. */
export async function saveOffered(session: Pick<Session, 'fetch'>, offered: { readonly kind: string; readonly url?: string }, path: (suggested: string | undefined) => string): Promise<string> {
  if (offered.kind !== 'download' || offered.url === undefined) throw new HeliographError('CANCELLED');
  const response = await session.fetch(offered.url);
  if (!response.ok || !response.body) throw new HeliographError('FILE_UNREADABLE', { file: offered.url });
  const name = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const to = path(name === undefined ? undefined : decodeURIComponent(name));
  await pipeline(Readable.fromWeb(response.body), createWriteStream(to)).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') throw new HeliographError('DISK_FULL', { path: to }, { cause });
    throw new HeliographError('BAD_INPUT', { field: to, message: cause instanceof Error ? cause.message : '' }, { cause });
  });
  return to;
}
