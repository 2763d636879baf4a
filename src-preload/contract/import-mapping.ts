import type { ImportMapping, ImportTarget } from './import.js';

/** Headers with the number of their appearance, so that repeated ones stay apart: `e-mail 0`, `e-mail 1`. */
function keysOf(headers: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return headers.map((header) => {
    const n = seen.get(header) ?? 0;
    seen.set(header, n + 1);
    return `${header} ${n}`;
  });
}

export interface PlacedMapping {
  /** One target for each header asked for, in their order; undefined where the mapping does not know it. */
  readonly targets: readonly (ImportTarget | undefined)[];
  /** Headers that the mapping takes something from and the file has not. */
  readonly missing: readonly string[];
}

/** Lays a mapping made for one file over the columns of another, by their headers and in whatever order they stand. */
export function placeMapping(headers: readonly string[], mapping: ImportMapping): PlacedMapping {
  const before = [...mapping].sort((a, b) => a.index - b.index);
  const keys = keysOf(before.map(({ header }) => header));
  const byKey = new Map(before.map(({ target }, i) => [keys[i]!, target]));
  const wanted = keysOf(headers);
  const there = new Set(wanted);
  return {
    targets: wanted.map((key) => byKey.get(key)),
    missing: before.filter(({ target }, i) => target.to !== 'ignore' && !there.has(keys[i]!)).map(({ header }) => header),
  };
}
