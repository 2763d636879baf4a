import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { RunStatus } from '../../src-preload/contract/campaign.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { assertFree } from '../../src-main/shells/cli/export.js';
import { interruptLaunch, longDeferred } from '../../src-main/shells/cli/launch.js';

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

it('takes a launch back that is interrupted in its hold, and says that a run that has begun goes on', async () => {
  const said: unknown[] = [];
  const output = { result: (human: string, data: unknown) => void said.push(human, data), progress: () => undefined };
  const launch = { name: 'Fifth', launching: Promise.resolve({ run: 'r1' }), handedOver: true };
  const asked: string[] = [];
  const far = (answer: () => Promise<unknown>) => ({ runs: { takeBack: { mutate: ({ run }: { run: string }) => (asked.push(run), answer()) } } });
  await interruptLaunch(far(() => Promise.resolve({})), launch, output);
  await interruptLaunch(far(() => Promise.reject(new HeliographError('CAMPAIGN_STATE', { state: 'sending' }))), launch, output);
  expect(said).toEqual([
    'Cancelled: the launch of Fifth was taken back. Nobody was written to.',
    { event: 'taken_back', run: 'r1' },
    'Fifth is launched; it goes on in the running Heliograph. Pause or stop it there.',
    { event: 'goes_on', run: 'r1' },
  ]);
  expect(asked).toEqual(['r1', 'r1']);
  await expect(interruptLaunch(far(() => Promise.reject(new HeliographError('STORE_UNAVAILABLE'))), launch, output)).rejects.toThrow('STORE_UNAVAILABLE');
});

it('writes no export over a file that is there, unless told to', () => {
  const here = fileURLToPath(import.meta.url);
  expect(() => assertFree(here, false)).toThrow('--force');
  for (const [path, force] of [[here, true], [`${here}.new`, false], ['/dev/null', false]] as const) expect(() => assertFree(path, force)).not.toThrow();
});
