import { isDeepStrictEqual } from 'node:util';
import type { EmailSender, OutgoingEmail, SendResult } from '../channels/port.js';
import type { RateLimiterState } from '../channels/rate-limiter.js';
import type { OpenableConnection } from './sender-port.js';

export type OpenConnection = (connection: OpenableConnection, pace: RateLimiterState | undefined) => EmailSender;

/** `withdrawn`: it was still waiting for its turn when its run was halted, so it certainly went nowhere. */
export type SharedResult = SendResult | { readonly kind: 'withdrawn' };

/** One run's part of a connection. */
export interface Lease {
  /** Messages this run may have on the wire now. */
  slots(): number;
  /** Messages this run may have claimed now: twice its slots (design 4). */
  window(): number;
  send(email: OutgoingEmail): Promise<SharedResult>;
  /** Takes back what waits for its turn; what is on the wire finishes. */
  withdraw(): void;
  end(): Promise<void>;
}

/**
 * Runs that use the same connection share its slots, its pace and its open sockets. Withdrawing closes the sender and opens a new one with the pace where it stood: the port has no
 * other way to call back messages that wait, and halting is rare. Settings that were changed meanwhile come with the next run and hold from then on for all.
 */
export class SharedConnection {
  #sender: EmailSender;
  #generation = 0;
  readonly #closing = new Set<Promise<void>>();
  readonly #leases = new Set<Lease>();

  constructor(
    private connection: OpenableConnection,
    private readonly open: OpenConnection,
    private readonly onUnused: (pace: RateLimiterState) => void,
    pace: RateLimiterState | undefined,
  ) {
    this.#sender = open(connection, pace);
  }

  /** Goes on with these settings and this secret: what waits for its turn is withdrawn, so that its run sends it by the new ones. Nothing happens when they are the same. */
  use(connection: OpenableConnection): void {
    if (isDeepStrictEqual(connection, this.connection)) return;
    this.#reopen(connection);
    this.connection = connection;
  }

  lease(): Lease {
    const share = (n: number) => Math.max(1, Math.floor(n / Math.max(1, this.#leases.size)));
    const lease: Lease = {
      slots: () => share(this.#sender.connections),
      window: () => 2 * share(this.#sender.connections),
      send: async (email) => {
        const generation = this.#generation;
        const result = await this.#sender.send(email);
        return result.kind === 'not_sent' && generation !== this.#generation ? { kind: 'withdrawn' } : result;
      },
      withdraw: () => this.#reopen(this.connection),
      end: async () => {
        if (!this.#leases.delete(lease) || this.#leases.size > 0) return;
        this.onUnused(this.#sender.pace());
        this.#close(this.#sender);
        await Promise.all(this.#closing);
      },
    };
    this.#leases.add(lease);
    return lease;
  }

  #reopen(connection: OpenableConnection): void {
    const old = this.#sender;
    // First, since it may throw for settings that cannot be opened: then all goes on as it was.
    const next = this.open(connection, old.pace());
    this.#generation++;
    this.#sender = next;
    this.#close(old);
  }

  #close(sender: EmailSender): void {
    const closing: Promise<void> = sender.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
