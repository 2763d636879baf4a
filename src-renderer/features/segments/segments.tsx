import { Button, Group } from '@mantine/core';
import { IconClipboardList, IconFilter, IconPlus, IconSitemap } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DataTable, EmptyState, ErrorState, Page, type Sort, Tag, useKeys, useRows } from '../../ui/index.js';
import { Combine } from './combine.js';
import { useListCounts } from './use-list-counts.js';
import { useSegmentActions } from './use-segment-actions.js';

/** All segments, with whom they hold now and what needs them. */
export function Segments() {
  const trpc = useTRPC();
  const f = useFormat();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const [sort, setSort] = useState<Sort>({ column: 'name', descending: false });
  const [combining, setCombining] = useState(false);
  const list = useQuery(trpc.segments.list.queryOptions());
  const counts = useListCounts(list);
  const actions = useSegmentActions();

  const found = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase();
    const key = (segment: SegmentSummary) => {
      if (sort.column === 'changed') return segment.updatedAt;
      const count = counts.get(segment.uid);
      return sort.column === 'people' && typeof count === 'object' ? count.people : -1;
    };
    const rows = (list.data ?? []).filter((segment) => wanted === '' || segment.name.toLocaleLowerCase().includes(wanted));
    rows.sort((a, b) => key(a) - key(b) || a.name.localeCompare(b.name));
    return sort.descending ? rows.reverse() : rows;
  }, [counts, list.data, search, sort]);
  const rows = useRows(list.data && found);
  useKeys('Segments', [{ key: 'n', label: 'New segment', run: () => void actions.create(), palette: true }, { key: 'l', label: 'New list', run: () => void actions.createList(), palette: true }, ...((list.data?.length ?? 0) >= 2 ? [{ key: 'c', label: 'Combine segments', run: () => setCombining(true), palette: true }] : [])]);
  const add = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => void actions.create()}>
      New segment
    </Button>
  );
  if (list.isError) {
    return (
      <Page title="Segments">
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      </Page>
    );
  }
  const number = (segment: SegmentSummary, of: 'people' | 'addresses') => {
    const count = counts.get(segment.uid);
    return count === undefined ? <span className="h-text-3">…</span> : count === 'failed' ? <span className="h-bad">not counted</span> : f.number(count[of]);
  };
  return (
    <Page
      title="Segments"
      note={list.data && f.plural(list.data.length, 'segment', 'segments')}
      action={add}
      tools={
        <Group gap="sm" wrap="nowrap">
          {(list.data?.length ?? 0) >= 2 && (
            <Button variant="default" leftSection={<IconSitemap size={14} />} onClick={() => setCombining(true)}>
              Combine
            </Button>
          )}
          <Button variant="default" leftSection={<IconClipboardList size={14} />} onClick={() => void actions.createList()}>
            New list
          </Button>
        </Group>
      }
      search={{ value: search, onChange: setSearch, placeholder: 'Segment name' }}
    >
      <DataTable
        id="segments"
        label="Segments"
        rows={rows}
        rowKey={(segment) => segment.uid}
        sort={sort}
        onSort={setSort}
        columns={[
          { id: 'name', header: 'Name', grow: 3, minWidth: 160, hideable: false, sortable: true, cell: (segment) => <span className="h-name">{segment.name}</span> },
          { id: 'kind', header: 'Kind', width: 96, cell: (segment) => <Tag>{segment.kind === 'dynamic' ? 'Dynamic' : 'Imported'}</Tag> },
          { id: 'people', header: 'People', width: 104, align: 'end', sortable: true, cell: (segment) => number(segment, 'people') },
          { id: 'addresses', header: 'Addresses', width: 104, yields: 3, align: 'end', cell: (segment) => number(segment, 'addresses') },
          { id: 'changed', header: 'Changed', width: 112, yields: 2, align: 'end', sortable: true, cell: (segment) => f.when(segment.updatedAt) },
          { id: 'used', header: 'Used by', grow: 2, minWidth: 120, yields: 1, cell: (segment) => <span className="h-text-2">{segment.usedBy.map((use) => use.name).join(', ') || '—'}</span> },
        ]}
        onOpen={(segment) => void navigate(`/segments/${segment.uid}`)}
        actions={[
          { key: 'd', label: 'Duplicate', run: (segment) => void actions.duplicate(segment.uid) },
          { key: 'x', label: 'Delete', danger: true, run: (segment) => void actions.remove(segment.uid, segment.name) },
        ]}
        empty={
          search === '' ? (
            <EmptyState icon={<IconFilter size={28} />} action={add}>
              A segment says who gets a campaign: rules that are counted while you write them, or a list that came with an import or was put together by hand.
            </EmptyState>
          ) : (
            <EmptyState>No segment has “{search}” in its name.</EmptyState>
          )
        }
      />
      {combining && <Combine segments={list.data ?? []} onClose={() => setCombining(false)} />}
    </Page>
  );
}
