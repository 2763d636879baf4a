import { ActionIcon, Button, Group, NumberInput, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { AudienceDetail, EndpointEdit } from '../../../src-preload/contract/audience.js';
import { useTRPCClient } from '../../api/trpc.js';
import { ErrorState, undoToast } from '../../ui/index.js';
import classes from './audience.module.css';
import { type EditErrors, editErrors, refusedField } from './edit-errors.js';

interface Pair<T> {
  readonly name: string;
  readonly value: T;
}
const pairsOf = <T,>(map: Readonly<Record<string, T>>): Pair<T>[] => Object.entries(map).map(([name, value]) => ({ name, value }));
const mapOf = <T,>(pairs: readonly Pair<T>[]): Record<string, T> => Object.fromEntries(pairs.filter((pair) => pair.name.trim() !== '').map((pair) => [pair.name.trim(), pair.value]));
const changed = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

const places = ['City', 'Country', 'Region', 'PostalCode'] as const;
const devices = ['Locale', 'Timezone'] as const;
const labels = { City: 'City', Country: 'Country, two letters', Region: 'Region', PostalCode: 'Postal code', Locale: 'Language', Timezone: 'Time zone' } as const;

/** The edit that makes what `edit` changes as it was. */
function before(view: AudienceDetail['endpoint']['view'], edit: EndpointEdit): EndpointEdit {
  const old = <T extends object>(was: T, set: object) => Object.fromEntries(Object.keys(set).map((name) => [name, (was as Record<string, unknown>)[name] ?? null]));
  return {
    ...(edit.address === undefined ? {} : { address: view.Address }),
    ...(edit.active === undefined ? {} : { active: view.EndpointStatus === 'ACTIVE' }),
    ...(edit.userId === undefined ? {} : { userId: view.User.UserId ?? null }),
    ...(edit.location === undefined ? {} : { location: old(view.Location, edit.location) }),
    ...(edit.demographic === undefined ? {} : { demographic: old(view.Demographic, edit.demographic) }),
    ...(edit.attributes === undefined ? {} : { attributes: view.Attributes }),
    ...(edit.metrics === undefined ? {} : { metrics: view.Metrics }),
  };
}

const groups: Readonly<Record<string, string>> = { attributes: 'About this address', metrics: 'Numbers' };

/** Edits one address and its person in place. Only what was changed is sent. */
export function EditForm({ detail, onDone }: { readonly detail: AudienceDetail; readonly onDone: () => void }) {
  const client = useTRPCClient();
  const { view, id } = detail.endpoint;
  const [address, setAddress] = useState(view.Address);
  const [active, setActive] = useState(view.EndpointStatus === 'ACTIVE');
  const [userId, setUserId] = useState(view.User.UserId ?? '');
  const [place, setPlace] = useState<Partial<Record<(typeof places)[number], string>>>(() => Object.fromEntries(places.map((name) => [name, view.Location[name] ?? ''])));
  const [device, setDevice] = useState<Partial<Record<(typeof devices)[number], string>>>(() => Object.fromEntries(devices.map((name) => [name, view.Demographic[name] ?? ''])));
  const [attributes, setAttributes] = useState(() => pairsOf<string[]>(view.Attributes));
  const [metrics, setMetrics] = useState(() => pairsOf<number>(view.Metrics));
  const [person, setPerson] = useState(() => pairsOf<string[]>(view.User.UserAttributes));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [wrong, setWrong] = useState<EditErrors>({});
  const form = useRef<HTMLFormElement>(null);
  // The first of them may have been scrolled out of sight.
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [wrong]);

  const save = async () => {
    const edit: EndpointEdit = {};
    if (address.trim() !== view.Address) edit.address = address;
    if (active !== (view.EndpointStatus === 'ACTIVE')) edit.active = active;
    if (userId.trim() !== (view.User.UserId ?? '')) edit.userId = userId.trim() === '' ? null : userId.trim();
    const text = (value: string | undefined) => ((value ?? '').trim() === '' ? null : (value ?? '').trim());
    const location = Object.fromEntries(places.filter((name) => (view.Location[name] ?? '') !== (place[name] ?? '').trim()).map((name) => [name, name === 'Country' ? (text(place[name])?.toUpperCase() ?? null) : text(place[name])]));
    if (Object.keys(location).length > 0) edit.location = location;
    const demographic = Object.fromEntries(devices.filter((name) => (view.Demographic[name] ?? '') !== (device[name] ?? '').trim()).map((name) => [name, text(device[name])]));
    if (Object.keys(demographic).length > 0) edit.demographic = demographic;
    if (changed(mapOf(attributes), view.Attributes)) edit.attributes = mapOf(attributes);
    if (changed(mapOf(metrics), view.Metrics)) edit.metrics = mapOf(metrics);
    const found = editErrors(edit, view.ChannelType);
    setWrong(found);
    setError(undefined);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      if (Object.keys(edit).length > 0) await client.audience.update.mutate({ id, edit });
      const edited = detail.user && changed(mapOf(person), view.User.UserAttributes) ? { user: detail.user.id, attributes: view.User.UserAttributes } : undefined;
      if (edited) await client.audience.updateUser.mutate({ user: edited.user, attributes: mapOf(person) });
      const back = before(view, edit);
      if (edited || Object.keys(edit).length > 0) {
        undoToast({
          message: 'Saved.',
          undo: async () => {
            if (Object.keys(edit).length > 0) await client.audience.update.mutate({ id, edit: back });
            if (edited) await client.audience.updateUser.mutate(edited);
          },
        });
      }
      onDone();
    } catch (failure) {
      const refused = refusedField(failure);
      if (refused) setWrong(refused);
      else setError(failure);
      setBusy(false);
    }
  };

  const elsewhere = Object.entries(wrong).filter(([field]) => field !== 'Address' && field !== 'userId' && !Object.hasOwn(labels, field));

  return (
    <form
      ref={form}
      className={classes.block}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onDone();
      }}
    >
      <Stack gap="sm">
        {error !== undefined && <ErrorState error={error} />}
        {elsewhere.length > 0 && <p role="alert" className="h-bad" style={{ margin: 0 }}>{elsewhere.map(([field, words]) => `${groups[field] ?? field}: ${words}`).join(' ')}</p>}
        <TextInput autoFocus label="Address" error={wrong['Address']} value={address} onChange={(event) => setAddress(event.currentTarget.value)} />
        <Switch label="Active: messages may be sent to it" checked={active} onChange={(event) => setActive(event.currentTarget.checked)} />
        <TextInput label="Person ID" error={wrong['userId']} description="Addresses with the same person ID belong to one person" value={userId} onChange={(event) => setUserId(event.currentTarget.value)} />
        <div className={classes.two}>
          {places.map((name) => (
            <TextInput key={name} label={labels[name]} error={wrong[name]} value={place[name] ?? ''} onChange={(event) => setPlace({ ...place, [name]: event.currentTarget.value })} />
          ))}
          {devices.map((name) => (
            <TextInput key={name} label={labels[name]} error={wrong[name]} value={device[name] ?? ''} onChange={(event) => setDevice({ ...device, [name]: event.currentTarget.value })} />
          ))}
        </div>
        {detail.user && <Pairs title="About the person" what="person value" pairs={person} onChange={setPerson} fresh={[]} field={valuesField} />}
        <Pairs title="About this address" what="value" pairs={attributes} onChange={setAttributes} fresh={[]} field={valuesField} />
        <Pairs title="Numbers" what="number" pairs={metrics} onChange={setMetrics} fresh={0} field={numberField} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type FieldOf<T> = (label: string, value: T, onChange: (value: T) => void) => React.ReactNode;
