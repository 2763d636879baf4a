import { ActionIcon, Button, Combobox, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Preview, PreviewPerson } from '../../../src-preload/contract/template.js';
import { useTRPC } from '../../api/trpc.js';
import { Tag } from '../../ui/index.js';
import classes from './templates.module.css';

export interface RecipientSwitcherProps {
  /** Who lacks one of these comes first. */
  readonly variables: readonly string[];
  /** Row id of the endpoint; null is the sample person. */
  readonly endpoint: number | null;
  readonly current: Preview['recipient'] | undefined;
  readonly onChange: (endpoint: number | null) => void;
}

const nameOf = (person: { readonly name: string; readonly address: string }) => person.name || person.address;

/** Whom the message is drawn for: search, or step through real people, worst cases first; the sample person is always there. */
export function RecipientSwitcher({ variables, endpoint, current, onChange }: RecipientSwitcherProps) {
  const trpc = useTRPC();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, 200);
  const people = useQuery(trpc.templates.people.queryOptions({ variables: [...variables], search: settled.trim(), limit: 40 }, { placeholderData: keepPreviousData }));
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setSearch('');
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const list: readonly (number | null)[] = [null, ...(people.data ?? []).map((person) => person.endpoint)];
  const at = list.indexOf(endpoint);
  const shown = endpoint === null ? 'Sample person' : current ? nameOf(current) : 'Person';
  const go = (by: number) => onChange(list[(Math.max(0, at) + by + list.length) % list.length] ?? null);
  return (
    <span style={{ display: 'inline-flex', gap: 2, minWidth: 0 }}>
      <ActionIcon aria-label="Previous person" onClick={() => go(-1)}>
        <IconChevronLeft size={14} />
      </ActionIcon>
      <Combobox
        store={combobox}
        width={300}
        position="bottom-end"
        withinPortal
        onOptionSubmit={(value) => {
          onChange(value === 'sample' ? null : Number(value));
          combobox.closeDropdown();
        }}
      >
        <Combobox.Target withAriaAttributes={false}>
          <Button variant="default" rightSection={<IconChevronDown size={14} />} aria-haspopup="listbox" aria-expanded={combobox.dropdownOpened} aria-label={`${shown}: whom the message is drawn for`} onClick={() => combobox.toggleDropdown()}>
            <span className="h-ellipsis" style={{ maxWidth: 150 }}>
              {shown}
            </span>
          </Button>
        </Combobox.Target>
        <Combobox.Dropdown>
          <Combobox.Search value={search} onChange={(event) => setSearch(event.currentTarget.value)} placeholder="Address or user id" aria-label="Find a person by address or user id" />
          <Combobox.Options className={classes.people ?? ''} aria-label="People" tabIndex={0}>
            {settled.trim() === '' && (
              <Combobox.Option value="sample" active={endpoint === null}>
                <span className={classes.person}>
                  <span>Sample person</span>
                </span>
              </Combobox.Option>
            )}
            {(people.data ?? []).map((person) => (
              <Combobox.Option key={person.endpoint} value={String(person.endpoint)} active={person.endpoint === endpoint}>
                <PersonLine person={person} />
              </Combobox.Option>
            ))}
            {people.data?.length === 0 && <Combobox.Empty>{settled.trim() === '' ? 'There are no people with an e-mail address yet.' : 'Nobody found.'}</Combobox.Empty>}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <ActionIcon aria-label="Next person" onClick={() => go(1)}>
        <IconChevronRight size={14} />
      </ActionIcon>
    </span>
  );
}

function PersonLine({ person }: { readonly person: PreviewPerson }) {
  const last = (path: string) => path.split('.').at(-1) ?? path;
  return (
    <span className={classes.person}>
      <span title={person.address}>
        {person.name !== '' && <b style={{ fontWeight: 500 }}>{person.name} </b>}
        <span className={person.name === '' ? '' : 'h-text-3'}>{person.address}</span>
      </span>
      {person.missing.length > 0 && <Tag tone="warn">{person.missing.length === 1 ? `no ${last(person.missing[0] ?? '')}` : `lacks ${person.missing.length}`}</Tag>}
    </span>
  );
}
