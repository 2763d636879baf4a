import type { SmtpConfig, SmtpSecret } from '../../src-preload/contract/connection.js';
import type { PinnedCampaign } from '../campaigns/index.js';

/** A connection ready to be opened, with its secret: crosses to the sender by message only and is kept nowhere. */
export interface OpenableConnection {
  readonly uid: string;
  readonly provider: string;
  readonly config: SmtpConfig;
  readonly secret: SmtpSecret;
}

/** What the links of a run are made with. */
export type SenderLinks =
  | { readonly kind: 'tracked'; readonly base: string; readonly keyId: string; readonly privateKey: Uint8Array }
  | { readonly kind: 'mailto'; readonly address: string };

/** Everything the sender needs to send a run; nothing of it changes while the run goes. */
export interface SenderJob {
  /** Row id. */
  readonly run: number;
  readonly runUid: string;
  readonly kind: 'campaign' | 'test';
  readonly pinned: PinnedCampaign;
  readonly connection: OpenableConnection;
  readonly links: SenderLinks;
}

/**
 * How a run's sending ended: all settled (`done`), told to (`halted`), nothing due for a while (`idle`), or it cannot go on (`failed`: the store is gone, or this sender
 * was replaced). The ledger says the rest.
 */
export interface RunEnded {
  readonly run: number;
  readonly status: 'done' | 'halted' | 'idle' | 'failed';
}

/** The sender as the scheduler sees it, in this thread or in another. */
export interface Sender {
  /** Begins to send a run; a run that is being sent already is left alone. Throws for a treatment or connection that cannot be opened. */
  start(job: SenderJob): Promise<void>;
  /** Claims no more for a run and gives back what was not begun. Resolves at once; `onEnded` tells when the wire is silent. */
  halt(run: number): Promise<void>;
  /** Halts everything and waits for replies in flight, 10 seconds at most. */
  close(): Promise<void>;
  onEnded(listener: (ended: RunEnded) => void): void;
  /** Resolves when the sender is gone without having been asked (its thread died). */
  readonly died: Promise<void>;
}
