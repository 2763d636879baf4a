import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { pickLimit } from '../../../src-preload/contract/audience.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';

/** The rows behind line keys: `p12` a person's line, `a34` one of their addresses. */
function rowsOf(keys: Iterable<string>, wholePeople: boolean): { people: number[]; addresses: number[] } {
  const people: number[] = [];
  const addresses: number[] = [];
  for (const key of keys) (wholePeople && key.startsWith('p') ? people : addresses).push(Number(key.slice(1)));
  return { people, addresses };
}

const nothing: ReadonlySet<string> = new Set();

/**
 * Lines picked in the list, for one act on all of them. In the list by person a line stands for all addresses of its person. `scope` names the list: another filter
 * or grouping begins with nothing picked.
 */
export function useSelection(scope: string, wholePeople: boolean) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [state, setState] = useState({ scope, selected: nothing });
  const selected = state.scope === scope ? state.selected : nothing;
  const rows = useMemo(() => rowsOf(selected, wholePeople), [selected, wholePeople]);
  const found = useQuery({ ...trpc.audience.addressIds.queryOptions(rows), enabled: selected.size > 0, placeholderData: keepPreviousData });
  return {
    selected,
    /** Lines beyond the limit are not taken; gives whether all were. */
    set: (next: ReadonlySet<string>): boolean => {
      setState({ scope, selected: next.size > pickLimit ? new Set([...next].slice(0, pickLimit)) : next });
      return next.size <= pickLimit;
    },
    clear: () => setState({ scope, selected: nothing }),
    /** Addresses behind the picked lines; undefined while they are counted. */
    addresses: selected.size === 0 ? 0 : found.isPlaceholderData ? undefined : found.data?.length,
    /** The addresses of a line, or of all picked lines when it is one of them. */
    idsFor: (key: string): Promise<number[]> => client.audience.addressIds.query(rowsOf(selected.has(key) ? selected : [key], wholePeople)),
    ids: (): Promise<number[]> => client.audience.addressIds.query(rows),
  };
}
