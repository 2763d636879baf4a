import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AudienceCount } from '../../../src-preload/contract/common.js';
import type { SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { useTRPC } from '../../api/trpc.js';

/**
 * Counts of stored segments, one after the other in the order of the list: forty scans at once would keep the readers from everything else. A finished count is kept
 * until people or segments change.
 */
export function useListCounts({ data: segments, dataUpdatedAt: _renderAgain }: { readonly data: readonly SegmentSummary[] | undefined; readonly dataUpdatedAt: number }): ReadonlyMap<string, AudienceCount | 'failed'> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const all = useMemo(() => segments ?? [], [segments]);
  const queries = useQueries({
    queries: all.map((segment) => trpc.segments.countOf.queryOptions({ uid: segment.uid }, { enabled: false, staleTime: Number.POSITIVE_INFINITY, trpc: { abortOnUnmount: true } })),
  });
  // The first that has no answer, or one that a commit has overtaken, is asked now. A disabled query never calls itself stale, so its state is looked up; every such
  // commit refreshes the list too, which is why the caller hands over `dataUpdatedAt`: it renders this again.
  const overtaken = (uid: string) => queryClient.getQueryState(trpc.segments.countOf.queryKey({ uid }))?.isInvalidated === true;
  const next = all.findIndex(({ uid }, index) => queries[index]?.isError === false && (queries[index].data === undefined || overtaken(uid)));
  const uid = next < 0 ? undefined : all[next]?.uid;
  useQuery(trpc.segments.countOf.queryOptions({ uid: uid ?? '' }, { enabled: uid !== undefined, staleTime: Number.POSITIVE_INFINITY, trpc: { abortOnUnmount: true } }));
  return new Map(
    all.flatMap((segment, index): [string, AudienceCount | 'failed'][] => {
      const query = queries[index];
      return query?.data ? [[segment.uid, query.data]] : query?.isError ? [[segment.uid, 'failed']] : [];
    }),
  );
}
