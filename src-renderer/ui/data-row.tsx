import { Checkbox } from '@mantine/core';
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
  readonly onPick: () => void;
  readonly onPress: () => void;
  readonly onOpen: () => void;
  /** Answers whether a menu opens, so that the browser's own stays away. */
  readonly onMenu: (x: number, y: number) => boolean;
}

/** One row of a DataTable, or its skeleton while the row is on its way. */
export function DataRow<Row>(props: DataRowProps<Row>) {
  const { row, index, picked } = props;
  return (
    <div
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={picked ?? props.active}
      tabIndex={props.focusable ? 0 : -1}
      className={`${classes.row} ${props.active ? classes.active : ''} ${picked ? classes.picked : ''}`}
      style={{ top: props.top, gridTemplateColumns: props.template }}
      onClick={(event) => {
        // A link, button or box inside the row does its own work.
        if (event.target instanceof Element && event.target.closest('a, button, input, label') !== null) return;
        props.onPress();
      }}
      onDoubleClick={props.onOpen}
      onContextMenu={(event) => {
        if (props.onMenu(event.clientX, event.clientY)) event.preventDefault();
      }}
    >
      {picked !== undefined && (
        <div role="gridcell" className={classes.check}>
          {row !== undefined && <Checkbox checked={picked} onChange={props.onPick} tabIndex={-1} aria-label={`Select row ${index + 1}`} />}
        </div>
      )}
      {props.columns.map((column) => (
        <div key={column.id} role="gridcell" className={`${classes.cell} ${column.align === 'end' ? classes.cellEnd : ''}`}>
          {row === undefined ? <div className={classes.bone} aria-hidden /> : column.cell(row, index)}
        </div>
      ))}
    </div>
  );
}
