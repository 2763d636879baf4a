import type { SegmentGroup, SegmentTree } from '../../../src-preload/contract/segment.js';
import type { SegmentEffects } from '../../../src-preload/contract/segment-views.js';

/** What one node does, in people: under ALL and NONE how many it takes away of those who reach it and how many are left, under ANY how many match it alone. */
export type Effect = { readonly kind: 'takes'; readonly away: number; readonly left: number; readonly deep: boolean } | { readonly kind: 'alone'; readonly people: number };

export interface Effects {
  readonly everyone: number | undefined;
  readonly of: ReadonlyMap<string, Effect>;
  /** They belong to the tree before the last edit; new ones are being computed. */
  readonly stale: boolean;
}

/** Joins the counted numbers to the nodes of the tree they were counted for, by the ids of the draft. */
export function effectsById(tree: SegmentTree, counted: SegmentEffects): ReadonlyMap<string, Effect> {
  const people = new Map(counted.nodes.map((node) => [node.path, node.people]));
  const effects = new Map<string, Effect>();
  const walk = (group: SegmentGroup, prefix: string, reach: number) => {
    let left = reach;
    group.of.forEach((node, index) => {
      const path = `${prefix}${index}`;
      const n = people.get(path);
      if (n === undefined) return;
      if (node.id !== undefined) effects.set(node.id, group.match === 'any' ? { kind: 'alone', people: n } : { kind: 'takes', away: left - n, left: n, deep: prefix !== '' });
      if (node.type === 'group') walk(node, `${path}.`, left);
      if (group.match !== 'any') left = n;
    });
  };
  walk(tree.root, '', counted.everyone.people);
  return effects;
}
