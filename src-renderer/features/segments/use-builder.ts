import { useEffect, useMemo, useRef, useState } from 'react';
import type { SegmentNames, SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { useFormat } from '../../lib/format.js';
import { undoToast, useKeys } from '../../ui/index.js';
import type { Builder, CampaignChoice } from './builder-context.js';
import { subjects } from './defaults.js';
import type { Effects } from './effects.js';
import { handleId } from './rule-group.js';
import { addNode, type Draft, duplicateNode, hasRoom, moveNode, placeOf, removeNode, replaceRule, setMatch } from './tree.js';
import type { RuleNames } from './words.js';

export interface BuilderInput {
  readonly draft: Draft;
  readonly set: (next: Draft | ((before: Draft) => Draft)) => void;
  readonly effects: Effects;
  readonly names: SegmentNames | undefined;
  /** Segments that a rule may name: all but this one. */
  readonly segments: readonly SegmentSummary[];
  readonly campaigns: readonly CampaignChoice[];
  readonly topics: readonly { readonly uid: string; readonly name: string }[];
  readonly ruleNames: RuleNames;
}

/** The builder's commands and its keys. */
export function useBuilderCommands({ draft, set, effects, names, segments, campaigns, topics, ruleNames }: BuilderInput): Builder {
  const { zone } = useFormat();
  const [fresh, setFresh] = useState<string>();
  const [picking, setPicking] = useState<string>();
  const group = useRef<string>(undefined);
  const focusNext = useRef<string>(undefined);
  useEffect(() => {
    if (focusNext.current === undefined) return;
    const handle = document.getElementById(handleId(focusNext.current));
    (handle instanceof HTMLButtonElement ? handle : handle?.querySelector('button'))?.focus();
    focusNext.current = undefined;
  });

  const rootId = draft.root.id!;
  /** The group the person works in, if it is still there. */
  const here = () => (group.current !== undefined && (group.current === rootId || placeOf(draft, group.current)) ? group.current : rootId);
  /** The other kind than the group it stands in: ANY within ANY says nothing new. */
  const addGroup = (groupId: string) => {
    if (!hasRoom(draft)) return;
    const place = placeOf(draft, groupId);
    const within = place ? place.group.of[place.index] : draft.root;
    const added = addNode(draft, groupId, { type: 'group', match: within?.type === 'group' && within.match === 'any' ? 'all' : 'any', of: [] });
    set(added.draft);
    group.current = added.id;
    setPicking(added.id);
  };
  useKeys('Rules', [
    { key: 'r', label: 'Add a rule to the group you are in', run: () => setPicking(here()) },
    { key: 'g', label: 'Add a group to the group you are in', run: () => addGroup(here()) },
    { key: 'Alt ↑ ↓', label: 'Move the rule or group', help: true },
    { key: 'd', label: 'Duplicate the rule whose handle has the focus', help: true },
    { key: 'Delete', label: 'Remove the rule whose handle has the focus', help: true },
  ]);

  const offered = useMemo(() => subjects(names, segments, topics), [names, segments, topics]);
  return {
    subjects: offered,
    segments,
    campaigns,
    topics,
    names: ruleNames,
    zone,
    effects,
    fresh,
    picking,
    setPicking,
    addRule: (groupId, rule) => {
      if (!hasRoom(draft)) return;
      const added = addNode(draft, groupId, rule);
      setFresh(added.id);
      // Rules with something to fill in take the focus there; the others at their handle.
      if (rule.type === 'channel' || rule.type === 'status' || rule.type === 'optOut' || rule.type === 'suppression' || rule.type === 'topic' || rule.type === 'segment') focusNext.current = added.id;
      set(added.draft);
    },
    addGroup,
    replace: (id, rule) => set((before) => replaceRule(before, id, rule)),
    setMatch: (groupId, match) => set((before) => setMatch(before, groupId, match)),
    remove: (id) => {
      const place = placeOf(draft, id);
      if (!place) return;
      const removed = place.group.of[place.index]!;
      const { draft: next, focus } = removeNode(draft, id);
      focusNext.current = focus;
      set(next);
      // An empty group is quickly made again; anything else can be taken back.
      if (removed.type !== 'group' || removed.of.length > 0) {
        undoToast({
          message: removed.type === 'group' ? 'Group removed.' : 'Rule removed.',
          undo: () => {
            set((before) => {
              const parent = place.group.id === rootId || placeOf(before, place.group.id!) ? place.group.id! : rootId;
              return addNode(before, parent, removed, place.index).draft;
            });
            return Promise.resolve();
          },
        });
      }
    },
    duplicate: (id) => {
      const copy = hasRoom(draft) ? duplicateNode(draft, id) : undefined;
      if (!copy) return;
      focusNext.current = copy.id;
      set(copy.draft);
    },
    move: (id, direction) => {
      focusNext.current = id;
      set((before) => moveNode(before, id, direction));
    },
    focused: (groupId) => {
      group.current = groupId;
    },
  };
}
