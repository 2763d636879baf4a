import type { Worker } from 'node:worker_threads';

interface Started {
  readonly role: string;
  readonly worker: Worker;
}

/** Every worker thread that this test file has started so far, oldest first (`thread-plugin.ts` notes them). */
const started = (): readonly Started[] => (globalThis as { heliographThreads?: readonly Started[] }).heliographThreads ?? [];

export const threadsStarted = (role: string): number => started().filter((thread) => thread.role === role).length;

/** Ends the newest thread of a role as a crash would, and waits until it is gone. */
export async function killThread(role: string): Promise<void> {
  await started().findLast((thread) => thread.role === role)?.worker.terminate();
}
