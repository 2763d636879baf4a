import type { MailboxMessage, MailboxRow } from '../../../src-preload/contract/mailbox.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Logger } from '../../platform/logger.js';
import type { Random } from '../../platform/random.js';
import { type Port, serveRpc } from '../../platform/rpc.js';
import type { MailboxAccess } from './access.js';
import { openMailboxFile } from './mailbox-file.js';
import { startMailboxServer } from './mailbox-server.js';
import { readMessage } from './read-message.js';

export interface MailboxThreadData {
  /** The mailbox's file: `files/mailbox.sqlite` of the workspace. */
  readonly path: string;
}

/** What the mailbox's thread answers. Ours are the origins of the collector. */
export interface MailboxCalls {
  listen: () => Promise<MailboxAccess>;
  page: (input: { search: string; offset: number; limit: number }) => MailboxRow[];
  count: (input: { search: string }) => number;
  message: (input: { id: number; ours: readonly string[] }) => Promise<MailboxMessage>;
  raw: (input: { id: number }) => Buffer;
  status: () => { messages: number; bytes: number; dropped: number };
  empty: () => void;
  erase: (input: { addresses: readonly string[] }) => number;
  close: () => Promise<void>;
}

/** The life of the test mailbox's own thread: `listen`, questions, then `close`. Emits `changed` after messages were stored. */
export function runMailboxThread(port: Port, data: MailboxThreadData, ports: { clock: Clock; random: Random; log: Logger }): void {
  const file = openMailboxFile(data.path);
  let closeServer: () => Promise<void> = () => Promise.resolve();
  const stored = (id: number) => {
    const mail = file.get(id);
    if (!mail) throw new HeliographError('NOT_FOUND', { what: 'message' });
    return mail;
  };
  const calls: MailboxCalls = {
    listen: async () => {
      const server = await startMailboxServer({ file, random: ports.random, now: () => ports.clock.now(), log: ports.log, onStored: () => rpc.emit('changed', undefined) });
      closeServer = () => server.close();
      return server.access;
    },
    page: (input) => file.page(input),
    count: ({ search }) => file.count(search),
    message: ({ id, ours }) => readMessage(stored(id), (url) => isAt(url, ours)),
    raw: ({ id }) => stored(id).raw,
    status: () => file.status(),
    empty: () => {
      file.empty();
      rpc.emit('changed', undefined);
    },
    erase: ({ addresses }) => {
      const removed = file.erase(addresses);
      if (removed > 0) rpc.emit('changed', undefined);
      return removed;
    },
    close: async () => {
      await closeServer();
      file.close();
    },
  };
  const rpc = serveRpc(port, { ...calls });
}

/** Whether a link leads to one of these origins. */
export function isAt(url: string, origins: readonly string[]): boolean {
  try {
    const { origin } = new URL(url);
    return origins.some((base) => new URL(base).origin === origin);
  } catch {
    // No URL at all: certainly not ours.
    return false;
  }
}
