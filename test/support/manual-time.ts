import type { Clock } from '../../src-main/platform/clock.js';

/** A clock that moves only when a test moves it, and the waits that hang on it. */
export class ManualTime implements Clock {
  #at: number;
  readonly #waits = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(startAt = Date.UTC(2026, 10, 24, 9, 0, 0)) {
    this.#at = startAt;
  }
  now = (): number => this.#at;
  monotonic = (): number => this.#at;

  readonly wait = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const entry = {
        at: this.#at + ms,
        wake: () => {
          this.#waits.delete(entry);
          signal?.removeEventListener('abort', entry.wake);
          resolve();
        },
      };
      this.#waits.add(entry);
      signal?.addEventListener('abort', entry.wake, { once: true });
    });
  };

  /** Lets everything run that is ready, without moving. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves forward, waking each wait at its moment. */
  async advance(ms: number): Promise<void> {
    const end = this.#at + ms;
    await this.settle();
    for (;;) {
      const next = [...this.#waits].filter((wait) => wait.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#at = Math.max(this.#at, next.at);
      next.wake();
      await this.settle();
    }
    this.#at = end;
    await this.settle();
  }
}
