import { Popover, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import classes from './name-picker.module.css';

/** One line of a picker, under the heading of its section. */
export interface PickerItem {
  readonly key: string;
  readonly section: string;
  readonly label: string;
}

interface ListProps<T extends PickerItem> {
  readonly items: readonly T[];
  /** What may be made of a name that is not among them, in its sections. */
  readonly own?: (name: string) => readonly T[];
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly placeholder: string;
  readonly onClose: () => void;
  readonly onPick: (item: T) => void;
}

export interface NamePickerProps<T extends PickerItem> extends ListProps<T> {
  readonly opened: boolean;
  /** Taking something brings the focus back to where it was; otherwise only turning away does, and what is taken moves it on. */
  readonly staysHere?: boolean;
  /** The button it opens from. */
  readonly children: ReactNode;
}

/** A long list of names: type to find, arrows to choose, Enter to take. */
export function NamePicker<T extends PickerItem>({ opened, staysHere = false, children, ...list }: NamePickerProps<T>) {
  const from = useRef<HTMLElement>(null);
  useEffect(() => {
    if (opened && document.activeElement instanceof HTMLElement) from.current = document.activeElement;
  }, [opened]);
  const close = () => {
    list.onClose();
    from.current?.focus();
  };
  return (
    <Popover opened={opened} onChange={(open) => !open && close()} position="bottom-start" width={300} trapFocus>
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown p={0}>{opened && <List {...list} onClose={staysHere ? close : list.onClose} />}</Popover.Dropdown>
    </Popover>
  );
}

function List<T extends PickerItem>({ items, own, label, placeholder, onClose, onPick }: ListProps<T>) {
  const id = useId();
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    const name = search.trim();
    const wanted = name.toLocaleLowerCase();
    const matching = items.filter((item) => wanted === '' || `${item.label} ${item.section}`.toLocaleLowerCase().includes(wanted));
    if (name === '' || !own) return matching;
    return [...matching, ...own(name).filter(({ section }) => !items.some((item) => item.section === section && item.label === name))];
  }, [items, own, search]);
  const take = (item: T | undefined) => {
    if (!item) return;
    onClose();
    onPick(item);
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
        aria-label={label}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        placeholder={placeholder}
        variant="unstyled"
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div id={`${id}-list`} role="listbox" aria-label={label} className={classes.list}>
        {found.map((item, index) => (
          <div key={item.key}>
            {(index === 0 || found[index - 1]!.section !== item.section) && (
              <div className={classes.section} role="presentation">
                {item.section}
              </div>
            )}
            <div id={`${id}-${index}`} role="option" aria-selected={index === at} className={classes.option} onMouseMove={() => setAt(index)} onClick={() => take(item)}>
              {item.label}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={classes.none}>{search.trim() === '' ? 'Nothing here yet. Type a name.' : 'Nothing found.'}</p>}
    </div>
  );
}
