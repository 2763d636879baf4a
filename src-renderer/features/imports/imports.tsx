import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { ImportView } from '../../../src-preload/contract/import.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DataTable, EmptyState, ErrorState, errorToast, Page, Tag, useKeys, useRows } from '../../ui/index.js';
import { DropAnywhere } from './drop.js';
import { queueFiles } from './files.js';
import { ImportPanel } from './import-panel.js';
import { stateOf } from './words.js';

const shown = 500;

/** Every import with where it stands; a file dropped here is looked at. */
export function Imports() {
  const trpc = useTRPC();
  const f = useFormat();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState('');
  const list = useQuery(trpc.imports.list.queryOptions({ limit: shown }));
  const found = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase();
    return list.data?.filter((view) => view.fileName.toLocaleLowerCase().includes(wanted));
  }, [list.data, search]);
  const rows = useRows(found);
  const uid = params.get('import');
  const current = useQuery({ ...trpc.imports.get.queryOptions({ uid: uid ?? '' }), enabled: uid !== null });
  const show = (view: ImportView) => setParams({ import: view.uid }, { replace: true });
  const begin = () => void navigate('/imports/new');
  useKeys('Imports', [
    { key: 'n', label: 'Import a file', run: begin },
    { key: 'b', label: 'Bring over from Pinpoint', run: () => void navigate('/imports/pinpoint'), palette: true },
  ]);
  const onFiles = useCallback(
    (files: readonly File[]) => {
      void queueFiles(files).then(({ queue, failed }) => {
        failed.forEach(errorToast);
        if (queue) void navigate('/imports/new', { state: queue });
      });
    },
    [navigate],
  );
  const add = (
    <Button leftSection={<IconFileImport size={14} />} onClick={begin}>
      Import a file
    </Button>
  );
  const pinpoint = (
    <Button variant="default" onClick={() => void navigate('/imports/pinpoint')}>
      From Pinpoint
    </Button>
  );
  if (list.isError) {
    return (
      <Page title="Imports">
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      </Page>
    );
  }
  const number = (n: number | undefined) => (n === undefined ? <span className="h-text-3">—</span> : f.number(n));
  return (
    <DropAnywhere onFiles={onFiles}>
      <Page
        title="Imports"
        note={list.data && f.plural(list.data.length, 'import', 'imports')}
        action={add}
        tools={pinpoint}
        search={{ value: search, onChange: setSearch, placeholder: 'File name' }}
        panel={uid !== null && current.data && <ImportPanel key={uid} view={current.data} onClose={() => setParams({}, { replace: true })} />}
      >
        <DataTable
          id="imports"
          label="Imports"
          rows={rows}
          rowKey={(view) => view.uid}
          columns={[
            { id: 'file', header: 'File', grow: 3, minWidth: 180, hideable: false, cell: (view) => <span className="h-name h-ellipsis">{view.fileName}</span> },
            { id: 'state', header: 'State', width: 128, cell: (view) => <Tag tone={stateOf(view).tone}>{stateOf(view).label}</Tag> },
            { id: 'rows', header: 'Rows', width: 92, align: 'end', yields: 5, cell: (view) => number(view.counts?.rows) },
            { id: 'new', header: 'New', width: 92, align: 'end', yields: 2, cell: (view) => number(view.merged?.new ?? view.counts?.new) },
            { id: 'changed', header: 'Changed', width: 92, align: 'end', yields: 1, cell: (view) => number(view.merged?.changed ?? view.counts?.changed) },
            { id: 'rejected', header: 'Rejected', width: 92, align: 'end', yields: 4, cell: (view) => number(view.counts?.rejected) },
            {
              id: 'segment',
              header: 'Segment',
              grow: 1,
              minWidth: 110,
              yields: 3,
              cell: (view) => <span className="h-text-2 h-ellipsis">{view.segment?.name ?? ''}</span>,
            },
            { id: 'when', header: 'When', width: 104, align: 'end', yields: 6, cell: (view) => f.when(view.createdAt) },
          ]}
          onActive={show}
          {...(uid === null ? {} : { activeKey: uid })}
          empty={
            search === '' ? (
              <EmptyState icon={<IconFileImport size={28} />} action={add}>
                An import brings people from a file: CSV or JSON lines with any columns. You see what it would do before it does it, and can take it back for 30
                days.
              </EmptyState>
            ) : (
              <EmptyState>No file of this name was imported.</EmptyState>
            )
          }
        />
      </Page>
    </DropAnywhere>
  );
}
