import { isHeliographError } from '../../src-preload/contract/errors.js';
import type { Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import type { ClaimAnswer, ClaimedMessage, ClaimInput } from './claim.js';
import { type Composer, outcomeOfError } from './compose.js';
import type { MessageResult, Outcome } from './results.js';
import type { RunEnded } from './sender-port.js';
import type { Lease, SharedResult } from './shared-connection.js';

export interface PumpPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly claim: (input: Omit<ClaimInput, 'epoch' | 'run'>) => Promise<ClaimAnswer>;
  readonly composer: Composer;
  readonly lease: Lease;
}

/** Results that nothing else carries home are recorded within this time. */
const idleRecordMs = 250;
/** How long the pump waits by itself for something to become due; what is due later the scheduler starts anew. */
const longestWaitMs = 1_000;
const storeRetryMs = 1_000;
/** Why a wait ends early. Without a reason of its own every abort makes an exception with a stack, several a message. */
const woken = 'woken';

/**
 * Sends one run: claim, make, send on as many connections as it may use, record. Claims are asked for before the connections run dry, and each claim carries the results so far,
 * so that one transaction serves both. What is claimed and not begun when the run is halted is given back.
 */
export class RunPump {
  readonly ended: Promise<RunEnded['status']>;
  #end!: (status: RunEnded['status']) => void;
  readonly #queue: ClaimedMessage[] = [];
  #onWire = 0;
  #results: MessageResult[] = [];
  #oldestResultAt = 0;
  #claiming = false;
  #halted = false;
  #over = false;
  #status: ClaimAnswer['status'] = 'going';
  /** When to ask again while waiting, by the monotonic clock. */
  #askAt = 0;
  #timer: AbortController | undefined;

  constructor(private readonly ports: PumpPorts) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#turn();
  }

  /** Claims no more and gives back what has not begun. */
  halt(): void {
    if (this.#halted || this.#over) return;
    this.#halted = true;
    if (this.#onWire > 0) this.ports.lease.withdraw();
    this.#turn();
  }

  #turn(): void {
    if (this.#over) return;
    if (this.#halted) this.#giveBack();
    else while (this.#onWire < this.ports.lease.slots() && this.#queue.length > 0) void this.#deliver(this.#queue.shift()!);
    if (this.#claiming) return;
    const now = this.ports.clock.monotonic();
    const idle = this.#onWire === 0 && this.#queue.length === 0;
    if (this.#results.length > 0 && (idle || now - this.#oldestResultAt >= idleRecordMs)) return void this.#ask();
    if (this.#halted) {
      if (idle) return this.#finish('halted');
    } else if (this.#status === 'done' && idle) {
      return this.#finish('done');
    } else if (now >= this.#askAt) {
      const room = this.ports.lease.window() - this.#queue.length - this.#onWire;
      if (room >= Math.max(1, Math.ceil(this.ports.lease.slots() / 2))) return void this.#ask();
    }
    this.#sleep(now);
  }

  /** Sleeps until the next thing that time alone brings; everything else wakes the pump by itself. */
  #sleep(now: number): void {
    this.#timer?.abort(woken);
    const until: number[] = [];
    if (this.#results.length > 0) until.push(this.#oldestResultAt + idleRecordMs);
    if (!this.#halted && this.#askAt > now) until.push(this.#askAt);
    if (until.length === 0) return;
    const timer = new AbortController();
    this.#timer = timer;
    void this.ports.wait(Math.max(1, Math.min(...until) - now), timer.signal).then(() => {
      if (!timer.signal.aborted) this.#turn();
    });
  }

  async #ask(): Promise<void> {
    this.#claiming = true;
    this.#timer?.abort(woken);
    const results = this.#results;
    this.#results = [];
    try {
      this.#take(await this.ports.claim({ results, window: this.#halted ? 0 : this.ports.lease.window() }));
    } catch (error) {
      // Nothing was committed: the results are still to be told, and nothing new may be sent.
      this.#results = [...results, ...this.#results];
      const code = isHeliographError(error) ? error.code : 'INTERNAL';
      this.ports.log.error('claim failed', { code, error });
      if (code === 'CONFLICT' || code === 'THREAD_DIED' || code === 'NOT_FOUND') return this.#finish('failed');
      await this.ports.wait(storeRetryMs);
    } finally {
      this.#claiming = false;
    }
    this.#turn();
  }

  #take(answer: ClaimAnswer): void {
    this.#queue.push(...answer.messages);
    this.#status = answer.status;
    this.#askAt = 0;
    if (answer.status === 'halted') this.#halted = true;
    if (answer.status !== 'waiting') return;
    const wait = answer.nextDue === null ? longestWaitMs : Math.max(1, answer.nextDue - this.ports.clock.now());
    if (wait > 5 * longestWaitMs && this.#onWire === 0 && this.#queue.length === 0 && this.#results.length === 0) return this.#finish('idle');
    this.#askAt = this.ports.clock.monotonic() + Math.min(wait, longestWaitMs);
  }

  async #deliver(message: ClaimedMessage): Promise<void> {
    this.#onWire++;
    let outcome: Outcome;
    try {
      outcome = toOutcome(await this.ports.lease.send(this.ports.composer.compose(message)));
    } catch (error) {
      const known = outcomeOfError(error);
      if (!known) this.ports.log.error('sending a message failed in an unforeseen way', { seq: message.seq, error });
      // Whatever nobody foresaw may have happened after the message left.
      outcome = known ?? { kind: 'unknown', response: error instanceof Error ? error.message : String(error) };
    }
    this.#onWire--;
    this.#keep(message, outcome);
    this.#turn();
  }

  #keep(message: ClaimedMessage, outcome: Outcome): void {
    if (this.#results.length === 0) this.#oldestResultAt = this.ports.clock.monotonic();
    // A settled message can free what the claim was waiting for.
    this.#askAt = 0;
    this.#results.push({ seq: message.seq, address: message.address, outcome });
  }

  #giveBack(): void {
    for (const message of this.#queue.splice(0)) this.#keep(message, { kind: 'released' });
  }

  #finish(status: RunEnded['status']): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.abort(woken);
    void this.ports.lease.end().then(
      () => this.#end(status),
      (error: unknown) => {
        this.ports.log.error('closing a connection failed', { error });
        this.#end(status);
      },
    );
  }
}

function toOutcome(result: SharedResult): Outcome {
  switch (result.kind) {
    case 'accepted':
      return { kind: 'accepted', response: result.response, providerId: result.providerId };
    case 'refused':
      return { kind: 'refused', class: result.class, response: result.response };
    case 'unknown':
      return { kind: 'unknown', response: result.response ?? result.cause };
    case 'not_sent':
      return { kind: 'not_sent', cause: result.cause, ours: result.ours };
    case 'withdrawn':
      return { kind: 'released' };
  }
}
