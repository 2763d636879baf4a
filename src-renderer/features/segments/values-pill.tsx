import { Checkbox, MultiSelect, Popover, TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { segmentLimits } from '../../../src-preload/contract/segment.js';
import type { ValueField } from '../../../src-preload/contract/segment-views.js';
import { useTRPC } from '../../api/trpc.js';
import classes from './segments.module.css';
import { countryCode, listWords } from './words.js';

interface PillProps {
  readonly label: string;
  readonly shown: string;
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
  readonly children: ReactNode;
}

function PopoverPill({ label, shown, open, setOpen, children }: PillProps) {
  const pill = useRef<HTMLButtonElement>(null);
  const dropdown = useRef<HTMLDivElement>(null);
  const change = (next: boolean) => {
    setOpen(next);
    // A pill that opened by itself has nothing to give the focus back to. A click elsewhere moves it on after this.
    if (!next && (document.activeElement === document.body || dropdown.current?.contains(document.activeElement))) pill.current?.focus();
  };
  return (
    <Popover opened={open} onChange={change} position="bottom-start" width={320} trapFocus>
      <Popover.Target>
        <button ref={pill} type="button" className={`${classes.pill} ${classes.value} ${shown === '' ? classes.empty : ''}`} aria-label={`${label}: ${shown === '' ? 'choose' : shown}`} onClick={() => setOpen(!open)}>
          <span className="h-ellipsis">{shown === '' ? 'choose' : shown}</span>
          <IconChevronDown size={12} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown ref={dropdown}>{children}</Popover.Dropdown>
    </Popover>
  );
}

/** What a text rule is about: where its values are looked up, and how one is shown. */
export interface ValueSource {
  readonly field: ValueField;
  readonly label: string;
  readonly word: (value: string) => string;
}

/** The values of a text rule: those in use are offered while typing, any other may be typed. */
export function ValuesPill({ source, values, ignoreCase, onChange, autoOpen }: { readonly source: ValueSource; readonly values: readonly string[]; readonly ignoreCase: boolean; readonly onChange: (values: string[], ignoreCase: boolean) => void; readonly autoOpen: boolean }) {
  const { field, word } = source;
  const trpc = useTRPC();
  const [open, setOpen] = useState(autoOpen);
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 120);
  // Countries are stored as codes and sought by name, which the workspace does not know: all codes in use come here.
  const country = field.of === 'field' && field.name === 'Country';
  const found = useQuery(trpc.segments.values.queryOptions({ field, search: country ? '' : asked }, { enabled: open, placeholderData: keepPreviousData, trpc: { abortOnUnmount: true } }));
  const label = `Values of ${source.label}`;
  const shown = listWords(values.map(word));
  return (
    <PopoverPill label={label} shown={values.length > 0 && ignoreCase ? `${shown} (any case)` : shown} open={open} setOpen={setOpen}>
      <Checkbox mb="sm" label="Ignore case (STRASSE is Straße)" checked={ignoreCase} onChange={(event) => onChange([...values], event.currentTarget.checked)} />
      <TagsInput
        data-autofocus
        classNames={{ inputField: classes.plain }}
        aria-label={label}
        placeholder={values.length === 0 ? 'Type or choose' : 'Add another'}
        size="xs"
        value={[...values]}
        data={found.data ?? []}
        // The rest the workspace has filtered already, with the same folding that rules use.
        filter={({ options, search: text }) =>
          country ? options.filter((option) => 'value' in option && `${option.value} ${word(option.value)}`.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase())) : options
        }
        renderOption={({ option }) => (word(option.value) === option.value ? option.value : `${word(option.value)} (${option.value})`)}
        searchValue={search}
        onSearchChange={setSearch}
        onChange={(next) => onChange([...new Set(country ? next.map(countryCode) : next)].slice(0, segmentLimits.valuesPerRule), ignoreCase)}
        // A country is typed by its name and stored by its code: what is offered first is meant. Elsewhere the text itself may be.
        selectFirstOptionOnChange={country}
        acceptValueOnBlur={!country}
        splitChars={['\n', '\t']}
        maxDropdownHeight={220}
        comboboxProps={{ withinPortal: false }}
      />
    </PopoverPill>
  );
}

/** Several of a closed list. */
export function OptionsPill<T extends string>({ label, values, options, onChange }: { readonly label: string; readonly values: readonly T[]; readonly options: readonly { readonly value: T; readonly label: string }[]; readonly onChange: (values: T[]) => void }) {
  const [open, setOpen] = useState(false);
  const shown = listWords(values.map((value) => options.find((option) => option.value === value)?.label ?? value));
  return (
    <PopoverPill label={label} shown={shown} open={open} setOpen={setOpen}>
      <MultiSelect
        data-autofocus
        classNames={{ inputField: classes.plain }}
        aria-label={label}
        size="xs"
        value={[...values]}
        data={[...options]}
        onChange={(next) => onChange(options.flatMap((option) => (next.includes(option.value) ? option.value : [])))}
        comboboxProps={{ withinPortal: false }}
        searchable
      />
    </PopoverPill>
  );
}
