/** Tells any number of listeners that something happened, each of them at least once after the last time. */
export interface Signal {
  fire(): void;
  listen(signal: AbortSignal): AsyncIterable<void>;
}

export function createSignal(): Signal {
  let count = 0;
  const wakes = new Set<() => void>();
  return {
    fire: () => {
      count++;
      for (const wake of [...wakes]) wake();
    },
    async *listen(signal) {
      let seen = count;
      while (!signal.aborted) {
        if (seen === count) {
          await new Promise<void>((resolve) => {
            const wake = () => {
              wakes.delete(wake);
              signal.removeEventListener('abort', wake);
              resolve();
            };
            wakes.add(wake);
            signal.addEventListener('abort', wake, { once: true });
          });
        }
        if (seen !== count) {
          seen = count;
          yield;
        }
      }
    },
  };
}
