import type { Followed, MailboxMessage, MailboxRow, MailboxStatus } from '../../../src-preload/contract/mailbox.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { Thread } from '../../platform/thread.js';
import type { MailboxAccess } from './access.js';
import type { MailboxCalls } from './mailbox-thread.js';

/** The test mailbox as the rest of the program sees it: one per open workspace. */
export interface MailboxService {
  /** Starts the thread and listens. What hinders it goes into `status`: a workspace opens without its mailbox. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Where it listens now, for the sender; null while it does not. */
  access(): MailboxAccess | null;
  status(): Promise<MailboxStatus>;
  page(input: { search: string; offset: number; limit: number }): Promise<MailboxRow[]>;
  count(search: string): Promise<number>;
  /** Throws `NOT_FOUND` for a message that was dropped meanwhile. */
  message(id: number): Promise<MailboxMessage>;
  raw(id: number): Promise<Buffer>;
  empty(): Promise<void>;
  /** Removes what was sent to these addresses; gives back how many messages. Throws `THREAD_DIED` while it does not run: then nothing may say that they are gone. */
  erase(addresses: readonly string[]): Promise<number>;
  /** Follows a link or loads a picture of a message as the recipient's program would. Only what leads to the collector: throws `NOT_ALLOWED` for anything else. */
  follow(id: number, url: string): Promise<Followed>;
  /** Loads every picture that leads to the collector: the open pixel. Gives how many. */
  loadImages(id: number): Promise<number>;
  /** POSTs as a mail provider does (RFC 8058). Throws `NOT_ALLOWED` where the message offers none at the collector. */
  unsubscribe(id: number): Promise<Followed>;
}

/** As a person's program would say it, so that the collector counts a person. */
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const timeoutMs = 10_000;

export function createMailboxService(ports: {
  readonly log: Logger;
  /** Starts a thread that runs `runMailboxThread`. */
  readonly startThread: () => Promise<Thread>;
  /** Base addresses of this workspace's collector. */
  readonly collectorBases: () => readonly string[];
  /** Told when messages came or went. */
  readonly onChanged: () => void;
  readonly fetch?: typeof fetch;
}): MailboxService {
  let thread: Thread | undefined;
  let access: MailboxAccess | null = null;
  let problem: string | null = null;
  const request = ports.fetch ?? fetch;

  function call<K extends keyof MailboxCalls>(name: K, input: Parameters<MailboxCalls[K]>[0]): Promise<Awaited<ReturnType<MailboxCalls[K]>>> {
    if (!thread) return Promise.reject(new HeliographError('THREAD_DIED', { thread: 'test mailbox' }));
    return thread.client.call(name, input);
  }
  const message = (id: number) => call('message', { id, ours: ports.collectorBases() });

  async function ask(url: string, init: RequestInit = {}): Promise<Followed> {
    let answer: Response;
    try {
      answer = await request(url, { ...init, redirect: 'manual', headers: { 'user-agent': userAgent, ...init.headers }, signal: AbortSignal.timeout(timeoutMs) });
    } catch (cause) {
      throw new HeliographError('COLLECTOR_UNAVAILABLE', { message: 'The collector did not answer.' }, { cause });
    }
    await answer.body?.cancel();
    return { status: answer.status, location: answer.headers.get('location') };
  }

  return {
    async start() {
      let started: Thread | undefined;
      try {
        started = await ports.startThread();
        const { client, died } = started;
        client.on('changed', () => ports.onChanged());
        access = await client.call<MailboxAccess>('listen', undefined);
        thread = started;
        problem = null;
        void died.then(() => {
          if (thread !== started) return;
          thread = undefined;
          access = null;
          problem = 'It stopped by itself. Open the workspace again to start it; the log has the details.';
          ports.onChanged();
        });
      } catch (error) {
        ports.log.error('the test mailbox did not start', { error });
        access = null;
        problem = 'It did not start. The log has the details.';
        await started?.stop();
      }
    },
    async stop() {
      const running = thread;
      thread = undefined;
      access = null;
      await running?.stop();
    },
    access: () => access,
    status: async () => ({ state: thread ? 'running' : 'stopped', problem, ...(thread ? await call('status', undefined) : { messages: 0, bytes: 0, dropped: 0 }) }),
    page: (input) => call('page', input),
    count: (search) => call('count', { search }),
    message,
    raw: async (id) => Buffer.from(await call('raw', { id })),
    empty: () => call('empty', undefined),
    erase: (addresses) => call('erase', { addresses: addresses.map((address) => address.toLowerCase()) }),
    async follow(id, url) {
      const mail = await message(id);
      if (![...mail.links, ...mail.images].some((link) => link.url === url && link.ours)) throw new HeliographError('NOT_ALLOWED', { message: 'Only links of this message that lead to the collector are followed here.' });
      return ask(url);
    },
    async loadImages(id) {
      const mail = await message(id);
      const ours = mail.images.filter((image) => image.ours);
      for (const image of ours) await ask(image.url);
      return ours.length;
    },
    async unsubscribe(id) {
      const mail = await message(id);
      if (!mail.oneClick || !isOurs(mail.oneClick)) throw new HeliographError('NOT_ALLOWED', { message: 'The message offers no one-click unsubscribe at this collector.' });
      return ask(mail.oneClick, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' });
    },
  };

  function isOurs(url: string): boolean {
    return ports.collectorBases().some((base) => new URL(base).origin === new URL(url).origin);
  }
}
