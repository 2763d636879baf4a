import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconArchive, IconCopy, IconDots, IconSend, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { campaignDraft, type CampaignDetail, type CampaignDraft } from '../../../src-preload/contract/campaign.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { okToast, Page, type Step, StepRail, Tag, TypedConfirm, undoToast, useAutosave } from '../../ui/index.js';
import { AudienceStep } from './audience-step.js';
import { reachedBy } from './funnel.js';
import { MessageStep } from './message-step.js';
import { ReviewStep } from './review-step.js';
import { SenderStep } from './sender-step.js';
import { type StepId, stepIds, stepOfCheck, stepState } from './steps.js';
import { TestSend } from './test-send.js';

/** A draft: one page, the steps always at its side, saved as one types. */
export function DraftEditor({ campaign }: { readonly campaign: CampaignDetail }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const f = useFormat();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const wanted = params.get('step');
  const step: StepId = stepIds.find((id) => id === wanted) ?? 'audience';
  const go = (id: string) => setParams({ step: id }, { replace: true });
  const [testing, setTesting] = useState(false);
  const [launching, setLaunching] = useState(false);

  const revision = useRef(campaign.revision);
  const draft = useAutosave<CampaignDraft>({
    id: `campaign:${campaign.uid}`,
    stored: campaign.draft,
    storedAt: campaign.updatedAt,
    accepts: (value): value is CampaignDraft => campaignDraft.safeParse(value).success,
    save: async (value) => {
      const saved = await client.campaigns.save.mutate({ uid: campaign.uid, revision: revision.current, draft: value });
      revision.current = saved.revision;
      await queries.invalidateQueries({ queryKey: trpc.campaigns.review.queryKey({ uid: campaign.uid }) });
    },
  });
  const review = useQuery(trpc.campaigns.review.queryOptions({ uid: campaign.uid }, { staleTime: 0 }));
  const duplicate = useMutation(trpc.campaigns.duplicate.mutationOptions({ onSuccess: ({ uid }) => void navigate(`/campaigns/${uid}`) }));
  const restore = useMutation(trpc.campaigns.restore.mutationOptions());
  const remove = useMutation(
    trpc.campaigns.delete.mutationOptions({
      onSuccess: () => {
        undoToast({ message: 'Draft deleted.', undo: () => restore.mutateAsync({ uid: campaign.uid }) });
        void navigate('/campaigns');
      },
    }),
  );
  const archive = useMutation(trpc.campaigns.archive.mutationOptions({ onSuccess: () => void navigate('/campaigns') }));

  const value = draft.value ?? campaign.draft;
  const set = (patch: Partial<CampaignDraft>) => draft.set((before) => ({ ...before, ...patch }));
  const reached = reachedBy(review.data?.funnel ?? null);
  const checks = review.data?.checks ?? [];
  const stateOf = (id: StepId) => stepState(id, review.data, value);
  const left = checks.filter((check) => check.level !== 'ok').length;
  const steps: readonly Step[] = [
    { id: 'audience', name: 'Audience', note: review.data?.funnel ? f.plural(review.data.funnel.segment.people, 'person', 'people') : 'Choose a segment', state: stateOf('audience') },
    { id: 'message', name: 'Message', note: value.treatments[0]?.message ? 'E-mail' : 'Choose a template', state: stateOf('message') },
    { id: 'sender', name: 'Sender', note: value.from.address || 'Choose a sender', state: stateOf('sender') },
    { id: 'review', name: 'Review', note: review.data ? (left === 0 ? 'Nothing to look at' : f.plural(left, 'check needs a look', 'checks need a look')) : 'Checking', state: stateOf('review') },
  ];

  const openLaunch = async () => {
    await draft.flush();
    const fresh = await review.refetch();
    if (fresh.data?.ready) setLaunching(true);
    else go('review');
  };
  const launch = async () => {
    await draft.flush();
    await client.campaigns.launch.mutate({ uid: campaign.uid, revision: revision.current });
    await queries.invalidateQueries({ queryKey: trpc.campaigns.get.queryKey({ uid: campaign.uid }) });
    void navigate(`/campaigns/${campaign.uid}/live`);
  };

  return (
    <Page
      scroll
      title={value.name || 'Campaign'}
      crumbs={[{ label: 'Campaigns', to: '/campaigns' }]}
      chips={<Tag>Draft</Tag>}
      saved={draft.saved}
      side={<StepRail steps={steps} current={step} onGo={go} foot="Recipients are fixed at launch. Consent and suppressions are checked again for each person at the moment of sending." />}
      tools={
        <>
          <Button variant="default" onClick={() => setTesting(true)}>
            Send test
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label="More actions">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => void draft.flush().then(() => duplicate.mutate({ uid: campaign.uid }))}>
                Duplicate
              </Menu.Item>
              <Menu.Item leftSection={<IconArchive size={14} />} onClick={() => void draft.flush().then(() => archive.mutate({ uid: campaign.uid }))}>
                Archive
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={14} />} color="red.6" onClick={() => remove.mutate({ uid: campaign.uid })}>
                Delete draft
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
      action={
        <Button leftSection={<IconSend size={14} />} onClick={() => void openLaunch()} disabled={!review.data?.ready}>
          {reached.people > 0 ? `Launch to ${f.plural(reached.people, 'person', 'people')}` : 'Launch'}
        </Button>
      }
    >
      {step === 'audience' && <AudienceStep value={value} set={set} review={review.data} />}
      {step === 'message' && <MessageStep campaign={campaign.uid} value={value} set={set} flush={draft.flush} />}
      {step === 'sender' && <SenderStep value={value} set={set} />}
      {step === 'review' && <ReviewStep review={review} onFix={(check) => go(stepOfCheck[check])} onTest={() => setTesting(true)} />}
      <TestSend
        campaign={campaign.uid}
        opened={testing}
        onClose={() => setTesting(false)}
        before={draft.flush}
        onSent={(n) => {
          okToast(`Test on its way to ${f.plural(n, 'address', 'addresses')}. It counts nowhere.`);
          void review.refetch();
        }}
      />
      <TypedConfirm
        opened={launching}
        onClose={() => setLaunching(false)}
        title={`Launch to ${f.plural(reached.people, 'person', 'people')}?`}
        count={reached.people}
        noun="people"
        action="Launch"
        onConfirm={launch}
      >
        {f.audience(reached)} will get this message. After the launch you have 30 seconds to take it back.
      </TypedConfirm>
    </Page>
  );
}
