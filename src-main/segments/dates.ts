import { DateTime } from 'luxon';
import type { DateTest, Duration } from '../../src-preload/contract/segment.js';
import { parseDate } from '../store/functions.js';

/** `[from, to)` in UTC milliseconds, null is open. `day` bounds calendar days written without a zone, the other instants, whose days begin in the rule's zone. */
export interface DateRange {
  readonly dayFrom: number | null;
  readonly dayTo: number | null;
  readonly from: number | null;
  readonly to: number | null;
}

/** Where a bound begins and ends: a day from midnight to midnight in `zone`, an instant for one millisecond. */
function span(bound: string, zone: string): [number, number] {
  const parsed = parseDate(bound);
  if (!parsed) throw new Error('a date bound that passed the schema does not parse');
  if (!parsed.day) return [parsed.ms, parsed.ms + 1];
  // `startOf` copes with zones whose clocks skip midnight; a day there begins at one.
  const start = DateTime.fromISO(bound, { zone }).startOf('day');
  return [start.toMillis(), start.plus({ days: 1 }).startOf('day').toMillis()];
}

/** The range a date test means. */
export function dateRange(test: DateTest): DateRange {
  const inZone = (bound: string) => span(bound, test.zone ?? 'UTC');
  const inUtc = (bound: string) => span(bound, 'UTC');
  switch (test.op) {
    case 'before':
      return { dayFrom: null, dayTo: inUtc(test.date)[0], from: null, to: inZone(test.date)[0] };
    case 'after':
      return { dayFrom: inUtc(test.date)[1], dayTo: null, from: inZone(test.date)[1], to: null };
    case 'on':
      return { dayFrom: inUtc(test.date)[0], dayTo: inUtc(test.date)[1], from: inZone(test.date)[0], to: inZone(test.date)[1] };
    case 'between':
      return { dayFrom: inUtc(test.from)[0], dayTo: inUtc(test.to)[1], from: inZone(test.from)[0], to: inZone(test.to)[1] };
  }
}

const hour = 3_600_000;
const unitMs = { hours: hour, days: 24 * hour, weeks: 168 * hour } as const;

/** A duration in milliseconds: rolling hours, days of 24 hours. */
export function durationMs(duration: Duration): number {
  return duration.amount * unitMs[duration.unit];
}
