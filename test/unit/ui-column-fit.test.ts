import { expect, it } from 'vitest';
import { fittingColumns } from '../../src-renderer/ui/column-fit.js';
import type { Column } from '../../src-renderer/ui/data-table.types.js';

const column = (id: string, width: number, yields?: number): Column<string> => ({ id, header: id, cell: () => null, width, ...(yields === undefined ? {} : { yields }) });

it('lets columns go in their order, only as many as the others need, and never one that does not yield', () => {
  const columns = [column('name', 200), column('rows', 100, 2), column('when', 100, 1), column('state', 100)];
  const ids = (room: number) => fittingColumns(columns, room).map(({ id }) => id).join(' ');
  expect(ids(500)).toBe('name rows when state');
  expect(ids(499)).toBe('name rows state');
  expect(ids(400)).toBe('name rows state');
  expect(ids(399)).toBe('name state');
  expect(ids(10)).toBe('name state');
  expect(ids(Number.POSITIVE_INFINITY)).toBe('name rows when state');
});
