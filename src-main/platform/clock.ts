/** The only source of "now". Tests pass a clock they can move. */
export interface Clock {
  /** UTC milliseconds. */
  now(): number;
  /** Milliseconds that never jump back; for measuring durations. */
  monotonic(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
