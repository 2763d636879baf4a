import { createTestHost } from '../test/support/host.js';

/** Rows of the large cases and messages of the sending case; smaller ones for a quick look: `BENCH_ROWS=100000 BENCH_MESSAGES=2000 npm run bench`. */
export const rows = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
export const messages = Number(process.env['BENCH_MESSAGES'] ?? 20_000);
export const runs = Number(process.env['BENCH_RUNS'] ?? 5);

export const openBenchHost = createTestHost;

export async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const figure = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3));

/** One case's line. `ratio` is ours over the reference, in the sense the goal is stated in (design 6). */
export function report(name: string, ours: number, reference: number, unit: string, against: string, ratio: number, goal: string, times: readonly number[]): void {
  console.log(`${name}: ${figure(ours)} ${unit}; ${against}: ${figure(reference)} ${unit}; ratio ${ratio.toFixed(2)} (goal ${goal}; ${times.length} runs, ${times.map((t) => figure(t)).join(' ')})`);
}