// Values may hold commas: only Enter ends one.
const valuesField: FieldOf<string[]> = (label, value, onChange) => <TagsInput size="xs" aria-label={label} value={value} onChange={onChange} splitChars={[]} styles={{ inputField: { minWidth: 24 } }} />;
const numberField: FieldOf<number> = (label, value, onChange) => <NumberInput aria-label={label} value={value} onChange={(next) => onChange(Number(next) || 0)} />;

interface PairsProps<T> {
  readonly title: string;
  readonly what: string;
  readonly pairs: readonly Pair<T>[];
  readonly onChange: (pairs: Pair<T>[]) => void;
  readonly fresh: T;
  readonly field: FieldOf<T>;
}

/** Names and values, any of which can be added, renamed or removed. */
function Pairs<T>({ title, what, pairs, onChange, fresh, field }: PairsProps<T>) {
  const put = (index: number, pair: Pair<T>) => onChange(pairs.map((old, i) => (i === index ? pair : old)));
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend style={{ fontSize: 12, fontWeight: 500, padding: 0, marginBlockEnd: 4 }}>{title}</legend>
      <div className={classes.pairs}>
        {pairs.map((pair, i) => (
          // Positions are the identity here: a name may be typed anew.
          <div key={i} style={{ display: 'contents' }}>
            <TextInput aria-label={`Name of ${what} ${i + 1}`} value={pair.name} onChange={(event) => put(i, { ...pair, name: event.currentTarget.value })} />
            {field(`${pair.name || what}`, pair.value, (value) => put(i, { ...pair, value }))}
            <ActionIcon aria-label={`Remove ${pair.name || what}`} onClick={() => onChange(pairs.filter((_, other) => other !== i))}>
              <IconX size={14} />
            </ActionIcon>
          </div>
        ))}
      </div>
      <Button variant="subtle" color="slate" leftSection={<IconPlus size={14} />} onClick={() => onChange([...pairs, { name: '', value: fresh }])}>
        Add a {what}
      </Button>
    </fieldset>
  );
}
