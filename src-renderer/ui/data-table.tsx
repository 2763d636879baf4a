import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import { columnVisibilityFeature, type ColumnVisibilityState, tableFeatures, useTable } from '@tanstack/react-table';
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { fittingColumns, leastWidth, useSideways } from './column-fit.js';
import classes from './data-table.module.css';
import { DataRow } from './data-row.js';
import type { Column, DataTableProps } from './data-table.types.js';
import { useKeys } from './keys.js';
import { useRowWindow } from './row-window.js';
import { ErrorState } from './states.js';

export type { Column, DataTableProps, RowAction, Selection, Sort } from './data-table.types.js';

const rowHeight = 30;
const headHeight = 28;
const features = tableFeatures({ columnVisibilityFeature });

/** Beside the columns: the room before them, and behind them that of the column chooser (data-table.module.css says the same). */
const edgesPx = 16 + 36;
const pickPx = 28;

function track<Row>(column: Column<Row>): string {
  return column.width === undefined ? `minmax(${leastWidth(column)}px, ${column.grow ?? 1}fr)` : `${column.width}px`;
}

/** Which columns a person hid, kept in the window's storage under the table's id. */
function useHiddenColumns<Row>(id: string, columns: readonly Column<Row>[]) {
  const storageKey = `heliograph:columns:${id}`;
  const [visibility, setVisibility] = useState<ColumnVisibilityState>(() => {
    const kept = new Set((localStorage.getItem(storageKey) ?? columns.filter((c) => c.hidden).map((c) => c.id).join(',')).split(','));
    return Object.fromEntries(columns.map((c) => [c.id, !kept.has(c.id)]));
  });
  const change = (next: ColumnVisibilityState) => {
    setVisibility(next);
    localStorage.setItem(
      storageKey,
      Object.entries(next)
        .filter(([, shown]) => !shown)
        .map(([column]) => column)
        .join(','),
    );
  };
  return [visibility, change] as const;
}

