import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConnectionView } from '../../../src-preload/contract/connection.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DataTable, DetailPanel, ErrorState, okToast, Page, Tag, useKeys, useRows } from '../../ui/index.js';
import { ConnectionForm } from './connection-form.js';
import { ConnectionDetails } from './details.js';
import { RemoveConnection } from './remove-connection.js';
import { healthOf, tlsWords } from './words.js';

/** Settings, Connections: the mail servers messages go out through, and the built-in test mailbox. */
export function Connections() {
  const trpc = useTRPC();
  const f = useFormat();
  const list = useQuery(trpc.connections.list.queryOptions());
  const rows = useRows(list.data);
  const [active, setActive] = useState<string | undefined>();
  const [form, setForm] = useState<{ readonly connection?: ConnectionView } | undefined>();
  const [removing, setRemoving] = useState<ConnectionView | undefined>();
  const verify = useMutation(
    trpc.connections.verify.mutationOptions({ onSuccess: (report) => (report.ok ? okToast('Verified.') : okToast('Not verified: the panel says why.')) }),
  );
  const add = () => setForm({});
  useKeys('Connections', [{ key: 'n', label: 'New connection', run: add, palette: true }]);
  const current = list.data?.find((c) => c.uid === active);
  const real = (c: ConnectionView) => c.provider === 'smtp';
  const only = list.data?.length === 1;
  return (
    <Page
      title="Connections"
      crumbs={[{ label: 'Settings', to: '/settings' }]}
      note={only ? 'Until you add a mail server, campaigns can go to the test mailbox only' : undefined}
      action={
        <Button leftSection={<IconPlus size={14} />} onClick={add}>
          New connection
        </Button>
      }
      panel={
        current && (
          <DetailPanel
            title={current.name}
            width={404}
            onClose={() => setActive(undefined)}
            tools={
              real(current) && (
                <>
                  <Button variant="default" onClick={() => setForm({ connection: current })}>
                    Edit
                  </Button>
                  <Button variant="subtle" color="slate" onClick={() => setRemoving(current)}>
                    Remove
                  </Button>
                </>
              )
            }
          >
            <ConnectionDetails key={current.uid} connection={current} />
          </DetailPanel>
        )
      }
    >
      {list.error !== null && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <DataTable
          id="connections"
          label="Connections"
          rows={rows}
          rowKey={(c) => c.uid}
          columns={[
            { id: 'name', header: 'Name', cell: (c) => <span className="h-name">{c.name}</span>, grow: 2, minWidth: 130, hideable: false },
            { id: 'server', header: 'Server', cell: (c) => (c.config ? `${c.config.host}:${c.config.port}` : 'Inside Heliograph'), grow: 2, minWidth: 150 },
            { id: 'tls', header: 'Encryption', cell: (c) => (c.config ? tlsWords[c.config.tls] : 'Not needed'), width: 104, yields: 2 },
            { id: 'pace', header: 'Messages per second', cell: (c) => (c.config?.messagesPerSecond === undefined ? 'No limit' : f.number(c.config.messagesPerSecond, 2)), width: 150, align: 'end', yields: 1 },
            {
              id: 'health',
              header: 'State',
              cell: (c) => {
                const { tone, word } = healthOf(c);
                return <Tag tone={tone}>{word}</Tag>;
              },
              width: 130,
            },
            { id: 'verified', header: 'Verified', cell: (c) => (real(c) && c.verifiedAt !== null ? f.when(c.verifiedAt) : ''), width: 96, align: 'end', yields: 3 },
          ]}
          onActive={(c) => setActive(c.uid)}
          onOpen={(c) => (real(c) ? setForm({ connection: c }) : setActive(c.uid))}
          {...(current ? { activeKey: current.uid } : {})}
          actions={[
            { key: 'e', label: 'Edit', run: (c) => setForm({ connection: c }), when: real },
            { key: 'v', label: 'Verify', run: (c) => verify.mutate({ uid: c.uid }), when: real },
            { key: 'x', label: 'Remove', run: setRemoving, danger: true, when: real },
          ]}
        />
      )}
      <ConnectionForm
        opened={form !== undefined}
        connection={form?.connection}
        onClose={() => setForm(undefined)}
        onSaved={(saved) => {
          setForm(undefined);
          setActive(saved.uid);
          okToast(form?.connection ? 'Saved.' : 'Added. Verify it before you send.');
          void list.refetch();
        }}
      />
      <RemoveConnection
        connection={removing}
        onClose={() => setRemoving(undefined)}
        onRemoved={() => {
          setRemoving(undefined);
          setActive(undefined);
          void list.refetch();
        }}
      />
    </Page>
  );
}
