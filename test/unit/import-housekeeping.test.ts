import { expect, it } from 'vitest';
import { forgetImports, type ImportPorts, resumeImports } from '../../src-main/audience/import/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';

/** The operations that housekeeping calls, and what was asked of them. */
function fake(left: number) {
  const asked: string[] = [];
  const ports = {
    read: { unfinished: () => Promise.resolve([{ uid: 'bad', state: 'checking' }, { uid: 'good', state: 'checking' }]), stale: () => Promise.resolve([]) },
    write: {
      checkFailed: ({ uid }: { uid: string }) => {
        asked.push(uid);
        return uid === 'bad' ? Promise.reject(new Error('disk full')) : Promise.resolve();
      },
      forgetImages: () => {
        asked.push('forget');
        return Promise.resolve(left-- > 0 ? 1 : 0);
      },
    },
    jobs: {},
    files: '/nowhere',
  } as unknown as ImportPorts;
  return { ports, asked };
}

it('deals with every interrupted import although one cannot be', async () => {
  const { ports, asked } = fake(0);
  await resumeImports({ ...ports, log: silentLogger });
  expect(asked).toEqual(['bad', 'good']);
});

it('forgets images to the end, and stops when the workspace closes', async () => {
  const { ports, asked } = fake(3);
  const closing = new AbortController();
  await forgetImports(ports, 0, closing.signal);
  expect(asked).toHaveLength(4);
  closing.abort();
  await forgetImports(ports, 0, closing.signal);
  expect(asked).toHaveLength(4);
});
