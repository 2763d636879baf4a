import { Button, Group, Modal, SegmentedControl, Select, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { errorToast, undoToast } from '../../ui/index.js';

export interface MergeSide {
  readonly endpoint: number;
  readonly title: string;
  /** Tells two of one name apart. */
  readonly address?: string;
}

/** Asks for the other person where it is not given, and whose values win; then merges, with undo. */
export function MergeDialog({ into, from, onClose, onMerged }: { readonly into: MergeSide; readonly from?: MergeSide; readonly onClose: () => void; readonly onMerged?: () => void }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [search, setSearch] = useState('');
  const [wanted] = useDebouncedValue(search.trim(), 120);
  const [chosen, setChosen] = useState<number | undefined>(from?.endpoint);
  const [wins, setWins] = useState<'into' | 'from'>('into');
  const [busy, setBusy] = useState(false);
  const people = useQuery(trpc.templates.people.queryOptions({ variables: [], search: wanted }, { placeholderData: keepPreviousData, enabled: from === undefined }));
  const merge = async () => {
    if (chosen === undefined) return;
    setBusy(true);
    try {
      const image = await client.people.merge.mutate({ into: into.endpoint, from: chosen, wins });
      undoToast({ message: `Merged into ${into.title}.`, undo: () => client.people.unmerge.mutate(image) });
      onMerged?.();
      onClose();
    } catch (error) {
      errorToast(error);
      setBusy(false);
    }
  };
  const sideName = (side: MergeSide, other: MergeSide) => (side.title === other.title && side.address ? side.address : side.title);
  return (
    <Modal opened onClose={onClose} title={from ? `Merge ${sideName(from, into)} into ${sideName(into, from)}?` : `Merge another person into ${into.title}`} size="md">
      <Stack gap="md">
        {from === undefined && (
          <Select
            label="The other person"
            description="Their addresses become this person's"
            placeholder="Address, name or person ID"
            searchable
            searchValue={search}
            onSearchChange={setSearch}
            filter={({ options }) => options}
            nothingFoundMessage="Nobody found"
            data={(people.data ?? []).filter((person) => person.endpoint !== into.endpoint).map((person) => ({ value: String(person.endpoint), label: person.name === '' ? person.address : `${person.name}, ${person.address}` }))}
            value={chosen === undefined ? null : String(chosen)}
            onChange={(value) => setChosen(value === null ? undefined : Number(value))}
          />
        )}
        <div>
          <p style={{ marginBlock: '0 4px', fontSize: 12, fontWeight: 500 }}>Where both have a value, keep that of</p>
          <SegmentedControl aria-label="Where both have a value, keep that of" fullWidth value={wins} onChange={(value) => setWins(value === 'from' ? 'from' : 'into')} data={[{ value: 'into', label: from ? sideName(into, from) : into.title }, { value: 'from', label: from ? sideName(from, into) : 'the other' }]} />
        </div>
        <p className="h-text-2" style={{ margin: 0 }}>
          Lists, messages, events and consent belong to addresses and move with them. The other person ID goes: an app that still reports it makes that person anew.
        </p>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={chosen === undefined} loading={busy} onClick={() => void merge()}>
            Merge
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
