/** Sets of slots as bits, 32 to a word: slot `s` is bit `s & 31` of word `s >>> 5`. A slot is a row's id, so that no table of places is needed. */
export type Bits = Uint32Array;

/** Words that hold slots 0 to `slots - 1`. */
export const wordsFor = (slots: number): number => (slots + 31) >>> 5;

/** Bits set in a word (Hacker's Delight, 5-1). */
export function popcount(word: number): number {
  let x = word - ((word >>> 1) & 0x5555_5555);
  x = (x & 0x3333_3333) + ((x >>> 2) & 0x3333_3333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

export function countBits(bits: Bits): number {
  let n = 0;
  for (let w = 0; w < bits.length; w++) if (bits[w] !== 0) n += popcount(bits[w]!);
  return n;
}

export const hasBit = (bits: Bits, slot: number): boolean => ((bits[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0;

/** Calls `visit` for every slot of the set in [from, to), in order. */
export function eachBit(bits: Bits, visit: (slot: number) => void, from = 0, to = bits.length * 32): void {
  const last = Math.min(bits.length, wordsFor(to));
  for (let w = from >>> 5; w < last; w++) {
    let word = bits[w]!;
    if (w === from >>> 5) word &= -1 << (from & 31);
    while (word !== 0) {
      const lowest = 31 - Math.clz32(word & -word);
      word &= word - 1;
      const slot = (w << 5) + lowest;
      if (slot >= to) return;
      visit(slot);
    }
  }
}

/** Sets or clears one slot. */
export function setBit(bits: Bits, slot: number, on: boolean): void {
  if (on) bits[slot >>> 5]! |= 1 << (slot & 31);
  else bits[slot >>> 5]! &= ~(1 << (slot & 31));
}

/** Clears the slots of [from, to). */
export function clearRange(bits: Bits, from: number, to: number): void {
  for (let slot = from; slot < to; ) {
    if ((slot & 31) === 0 && slot + 32 <= to) {
      bits[slot >>> 5] = 0;
      slot += 32;
    } else setBit(bits, slot++, false);
  }
}

/** The same set with room for more words. */
export function grownBits(bits: Bits, words: number): Bits {
  if (bits.length >= words) return bits;
  const grown = new Uint32Array(words);
  grown.set(bits);
  return grown;
}

/** All slots that are not in the set. */
export function inverted(bits: Bits): Bits {
  const others = new Uint32Array(bits.length);
  for (let w = 0; w < bits.length; w++) others[w] = ~bits[w]!;
  return others;
}

/** The slots in both. */
export function and(a: Bits, b: Bits): Bits {
  const bits = a.slice();
  for (let w = 0; w < bits.length; w++) bits[w]! &= b[w]!;
  return bits;
}

/** The slots of `a` that are not in `b`. */
export function andNot(a: Bits, b: Bits): Bits {
  const bits = a.slice();
  for (let w = 0; w < bits.length; w++) bits[w]! &= ~b[w]!;
  return bits;
}
