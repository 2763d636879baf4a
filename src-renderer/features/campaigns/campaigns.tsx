import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { CampaignSummary } from '../../../src-preload/contract/campaign.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { BarCell, DataTable, EmptyState, ErrorState, Page, Tag, undoToast, useKeys, useRows } from '../../ui/index.js';
import { statusTag, underWay } from './words.js';

/** Where a campaign is looked at: its steps, its monitor or its report. */
export function placeOf({ uid, status, run }: Pick<CampaignSummary, 'uid' | 'status'> & { readonly run: unknown }): string {
  if (status === 'draft' || !run) return `/campaigns/${uid}`;
  return `/campaigns/${uid}/${underWay.has(status) ? 'live' : 'report'}`;
}

/** All campaigns: a virtual table with what each is doing. */
export function Campaigns() {
  const trpc = useTRPC();
  const f = useFormat();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const [archived, setArchived] = useState(false);
  const list = useQuery(trpc.campaigns.list.queryOptions({ archived }));
  const create = useMutation(trpc.campaigns.create.mutationOptions({ onSuccess: ({ uid }) => void navigate(`/campaigns/${uid}`) }));
  const duplicate = useMutation(trpc.campaigns.duplicate.mutationOptions({ onSuccess: ({ uid }) => void navigate(`/campaigns/${uid}`) }));
  const restore = useMutation(trpc.campaigns.restore.mutationOptions());
  const remove = useMutation(trpc.campaigns.delete.mutationOptions({ onSuccess: (_, { uid }) => undoToast({ message: 'Draft deleted.', undo: () => restore.mutateAsync({ uid }) }) }));
  const unarchive = useMutation(trpc.campaigns.unarchive.mutationOptions());
  const archive = useMutation(trpc.campaigns.archive.mutationOptions({ onSuccess: (_, { uid }) => undoToast({ message: 'Campaign archived.', undo: () => unarchive.mutateAsync({ uid }) }) }));

  const found = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase();
    return wanted === '' ? list.data : list.data?.filter((campaign) => campaign.name.toLocaleLowerCase().includes(wanted));
  }, [list.data, search]);
  const rows = useRows(found);
  const start = () => create.mutate({});
  useKeys('Campaigns', [{ key: 'n', label: 'New campaign', run: start, palette: true }]);
  const newButton = (
    <Button leftSection={<IconPlus size={14} />} onClick={start} loading={create.isPending}>
      New campaign
    </Button>
  );
  if (list.isError) {
    return (
      <Page title="Campaigns">
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title="Campaigns"
      note={list.data && f.plural(list.data.length, 'campaign', 'campaigns')}
      action={newButton}
      tools={
        <SegmentedControl
          aria-label="Which campaigns"
          value={archived ? 'archived' : 'current'}
          onChange={(value) => setArchived(value === 'archived')}
          data={[
            { value: 'current', label: 'Current' },
            { value: 'archived', label: 'Archived' },
          ]}
        />
      }
      search={{ value: search, onChange: setSearch, placeholder: 'Campaign name' }}
    >
      <DataTable
        id="campaigns"
        label="Campaigns"
        rows={rows}
        rowKey={(campaign) => campaign.uid}
        columns={[
          { id: 'name', header: 'Name', cell: (c) => <span className="h-name h-ellipsis" title={c.name}>{c.name}</span>, grow: 2, minWidth: 260, hideable: false },
          { id: 'status', header: 'State', width: 170, cell: (c) => <StatusTag campaign={c} /> },
          { id: 'segment', header: 'Segment', grow: 1, minWidth: 130, yields: 4, cell: (c) => c.segmentName ?? <span className="h-text-3">none yet</span> },
          { id: 'progress', header: 'Accepted', width: 190, yields: 5, cell: (c) => <Progress campaign={c} /> },
          { id: 'opened', header: 'Opened, estimate', align: 'end', width: 120, yields: 2, cell: (c) => rate((ratio) => f.percent(ratio), c, c.run?.opened) },
          { id: 'clicked', header: 'Clicked', align: 'end', width: 90, yields: 3, cell: (c) => rate((ratio) => f.percent(ratio), c, c.run?.clicked) },
          { id: 'updated', header: 'Changed', align: 'end', width: 100, yields: 1, cell: (c) => f.when(c.updatedAt) },
        ]}
        onOpen={(campaign) => void navigate(placeOf(campaign))}
        actions={[
          { key: 'd', label: 'Duplicate', run: (c) => duplicate.mutate({ uid: c.uid }) },
          {
            key: 'x',
            label: 'Delete draft or archive',
            danger: true,
            run: (c) => (c.status === 'draft' && !c.run ? remove.mutate({ uid: c.uid }) : c.status === 'archived' ? unarchive.mutate({ uid: c.uid }) : archive.mutate({ uid: c.uid })),
          },
        ]}
        empty={
          search !== '' || archived ? (
            <EmptyState>{search !== '' ? 'No campaign has such a name.' : 'Nothing is archived.'}</EmptyState>
          ) : (
            <EmptyState icon={<IconSend size={20} />} action={newButton}>
              A campaign sends one message to the people of a segment and reports what they did with it.
            </EmptyState>
          )
        }
      />
    </Page>
  );
}

function StatusTag({ campaign }: { readonly campaign: CampaignSummary }) {
  const { word, tone, dot } = statusTag(campaign.status, campaign.run?.numbers.unknown ?? 0);
  return (
    <Tag tone={tone} dot={dot ?? false}>
      {word}
    </Tag>
  );
}

function Progress({ campaign: { run } }: { readonly campaign: CampaignSummary }) {
  const f = useFormat();
  if (!run) return <span className="h-text-3">not sent</span>;
  const reach = run.numbers.total - run.numbers.skipped;
  return <BarCell parts={[{ value: run.numbers.sent, fill: 'accent' }]} max={reach} label={`${f.number(run.numbers.sent)} of ${f.number(reach)} accepted`} text={f.number(run.numbers.sent)} />;
}

/** Of the accepted messages; a dash while there are none. */
function rate(percent: (ratio: number) => string, campaign: CampaignSummary, n: number | null | undefined): string {
  const sent = campaign.run?.numbers.sent ?? 0;
  if (n === null) return 'not tracked';
  return sent === 0 || n === undefined ? '–' : percent(n / sent);
}
