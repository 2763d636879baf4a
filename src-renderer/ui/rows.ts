import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

/** What a DataTable shows: rows by position, most of which are not here yet. */
export interface RowSource<Row> {
  /** Number of rows, or undefined while it is not known. */
  readonly count: number | undefined;
  /** The row at a position, or undefined while it is loading (a skeleton row is drawn). */
  readonly rowAt: (index: number) => Row | undefined;
  /** The table tells which rows it shows; `to` is exclusive. */
  readonly want: (from: number, to: number) => void;
  readonly error: unknown;
  readonly retry: () => void;
}

/** For a list that is wholly in memory. */
export function useRows<Row>(rows: readonly Row[] | undefined): RowSource<Row> {
  return useMemo(() => ({ count: rows?.length, rowAt: (index) => rows?.[index], want: () => undefined, error: null, retry: () => undefined }), [rows]);
}

export interface PagedRowsOptions<Row> {
  /** The query key of the list with its filter and sort: `trpc.suppressions.page.queryKey(filter)`. Live changes of its router refetch the pages in view. */
  readonly key: readonly unknown[];
  readonly count: number | undefined;
  /** `(offset, limit, signal) => client.suppressions.page.query({ ...filter, offset, limit }, { signal })`. Must return at most `limit` rows, in a stable order. */
  readonly fetch: (offset: number, limit: number, signal: AbortSignal) => Promise<readonly Row[]>;
  readonly pageSize?: number;
  /** Of the count, when it failed. */
  readonly error?: unknown;
  readonly onRetry?: () => void;
}

/** A row wanted while the list is flung by is not asked for: pages are fetched once the view rests this long. */
const restMs = 60;
/** Pages kept in memory: 200 pages of 100 rows. */
const keptPages = 200;

/**
 * A window on a list of any length. Fetches the pages in view, gives up those that leave it before they arrive, keeps the last ones seen in TanStack Query's cache.
 */
export function usePagedRows<Row>({ key, count, fetch, pageSize = 100, error, onRetry }: PagedRowsOptions<Row>): RowSource<Row> {
  const client = useQueryClient();
  const [range, setRange] = useState<readonly [number, number]>([0, 1]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const keyText = JSON.stringify(key);
  const pages = useRef<{ readonly keyText: string; readonly rows: Map<number, readonly Row[]> }>({ keyText, rows: new Map() });
  if (pages.current.keyText !== keyText) pages.current = { keyText, rows: new Map() };

  const last = count === undefined ? -1 : Math.ceil(count / pageSize) - 1;
  const wanted: number[] = [];
  for (let page = Math.min(range[0], Math.max(0, last)); page <= Math.min(range[1], last); page++) wanted.push(page);

  const queries = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [...key, { page, pageSize }],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetch(page * pageSize, pageSize, signal),
      staleTime: 30_000,
      gcTime: 60_000,
    })),
  });
  wanted.forEach((page, i) => {
    const data = queries[i]?.data;
    const rows = pages.current.rows;
    if (data === undefined || rows.get(page) === data) return;
    rows.delete(page);
    rows.set(page, data);
    if (rows.size > keptPages) rows.delete(rows.keys().next().value ?? page);
  });

  const want = useCallback(
    (from: number, to: number) => {
      const first = Math.max(0, Math.floor(from / pageSize));
      const end = Math.max(first, Math.floor((to - 1) / pageSize));
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setRange((r) => (r[0] === first && r[1] === end ? r : [first, end])), restMs);
    },
    [pageSize],
  );
  useEffect(() => () => clearTimeout(timer.current), []);

  const failed = queries.find((q) => q.error !== null && q.data === undefined)?.error ?? error ?? null;
  return {
    count,
    rowAt: (index) => pages.current.rows.get(Math.floor(index / pageSize))?.[index % pageSize],
    want,
    error: failed,
    retry: () => {
      onRetry?.();
      void client.refetchQueries({ queryKey: key });
    },
  };
}
