import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { AudienceListInput } from '../../../src-preload/contract/audience.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { decodeIds } from './ids.js';

/** The list is not made anew more often than this, nor more than a fifth of the time it takes to make. */
const leastRestMs = 1000;

/**
 * Who is in the list and in which order. A commit makes an ordinary query stale at once; a list of a million takes a second to make, so it follows changes at its own
 * pace: a tiny query tells the newest commit, and the list is asked again after a rest.
 */
export function useList({ filter, sort, group }: AudienceListInput) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const took = useRef(0);
  const key = useMemo(() => ['audience-list', { filter, sort, group }] as const, [filter, sort, group]);
  const stamp = useQuery(trpc.audience.stamp.queryOptions());
  const list = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const begun = performance.now();
      const { ids, ...rest } = await client.audience.list.query({ filter, sort, group }, { signal });
      took.current = performance.now() - begun;
      return { ids: decodeIds(ids), ...rest };
    },
    placeholderData: keepPreviousData,
    // The ids are bytes: comparing two lists value by value would cost more than drawing.
    structuralSharing: false,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const behind = !list.isFetching && list.data !== undefined && stamp.data !== undefined && stamp.data.commit > list.data.commit;
  useEffect(() => {
    if (!behind) return;
    const timer = setTimeout(() => void queries.refetchQueries({ queryKey: key, exact: true }), Math.max(leastRestMs, 5 * took.current));
    return () => clearTimeout(timer);
  }, [behind, queries, key]);
  return list;
}

export type List = NonNullable<ReturnType<typeof useList>['data']>;
