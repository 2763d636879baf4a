import type { z } from 'zod';
import type { Channel } from '../../src-preload/contract/common.js';
import type { VerifyReport } from '../../src-preload/contract/connection.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { Random } from '../platform/random.js';
import type { RateLimiterState } from './rate-limiter.js';

/** What a sender needs from outside. */
export interface SenderPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /**
   * Waits `ms` milliseconds (0 = one turn of the event loop), or until the signal aborts, whichever is first. Injected so that tests
   * never sleep.
   */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Where the pace stood when the last sender of this connection stopped: a restart does not get a fresh burst. */
  readonly pace?: RateLimiterState;
}

export interface VerifyPorts extends Pick<SenderPorts, 'clock' | 'random' | 'log'> {
  /** The TXT records of a name, each in its pieces. Rejects with the resolver's error. */
  readonly resolveTxt: (name: string) => Promise<string[][]>;
}

/** Asks, too, whether a message from here to there would be taken. `to` is `from` when it is not given. */
export interface VerifyProbe {
  readonly from: string;
  readonly to?: string;
}

/**
 * One way of sending on one channel. A provider is a folder with one of these behind its door; `config` is what may be shown again,
 * `secret` goes inward only. Both are parsed with the schemas before they reach a provider.
 */
export interface ChannelProvider<Config, Secret, Sender> {
  readonly name: string;
  readonly channel: Channel;
  readonly config: z.ZodType<Config, unknown>;
  readonly secret: z.ZodType<Secret, unknown>;
  /** A real conversation with the provider, told in words. Never throws for what the far side does: that is a step that failed. */
  verify(config: Config, secret: Secret, ports: VerifyPorts, probe?: VerifyProbe): Promise<VerifyReport>;
  /** Opens nothing yet: connections are made when the first message comes. */
  open(config: Config, secret: Secret, ports: SenderPorts): Sender;
}

/** A mailbox with the name that mail programs show. */
export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

/** One whole e-mail, rendered, before it is encoded. */
export interface OutgoingEmail {
  /** With its angle brackets, made once per ledger row and kept when the row is sent again. */
  readonly messageId: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly to: Mailbox;
  readonly replyTo?: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Further headers in this order, names as they should appear: List-Unsubscribe, List-Unsubscribe-Post, ... */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The address bounces go to; `from.address` without it. */
  readonly envelopeFrom?: string;
}

/** Who is at fault for a refusal (field.md 3): `hard` suppresses the address, `soft` may be tried again, `ours` pauses the run and is shown to the operator. */
export type RefusalClass = 'hard' | 'soft' | 'ours';

/**
 * Why no session comes about until somebody changes something. `credentials`: name or password are refused; `login`: logging in fails in another way; `greeting`: the server
 * will not talk to us at all; `tls`: no encryption that can be trusted.
 */
export type SessionFault = 'credentials' | 'login' | 'greeting' | 'tls';

/**
 * What became of one message. `not_sent`: it certainly went nowhere (no connection, or lost before the final dot), so it may be sent again; `cause` is a sentence with the server's
 * words, `ours` a fault that trying again will not cure. `unknown`: the far side may have taken it and the answer is missing; it is never retried by itself.
 */
export type SendResult =
  | { readonly kind: 'accepted'; readonly response: string; readonly providerId?: string }
  | { readonly kind: 'refused'; readonly class: RefusalClass; readonly code: number; readonly enhanced?: string; readonly response: string }
  | { readonly kind: 'unknown'; readonly response?: string; readonly cause: string }
  | { readonly kind: 'not_sent'; readonly cause: string; readonly ours: SessionFault | false };

/** A live sender on one connection (the row of that name). Up to `connections` calls of `send` run at once; further ones wait their turn. */
export interface EmailSender {
  /** How many messages can be on the wire at once: the window of claims is twice this. */
  readonly connections: number;
  /** Never throws for what the far side does. Throws `HEADER_INJECTION` or `BAD_ADDRESS` for a message that cannot be built: nothing was sent. */
  send(message: OutgoingEmail): Promise<SendResult>;
  /** To be stored, and given back as `SenderPorts.pace` to the next sender of this connection. */
  pace(): RateLimiterState;
  /** Lets the messages on the wire finish (at most `graceMs`, 10,000 if not given), then cuts the connections. What was waiting for its turn is `not_sent`. */
  close(graceMs?: number): Promise<void>;
}

export type EmailProvider<Config, Secret> = ChannelProvider<Config, Secret, EmailSender>;
