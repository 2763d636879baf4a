import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useParams } from 'react-router';
import { useTRPC } from '../../api/trpc.js';
import { errorShape } from '../../lib/errors.js';
import { EmptyState, ErrorState, Page, SkeletonLines } from '../../ui/index.js';
import { placeOf } from './campaigns.js';
import { DraftEditor } from './draft-editor.js';

/** One campaign: its steps while it is a draft, otherwise the monitor or the report. */
export function CampaignPage() {
  const { id = '' } = useParams();
  const trpc = useTRPC();
  const campaign = useQuery(trpc.campaigns.get.queryOptions({ uid: id }));
  if (campaign.isError) {
    return (
      <Page title="Campaign" crumbs={[{ label: 'Campaigns', to: '/campaigns' }]} scroll>
        {errorShape(campaign.error).code === 'NOT_FOUND' ? (
          <EmptyState action={<Button component={Link} to="/campaigns">All campaigns</Button>}>There is no such campaign. It may have been deleted.</EmptyState>
        ) : (
          <ErrorState error={campaign.error} onRetry={() => void campaign.refetch()} />
        )}
      </Page>
    );
  }
  if (!campaign.data) {
    return (
      <Page title="Campaign" crumbs={[{ label: 'Campaigns', to: '/campaigns' }]} scroll>
        <SkeletonLines lines={8} height={20} />
      </Page>
    );
  }
  if (campaign.data.status !== 'draft') return <Navigate to={placeOf(campaign.data)} replace />;
  return <DraftEditor key={id} campaign={campaign.data} />;
}
