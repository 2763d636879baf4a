import { resolve } from 'node:path';
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import WebSocket from 'ws';
import { HeliographError, isHeliographError } from '../../../src-preload/contract/errors.js';
import type { AppRouter } from '../../api/router.js';
import type { Logger } from '../../platform/logger.js';
import { type DoorFile, readDoorFile } from '../door/door-file.js';
import { serveHeadless } from '../headless/headless.js';

export type Client = TRPCClient<AppRouter>;

/** A workspace within reach, held by a running instance or, for as long as the command runs, by this process. */
export interface Session {
  readonly client: Client;
  /** Fetches a file that the other side offers (`/download/...`). */
  fetch(path: string): Promise<Response>;
  /** True when a running instance does the work. */
  readonly handedOver: boolean;
  close(): Promise<void>;
}

const answerTimeoutMs = 3_000;

function open(door: Pick<DoorFile, 'url' | 'token'>): { client: Client; fetch: Session['fetch']; close: () => Promise<void> } {
  class WithToken extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { authorization: `Bearer ${door.token}` } });
    }
  }
  const socket = createWSClient({ url: `${door.url.replace(/^http/, 'ws')}/trpc`, WebSocket: WithToken as unknown as typeof globalThis.WebSocket, retryDelayMs: () => 60_000 });
  return {
    client: createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }),
    fetch: (path) => fetch(new URL(path, door.url), { headers: { authorization: `Bearer ${door.token}` } }),
    close: () => socket.close(),
  };
}

/** Asks whoever left the note whether they are there; a note of a crashed program gets no answer. */
async function knock(folder: string): Promise<Session | undefined> {
  const note = readDoorFile(folder);
  if (!note) return undefined;
  const { close, ...reach } = open(note);
  let timer: NodeJS.Timeout | undefined;
  try {
    const current = await Promise.race([reach.client.workspace.current.query(), new Promise<null>((done) => (timer = setTimeout(() => done(null), answerTimeoutMs)))]);
    if (current?.folder === folder) return { ...reach, handedOver: true, close };
  } catch {
    // Nobody answers there any more; opening the workspace tells whether somebody holds it.
  } finally {
    clearTimeout(timer);
  }
  await close();
  return undefined;
}

/** Reaches the instance that holds the workspace, or opens it here. Throws what opening throws. */
export async function connect(workspace: string, ports: { out: string; env: Readonly<Record<string, string | undefined>>; log: Logger }): Promise<Session> {
  const folder = resolve(workspace);
  const running = await knock(folder);
  if (running) return running;
  try {
    const own = await serveHeadless({ ...ports, port: 0, workspace: folder });
    const { close, ...reach } = open(own.door);
    return {
      ...reach,
      handedOver: false,
      close: async () => {
        await close();
        await own.stop();
      },
    };
  } catch (error) {
    if (isHeliographError(error) && error.code === 'WORKSPACE_LOCKED') throw new HeliographError('WORKSPACE_LOCKED', { answered: false }, { cause: error });
    throw error;
  }
}
