import type { ReactNode } from 'react';
import type { SegmentRule } from '../../../src-preload/contract/segment.js';
import { useBuilder } from './builder-context.js';
import { eventRule, eventSection, type Subject } from './defaults.js';
import { NamePicker } from './name-picker.js';

export interface SubjectPickerProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onPick: (rule: SegmentRule) => void;
  /** The picker stands at a rule that stays: the focus comes back to it. */
  readonly staysHere?: boolean;
  /** The button it opens from. */
  readonly children: ReactNode;
}

/** Rules about a name that nobody has yet. */
function own(name: string): readonly Subject[] {
  const subject = (key: string, section: string, rule: Subject['rule']): Subject => ({ key, section, label: `“${name}”`, rule });
  return [
    subject('new:user', 'About the person', () => ({ type: 'attribute', of: 'user', name, test: { op: 'is', values: [] } })),
    subject('new:endpoint', 'About the address', () => ({ type: 'attribute', of: 'endpoint', name, test: { op: 'is', values: [] } })),
    subject('new:metric', 'Numbers', () => ({ type: 'metric', name, test: { op: 'gte', value: Number.NaN } })),
    subject('new:event', eventSection, () => eventRule(name)),
  ];
}

/** What a rule can be about, names that nobody has yet included. */
export function SubjectPicker({ onPick, ...props }: SubjectPickerProps) {
  const { subjects } = useBuilder();
  return <NamePicker {...props} items={subjects} own={own} label="What the rule is about" placeholder="Attribute, event, campaign, segment" onPick={(subject) => onPick(subject.rule())} />;
}
