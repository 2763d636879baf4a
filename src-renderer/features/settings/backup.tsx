import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BackupView } from '../../../src-preload/contract/workspace.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { switchWorkspace } from '../../lib/switching.js';
import { useKeys } from '../../ui/keys.js';
import { EmptyState, Loaded } from '../../ui/states.js';
import { Section, Tag } from '../../ui/parts.js';
import { okToast } from '../../ui/toasts.js';
import { SettingsPage } from './settings-page.js';

/** Where a backup came from, by the label in its name (store/backup.ts). */
function origin(name: string): string {
  if (name.includes('before-restore')) return 'Before a restore';
  if (name.includes('before-schema')) return 'Before an update';
  return 'By hand';
}

/** Settings, Backup: make one, see them, restore one. */
export function Backup() {
  const trpc = useTRPC();
  const f = useFormat();
  const list = useQuery(trpc.backup.list.queryOptions());
  const [chosen, setChosen] = useState<BackupView | undefined>(undefined);
  const create = useMutation(
    trpc.backup.create.mutationOptions({
      onSuccess: (made) => {
        okToast(`Backup made and checked, ${f.bytes(made.bytes)}.`);
        void list.refetch();
      },
    }),
  );
  useKeys('Backup', [{ key: 'n', label: 'Make a backup now', run: () => create.mutate(), palette: true }]);
  const button = (
    <Button leftSection={<IconArchive size={14} />} loading={create.isPending} onClick={() => create.mutate()}>
      Back up now
    </Button>
  );
  return (
    <SettingsPage title="Backup" action={button}>
      <p className="h-text-2" style={{ marginBlockStart: 0 }}>
        A backup is a checked copy of the whole workspace file in its folder <code>backups</code>. One is made by itself before each update of the file and before each restore.
      </p>
      <KeepDays />
      <Section title="Backups">
        <Loaded query={list}>
          {(backups) =>
            backups.length === 0 ? (
              <EmptyState>There is no backup yet. One takes seconds and holds everything.</EmptyState>
            ) : (
              <table className="h-table">
                <thead>
                  <tr>
                    <th scope="col">Made</th>
                    <th scope="col">Why</th>
                    <th scope="col" className="h-num">
                      Size
                    </th>
                    <th scope="col">
                      <span className="h-visually-hidden">Action</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {backups.map((backup, index) => (
                    <tr key={backup.name}>
                      <td title={backup.name}>
                        <span className="h-name">{f.dateTime(backup.madeAt)}</span> {index === 0 && <Tag>Newest</Tag>}
                      </td>
                      <td>{origin(backup.name)}</td>
                      <td className="h-num">{f.bytes(backup.bytes)}</td>
                      <td className="h-num">
                        <button type="button" className="h-link" onClick={() => setChosen(backup)} aria-label={`Restore the backup of ${f.dateTime(backup.madeAt)}`}>
                          Restore
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </Section>
      <RestoreDialog backup={chosen} onClose={() => setChosen(undefined)} />
    </SettingsPage>
  );
}

const keepChoices = [0, 30, 90, 365] as const;

/** How long backups are kept: whoever was erased is in them until then. */
function KeepDays() {
  const trpc = useTRPC();
  const settings = useQuery(trpc.settings.get.queryOptions());
  const set = useMutation(trpc.settings.set.mutationOptions());
  if (!settings.data) return null;
  const days = settings.data.backupKeepDays;
  return (
    <Select
      label="Remove backups by itself"
      description="Each older one, when the workspace opens and when a backup is made. People you erased are in backups from before until those are gone."
      maw={420}
      mb="lg"
      allowDeselect={false}
      data={[...new Set([...keepChoices, days])].map((n) => ({ value: String(n), label: n === 0 ? 'Never' : `After ${n} days` }))}
      value={String(days)}
      onChange={(value) => set.mutate({ backupKeepDays: Number(value) })}
    />
  );
}

function RestoreDialog({ backup, onClose }: { readonly backup: BackupView | undefined; readonly onClose: () => void }) {
  const client = useTRPCClient();
  const f = useFormat();
  const restore = (name: string) => {
    onClose();
    switchWorkspace('Restoring the backup', () => client.backup.restore.mutate({ name }));
  };
  return (
    <Modal opened={backup !== undefined} onClose={onClose} title={backup ? `Restore the workspace of ${f.dateTime(backup.madeAt)}` : ''} size="md">
      {backup && (
        <Stack gap="md">
          <ul style={{ margin: 0, paddingInlineStart: 18, display: 'flex', flexDirection: 'column', gap: 8 }}>
            <li>Everything becomes as it was then. What was made or imported since is not in it.</li>
            <li>The workspace as it is now is backed up first, so you can come back.</li>
            <li>Nobody who unsubscribed since then is forgotten: opt-outs are kept apart and entered again.</li>
            <li>Messages that were unsent then are marked "may have been sent", and all sending is paused until you resume it.</li>
          </ul>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button onClick={() => restore(backup.name)}>
              Back up now and restore
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