/**
 * The list of every screen: full height, 30 px rows, only the rows in view exist. Arrows or J and K move, PageUp, PageDown, Home, End jump, Enter opens,
 * Space selects, the letters of `actions` act on the focused row, a right click shows them. Rows come from a `RowSource` (`useRows`, `usePagedRows`).
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, columns, rowKey, sort, onSort, onActive, onOpen, selection, actions = noActions } = props;
  const count = rows.count ?? 0;
  const scroller = useRef<HTMLDivElement>(null);
  const failed = rows.error !== null && rows.error !== undefined && rows.count === undefined;
  const present = !failed && !(rows.count === 0 && props.empty !== undefined);
  const window_ = useRowWindow(scroller, rows.count ?? 24, rowHeight, headHeight, present);
  const [active, setActive] = useState(0);
  const moved = useRef(false);
  const [menu, setMenu] = useState<{ x: number; y: number; index: number } | undefined>(undefined);
  const [visibility, setVisibility] = useHiddenColumns(props.id, columns);

  const defs = useMemo(() => columns.map((c) => ({ id: c.id, header: c.header, enableHiding: c.hideable ?? true })), [columns]);
  const table = useTable({
    features,
    columns: defs,
    data: noData,
    state: { columnVisibility: visibility },
    onColumnVisibilityChange: (update) => setVisibility(typeof update === 'function' ? update(visibility) : update),
  });
  const byId = useMemo(() => new Map(columns.map((c) => [c.id, c])), [columns]);
  const sideways = useSideways(scroller, present);
  const room = sideways.width - edgesPx - (selection ? pickPx : 0);
  const visible = table.getVisibleLeafColumns();
  // The same array while nothing changes, so that rows need not be drawn again.
  const shown = useMemo(() => fittingColumns(visible.flatMap((c) => byId.get(c.id) ?? []), room), [visible, byId, room]);
  const template = [...(selection ? [`${pickPx}px`] : []), ...shown.map(track)].join(' ');
  // Not max-content, which grows every share with the widest: the table scrolls sideways only once its least widths do not fit.
  const minWidth = edgesPx + (selection ? pickPx : 0) + shown.reduce((sum, column) => sum + leastWidth(column), 0);

  const { want } = rows;
  const { from, to } = window_;
  useEffect(() => want(from, to), [want, from, to]);

  const cursor = Math.min(active, Math.max(0, count - 1));
  // Focus follows the cursor only after a person moved it; it never jumps to a table by itself.
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${cursor}"]`)?.focus({ preventScroll: true });
  }, [cursor]);

  const go = (index: number) => {
    if (count === 0) return;
    const next = Math.max(0, Math.min(count - 1, index));
    moved.current = true;
    window_.reveal(next);
    setActive(next);
    const row = rows.rowAt(next);
    if (row !== undefined) onActive?.(row, next);
    if (next === cursor) scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true });
  };
  // Where a range begins: the row picked last, or the one the cursor was on.
  const anchor = useRef<number | undefined>(undefined);
  const keyAt = (index: number): string | undefined => {
    const row = rows.rowAt(index);
    return row === undefined ? selection?.keyAt?.(index) : rowKey(row);
  };
  /** The cursor goes along with the picking, without opening anything. */
  const stand = (index: number) => {
    anchor.current = index;
    if (index === cursor) return;
    moved.current = true;
    setActive(index);
  };
  const toggle = (index: number) => {
    const key = keyAt(index);
    if (!selection || key === undefined) return;
    const next = new Set(selection.selected);
    if (!next.delete(key)) next.add(key);
    stand(index);
    selection.onChange(next);
  };
  const pickRange = (index: number) => {
    if (!selection) return;
    const start = anchor.current ?? cursor;
    const step = index < start ? -1 : 1;
    const next = new Set(selection.selected);
    for (let at = start; at !== index + step; at += step) {
      const key = keyAt(at);
      if (key !== undefined) next.add(key);
    }
    stand(index);
    selection.onChange(next);
  };
  const act = (key: string, index: number): boolean => {
    const row = rows.rowAt(index);
    const action = actions.find((a) => a.key === key);
    if (!action || row === undefined || action.when?.(row) === false) return false;
    action.run(row, index);
    return true;
  };
  const open = (index: number) => {
    const row = rows.rowAt(index);
    if (row !== undefined) onOpen?.(row, index);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const onRow = event.target instanceof HTMLElement && (event.target.dataset['index'] !== undefined || event.target === scroller.current);
    if (event.ctrlKey || event.metaKey || event.altKey || !onRow) return;
    const handled = ((): boolean => {
      switch (event.key) {
        case 'ArrowDown':
        case 'j':
          return (go(cursor + 1), true);
        case 'ArrowUp':
        case 'k':
          return (go(cursor - 1), true);
        case 'PageDown':
          return (go(cursor + window_.fits), true);
        case 'PageUp':
          return (go(cursor - window_.fits), true);
        case 'Home':
          return (go(0), true);
        case 'End':
          return (go(count - 1), true);
        case 'Enter':
          return (open(cursor), true);
        case ' ':
          return event.shiftKey ? (pickRange(cursor), true) : (toggle(cursor), true);
        case 'Escape':
          if (!selection || selection.selected.size === 0) return false;
          return (selection.onChange(new Set()), true);
        default:
          return act(event.key.toLowerCase(), cursor);
      }
    })();
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  useKeys(props.label, [
    { key: 'j', label: 'Next row (or arrow down)', run: () => go(cursor + 1) },
    { key: 'k', label: 'Previous row (or arrow up)', run: () => go(cursor - 1) },
    ...(onOpen ? [{ key: 'Enter', label: 'Open the row', help: true }] : []),
    ...(selection
      ? [
          { key: 'Space', label: 'Select the row (or Ctrl and click)', help: true },
          { key: 'Shift Space', label: 'Select up to the row (or Shift and click)', help: true },
        ]
      : []),
    ...actions.map((a) => ({ key: a.key, label: a.label, help: true })),
  ]);

  const drawn: number[] = [];
  for (let i = from; i < to; i++) drawn.push(i);
  // The row with the focus stays in the page when it is scrolled away, so that focus is not lost.
  const strayed = count > 0 && (cursor < from || cursor >= to);
  // As many places as rows in view: a row that comes into view takes over the element of one that left.
  const slots = Math.max(1, to - from);
  const stray = strayed ? [cursor] : [];

  // An element taken over by another row must not keep the focus of the cursor's row.
  useLayoutEffect(() => {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || focused.dataset['index'] === undefined || !scroller.current?.contains(focused)) return;
    if (focused.dataset['index'] !== String(cursor)) scroller.current.querySelector<HTMLElement>(`[data-index="${cursor}"]`)?.focus({ preventScroll: true });
  }, [cursor, from, to]);

  const rowUnder = (event: MouseEvent): number | undefined => {
    const index = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]')?.dataset['index'] : undefined;
    return index === undefined ? undefined : Number(index);
  };
  const onClick = (event: MouseEvent) => {
    const index = rowUnder(event);
    if (index === undefined || !(event.target instanceof Element)) return;
    if (selection && event.shiftKey) return pickRange(index);
    if (event.target.closest('[data-pick]') !== null || (selection && (event.ctrlKey || event.metaKey))) return toggle(index);
    // A link, button or box inside the row does its own work.
    if (event.target.closest('a, button, input, label') !== null) return;
    go(index);
    if (!onActive) open(index);
  };
  // Shift and a click picks rows; it must not mark their text.
  const onMouseDown = (event: MouseEvent) => {
    if (selection && event.shiftKey) event.preventDefault();
  };
  const onDoubleClick = (event: MouseEvent) => {
    const index = rowUnder(event);
    if (index !== undefined && onActive) open(index);
  };
  const onContextMenu = (event: MouseEvent) => {
    const index = rowUnder(event);
    if (index === undefined || (actions.length === 0 && !onOpen)) return;
    event.preventDefault();
    go(index);
    setMenu({ x: event.clientX, y: event.clientY, index });
  };
  const menuRow = menu && rows.rowAt(menu.index);

  if (rows.count === 0 && props.empty !== undefined) return <>{props.empty}</>;
  if (failed) return <ErrorState error={rows.error} onRetry={() => rows.retry()} />;
  return (
    <div className={classes.wrap} data-more={sideways.more || undefined}>
      {rows.error !== null && rows.error !== undefined && <ErrorState error={rows.error} onRetry={() => rows.retry()} />}
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.count === undefined ? -1 : rows.count + 1}
        aria-colcount={shown.length + (selection ? 1 : 0)}
        aria-busy={rows.count === undefined}
        aria-multiselectable={selection !== undefined}
        tabIndex={count === 0 ? 0 : -1}
        onKeyDown={onKeyDown}
      >
        <div style={{ minWidth }}>
          <div className={classes.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns: `${template} 36px` }}>
            {selection && (
              <div role="columnheader" className={classes.headCell}>
                <span className="h-visually-hidden">Selected</span>
              </div>
            )}
            {shown.map((column) => {
              const sorted = sort?.column === column.id ? (sort.descending ? 'descending' : 'ascending') : undefined;
              return (
                <div key={column.id} role="columnheader" aria-sort={sorted ?? (column.sortable ? 'none' : undefined)} className={`${classes.headCell} ${column.align === 'end' ? classes.end : ''}`}>
                  {column.sortable && onSort ? (
                    <button type="button" className={classes.sort} onClick={() => onSort({ column: column.id, descending: sorted === 'ascending' })}>
                      {column.header}
                      {sorted === 'ascending' && <IconArrowUp size={12} aria-hidden />}
                      {sorted === 'descending' && <IconArrowDown size={12} aria-hidden />}
                    </button>
                  ) : (
                    column.header
                  )}
                </div>
              );
            })}
            <div role="columnheader" className={classes.columns}>
              <Menu closeOnItemClick={false}>
                <Menu.Target>
                  <ActionIcon size={22} aria-label="Choose columns">
                    <IconColumns3 size={14} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  {table
                    .getAllLeafColumns()
                    .filter((c) => c.getCanHide())
                    .map((c) => (
                      <Menu.Item key={c.id} role="menuitemcheckbox" aria-checked={c.getIsVisible()} onClick={() => c.toggleVisibility()} leftSection={<Checkbox readOnly tabIndex={-1} aria-hidden checked={c.getIsVisible()} />} rightSection={c.getIsVisible() && !shown.some((one) => one.id === c.id) ? <span className="h-text-3">no room</span> : undefined}>
                        {byId.get(c.id)?.header}
                      </Menu.Item>
                    ))}
                </Menu.Dropdown>
              </Menu>
            </div>
          </div>
          <div className={classes.body} role="rowgroup" style={{ height: window_.height }} onClick={onClick} onDoubleClick={onDoubleClick} onMouseDown={onMouseDown} onContextMenu={onContextMenu}>
            {[...drawn, ...stray].map((index, place) => {
              const row = rows.rowAt(index);
              const key = row === undefined ? undefined : rowKey(row);
              return (
                <DataRow
                  key={place < drawn.length ? index % slots : 'stray'}
                  index={index}
                  top={window_.topOf(index)}
                  row={row}
                  columns={shown}
                  template={template}
                  focusable={index === cursor && count > 0}
                  active={props.activeKey !== undefined && key === props.activeKey}
                  picked={selection === undefined ? undefined : key !== undefined && selection.selected.has(key)}
                />
              );
            })}
          </div>
        </div>
      </div>
      {menu && menuRow !== undefined && (
        <Menu opened onClose={() => setMenu(undefined)} position="bottom-start" returnFocus>
          <Menu.Target>
            <span style={{ position: 'fixed', left: menu.x, top: menu.y }} />
          </Menu.Target>
          <Menu.Dropdown>
            {onOpen && (
              <Menu.Item rightSection={<kbd className="h-key">Enter</kbd>} onClick={() => open(menu.index)}>
                Open
              </Menu.Item>
            )}
            {actions
              .filter((a) => a.when?.(menuRow) !== false)
              .map((a) => (
                <Menu.Item key={a.key} color={a.danger ? 'red' : undefined} rightSection={<kbd className="h-key">{a.key.toUpperCase()}</kbd>} onClick={() => act(a.key, menu.index)}>
                  {a.label}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}

const noActions: readonly never[] = [];
const noData: never[] = [];
