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
 * other way to call back messages that wait, and halting is rare.
 */
export class SharedConnection {
  #sender: EmailSender;
  #generation = 0;
  readonly #closing = new Set<Promise<void>>();
  readonly #leases = new Set<Lease>();

  constructor(
    private readonly connection: OpenableConnection,
    private readonly open: OpenConnection,
    private readonly onUnused: (pace: RateLimiterState) => void,
    pace: RateLimiterState | undefined,
  ) {
    this.#sender = open(connection, pace);
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
      withdraw: () => {
        const old = this.#sender;
        this.#generation++;
        this.#sender = this.open(this.connection, old.pace());
        this.#close(old);
      },
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

  #close(sender: EmailSender): void {
    const closing: Promise<void> = sender.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
