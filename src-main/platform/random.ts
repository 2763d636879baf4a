import { randomBytes } from 'node:crypto';

/** The only source of chance. Tests pass one with a seed. */
export interface Random {
  bytes(length: number): Buffer;
}

export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/**
 * A UUIDv7 (RFC 9562 5.7): 48 bits of `nowMs`, then random bits, so that ids sort by creation.
 * Everything that has a name outside the workspace file carries one.
 */
export function uuidv7(nowMs: number, random: Random): string {
  const b = random.bytes(16);
  b.writeUIntBE(nowMs, 0, 6);
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const h = b.toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** A maker of UUIDv7s with their chance drawn a few thousand at a time: a system call for each would be a tenth of an import. */
export function createUids(now: () => number, source: Random = systemRandom): () => string {
  let pool: Buffer = Buffer.alloc(0);
  const random: Random = {
    bytes(length) {
      if (pool.length < length) pool = source.bytes(65_536);
      const bytes = pool.subarray(0, length);
      pool = pool.subarray(length);
      return bytes;
    },
  };
  return () => uuidv7(now(), random);
}
