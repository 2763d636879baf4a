import { expect, it } from 'vitest';
import type { RunStatus } from '../../src-preload/contract/campaign.js';
import { longDeferred } from '../../src-main/shells/cli/launch.js';

const minute = 60_000;

function status(waiting: number, deferred: readonly number[], nextDue: readonly number[]): Pick<RunStatus, 'numbers' | 'deferred' | 'counts'> {
  const total = deferred.reduce((sum, n) => sum + n, 0);
  return {
    numbers: { total: 100, sent: 100 - waiting, failed: 0, skipped: 0, unknown: 0, waiting },
    deferred: deferred.map((messages, i) => ({ response: `451 reason ${i}`, messages, nextDue: nextDue[i] ?? 0 })),
    counts: [
      { state: 'sent', reason: 'none', messages: 100 - waiting },
      { state: 'deferred', reason: 'none', messages: total },
      { state: 'pending', reason: 'none', messages: waiting - total },
    ],
  };
}

it('ends the command only when every message that is left is to be tried again later than in ten minutes', () => {
  expect(longDeferred(status(3, [2, 1], [11 * minute, 30 * minute]), 0)).toEqual({ messages: 3, nextDue: 11 * minute, response: '451 reason 0' });
  expect(longDeferred(status(3, [2, 1], [30 * minute, 10 * minute]), 0)).toBeUndefined();
  expect(longDeferred(status(4, [2, 1], [30 * minute, 30 * minute]), 0)).toBeUndefined();
  expect(longDeferred(status(0, [], []), 0)).toBeUndefined();
});
