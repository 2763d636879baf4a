import { describe, expect, it } from 'vitest';
import { geometryOf, maxHeightPx, toPhysical, toVirtual } from '../../src-renderer/ui/row-window.js';

describe('where rows stand in a scroller', () => {
  it('is the browser\'s own scrolling up to 1,000,000 rows of 30 px', () => {
    const g = geometryOf(1_000_000, 30, 800);
    expect(g).toEqual({ virtual: 30_000_000, physical: 30_000_000, view: 800 });
    expect([toVirtual(g, 12_345.5), toPhysical(g, 12_345.5)]).toEqual([12_345.5, 12_345.5]);
  });

  it('never asks for more height than Chromium draws, and still reaches both ends exactly', () => {
    const g = geometryOf(10_000_000, 30, 800);
    expect(g.physical).toBe(maxHeightPx);
    expect(toVirtual(g, 0)).toBe(0);
    expect(toVirtual(g, g.physical - g.view)).toBe(g.virtual - g.view);
    expect(toPhysical(g, g.virtual - g.view)).toBe(g.physical - g.view);
    // Beyond the end (elastic scrolling) counts as the end.
    expect(toVirtual(g, g.physical)).toBe(g.virtual - g.view);
    for (const offset of [1, 299, 150_000_000, 299_000_000]) expect(toVirtual(g, toPhysical(g, offset))).toBeCloseTo(offset, 3);
  });
});
