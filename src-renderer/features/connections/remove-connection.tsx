import { Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ConnectionView } from '../../../src-preload/contract/connection.js';
import { useTRPC } from '../../api/trpc.js';
import { ErrorState } from '../../ui/index.js';

/** Asks before a connection goes, because its password goes too and cannot be brought back. */
export function RemoveConnection({ connection, onClose, onRemoved }: { readonly connection: ConnectionView | undefined; readonly onClose: () => void; readonly onRemoved: () => void }) {
  const trpc = useTRPC();
  const remove = useMutation(trpc.connections.remove.mutationOptions({ meta: { ownError: true }, onSuccess: onRemoved }));
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Modal closeButtonProps={{ 'aria-label': 'Close' }} opened={connection !== undefined} onClose={close} title={`Remove ${connection?.name ?? ''}?`} size="sm">
      <Stack gap="md">
        <span>Its saved password and DKIM key are deleted for good. Reports of what was sent over it stay.</span>
        {remove.error !== null && <ErrorState error={remove.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => connection && remove.mutate({ uid: connection.uid })}>
            Remove
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
