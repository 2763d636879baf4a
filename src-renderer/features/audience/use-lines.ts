import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { AudienceRow } from '../../../src-preload/contract/audience.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { type RowSource, usePagedRows } from '../../ui/index.js';
import type { List } from './use-list.js';

/** One line of the table: a person by one of their addresses, or, below an opened person, each of the addresses. */
export interface Line {
  readonly key: string;
  readonly row: AudienceRow;
  /** `closed` and `open`: a person with several addresses; `single`: an address that stands for itself; `part`: an address below its person. */
  readonly kind: 'closed' | 'open' | 'single' | 'part';
}

interface Opened {
  /** The id in the list that stands for the person, and where it stands. */
  readonly lead: number;
  readonly at: number;
  readonly user: number;
  readonly addresses: number;
}

/** Most address lines below one person; nobody scrolls through more. */
const mostParts = 500;

/** Positions of the table to positions of the list, with opened persons' addresses in between. `opened` is in order of `at`. */
export function placeAt(index: number, opened: readonly Pick<Opened, 'at' | 'addresses'>[]): { readonly at: number; readonly part: number; readonly of: number } {
  let before = 0;
  for (const [i, one] of opened.entries()) {
    const line = one.at + before;
    if (index <= line) break;
    if (index <= line + one.addresses) return { at: one.at, part: index - line - 1, of: i };
    before += one.addresses;
  }
  return { at: index - before, part: -1, of: -1 };
}

export interface Lines extends RowSource<Line> {
  /** Opens or closes a person. */
  readonly toggle: (row: AudienceRow) => void;
  /** The key of the line at a position, also of one that is not loaded. */
  readonly keyAt: (index: number) => string | undefined;
}

/** The table's rows out of a list: pages of it are fetched as they come into view, persons can be opened in place. */
export function useLines(list: List | undefined, group: 'people' | 'addresses', failure: { readonly error: unknown; readonly retry: () => void }): Lines {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [openUsers, setOpenUsers] = useState<ReadonlyMap<number, { readonly lead: number; readonly addresses: number }>>(new Map());
  const opened = useMemo((): readonly Opened[] => {
    if (!list || group !== 'people') return [];
    return [...openUsers]
      .map(([user, { lead, addresses }]) => ({ user, lead, addresses, at: list.ids.indexOf(lead) }))
      .filter((one) => one.at >= 0)
      .sort((a, b) => a.at - b.at);
  }, [openUsers, list, group]);
  const extra = opened.reduce((sum, one) => sum + one.addresses, 0);

  const paged = usePagedRows<AudienceRow | null>({
    key: [...trpc.audience.rows.queryKey(), { commit: list?.commit, rows: list?.rows, first: list?.ids[0], last: list?.ids.at(-1) }],
    count: list?.rows,
    fetch: (offset, limit, signal) => client.audience.rows.query({ ids: [...(list?.ids.subarray(offset, offset + limit) ?? [])] }, { signal }),
    error: failure.error,
    onRetry: failure.retry,
  });
  const parts = useQueries({ queries: opened.map((one) => trpc.audience.addressesOf.queryOptions({ user: one.user })) });

  // Rows of the list before this one stand in while the pages of a new list are on their way: nothing flickers at a commit.
  const known = useRef(new Map<number, AudienceRow>());
  const leadAt = (at: number): AudienceRow | undefined => {
    const id = list?.ids[at];
    if (id === undefined) return undefined;
    const row = paged.rowAt(at);
    if (row) {
      if (known.current.size > 20_000) known.current.clear();
      known.current.set(id, row);
      return row;
    }
    return row === null ? undefined : known.current.get(id);
  };

  const toggle = useCallback((row: AudienceRow) => {
    const { person, id } = row;
    if (!person) return;
    setOpenUsers((before) => {
      const after = new Map(before);
      if (!after.delete(person.id)) after.set(person.id, { lead: id, addresses: Math.min(person.addresses, mostParts) });
      return after;
    });
  }, []);

  return {
    count: list === undefined ? undefined : list.rows + extra,
    rowAt: (index) => {
      const { at, part, of } = placeAt(index, opened);
      if (part >= 0) {
        const row = parts[of]?.data?.[part];
        return row && { key: `a${row.id}`, row, kind: 'part' };
      }
      const row = leadAt(at);
      if (!row) return undefined;
      const several = group === 'people' && row.person !== undefined && row.person.addresses > 1;
      return { key: `p${row.id}`, row, kind: !several ? 'single' : opened.some((one) => one.lead === row.id) ? 'open' : 'closed' };
    },
    keyAt: (index) => {
      const { at, part, of } = placeAt(index, opened);
      const id = part >= 0 ? parts[of]?.data?.[part]?.id : list?.ids[at];
      return id === undefined ? undefined : `${part >= 0 ? 'a' : 'p'}${id}`;
    },
    want: (from, to) => paged.want(placeAt(from, opened).at, placeAt(Math.max(from, to - 1), opened).at + 1),
    error: paged.error,
    retry: paged.retry,
    toggle,
  };
}
