import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AudienceCount } from '../../../src-preload/contract/common.js';
import type { SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { useTRPC } from '../../api/trpc.js';

/**
 * Counts of stored segments, one after the other in the order of the list: forty scans at once would keep the readers from everything else. A finished count is kept
 * until people or segments change.
 */
export function useListCounts(segments: readonly SegmentSummary[] | undefined): ReadonlyMap<string, AudienceCount | 'failed'> {
  const trpc = useTRPC();
  const all = useMemo(() => segments ?? [], [segments]);
  const queries = useQueries({
    queries: all.map((segment) => trpc.segments.countOf.queryOptions({ uid: segment.uid }, { enabled: false, staleTime: Number.POSITIVE_INFINITY, trpc: { abortOnUnmount: true } })),
  });
  // The first that has no answer, or an old one, is asked now.
  const next = queries.findIndex((query) => !query.isError && (query.data === undefined || query.isStale));
  const uid = next < 0 ? undefined : all[next]?.uid;
  useQuery(trpc.segments.countOf.queryOptions({ uid: uid ?? '' }, { enabled: uid !== undefined, staleTime: Number.POSITIVE_INFINITY, trpc: { abortOnUnmount: true } }));
  return new Map(
    all.flatMap((segment, index): [string, AudienceCount | 'failed'][] => {
      const query = queries[index];
      return query?.data ? [[segment.uid, query.data]] : query?.isError ? [[segment.uid, 'failed']] : [];
    }),
  );
}
