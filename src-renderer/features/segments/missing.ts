import { assertNever } from '../../../src-preload/contract/common.js';
import { eventFilter, type EventFilter, segmentRule, type SegmentRule, whenTest } from '../../../src-preload/contract/segment.js';
import type { TestedRule } from './words.js';

/** What is still missing, in words; undefined when the rule can be counted. */
export function missing(rule: SegmentRule): string | undefined {
  if (segmentRule.safeParse(rule).success) return undefined;
  switch (rule.type) {
    case 'channel':
      return 'choose a channel';
    case 'distance':
      return 'give a place and a distance';
    case 'random':
      return 'give a share from 0 to 100, in tenths at the finest';
    case 'event':
      return missingOfEvent(rule);
    case 'attribute':
    case 'metric':
    case 'demographic':
    case 'location':
    case 'created':
    case 'lastSeen':
      return missingOfTest(rule.test);
    case 'history':
      return 'give a whole number';
    case 'status':
    case 'optOut':
    case 'suppression':
    case 'topic':
    case 'segment':
      return 'choose again';
    default:
      return assertNever(rule);
  }
}

function missingOfEvent({ times, when, where = [] }: Extract<SegmentRule, { type: 'event' }>): string {
  if (times && !Number.isInteger(times.count)) return 'give a whole number of times';
  if (when && when.op !== 'inLast' && !whenTest.safeParse(when).success) return 'choose a day';
  const unfinished = where.find((filter) => !eventFilter.safeParse(filter).success);
  return unfinished ? missingOfTest(unfinished.test) : 'give a whole number';
}

function missingOfTest(test: TestedRule['test'] | EventFilter['test']): string {
  if ('values' in test) return 'choose a value';
  if ('duration' in test) return 'give a whole number';
  if (test.op.startsWith('version')) return 'give a version such as 2.10.1';
  if ('date' in test || ('from' in test && typeof test.from === 'string')) return 'choose a day';
  return 'give a number';
}
