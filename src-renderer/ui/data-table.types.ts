import type { ReactNode } from 'react';
import type { RowSource } from './rows.js';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row, index: number) => ReactNode;
  /** Fixed width in px; without it the column takes a share of what is left. */
  readonly width?: number;
  /** Share of the rest (default 1) and least width in px (default 90), for columns without `width`. */
  readonly grow?: number;
  readonly minWidth?: number;
  /** Numbers and times stand at the end. */
  readonly align?: 'start' | 'end';
  readonly sortable?: boolean;
  /** False: cannot be hidden (the name). Default true. */
  readonly hideable?: boolean;
  /** Gives way when the table is too narrow for all columns; the lowest number goes first. Without it the column stays, and the table scrolls sideways. */
  readonly yields?: number;
  /** True: hidden until somebody shows it. */
  readonly hidden?: boolean;
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** A single key on the focused row and an entry of its context menu. */
export interface RowAction<Row> {
  /** One character: `e`. */
  readonly key: string;
  readonly label: string;
  readonly run: (row: Row, index: number) => void;
  readonly danger?: boolean;
  readonly when?: (row: Row) => boolean;
}

/** Rows picked by Space, Ctrl and Shift with a click, or their box. */
export interface Selection {
  readonly selected: ReadonlySet<string>;
  /** The key of a row that is not loaded, so that a range can reach over rows nobody has seen. Without it a range takes those that are loaded. */
  readonly keyAt?: (index: number) => string | undefined;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}

export interface DataTableProps<Row> {
  /** Names the table for screen readers, and its hidden columns across restarts. */
  readonly label: string;
  readonly id: string;
  readonly rows: RowSource<Row>;
  readonly columns: readonly Column<Row>[];
  /** A key that stays with the record, not the position. */
  readonly rowKey: (row: Row) => string;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  /** The cursor came to a row: show it in the detail panel. */
  readonly onActive?: (row: Row, index: number) => void;
  /** Enter or double click; a single click too when there is no `onActive`. */
  readonly onOpen?: (row: Row, index: number) => void;
  /** The key of the record shown in the panel, drawn as selected. */
  readonly activeKey?: string;
  readonly selection?: Selection;
  readonly actions?: readonly RowAction<Row>[];
  /** What to show when there is no row: an `<EmptyState>`. */
  readonly empty?: ReactNode;
}
