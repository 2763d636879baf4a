import type { Clock } from '../platform/clock.js';

/** A limiter's memory between two runs of the program: how much may go at once at `at` (UTC ms). */
export interface RateLimiterState {
  readonly tokens: number;
  readonly at: number;
}

/**
 * A token bucket of one second's worth (at least one token), refilled evenly, so that `perSecond: 0.5` is one message every two seconds. It tells how long to wait and waits
 * for nobody itself.
 */
export interface RateLimiter {
  /** Takes one token and gives 0, or takes it from the future and gives the milliseconds to wait before using it. */
  reserve(): number;
  /** Gives back a token that was reserved and not used. */
  refund(): void;
  state(): RateLimiterState;
}

/** @param perSecond messages per second, above 0; `undefined` = no limit. */
export function createRateLimiter(perSecond: number | undefined, clock: Clock, from?: RateLimiterState): RateLimiter {
  if (perSecond === undefined) return { reserve: () => 0, refund: () => undefined, state: () => ({ tokens: 0, at: clock.now() }) };
  const burst = Math.max(1, perSecond);
  // A stored state from a clock that has since been set back must not hand out a burst, nor stall for longer than one bucket.
  let tokens = from ? Math.min(burst, Math.max(-burst, from.tokens)) : burst;
  if (from) tokens = Math.min(burst, tokens + (Math.max(0, clock.now() - from.at) / 1000) * perSecond);
  // Between reservations the monotonic clock counts: the wall clock may jump.
  let at = clock.monotonic();
  const refill = () => {
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
    at = now;
  };
  return {
    reserve() {
      refill();
      tokens -= 1;
      return tokens >= 0 ? 0 : Math.ceil((-tokens / perSecond) * 1000);
    },
    refund() {
      refill();
      tokens = Math.min(burst, tokens + 1);
    },
    state() {
      refill();
      return { tokens, at: clock.now() };
    },
  };
}
