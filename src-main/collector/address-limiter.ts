import type { Clock } from '../platform/clock.js';

/**
 * How often one caller may ask: a token bucket per address (IPv6: per /64, which is what one customer gets). This machine itself is not limited: it is the test mailbox, or a
 * tunnel that hides its callers, and a limit there would lock out everybody at once.
 */
export interface AddressLimiter {
  allow(address: string): boolean;
}

const loopback = /^(127\.|::1$|::ffff:127\.)/;

export function limiterKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = plain.includes('::') ? [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right] : left;
  return groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}

export function createAddressLimiter(options: { readonly clock: Clock; readonly perSecond: number; readonly burst: number; readonly maxAddresses: number }): AddressLimiter {
  const { clock, perSecond, burst, maxAddresses } = options;
  // Insertion order is age: a touched address moves to the end, the oldest fall out when there are too many.
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    allow(address) {
      if (loopback.test(address)) return true;
      const key = limiterKey(address);
      const now = clock.monotonic();
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > maxAddresses) buckets.delete(buckets.keys().next().value!);
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}
