import { describe, expect, it } from 'vitest';
import { pickLanguage, unsubscribePage } from '../../src-preload/contract/collector.js';
import { createAddressLimiter, limiterKey } from '../../src-main/collector/address-limiter.js';
import { createBatcher } from '../../src-main/collector/batcher.js';

/** A write that a test lets go when it wants. */
function gate() {
  let open = () => undefined as void;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

describe('the batcher', () => {
  it('writes a lone fact at once and gathers what comes meanwhile', async () => {
    const first = gate();
    const batches: number[][] = [];
    const batcher = createBatcher<number>({
      maxBatch: 3, maxWaiting: 100,
      write: async (facts) => {
        batches.push([...facts]);
        if (batches.length === 1) await first.passed;
      },
    });
    const all = [1, 2, 3, 4, 5].map((fact) => batcher.add(fact));
    expect(batches).toEqual([[1]]);
    first.open();
    await Promise.all(all);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
    await batcher.drain();
  });

  it('refuses what it cannot hold, and loses only the fact that cannot be written', async () => {
    const first = gate();
    const written: number[] = [];
    let calls = 0;
    const batcher = createBatcher<number>({
      maxBatch: 10, maxWaiting: 3,
      write: async (facts) => {
        if (calls++ === 0) await first.passed;
        if (facts.includes(3)) throw new Error('no');
        written.push(...facts);
      },
    });
    const results = [1, 2, 3, 4, 5, 6].map((fact) => batcher.add(fact).then(() => 'ok', (error: unknown) => String(error)));
    first.open();
    expect(await Promise.all(results)).toEqual(['ok', 'ok', 'Error: no', 'ok', 'HeliographError: STORE_UNAVAILABLE {"waiting":3}', 'HeliographError: STORE_UNAVAILABLE {"waiting":3}']);
    expect(written).toEqual([1, 2, 4]);
  });
});

describe('the address limiter', () => {
  it('counts per address, and per /64 for IPv6', () => {
    expect(['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9', '2001:0db8:0001:0002::', '::ffff:192.0.2.1', '192.0.2.1', 'fe80::1%eth0', '::1'].map(limiterKey)).toEqual([
      '2001:db8:1:2', '2001:db8:1:2', '2001:db8:1:2', '192.0.2.1', '192.0.2.1', 'fe80:0:0:0', '0:0:0:0',
    ]);
  });

  it('lets bursts pass, then the rate, and forgets the oldest callers', () => {
    let now = 0;
    const limiter = createAddressLimiter({ clock: { now: () => now, monotonic: () => now }, perSecond: 2, burst: 3, maxAddresses: 2 });
    const tries = (address: string, n: number) => Array.from({ length: n }, () => limiter.allow(address)).filter(Boolean).length;
    expect(tries('192.0.2.1', 5)).toBe(3);
    now = 500;
    expect(tries('192.0.2.1', 5)).toBe(1);
    expect([tries('192.0.2.2', 5), tries('192.0.2.3', 5), tries('192.0.2.1', 5)]).toEqual([3, 3, 3]);
    expect(tries('127.0.0.1', 50) + tries('::1', 50)).toBe(100);
  });
});

it.each([
  ['de', 'de'], ['de-CH, fr;q=0.9', 'de'], ['fr;q=0.1, de;q=0.2', 'de'], ['*', 'en'], ['', 'en'], ['ja', 'en'], ['de;q=0, nl;q=0.001', 'nl'], ['DE', 'de'], ['pt-BR', 'pt'], [';;;,,=', 'en'],
])('picks a language for %j', (header, language) => {
  expect(pickLanguage(header, 'en')).toBe(language);
});

it('refuses empty and huge page texts', () => {
  expect(unsubscribePage.safeParse({ fallback: 'de', texts: { de: { title: ' ' } } }).success).toBe(false);
  expect(unsubscribePage.safeParse({ fallback: 'de', texts: { de: { title: 'x'.repeat(501) } } }).success).toBe(false);
  expect(unsubscribePage.safeParse({ fallback: 'xx', texts: {} }).success).toBe(false);
  expect(unsubscribePage.safeParse({ fallback: 'de', texts: { fr: { done: 'Fini' } } }).success).toBe(true);
});
