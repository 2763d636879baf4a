import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../api/trpc.js';

/** Chooses one real person by address, name or user id. The value is the endpoint's row id. */
export function PersonPicker({ label, description, value, onChange }: { readonly label: string; readonly description?: string; readonly value: number | null; readonly onChange: (endpoint: number | null) => void }) {
  const trpc = useTRPC();
  const [search, setSearch] = useState('');
  const [wanted] = useDebouncedValue(search.trim(), 120);
  const people = useQuery(trpc.templates.people.queryOptions({ variables: [], search: wanted }, { placeholderData: keepPreviousData }));
  return (
    <Select
      label={label}
      description={description}
      placeholder="Nobody"
      searchable
      clearable
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      nothingFoundMessage="Nobody found"
      data={(people.data ?? []).map((person) => ({ value: String(person.endpoint), label: person.name === '' ? person.address : `${person.name}, ${person.address}` }))}
      value={value === null ? null : String(value)}
      onChange={(chosen) => onChange(chosen === null ? null : Number(chosen))}
    />
  );
}
