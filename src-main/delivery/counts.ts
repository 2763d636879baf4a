import { type MessageReason, messageReasonCode, type MessageState, messageStateCode } from '../../src-preload/contract/delivery.js';
import type { WriteDb } from '../store/db.js';

/** How long a stretch one row of `run_tick` stands for. */
export const tickMs = 5_000;

/** How a message's place in the ledger is written in `run_count`: state and reason by name, so that the cache reads itself. */
export interface Place {
  readonly state: MessageState;
  readonly reason: MessageReason;
}

export const pending: Place = { state: 'pending', reason: 'none' };
export const claimed: Place = { state: 'claimed', reason: 'none' };
export const sent: Place = { state: 'sent', reason: 'none' };

/**
 * Moves rows of one run between places and keeps the caches (`run_count`, `run_domain`, `run_tick`) in the same transaction (design 4: "counters are a cache").
 * Rows are changed at once, counters once at `flush`.
 */
export class Ledger {
  readonly #counts = new Map<string, { place: Place; n: number }>();
  readonly #domains = new Map<string, { sent: number; failed: number; deferred: number }>();
  #accepted = 0;

  constructor(
    private readonly db: WriteDb,
    private readonly run: number,
  ) {}

  /** Moves one row. Gives false, and changes nothing, when it is not in state `from.state` (any more). */
  move(seq: number, from: Place, to: Place): boolean {
    const reason = to.reason === 'none' ? null : messageReasonCode[to.reason];
    const { changes } = this.db
      .prepare('update message set state = ?, reason = ? where run = ? and seq = ? and state = ?')
      .run(messageStateCode[to.state], reason, this.run, seq, messageStateCode[from.state]);
    if (changes === 0) return false;
    this.count(from, -1);
    this.count(to, 1);
    return true;
  }

  count(place: Place, n: number): void {
    const key = `${place.state} ${place.reason}`;
    const entry = this.#counts.get(key);
    if (entry) entry.n += n;
    else this.#counts.set(key, { place, n });
  }

  /** Counts an answer of a receiving domain. */
  answered(domain: string, kind: 'sent' | 'failed' | 'deferred'): void {
    const entry = this.#domains.get(domain) ?? { sent: 0, failed: 0, deferred: 0 };
    entry[kind]++;
    this.#domains.set(domain, entry);
    if (kind === 'sent') this.#accepted++;
  }

  flush(): void {
    const addCount = this.db.prepare(
      'insert into run_count (run, state, reason, n) values (?, ?, ?, ?) on conflict (run, state, reason) do update set n = n + excluded.n',
    );
    let any = false;
    for (const { place, n } of this.#counts.values()) {
      if (n === 0) continue;
      addCount.run(this.run, place.state, place.reason === 'none' ? '' : place.reason, n);
      any = true;
    }
    for (const [domain, n] of this.#domains) {
      this.db
        .prepare(
          'insert into run_domain (run, domain, sent, failed, deferred) values (?, ?, ?, ?, ?) on conflict (run, domain) do update set sent = sent + excluded.sent, failed = failed + excluded.failed, deferred = deferred + excluded.deferred',
        )
        .run(this.run, domain, n.sent, n.failed, n.deferred);
    }
    if (this.#accepted > 0) {
      this.db
        .prepare('insert into run_tick (run, tick, sent) values (?, ?, ?) on conflict (run, tick) do update set sent = sent + excluded.sent')
        .run(this.run, Math.floor(this.db.now / tickMs), this.#accepted);
    }
    if (any) this.db.changed('message', this.run);
  }
}
