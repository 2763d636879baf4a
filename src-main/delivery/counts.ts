import { type MessageReason, messageReasonCode, type MessageState, messageStateCode } from '../../src-preload/contract/delivery.js';
import type { WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';

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

/** What the caller of `Ledger.move` knows of the message, so that it need not be looked up. */
export interface Known {
  /** Where it went. */
  readonly address?: string;
  /** For one that becomes sent: when it was accepted, `null` when nobody knows (it is then in no stretch of the live line); now, if not given. */
  readonly acceptedAt?: number | null;
}

type Answer = 'sent' | 'failed' | 'deferred';

/** The column of `run_domain` that counts messages at this place. A message that was given back without a try is no server's answer. */
function answerOf({ state, reason }: Place): Answer | undefined {
  if (state === 'deferred') return reason === 'none' ? undefined : 'deferred';
  return state === 'sent' || state === 'failed' ? state : undefined;
}

/**
 * Moves rows of one run between places and keeps the caches (`run_count`, `run_domain`, `run_tick`) in the same transaction (design 4: "counters are a cache").
 * Every way into and out of a place goes through it, so that the caches always say the same as the rows. Rows are changed at once, counters once at `flush`.
 */
export class Ledger {
  readonly #counts = new Map<string, { place: Place; n: number }>();
  readonly #domains = new Map<string, Record<Answer, number>>();
  readonly #ticks = new Map<number, number>();

  constructor(
    private readonly db: WriteDb,
    private readonly run: number,
  ) {}

  /** Moves one row. Gives false, and changes nothing, when it is not in state `from.state` (any more). */
  move(seq: number, from: Place, to: Place, known: Known = {}): boolean {
    // Asked before anything changes: a claim writes down a new address.
    const before = answerOf(from);
    const domainBefore = before === undefined ? undefined : this.#domainOf(seq, undefined);
    const reason = to.reason === 'none' ? null : messageReasonCode[to.reason];
    const { changes } = this.db
      .prepare('update message set state = ?, reason = ? where run = ? and seq = ? and state = ?')
      .run(messageStateCode[to.state], reason, this.run, seq, messageStateCode[from.state]);
    if (changes === 0) return false;
    this.count(from, -1);
    this.count(to, 1);
    if (before !== undefined) this.#answered(domainBefore!, before, -1);
    const after = answerOf(to);
    if (after !== undefined) this.#answered(this.#domainOf(seq, known.address), after, 1);
    if (to.state === 'sent' && known.acceptedAt !== null) {
      const tick = Math.floor((known.acceptedAt ?? this.db.now) / tickMs);
      this.#ticks.set(tick, (this.#ticks.get(tick) ?? 0) + 1);
    }
    return true;
  }

  count(place: Place, n: number): void {
    const key = `${place.state} ${place.reason}`;
    const entry = this.#counts.get(key);
    if (entry) entry.n += n;
    else this.#counts.set(key, { place, n });
  }

  /** The receiving domain of a message: of the address it was tried at, else of the one it has now; '' where the person is gone. */
  #domainOf(seq: number, known: string | undefined): string {
    const address =
      known ??
      this.db.get<{ address: string | null }>(sql`select coalesce(r.address_key, a.address, e.address) as address from message m
        left join message_reply r on r.run = m.run and r.seq = m.seq left join adhoc_address a on a.run = m.run and a.seq = m.seq left join endpoint e on e.id = m.endpoint
        where m.run = ${this.run} and m.seq = ${seq}`)?.address ??
      '';
    return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  }

  #answered(domain: string, answer: Answer, n: 1 | -1): void {
    const entry = this.#domains.get(domain) ?? { sent: 0, failed: 0, deferred: 0 };
    entry[answer] += n;
    this.#domains.set(domain, entry);
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
      if (n.sent === 0 && n.failed === 0 && n.deferred === 0) continue;
      this.db
        .prepare(
          'insert into run_domain (run, domain, sent, failed, deferred) values (?, ?, ?, ?, ?) on conflict (run, domain) do update set sent = sent + excluded.sent, failed = failed + excluded.failed, deferred = deferred + excluded.deferred',
        )
        .run(this.run, domain, n.sent, n.failed, n.deferred);
    }
    for (const [tick, n] of this.#ticks) {
      this.db.prepare('insert into run_tick (run, tick, sent) values (?, ?, ?) on conflict (run, tick) do update set sent = sent + excluded.sent').run(this.run, tick, n);
    }
    if (any) this.db.changed('message', this.run);
  }
}
