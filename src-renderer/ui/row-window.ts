import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Chromium clamps an element's height near 33.5 million px; above this the scroll range stands for more than its own length. */
export const maxHeightPx = 30_000_000;

/** Rows that may pass before others are drawn; the overscan covers them. */
const stepRows = 4;

/** Where rows of one height stand in a scroller that may be shorter than all of them together. Pure: the arithmetic of the virtual table. */
export interface Geometry {
  /** Height given to the browser, px. */
  readonly physical: number;
  /** Height all rows would have, px. */
  readonly virtual: number;
  /** Visible height for rows, px. */
  readonly view: number;
}

export function geometryOf(count: number, rowHeight: number, view: number): Geometry {
  const virtual = count * rowHeight;
  return { virtual, physical: Math.min(virtual, maxHeightPx), view };
}

/** Virtual offset px of a physical scroll position. The ends map to the ends. */
export function toVirtual(g: Geometry, scrollTop: number): number {
  if (g.physical === g.virtual) return scrollTop;
  return (Math.min(scrollTop, g.physical - g.view) * (g.virtual - g.view)) / (g.physical - g.view);
}

export function toPhysical(g: Geometry, offset: number): number {
  if (g.physical === g.virtual) return offset;
  return (Math.min(offset, g.virtual - g.view) * (g.physical - g.view)) / (g.virtual - g.view);
}

export interface RowWindow {
  /** Rows to draw: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** Height of the scrolled element, px. */
  readonly height: number;
  /** The `top` of a row inside that element, px. */
  topOf(index: number): number;
  /** Scrolls the least that brings the row wholly into view. */
  reveal(index: number): void;
  /** Rows that fit the view: the step of PageUp and PageDown. */
  readonly fits: number;
}

/**
 * Fixed-height windowing in constant time and memory for any number of rows. (react-virtual keeps a measurement object per row: 1,000,000 of them before the first paint.)
 * `present`: whether the scroller is on the page; a list that was empty gets one later, and it must be measured then.
 * Within `maxHeightPx` scrolling is wholly the browser's own; above it the wheel still moves by real pixels and only the scroll bar is proportional.
 */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number, headHeight: number, present: boolean, overscan = 8): RowWindow {
  const [view, setView] = useState(600);
  const [offset, keepOffset] = useState(0);
  const exact = useRef<{ scrollTop: number; offset: number }>({ scrollTop: 0, offset: 0 });
  const g = geometryOf(count, rowHeight, view);
  const geometry = useRef(g);
  geometry.current = g;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setView(Math.max(rowHeight, element.clientHeight - headHeight));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, headHeight, rowHeight, present]);

  // While the browser scrolls by itself the drawn rows change only every few rows: no work for the pixels between.
  const setOffset = useCallback(
    (next: number) => {
      const g = geometry.current;
      const step = rowHeight * stepRows;
      keepOffset(g.physical === g.virtual ? Math.floor(next / step) * step : next);
    },
    [rowHeight],
  );

  const moveTo = useCallback(
    (next: number) => {
      const element = scroller.current;
      if (!element) return;
      const g = geometry.current;
      const bounded = Math.max(0, Math.min(next, g.virtual - g.view));
      element.scrollTop = toPhysical(g, bounded);
      exact.current = { scrollTop: element.scrollTop, offset: bounded };
      setOffset(bounded);
    },
    [scroller, setOffset],
  );

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onScroll = () => {
      const scrollTop = element.scrollTop;
      // The browser rounds scrollTop: when it is where we put it, our exact offset holds.
      if (Math.abs(scrollTop - exact.current.scrollTop) < 1) return;
      const next = toVirtual(geometry.current, scrollTop);
      exact.current = { scrollTop, offset: next };
      setOffset(next);
    };
    const onWheel = (event: WheelEvent) => {
      const g = geometry.current;
      if (g.physical === g.virtual || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? g.view : 1;
      moveTo(exact.current.offset + event.deltaY * unit);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', onWheel);
    };
  }, [scroller, moveTo, setOffset, rowHeight, present]);

  const shift = g.physical === g.virtual ? 0 : toPhysical(g, offset) - offset;
  return {
    from: Math.max(0, Math.min(count, Math.floor(offset / rowHeight) - overscan)),
    to: Math.min(count, Math.ceil((offset + view) / rowHeight) + overscan + stepRows),
    height: g.physical,
    topOf: (index) => index * rowHeight + shift,
    reveal: (index) => {
      const top = index * rowHeight;
      const at = exact.current.offset;
      if (top < at) moveTo(top);
      else if (top + rowHeight > at + geometry.current.view) moveTo(top + rowHeight - geometry.current.view);
    },
    fits: Math.max(1, Math.floor(view / rowHeight) - 1),
  };
}
