import { Button } from '@mantine/core';
import { IconLayout, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { TemplateSummary } from '../../../src-preload/contract/template.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DataTable, DetailPanel, EmptyState, ErrorState, Page, type Sort, undoToast, useKeys, useRows } from '../../ui/index.js';
import { MessagePreview } from './preview.js';
import { NewTemplate } from './starters.js';

const orders: Readonly<Record<string, (a: TemplateSummary, b: TemplateSummary) => number>> = {
  name: (a, b) => a.name.localeCompare(b.name),
  subject: (a, b) => a.subject.localeCompare(b.subject),
  version: (a, b) => a.version - b.version,
  updated: (a, b) => a.updatedAt - b.updatedAt,
};

/** All templates, with the message of the one under the cursor beside them. */
export function Templates() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const navigate = useNavigate();
  const f = useFormat();
  const list = useQuery(trpc.templates.list.queryOptions());
  const [search, setSearch] = useState('');
  const [sort, setSort] = useState<Sort>({ column: 'updated', descending: true });
  const [active, setActive] = useState<string | undefined>();
  const [starting, setStarting] = useState(false);
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const found = (list.data ?? []).filter(({ name, subject }) => `${name} ${subject}`.toLowerCase().includes(wanted));
    const order = orders[sort.column] ?? (() => 0);
    return list.data && found.sort((a, b) => (sort.descending ? order(b, a) : order(a, b)));
  }, [list.data, search, sort]);
  const rows = useRows(shown);
  const duplicate = useMutation(trpc.templates.duplicate.mutationOptions({ onSuccess: ({ uid }) => navigate(`/templates/${uid}`) }));
  const remove = useMutation(
    trpc.templates.remove.mutationOptions({
      onSuccess: (_, { uid }) => undoToast({ message: 'Template deleted.', undo: () => client.templates.restore.mutate({ uid }) }),
    }),
  );
  const open = (template: TemplateSummary) => void navigate(`/templates/${template.uid}`);
  useKeys('Templates', [{ key: 'n', label: 'New template', run: () => setStarting(true), palette: true }]);
  const current = shown?.find(({ uid }) => uid === active);
  const start = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setStarting(true)}>
      New template
    </Button>
  );
  return (
    <Page
      title="Templates"
      note={list.data && list.data.length > 0 ? f.plural(list.data.length, 'template', 'templates') : undefined}
      action={start}
      search={{ value: search, onChange: setSearch, placeholder: 'Name or subject' }}
      panel={
        current && (
          <DetailPanel title={current.name} width={404} onClose={() => setActive(undefined)} tools={<Button variant="default" onClick={() => open(current)}>Edit</Button>}>
            <div style={{ height: '100%', marginInline: -16, marginBlockEnd: -16 }}>
              <MessagePreview source={{ template: current.uid, version: current.version }} />
            </div>
          </DetailPanel>
        )
      }
    >
      {list.error !== null && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <DataTable
          id="templates"
          label="Templates"
          rows={rows}
          rowKey={(t) => t.uid}
          columns={[
            { id: 'name', header: 'Name', cell: (t) => <span className="h-name">{t.name}</span>, grow: 2, minWidth: 160, hideable: false, sortable: true },
            { id: 'subject', header: 'Subject', cell: (t) => t.subject || <span className="h-text-3">No subject</span>, grow: 3, sortable: true },
            { id: 'version', header: 'Version', cell: (t) => f.number(t.version), yields: 1, width: 80, align: 'end', sortable: true },
            { id: 'updated', header: 'Changed', cell: (t) => f.when(t.updatedAt), width: 120, align: 'end', sortable: true },
          ]}
          sort={sort}
          onSort={setSort}
          onActive={(t) => setActive(t.uid)}
          onOpen={open}
          {...(current ? { activeKey: current.uid } : {})}
          actions={[
            { key: 'e', label: 'Edit', run: open },
            { key: 'd', label: 'Duplicate', run: (t) => duplicate.mutate({ uid: t.uid }) },
            { key: 'x', label: 'Delete', run: (t) => remove.mutate({ uid: t.uid }), danger: true },
          ]}
          empty={
            search.trim() === '' ? (
              <EmptyState icon={<IconLayout size={28} />} action={start}>
                A template is what a campaign says: a subject and a message, filled in for each person.
              </EmptyState>
            ) : (
              <EmptyState>No template has “{search.trim()}” in its name or subject.</EmptyState>
            )
          }
        />
      )}
      <NewTemplate opened={starting} onClose={() => setStarting(false)} />
    </Page>
  );
}
