import { type RefObject, useLayoutEffect, useState } from 'react';
import type { Column } from './data-table.types.js';

/** Least width of a column, px. */
export function leastWidth<Row>(column: Pick<Column<Row>, 'width' | 'minWidth'>): number {
  return column.width ?? column.minWidth ?? 90;
}

/** The columns that are shown in so many px: those that yield go, the lowest number first, until the least widths of the others fit. */
export function fittingColumns<Row>(columns: readonly Column<Row>[], room: number): readonly Column<Row>[] {
  let left = columns;
  let needed = columns.reduce((sum, column) => sum + leastWidth(column), 0);
  const yielding = columns.filter((column) => column.yields !== undefined).sort((a, b) => (a.yields ?? 0) - (b.yields ?? 0));
  for (const column of yielding) {
    if (needed <= room) break;
    needed -= leastWidth(column);
    left = left.filter((one) => one !== column);
  }
  return left;
}

/** Width of a scroller in px, and whether something of it lies beyond its right edge. `present`: whether it is on the page. */
export function useSideways(scroller: RefObject<HTMLElement | null>, present: boolean): { readonly width: number; readonly more: boolean } {
  const [seen, setSeen] = useState({ width: Number.POSITIVE_INFINITY, more: false });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const look = () => {
      const width = element.clientWidth;
      const more = element.scrollWidth - width - element.scrollLeft > 1;
      setSeen((before) => (before.width === width && before.more === more ? before : { width, more }));
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(element);
    // Its content too: a column that comes or goes changes only that.
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, present]);
  return seen;
}
