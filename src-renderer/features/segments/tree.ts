import { segmentDraw, type SegmentGroup, type SegmentNode, segmentRule, type SegmentRule, type SegmentTree, segmentLimits } from '../../../src-preload/contract/segment.js';

/**
 * The builder's draft: a tree whose every node has an id. Rules may be unfinished (no values yet, no number): they are shown, not counted and not stored.
 */
export type Draft = SegmentTree;

let made = 0;
/** Unique within the window; the random part keeps ids of two windows apart. */
const newId = () => `n${(made++).toString(36)}${crypto.randomUUID().slice(0, 8)}`;

/** Gives ids to nodes that have none. */
export function toDraft(tree: SegmentTree): Draft {
  return { ...tree, root: withIds(tree.root) };
}

function withIds(group: SegmentGroup): SegmentGroup {
  return { ...group, id: group.id ?? newId(), of: group.of.map((node) => (node.type === 'group' ? withIds(node) : { ...node, id: node.id ?? newId() })) };
}

export function isFinished(rule: SegmentRule): boolean {
  return segmentRule.safeParse(rule).success;
}

/** What can be counted and stored: without unfinished rules, and without a draw that has no number yet. */
export function finished(draft: Draft): SegmentTree {
  const keep = (group: SegmentGroup): SegmentGroup => ({ ...group, of: group.of.flatMap((node) => (node.type === 'group' ? keep(node) : isFinished(node) ? node : [])) });
  const draw = segmentDraw.safeParse(draft.draw);
  return { format: 1, root: keep(draft.root), ...(draw.success && { draw: draw.data }) };
}

/** Ids by the path that `segmentEffects` uses. */
export function idsByPath(tree: SegmentTree): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const walk = (group: SegmentGroup, prefix: string) =>
    group.of.forEach((node, index) => {
      ids.set(`${prefix}${index}`, node.id ?? '');
      if (node.type === 'group') walk(node, `${prefix}${index}.`);
    });
  walk(tree.root, '');
  return ids;
}

type Change = (group: SegmentGroup) => SegmentGroup;

/** Applies a change to the group with this id. */
function inGroup(draft: Draft, id: string, change: Change): Draft {
  const visit = (group: SegmentGroup): SegmentGroup => (group.id === id ? change(group) : { ...group, of: group.of.map((node) => (node.type === 'group' ? visit(node) : node)) });
  return { ...draft, root: visit(draft.root) };
}

/** The group that holds a node, and where. */
export function placeOf(draft: Draft, id: string): { group: SegmentGroup; index: number; depth: number } | undefined {
  const visit = (group: SegmentGroup, depth: number): { group: SegmentGroup; index: number; depth: number } | undefined => {
    const index = group.of.findIndex((node) => node.id === id);
    if (index >= 0) return { group, index, depth };
    for (const node of group.of) {
      const found = node.type === 'group' ? visit(node, depth + 1) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  return visit(draft.root, 1);
}

export function nodeCount(group: SegmentGroup): number {
  return group.of.reduce((sum, node) => sum + (node.type === 'group' ? nodeCount(node) : 1), 1);
}

/** Whether another node fits within the contract's bounds. */
export function hasRoom(draft: Draft): boolean {
  return nodeCount(draft.root) < segmentLimits.nodes;
}

export function addNode(draft: Draft, groupId: string, node: SegmentNode, at?: number): { draft: Draft; id: string } {
  const id = newId();
  const copy: SegmentNode = node.type === 'group' ? { ...freshIds(node), id } : { ...node, id };
  return { draft: inGroup(draft, groupId, (group) => ({ ...group, of: group.of.toSpliced(at ?? group.of.length, 0, copy) })), id };
}

function freshIds(group: SegmentGroup): SegmentGroup {
  return { ...group, id: newId(), of: group.of.map((node) => (node.type === 'group' ? freshIds(node) : { ...node, id: newId() })) };
}

export function replaceRule(draft: Draft, id: string, rule: SegmentRule): Draft {
  const place = placeOf(draft, id);
  return place ? inGroup(draft, place.group.id!, (group) => ({ ...group, of: group.of.with(place.index, { ...rule, id }) })) : draft;
}

export function setMatch(draft: Draft, groupId: string, match: SegmentGroup['match']): Draft {
  return inGroup(draft, groupId, (group) => ({ ...group, match }));
}

/** Removes a node and names the node whose handle should get the focus. */
export function removeNode(draft: Draft, id: string): { draft: Draft; focus: string | undefined } {
  const place = placeOf(draft, id);
  if (!place) return { draft, focus: undefined };
  const next = inGroup(draft, place.group.id!, (group) => ({ ...group, of: group.of.toSpliced(place.index, 1) }));
  const neighbour = place.group.of[place.index + 1] ?? place.group.of[place.index - 1];
  return { draft: next, focus: neighbour?.id ?? place.group.id };
}

export function duplicateNode(draft: Draft, id: string): { draft: Draft; id: string } | undefined {
  const place = placeOf(draft, id);
  return place && addNode(draft, place.group.id!, place.group.of[place.index]!, place.index + 1);
}

/**
 * Moves a node one place up or down in reading order: past a neighbouring rule, into a neighbouring group, or out of its own at the edge. Gives the draft itself
 * when there is nowhere to go.
 */
export function moveNode(draft: Draft, id: string, direction: -1 | 1): Draft {
  const place = placeOf(draft, id);
  if (!place) return draft;
  const { group, index } = place;
  const node = group.of[index]!;
  const without = inGroup(draft, group.id!, (one) => ({ ...one, of: one.of.toSpliced(index, 1) }));
  const neighbour = group.of[index + direction];
  if (neighbour === undefined) {
    const outer = placeOf(draft, group.id!);
    if (!outer) return draft;
    return inGroup(without, outer.group.id!, (one) => ({ ...one, of: one.of.toSpliced(direction < 0 ? outer.index : outer.index + 1, 0, node) }));
  }
  // Groups step over groups, rules step into them: a group inside a group is made on purpose, not by passing by.
  if (neighbour.type === 'group' && node.type !== 'group') {
    return inGroup(without, neighbour.id!, (one) => ({ ...one, of: one.of.toSpliced(direction < 0 ? one.of.length : 0, 0, node) }));
  }
  return inGroup(without, group.id!, (one) => ({ ...one, of: one.of.toSpliced(index + direction, 0, node) }));
}
