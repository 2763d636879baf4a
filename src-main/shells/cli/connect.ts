import { resolve } from 'node:path';
import { createTRPCClient, createWSClient, type TRPCClient, TRPCClientError, wsLink } from '@trpc/client';
import WebSocket from 'ws';
import { type ErrorDetail, HeliographError, isHeliographError } from '../../../src-preload/contract/errors.js';
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
  /** Says what a long call is at, for the words of `INSTANCE_LOST`: `doing`, and `then` where the work goes on by itself. */
  at(work: ErrorDetail): void;
  /** Rejects with `INSTANCE_LOST` when the other side goes away before `close`. */
  readonly lost: Promise<never>;
  /** What an error of a call means: `INSTANCE_LOST` where the connection broke, else the error itself. */
  explain(error: unknown): unknown;
  close(): Promise<void>;
}

type Reach = Omit<Session, 'handedOver'>;

const answerTimeoutMs = 3_000;

function open(door: Pick<DoorFile, 'url' | 'token'>): Reach {
  class WithToken extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { authorization: `Bearer ${door.token}` } });
    }
  }
  let work: ErrorDetail = {};
  let closing = false;
  const isLost = () => new HeliographError('INSTANCE_LOST', work);
  let lose: (error: HeliographError) => void = () => undefined;
  const lost = new Promise<never>((_resolve, reject) => (lose = reject));
  lost.catch(() => undefined);
  const socket = createWSClient({
    url: `${door.url.replace(/^http/, 'ws')}/trpc`,
    WebSocket: WithToken as unknown as typeof globalThis.WebSocket,
    retryDelayMs: () => 60_000,
    onClose: () => {
      if (!closing) lose(isLost());
    },
  });
  return {
    client: createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }),
    fetch: (path) => fetch(new URL(path, door.url), { headers: { authorization: `Bearer ${door.token}` } }),
    at: (now) => void (work = now),
    lost,
    // An answer carries its code; without one there was no answer.
    explain: (error) => (error instanceof TRPCClientError && !error.data && !closing ? isLost() : error),
    close: () => {
      closing = true;
      return socket.close();
    },
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
