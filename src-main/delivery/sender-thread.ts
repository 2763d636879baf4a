import { MessagePort } from 'node:worker_threads';
import { type Port, serveRpc } from '../platform/rpc.js';
import type { Thread } from '../platform/thread.js';
import { createSender, type SenderPorts } from './sender.js';
import type { RunEnded, Sender, SenderJob } from './sender-port.js';

/** Runs the sender behind a port: the body of the `sender` thread. Calls that come before it has taken over wait for that. */
export function runSenderThread(port: Port, ports: SenderPorts): void {
  const sender = createSender(ports);
  const server = serveRpc(port, {
    start: async (job: SenderJob) => (await sender).start(job),
    halt: async (input: { run: number }) => (await sender).halt(input.run),
    /** Resolves once the sender has taken over. */
    ready: async () => void (await sender),
    close: async () => {
      await (await sender).close();
      setImmediate(() => port instanceof MessagePort && port.close());
    },
  });
  sender.then(
    (made) => made.onEnded((ended) => server.emit('ended', ended)),
    (error: unknown) => ports.log.error('the sender could not take over', { error }),
  );
}

/** The sender of another thread, once it has taken over. A thread that cannot is ended. */
export async function connectSender(thread: Thread): Promise<Sender> {
  try {
    await thread.client.call('ready', undefined);
  } catch (error) {
    await thread.stop();
    throw error;
  }
  return {
    start: (job) => thread.client.call('start', job),
    halt: (run) => thread.client.call('halt', { run }),
    close: () => thread.stop(),
    onEnded: (listener) => void thread.client.on('ended', (ended: RunEnded) => listener(ended)),
    died: thread.died,
  };
}
