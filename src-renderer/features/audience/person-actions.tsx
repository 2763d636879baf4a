import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconArrowMerge, IconDots, IconDownload, IconEraser, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { AudienceDetail } from '../../../src-preload/contract/audience.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { errorToast, okToast, TypedConfirm, undoToast } from '../../ui/index.js';
import { wordsOf } from '../../lib/errors.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { MergeDialog } from './merge-dialog.js';

export interface PersonActionsProps {
  readonly detail: AudienceDetail;
  readonly title: string;
  readonly editing: boolean;
  readonly onEdit: () => void;
  /** Called before the person goes, and again when they stayed: the page must not ask for what is no longer there. */
  readonly onGoing: (going: boolean) => void;
  readonly going: boolean;
}

/** What can be done with a whole person. */
export function PersonActions({ detail, title, editing, onEdit, going, onGoing }: PersonActionsProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'merge' | 'erase' | undefined>(undefined);
  const { id } = detail.endpoint;
  const start = useMutation(trpc.exports.start.mutationOptions());
  const deliver = useMutation(
    trpc.exports.deliver.mutationOptions({
      onSuccess: (file) => {
        if (file.kind === 'download') {
          const link = document.createElement('a');
          link.href = file.url;
          link.download = '';
          link.click();
        }
        if (file.kind !== 'cancelled') okToast(`Everything held about this person exported${file.kind === 'saved' ? ` to ${file.path}` : ''}.`);
      },
    }),
  );
  const remove = async () => {
    onGoing(true);
    try {
      const ids = await client.audience.addressIds.query({ people: [id], addresses: [] });
      const { images } = await client.audience.remove.mutate({ ids });
      undoToast({ message: `${title} deleted. What was sent stays in the reports.`, undo: () => client.audience.restore.mutate({ images }) });
      void navigate('/people');
    } catch (error) {
      onGoing(false);
      errorToast(error);
    }
  };
  const exporting = start.isPending || deliver.isPending;
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={14} />} aria-pressed={editing} onClick={onEdit}>
        Edit
      </Button>
      <Button
        variant="default"
        leftSection={<IconDownload size={14} />}
        loading={exporting}
        onClick={() => start.mutate({ what: { kind: 'person', endpoint: id }, format: { kind: 'zip' } }, { onSuccess: (job) => deliver.mutate({ job: job.uid }) })}
      >
        Export
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label="More">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowMerge size={14} />} onClick={() => setOpen('merge')}>
            Merge with another person
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => void remove()}>
            Delete
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconEraser size={14} />} onClick={() => setOpen('erase')}>
            Erase for good
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'merge' && <MergeDialog into={{ endpoint: id, title }} onClose={() => setOpen(undefined)} />}
      <EraseDialog
        opened={open === 'erase'}
        going={going}
        id={id}
        title={title}
        onClose={() => setOpen(undefined)}
        onErase={async () => {
          onGoing(true);
          try {
            const receipt = await client.erasures.erase.mutate({ kind: 'person', endpoint: id });
            okToast(`Erased: ${f.plural(receipt.counts.addresses, 'address', 'addresses')}.`);
            void navigate(`/people/erased?receipt=${receipt.uid}`);
          } catch (error) {
            onGoing(false);
            throw error;
          }
        }}
      />
    </>
  );
}

function EraseDialog({ opened, going, id, title, onClose, onErase }: { readonly opened: boolean; readonly going: boolean; readonly id: number; readonly title: string; readonly onClose: () => void; readonly onErase: () => Promise<void> }) {
  const trpc = useTRPC();
  const f = useFormat();
  const preview = useQuery({ ...trpc.erasures.preview.queryOptions({ kind: 'person', endpoint: id }), enabled: opened && !going });
  if (!preview.data) return null;
  const { addresses, messages, events, refused } = preview.data;
  const wait = refused === undefined ? undefined : wordsOf(new HeliographError('ERASE_NOT_NOW', { why: refused }));
  return (
    <TypedConfirm opened={opened} onClose={onClose} title={`Erase ${title} for good?`} count={addresses} noun="addresses" action="Erase" danger onConfirm={onErase}>
      {wait && (
        <p role="status" className="h-bad">
          {wait.what} {wait.why} {wait.todo}
        </p>
      )}
      <p>
        Goes: the person, {f.plural(addresses, 'address', 'addresses')}, what {f.plural(messages, 'message', 'messages')} and {f.plural(events, 'event', 'events')} say of them, copies of imports, rejected rows, waiting exports and their mail in the test mailbox.
      </p>
      <p>Stays: the numbers of your reports, and a keyed hash of each address, so that no later list brings it back into a campaign.</p>
      <p>Backups still hold them until they are removed; the receipt names each. There is no undo.</p>
    </TypedConfirm>
  );
}
