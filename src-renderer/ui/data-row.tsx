import { memo } from 'react';
import classes from './data-table.module.css';
import type { Column } from './data-table.types.js';

export interface DataRowProps<Row> {
  readonly index: number;
  readonly top: number;
  readonly row: Row | undefined;
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly focusable: boolean;
  readonly active: boolean;
  /** undefined: the table has no selection column. */
  readonly picked: boolean | undefined;
}

function PlainRow<Row>({ row, index, top, columns, template, focusable, active, picked }: DataRowProps<Row>) {
  return (
    <div
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={picked ?? active}
      tabIndex={focusable ? 0 : -1}
      className={`${classes.row} ${active ? classes.active : ''} ${picked ? classes.picked : ''}`}
      style={{ top, gridTemplateColumns: template }}
    >
      {picked !== undefined && (
        <div role="gridcell" className={classes.check}>
          {/* The table listens: rows have no handlers of their own. A native box, because fifty of them are drawn anew while one scrolls. */}
          {row !== undefined && <input type="checkbox" data-pick className={classes.box} checked={picked} readOnly tabIndex={-1} aria-label={`Select row ${index + 1}`} />}
        </div>
      )}
      {columns.map((column) => (
        <div key={column.id} role="gridcell" className={`${classes.cell} ${column.align === 'end' ? classes.cellEnd : ''}`}>
          {row === undefined ? <div className={classes.bone} aria-hidden /> : column.cell(row, index)}
        </div>
      ))}
    </div>
  );
}

/** One row of a DataTable, or its skeleton while the row is on its way. Drawn again only when something of it changed. */
export const DataRow = memo(PlainRow) as typeof PlainRow;
