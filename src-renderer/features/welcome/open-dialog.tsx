import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { newWorkspace } from '../../../src-preload/contract/workspace.js';
import { useTRPC } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';
import { ErrorState } from '../../ui/states.js';
import { RestoreOffer } from './restore-offer.js';

/** Asks for a folder: the system's picker where the shell has one, else a path to type. */
export function FolderField({ label, description, value, onChange, error }: { readonly label: string; readonly description?: string; readonly value: string; readonly onChange: (value: string) => void; readonly error?: string | undefined }) {
  const trpc = useTRPC();
  const shell = useQuery(trpc.workspace.shell.queryOptions()).data;
  const pick = useMutation(trpc.workspace.pickFolder.mutationOptions({ onSuccess: (folder) => folder !== null && onChange(folder) }));
  return (
    <TextInput
      label={label}
      description={description}
      value={value}
      error={error}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSectionWidth={shell?.canPickFolder ? 76 : undefined}
      rightSection={
        shell?.canPickFolder && (
          <Button variant="subtle" color="slate" h={22} onClick={() => pick.mutate()}>
            Choose
          </Button>
        )
      }
    />
  );
}

/** Makes a workspace: its name, and where if not in the documents folder. */
export function CreateForm({ onDone }: { readonly onDone?: () => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState('');
  const [parent, setParent] = useState('');
  const create = useMutation(trpc.workspace.create.mutationOptions({ onSuccess: () => onDone?.(), meta: { ownError: true } }));
  const wrong = name === '' || newWorkspace.shape.name.safeParse(name).success ? undefined : 'This cannot be the name of a folder';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '' && wrong === undefined) create.mutate({ name: name.trim(), ...(parent.trim() === '' ? {} : { parent: parent.trim() }) });
      }}
    >
      <Stack gap="md">
        <TextInput data-autofocus label="Name" description="Usually the company or brand that the messages come from" value={name} error={wrong} onChange={(event) => setName(event.currentTarget.value)} />
        <FolderField label="In folder" description="Empty: your documents folder. Not a network drive." value={parent} onChange={setParent} />
        {create.error !== null && <ErrorState error={create.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending} disabled={name.trim() === '' || wrong !== undefined}>
            Make the workspace
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Opens a workspace that lies in a folder. */
export function OpenForm({ onDone }: { readonly onDone?: () => void }) {
  const trpc = useTRPC();
  const [folder, setFolder] = useState('');
  const open = useMutation(trpc.workspace.open.mutationOptions({ onSuccess: () => onDone?.(), meta: { ownError: true } }));
  const words = open.error === null ? undefined : wordsOf(open.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (folder.trim() !== '') open.mutate({ folder: folder.trim() });
      }}
    >
      <Stack gap="md">
        <FolderField label="Workspace folder" description="It ends in .heliograph" value={folder} onChange={setFolder} error={words && [words.what, words.why, words.todo].filter((s) => s !== '').join(' ')} />
        {open.error !== null && open.variables !== undefined && <RestoreOffer folder={open.variables.folder} error={open.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={open.isPending} disabled={folder.trim() === ''}>
            Open
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Open or make another workspace, from the rail. */
export function OpenDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const [what, setWhat] = useState<'open' | 'create'>('open');
  return (
    <Modal opened={opened} onClose={onClose} title="Another workspace" size="md">
      <Stack gap="lg">
        <SegmentedControl
          value={what}
          onChange={(value) => setWhat(value === 'create' ? 'create' : 'open')}
          data={[
            { value: 'open', label: 'Open one' },
            { value: 'create', label: 'Make a new one' },
          ]}
        />
        {what === 'open' ? <OpenForm onDone={onClose} /> : <CreateForm onDone={onClose} />}
      </Stack>
    </Modal>
  );
}
