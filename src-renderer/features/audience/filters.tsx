import { Button, Checkbox, NavLink, Stack, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { AudienceFilter } from '../../../src-preload/contract/audience.js';
import { channels } from '../../../src-preload/contract/common.js';
import { useTRPC } from '../../api/trpc.js';
import { type Format, useFormat } from '../../lib/format.js';
import { FilterBar, type FilterPill } from '../../ui/index.js';
import classes from './audience.module.css';
import { channelWords, countryName } from './words.js';

interface EditorProps {
  readonly filter: AudienceFilter;
  readonly apply: (change: Partial<AudienceFilter>) => void;
  readonly close: () => void;
}

interface Field {
  readonly id: string;
  readonly label: string;
  /** What the filter says of this field, or undefined where it says nothing. */
  readonly value: (filter: AudienceFilter, f: Format, names: ReadonlyMap<string, string>) => string | undefined;
  readonly clear: Partial<Record<keyof AudienceFilter, undefined>>;
  readonly editor: (props: EditorProps) => ReactNode;
}

const dayMs = 86_400_000;

/** Options of which one holds; choosing it is all there is to do. */
function Choice<T>({ options, onChoose }: { readonly options: readonly { readonly label: string; readonly value: T }[]; readonly onChoose: (value: T) => void }) {
  return (
    <div className={classes.menuList}>
      {options.map((option) => (
        <NavLink component="button" type="button" key={option.label} label={option.label} onClick={() => onChoose(option.value)} />
      ))}
    </div>
  );
}

function ChannelEditor({ filter, apply }: EditorProps) {
  return (
    <Checkbox.Group value={filter.channels ?? []} onChange={(value) => apply({ channels: value.length === 0 ? undefined : channels.filter((channel) => value.includes(channel)) })} aria-label="Channels">
      <Stack gap={6}>
        {channels.map((channel) => (
          <Checkbox key={channel} value={channel} label={channelWords[channel]} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function CountryEditor({ filter, apply, close }: EditorProps) {
  const [value, setValue] = useState<string[]>(filter.countries ?? []);
  // The popover's own trap looks for a field only when it opens, and by then the list of fields stands in it.
  const focus = useRef<HTMLInputElement>(null);
  useEffect(() => focus.current?.focus(), []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply({ countries: value.length === 0 ? undefined : value });
        close();
      }}
    >
      <Stack gap="sm" w={240}>
        <TagsInput ref={focus} label="Countries" description="Two letters each, such as DE" size="xs" value={value} onChange={(next) => setValue([...new Set(next.map((code) => code.trim().toUpperCase()))])} comboboxProps={{ withinPortal: false }} />
        <Button type="submit">Show</Button>
      </Stack>
    </form>
  );
}

/** Two days in the workspace's zone would need its offsets; whole UTC days are said to be so. */
function DaysEditor({ value, onChange, close }: { readonly value: AudienceFilter['created']; readonly onChange: (range: AudienceFilter['created']) => void; readonly close: () => void }) {
  const text = (at: number | undefined) => (at === undefined ? '' : new Date(at).toISOString().slice(0, 10));
  const [from, setFrom] = useState(text(value?.from));
  const focus = useRef<HTMLInputElement>(null);
  useEffect(() => focus.current?.focus(), []);
  const [to, setTo] = useState(value?.to === undefined ? '' : text(value.to - dayMs));
  const at = (day: string) => (day === '' ? undefined : Date.parse(`${day}T00:00:00Z`));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const start = at(from);
        const end = at(to);
        onChange(start === undefined && end === undefined ? undefined : { ...(start === undefined ? {} : { from: start }), ...(end === undefined ? {} : { to: end + dayMs }) });
        close();
      }}
    >
      <Stack gap="sm" w={200}>
        <TextInput ref={focus} type="date" label="From" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput type="date" label="To, that day included" description="Days of UTC" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        <Button type="submit">Show</Button>
      </Stack>
    </form>
  );
}

function SegmentEditor({ apply, close }: EditorProps) {
  const trpc = useTRPC();
  const segments = useQuery(trpc.segments.list.queryOptions());
  if (segments.data?.length === 0) return <p className="h-text-2">There is no segment yet.</p>;
  return (
    <Choice
      options={(segments.data ?? []).map((segment) => ({ label: segment.name, value: segment.uid }))}
      onChoose={(segment) => {
        apply({ segment });
        close();
      }}
    />
  );
}

const range = (value: AudienceFilter['created'], f: Format): string | undefined => {
  if (!value || (value.from === undefined && value.to === undefined)) return undefined;
  if (value.to === undefined) return `since ${f.date(value.from!)}`;
  return value.from === undefined ? `until ${f.date(value.to - 1)}` : `${f.date(value.from)} to ${f.date(value.to - 1)}`;
};

const contactWords = { allowed: 'yes', opted_out: 'opted out in the app', suppressed: 'suppressed' } as const;

const fields: readonly Field[] = [
  {
    id: 'channel',
    label: 'Channel is',
    value: (filter) => filter.channels?.map((channel) => channelWords[channel]).join(' or '),
    clear: { channels: undefined },
    editor: (props) => <ChannelEditor {...props} />,
  },
  {
    id: 'contact',
    label: 'May contact',
    value: (filter) => filter.contact && contactWords[filter.contact],
    clear: { contact: undefined },
    editor: ({ apply, close }) => (
      <Choice
        options={[
          { label: 'Yes', value: 'allowed' as const },
          { label: 'No, opted out in the app', value: 'opted_out' as const },
          { label: 'No, suppressed', value: 'suppressed' as const },
        ]}
        onChoose={(contact) => {
          apply({ contact });
          close();
        }}
      />
    ),
  },
  {
    id: 'country',
    label: 'Country is',
    value: (filter) => filter.countries?.map(countryName).join(' or '),
    clear: { countries: undefined },
    editor: (props) => <CountryEditor {...props} />,
  },
  {
    id: 'active',
    label: 'Address is',
    value: (filter) => (filter.active === undefined ? undefined : filter.active ? 'active' : 'inactive'),
    clear: { active: undefined },
    editor: ({ apply, close }) => (
      <Choice
        options={[
          { label: 'Active', value: true },
          { label: 'Inactive', value: false },
        ]}
        onChoose={(active) => {
          apply({ active });
          close();
        }}
      />
    ),
  },
  {
    id: 'seen',
    label: 'Last seen',
    value: (filter, f) => (filter.neverSeen === undefined ? range(filter.seen, f) : filter.neverSeen ? 'never' : 'ever'),
    clear: { seen: undefined, neverSeen: undefined },
    editor: ({ apply, close }) => (
      <Choice<Partial<AudienceFilter>>
        options={[
          ...[1, 7, 30, 90, 365].map((days) => ({ label: days === 1 ? 'Within a day' : `Within ${days} days`, value: { seen: { from: Date.now() - days * dayMs }, neverSeen: undefined } })),
          { label: 'Ever', value: { seen: undefined, neverSeen: false } },
          { label: 'Never', value: { seen: undefined, neverSeen: true } },
        ]}
        onChoose={(change) => {
          apply(change);
          close();
        }}
      />
    ),
  },
  {
    id: 'created',
    label: 'Added',
    value: (filter, f) => range(filter.created, f),
    clear: { created: undefined },
    editor: ({ filter, apply, close }) => <DaysEditor value={filter.created} onChange={(created) => apply({ created })} close={close} />,
  },
  {
    id: 'segment',
    label: 'In segment',
    value: (filter, _f, names) => filter.segment && (names.get(filter.segment) ?? 'a segment that was deleted'),
    clear: { segment: undefined },
    editor: (props) => <SegmentEditor {...props} />,
  },
];

function without(filter: AudienceFilter): AudienceFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** What narrows the list, as pills; `+ Filter` offers the fields that are not there yet. */
export function Filters({ filter, onChange, right }: { readonly filter: AudienceFilter; readonly onChange: (filter: AudienceFilter) => void; readonly right?: ReactNode }) {
  const trpc = useTRPC();
  const f = useFormat();
  const segments = useQuery({ ...trpc.segments.list.queryOptions(), enabled: filter.segment !== undefined });
  const names = new Map((segments.data ?? []).map((segment) => [segment.uid, segment.name]));
  const apply = (change: Partial<AudienceFilter>) => onChange(without({ ...filter, ...change }));
  const pills = fields.flatMap((field): FilterPill[] => {
    const value = field.value(filter, f, names);
    if (value === undefined) return [];
    return [{ id: field.id, label: field.label, value, onRemove: () => apply(field.clear), editor: (close) => field.editor({ filter, apply, close }) }];
  });
  const rest = fields.filter((field) => !pills.some((pill) => pill.id === field.id));
  return <FilterBar pills={pills} right={right} {...(rest.length === 0 ? {} : { add: (close: () => void) => <AddField fields={rest} filter={filter} apply={apply} close={close} /> })} />;
}

function AddField({ fields: offered, ...props }: EditorProps & { readonly fields: readonly Field[] }) {
  const [field, setField] = useState<Field | undefined>(undefined);
  if (field) return <>{field.editor(props)}</>;
  return <Choice options={offered.map((one) => ({ label: one.label, value: one }))} onChoose={setField} />;
}
