import { Popover, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { SegmentRule } from '../../../src-preload/contract/segment.js';
import { useBuilder } from './builder-context.js';
import type { Subject } from './defaults.js';
import pickerClasses from './subject-picker.module.css';

export interface SubjectPickerProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onPick: (rule: SegmentRule) => void;
  /** The button it opens from. */
  readonly children: ReactNode;
}

/** What a rule can be about: type to find, arrows to choose, Enter to take. A name nobody has yet can be typed as well. */
export function SubjectPicker({ opened, onClose, onPick, children }: SubjectPickerProps) {
  // Taking something moves the focus on to the new rule; only turning away brings it back to where it was.
  const from = useRef<HTMLElement>(null);
  useEffect(() => {
    if (opened && document.activeElement instanceof HTMLElement) from.current = document.activeElement;
  }, [opened]);
  return (
    <Popover
      opened={opened}
      onChange={(open) => {
        if (open) return;
        onClose();
        from.current?.focus();
      }}
      position="bottom-start"
      width={300}
      trapFocus
    >
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown p={0}>{opened && <List onClose={onClose} onPick={onPick} />}</Popover.Dropdown>
    </Popover>
  );
}

function List({ onClose, onPick }: Pick<SubjectPickerProps, 'onClose' | 'onPick'>) {
  const { subjects } = useBuilder();
  const id = useId();
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase();
    const matching = subjects.filter((subject) => wanted === '' || `${subject.label} ${subject.section}`.toLocaleLowerCase().includes(wanted));
    const name = search.trim();
    if (name === '' || subjects.some((subject) => subject.label === name)) return matching;
    const own = (key: string, section: string, rule: Subject['rule']): Subject => ({ key, section, label: `“${name}”`, rule });
    return [
      ...matching,
      own('new:user', 'About the person', () => ({ type: 'attribute', of: 'user', name, test: { op: 'is', values: [] } })),
      own('new:endpoint', 'About the address', () => ({ type: 'attribute', of: 'endpoint', name, test: { op: 'is', values: [] } })),
      own('new:metric', 'Numbers', () => ({ type: 'metric', name, test: { op: 'gte', value: Number.NaN } })),
    ];
  }, [search, subjects]);
  const take = (subject: Subject | undefined) => {
    if (!subject) return;
    onClose();
    onPick(subject.rule());
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(found.length - 1, to));
    setAt(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') move(at + 1);
        else if (event.key === 'ArrowUp') move(at - 1);
        else if (event.key === 'Enter') take(found[at]);
        else return;
        event.preventDefault();
      }}
    >
      <TextInput
        data-autofocus
        role="combobox"
        aria-label="What the rule is about"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        placeholder="Attribute, field, segment"
        variant="unstyled"
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div id={`${id}-list`} role="listbox" aria-label="Possible rules" className={pickerClasses.list}>
        {found.map((subject, index) => (
          <div key={subject.key}>
            {(index === 0 || found[index - 1]!.section !== subject.section) && (
              <div className={pickerClasses.section} role="presentation">
                {subject.section}
              </div>
            )}
            <div id={`${id}-${index}`} role="option" aria-selected={index === at} className={pickerClasses.option} onMouseMove={() => setAt(index)} onClick={() => take(subject)}>
              {subject.label}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
