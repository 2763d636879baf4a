import { Button, Modal } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DetailPanel, Loaded, okToast, SkeletonLines } from '../../ui/index.js';
import { MessagePreview } from './preview.js';

/** All versions of a template, newest first; each can be looked at and brought back as a new one. */
export function Versions({ uid, onClose, onRestored, flush }: { readonly uid: string; readonly onClose: () => void; readonly onRestored: (updatedAt: number) => void; readonly flush: () => Promise<void> }) {
  const trpc = useTRPC();
  const f = useFormat();
  const versions = useQuery(trpc.templates.versions.queryOptions({ uid }));
  const [shown, setShown] = useState<number | undefined>();
  const restore = useMutation(
    trpc.templates.restoreVersion.mutationOptions({
      onSuccess: ({ version, updatedAt }, input) => {
        onRestored(updatedAt);
        setShown(undefined);
        okToast(`Version ${version} now says what version ${input.version} said.`);
      },
    }),
  );
  // What is typed and not yet written would win over the restored version.
  const bringBack = (version: number) => void flush().then(() => restore.mutate({ uid, version }));
  return (
    <DetailPanel title="Versions" width={304} onClose={onClose}>
      <Loaded query={versions} skeleton={<SkeletonLines lines={4} height={28} />}>
        {(list) => (
          <table className="h-table">
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Begun</th>
                <th scope="col">
                  <span className="h-visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map(({ version, createdAt, subject }, i) => (
                <tr key={version}>
                  <td title={subject}>
                    <span className="h-name">{version}</span>
                    {i === 0 && ' (newest)'}
                  </td>
                  <td>{f.when(createdAt)}</td>
                  <td className="h-num">
                    <button type="button" className="h-link" onClick={() => setShown(version)} aria-label={`Look at version ${version}`}>
                      Look
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
      <Modal opened={shown !== undefined} onClose={() => setShown(undefined)} title={`Version ${shown ?? ''}`} size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
        {shown !== undefined && (
          <>
            <div style={{ height: '60vh' }}>
              <MessagePreview source={{ template: uid, version: shown }} />
            </div>
            <Button mt="md" loading={restore.isPending} disabled={versions.data?.[0]?.version === shown} onClick={() => bringBack(shown)}>
              Bring this version back
            </Button>
          </>
        )}
      </Modal>
    </DetailPanel>
  );
}
