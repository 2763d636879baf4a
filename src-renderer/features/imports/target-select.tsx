import { Button, Select } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { importFields, type ImportTarget, parseTargetKey, targetKey } from '../../../src-preload/contract/import.js';
import classes from './imports.module.css';
import { targetLabel } from './words.js';

const named = (keys: readonly string[]) =>
  keys.flatMap((key) => {
    const target = parseTargetKey(key);
    return target ? [{ value: key, label: targetLabel(target) }] : [];
  });

const fixed = {
  addresses: named(['Address:EMAIL', 'Address:SMS', 'Address', 'ChannelType', 'Id', 'EndpointStatus', 'EffectiveDate']),
  person: named([
    'User.UserId',
    'User.UserAttributes.FirstName',
    'User.UserAttributes.LastName',
    'User.UserAttributes.Name',
    'Demographic.Locale',
    'Demographic.Timezone',
  ]),
  consent: named(['unsubscribed', 'unsubscribed:EMAIL', 'unsubscribed:SMS', 'subscribed', 'subscribed:EMAIL', 'subscribed:SMS', 'OptOut']),
  place: named(importFields.filter((field) => field.startsWith('Location.'))),
  device: named(importFields.filter((field) => field.startsWith('Demographic.') && field !== 'Demographic.Locale' && field !== 'Demographic.Timezone')),
};

/** What a column becomes: a searchable list; a name that is typed becomes an attribute or a number of that name. A button until it is opened, so that 2,000 columns stay quick. */
export function TargetSelect({
  header,
  value,
  onChange,
}: {
  readonly header: string;
  readonly value: ImportTarget;
  readonly onChange: (target: ImportTarget) => void;
}) {
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const current = targetKey(value);
  const data = useMemo(() => {
    const own = (name: string) => named([`User.UserAttributes.${name}`, `Attributes.${name}`, `Metrics.${name}`]);
    const typed = search.trim();
    const known = new Set<string>();
    const groups = [
      { group: '', items: named(['ignore']) },
      { group: 'Address', items: fixed.addresses },
      { group: 'Person', items: fixed.person },
      { group: 'Consent', items: fixed.consent },
      { group: 'Place', items: fixed.place },
      { group: 'Under its own name', items: own(header.trim() || 'Column') },
      { group: 'Device', items: fixed.device },
      { group: 'As it is now', items: named([current]) },
      ...(typed === '' || typed === targetLabel(value) ? [] : [{ group: 'New name', items: own(typed) }]),
    ];
    return groups
      .map(({ group, items }) => ({ group, items: items.filter((item) => !known.has(item.value) && known.add(item.value)) }))
      .filter(({ items }) => items.length > 0);
  }, [current, header, search, value]);
  if (!open) {
    return (
      <Button
        variant="default"
        justify="space-between"
        className={classes.target}
        rightSection={<IconChevronDown size={14} />}
        aria-label={`${header || 'Column without name'} becomes: ${targetLabel(value)}`}
        onClick={() => setOpen(true)}
      >
        {targetLabel(value)}
      </Button>
    );
  }
  return (
    <Select
      aria-label={`${header || 'Column without name'} becomes`}
      data={data}
      value={current}
      searchable
      autoFocus
      defaultDropdownOpened
      allowDeselect={false}
      maxDropdownHeight={340}
      onSearchChange={setSearch}
      onDropdownClose={() => setOpen(false)}
      onChange={(key) => {
        const target = key === null ? undefined : parseTargetKey(key);
        if (target) onChange(target);
        setOpen(false);
      }}
    />
  );
}
