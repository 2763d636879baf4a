import { createContext, useContext } from 'react';
import type { SegmentGroup, SegmentRule } from '../../../src-preload/contract/segment.js';
import type { Subject } from './defaults.js';
import type { Effects } from './effects.js';
import type { RuleNames } from './words.js';

/** A campaign that a rule may name. */
export interface CampaignChoice {
  readonly uid: string;
  readonly name: string;
  /** Where the menu lists it. */
  readonly section: string;
}

/** What the rows of the builder share: how to change the draft, what can be picked, what each node does. */
export interface Builder {
  readonly subjects: readonly Subject[];
  readonly segments: readonly { readonly uid: string; readonly name: string }[];
  readonly campaigns: readonly CampaignChoice[];
  readonly topics: readonly { readonly uid: string; readonly name: string }[];
  readonly names: RuleNames;
  readonly zone: string;
  readonly effects: Effects;
  /** The node made last: its first field takes the focus. */
  readonly fresh: string | undefined;
  /** The group whose picker is open. */
  readonly picking: string | undefined;
  readonly setPicking: (groupId: string | undefined) => void;
  readonly addRule: (groupId: string, rule: SegmentRule) => void;
  readonly addGroup: (groupId: string) => void;
  readonly replace: (id: string, rule: SegmentRule) => void;
  readonly setMatch: (groupId: string, match: SegmentGroup['match']) => void;
  readonly remove: (id: string) => void;
  readonly duplicate: (id: string) => void;
  readonly move: (id: string, direction: -1 | 1) => void;
  /** Remembers where the person works, for R and G. */
  readonly focused: (groupId: string) => void;
}

export const BuilderContext = createContext<Builder | undefined>(undefined);

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error('useBuilder outside a builder');
  return builder;
}
