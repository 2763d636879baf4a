import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useFormat } from '../../lib/format.js';
import type { List } from './use-members.js';

interface Props {
  readonly ids: readonly number[];
  /** Imported segments: only a list has members that can be added by hand. */
  readonly lists: readonly List[];
  readonly onAdd: (to: List | { readonly newName: string }, ids: readonly number[]) => Promise<void>;
  readonly onClose: () => void;
}

const another = 'new';

/** Asks which list the picked addresses go into. */
export function AddToSegment({ ids, lists, onAdd, onClose }: Props) {
  const f = useFormat();
  const [chosen, setChosen] = useState<string>(lists[0]?.uid ?? another);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const list = lists.find(({ uid }) => uid === chosen);
  const submit = async () => {
    setBusy(true);
    await onAdd(list ?? { newName: name.trim() }, ids);
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Add ${f.plural(ids.length, 'address', 'addresses')} to a segment`} size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        <Stack gap="md">
          <Select
            data-autofocus
            label="Segment"
            description="Lists only: who is in a segment made of rules is for its rules to say."
            allowDeselect={false}
            searchable={lists.length > 8}
            value={chosen}
            data={[...lists.map(({ uid, name: label }) => ({ value: uid, label })), { value: another, label: 'A new list' }]}
            onChange={(value) => setChosen(value ?? another)}
          />
          {!list && <TextInput label="Name" placeholder="New list" maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
