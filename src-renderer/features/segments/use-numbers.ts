import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { rulesOf, type SegmentTree, treeText } from '../../../src-preload/contract/segment.js';
import type { SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { useTRPC } from '../../api/trpc.js';
import { type Effects, effectsById } from './effects.js';

/** Quiet time before a keystroke is counted: shorter than the eye notices, long enough to skip the middle of a number. */
const quietMs = 80;

/**
 * The numbers beside the rules: the count first, and when it stands, what each rule does and twenty members. An edit aborts the questions about the tree before it
 * (the reader stops at its next slice), and the old numbers stay, marked, until the new ones come.
 */
export function useNumbers(tree: SegmentTree, seed: number, segments: readonly SegmentSummary[] | undefined) {
  const trpc = useTRPC();
  // Equal meaning is the same question, whatever the ids.
  const meaning = treeText(tree);
  const [asked] = useDebouncedValue(meaning, quietMs);
  const input = useMemo(() => ({ tree: JSON.parse(asked) as SegmentTree }), [asked]);
  const live = { trpc: { abortOnUnmount: true }, placeholderData: keepPreviousData } as const;
  const count = useQuery(trpc.segments.count.queryOptions(input, live));
  const stands = count.isSuccess && !count.isFetching;
  const effects = useQuery(trpc.segments.effects.queryOptions(input, { ...live, enabled: stands }));
  const sample = useQuery(trpc.segments.sample.queryOptions({ ...input, seed, size: 20 }, { ...live, enabled: stands }));

  // A segment that this one names got a new version elsewhere: same question, other answer.
  const queryClient = useQueryClient();
  const named = new Set([...rulesOf(tree.root)].flatMap((rule) => (rule.type === 'segment' ? rule.segment : [])));
  const versions = (segments ?? []).filter((segment) => named.has(segment.uid)).map((segment) => `${segment.uid} ${segment.version}`).join();
  const [seen, setSeen] = useState(versions);
  useEffect(() => {
    if (seen === versions) return;
    setSeen(versions);
    void queryClient.invalidateQueries({ queryKey: trpc.segments.count.queryKey() });
    void queryClient.invalidateQueries({ queryKey: trpc.segments.effects.queryKey() });
  }, [queryClient, seen, trpc, versions]);

  const pending = asked !== meaning || !stands;
  // Numbers are joined to the tree they were counted for; nodes keep their ids while they are edited, so the old numbers stay at their rows.
  const current = !pending && !effects.isPlaceholderData && effects.data !== undefined;
  const [joined, setJoined] = useState<Omit<Effects, 'stale'>>({ everyone: undefined, of: new Map() });
  useEffect(() => {
    if (current && effects.data) setJoined({ everyone: effects.data.everyone.people, of: effectsById(tree, effects.data) });
    // `tree` is the one of `meaning`: when only ids differ, the numbers must be joined to the new ids.
  }, [current, effects.data, tree]);
  return { count, sample, pending, effects: { ...joined, stale: !current } };
}
