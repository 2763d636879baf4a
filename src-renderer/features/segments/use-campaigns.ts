import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { CampaignSummary } from '../../../src-preload/contract/campaign.js';
import { useTRPC } from '../../api/trpc.js';
import type { CampaignChoice } from './builder-context.js';

/** Only what the builder shows: while a campaign is sent its numbers change several times a second, its name does not. */
const choices = (archived: boolean) => (campaigns: readonly CampaignSummary[]) =>
  campaigns.map(({ uid, name, run }): CampaignChoice => ({ uid, name, section: archived ? 'Archived' : run ? 'Sent' : 'Not sent yet' }));
const ofCurrent = choices(false);
const ofArchived = choices(true);

/** The campaigns that a rule may name, those that reached somebody first. */
export function useCampaigns(): readonly CampaignChoice[] {
  const trpc = useTRPC();
  const current = useQuery(trpc.campaigns.list.queryOptions({}, { select: ofCurrent }));
  const archived = useQuery(trpc.campaigns.list.queryOptions({ archived: true }, { select: ofArchived }));
  return useMemo(() => {
    const sent = (current.data ?? []).filter(({ section }) => section === 'Sent');
    const others = (current.data ?? []).filter(({ section }) => section !== 'Sent');
    return [...sent, ...others, ...(archived.data ?? [])];
  }, [current.data, archived.data]);
}
