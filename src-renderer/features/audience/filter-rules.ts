import type { AudienceFilter } from '../../../src-preload/contract/audience.js';
import type { DateTest, SegmentRule, SegmentTree } from '../../../src-preload/contract/segment.js';

/** A filter of the list as rules of a segment, and what no rule can say. */
export interface FilterRules {
  readonly tree: SegmentTree;
  /** In words, as in a sentence: `the search text`. */
  readonly left: readonly string[];
}

const dayMs = 86_400_000;

/** Whole days of UTC stay days, so that the rule reads as the filter did; everything else is an instant. */
function dateTest({ from, to }: NonNullable<AudienceFilter['created']>): DateTest | undefined {
  const days = [from, to].every((at) => at === undefined || at % dayMs === 0);
  const text = (at: number) => (days ? new Date(at).toISOString().slice(0, 10) : new Date(at).toISOString());
  // A filter holds from its first instant until just before its last; "after" and "between" speak of what is beyond or included.
  const step = days ? dayMs : 1;
  if (from !== undefined && to !== undefined) return { op: 'between', from: text(from), to: text(to - step) };
  if (from !== undefined) return { op: 'after', date: text(from - step) };
  return to === undefined ? undefined : { op: 'before', date: text(to) };
}

/** The same people as rules. The suppression list is not a rule: a campaign asks it at every send, whoever is in its segment. */
export function filterRules(filter: AudienceFilter): FilterRules {
  const of: SegmentRule[] = [];
  const left: string[] = [];
  if (filter.text) left.push('the search text');
  if (filter.channels?.length) of.push({ type: 'channel', op: 'in', values: filter.channels });
  if (filter.contact === 'opted_out') of.push({ type: 'optOut', optedOut: true });
  else if (filter.contact !== undefined) left.push('whether we may contact');
  if (filter.countries?.length) of.push({ type: 'location', field: 'Country', test: { op: 'is', values: filter.countries } });
  if (filter.active !== undefined) of.push({ type: 'status', active: filter.active });
  if (filter.neverSeen !== undefined) of.push({ type: 'lastSeen', test: { op: filter.neverSeen ? 'never' : 'ever' } });
  const seen = filter.seen && dateTest(filter.seen);
  if (seen) of.push({ type: 'lastSeen', test: seen });
  const created = filter.created && dateTest(filter.created);
  if (created) of.push({ type: 'created', test: created });
  if (filter.segment !== undefined) of.push({ type: 'segment', op: 'in', segment: filter.segment });
  return { tree: { format: 1, root: { type: 'group', match: 'all', of } }, left };
}
