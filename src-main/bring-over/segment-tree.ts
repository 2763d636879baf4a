import type { BringOverNote } from '../../src-preload/contract/bring-over.js';
import { type GroupMatch, pruned, type SegmentGroup, type SegmentNode, segmentTree, type SegmentTree, treeText } from '../../src-preload/contract/segment.js';
import { dimensionRules } from './dimensions.js';
import { CannotCarry, note } from './note.js';
import type { PinpointGroup, PinpointSegment } from './pinpoint.js';

/** A segment that others build on: `versions` maps Pinpoint's version numbers to ours. */
export interface KnownSegment {
  readonly uid: string;
  readonly name: string;
  readonly imported: boolean;
  readonly versions: ReadonlyMap<number, number>;
}
/** Throws `CannotCarry` where the segment is not there. */
export type FindSegment = (id: string) => KnownSegment;

const matches: Readonly<Record<'ALL' | 'ANY' | 'NONE', GroupMatch>> = { ALL: 'all', ANY: 'any', NONE: 'none' };

/** `of` joined by `match`, without groups that only wrap. */
function joined(match: GroupMatch, of: readonly SegmentNode[]): SegmentNode[] {
  if (of.length === 0) return [];
  if (of.length === 1 && match !== 'none') return [...of];
  return [{ type: 'group', match, of: [...of] }];
}

const all = (nodes: readonly SegmentNode[]): SegmentNode[] => joined('all', nodes);

function groupNode(group: PinpointGroup, find: FindSegment, notes: BringOverNote[]): SegmentNode[] {
  const sources = (group.SourceSegments ?? []).map(({ Id, Version }): SegmentNode => {
    const known = find(Id);
    const version = Version === undefined || known.imported ? undefined : known.versions.get(Version);
    if (Version !== undefined && version === undefined && !known.imported) notes.push(note('source_newest', { name: known.name, version: Version }));
    return { type: 'segment', op: 'in', segment: known.uid, ...(version === undefined ? {} : { version }) };
  });
  const blocks = (group.Dimensions ?? []).map(dimensionRules).flatMap(all);
  if (group.Type === undefined && blocks.length > 1) notes.push(note('type_assumed', { part: 'Type' }));
  if (group.SourceType === undefined && sources.length > 1) notes.push(note('type_assumed', { part: 'SourceType' }));
  return all([...flat(joined(matches[group.SourceType ?? 'ALL'], sources)), ...flat(joined(matches[group.Type ?? 'ALL'], blocks))]);
}

/** What is joined by ALL already needs no group of its own under another ALL. */
const flat = (nodes: readonly SegmentNode[]): SegmentNode[] => nodes.flatMap((node) => (node.type === 'group' && node.match === 'all' ? node.of : [node]));

const rootOf = (nodes: readonly SegmentNode[]): SegmentGroup => {
  const [only, ...more] = nodes;
  return only?.type === 'group' && more.length === 0 ? only : { type: 'group', match: 'all', of: [...nodes] };
};

/**
 * The rules of a dimensional segment. Throws `CannotCarry` where any criterion has no counterpart: a segment without one of its criteria would hold people that it never held.
 */
export function segmentRules(segment: PinpointSegment, find: FindSegment): { tree: SegmentTree; notes: BringOverNote[] } {
  const notes: BringOverNote[] = [];
  const groups = segment.SegmentGroups?.Groups ?? [];
  if (groups.length > 1 && segment.SegmentGroups?.Include === undefined) notes.push(note('type_assumed', { part: 'Include' }));
  const grouped = joined(matches[segment.SegmentGroups?.Include ?? 'ALL'], groups.flatMap((group) => groupNode(group, find, notes)));
  const plain = all(dimensionRules(segment.Dimensions ?? {}));
  const tree = (nodes: readonly SegmentNode[]): SegmentTree => ({ format: 1, root: pruned(rootOf(nodes)) ?? { type: 'group', match: 'all', of: [] } });
  // Responses repeat a single block in both forms.
  const oneForm = grouped.length === 0 || plain.length === 0 || treeText(tree(grouped)) === treeText(tree(plain));
  if (!oneForm) notes.push(note('both_forms'));
  const parsed = segmentTree.safeParse(tree(oneForm ? (grouped.length > 0 ? grouped : plain) : [...flat(grouped), ...flat(plain)]));
  if (!parsed.success) throw new CannotCarry(note('too_big'));
  return { tree: parsed.data, notes };
}
