import { Checkbox, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { CampaignDraft, ReviewResult } from '../../../src-preload/contract/campaign.js';
import type { TopicView } from '../../../src-preload/contract/topic.js';
import { useTRPC } from '../../api/trpc.js';
import { Section, SkeletonLines } from '../../ui/index.js';
import { FunnelTable } from './funnel.js';

/** What the choice of a topic does. */
function topicNote(purpose: CampaignDraft['purpose'], topic: TopicView | undefined): string {
  if (!topic) return purpose === 'marketing' ? 'With a topic, people can leave it alone and still get the rest.' : 'A transactional message with a topic asks people to confirm it.';
  if (purpose === 'transactional') return 'Goes only to people who were asked about this topic and have not confirmed yet. The message needs a link to {{Heliograph.ConfirmUrl}}.';
  return topic.default === 'opt_in' ? 'Goes only to addresses that subscribed to this topic.' : 'Goes to everybody but those who left this topic.';
}

export interface StepProps {
  readonly value: CampaignDraft;
  readonly set: (patch: Partial<CampaignDraft>) => void;
}

/** Who gets it: name, segment, kind of mail, and the funnel from one to the other. */
export function AudienceStep({ value, set, review }: StepProps & { readonly review: ReviewResult | undefined }) {
  const trpc = useTRPC();
  const segments = useQuery(trpc.segments.list.queryOptions());
  const topics = useQuery(trpc.topics.list.queryOptions());
  // One that was put away is shown where it is chosen, and offered nowhere else.
  const offered = (topics.data ?? []).filter((topic) => topic.archivedAt === undefined || topic.uid === value.topic);
  return (
    <Stack gap="lg" maw={760}>
      <Section title="Campaign">
        <TextInput label="Name" description="For you and your reports; recipients do not see it." value={value.name} maxLength={200} error={value.name.trim() === '' ? 'A campaign needs a name.' : undefined} onChange={(event) => set({ name: event.currentTarget.value })} />
      </Section>
      <Section title="Segment" note={<Link to="/segments">Segments</Link>}>
        <Select
          label="Who gets it"
          placeholder={segments.data?.length === 0 ? 'No segments yet: make one first' : 'Choose a segment'}
          data={(segments.data ?? []).map((segment) => ({ value: segment.uid, label: segment.name }))}
          value={value.segment}
          onChange={(segment) => set({ segment })}
          searchable
          clearable
        />
        <Checkbox mt="md" label="One message per person" description="Somebody with several addresses gets it at the address known longest." checked={value.onePerPerson} onChange={(event) => set({ onePerPerson: event.currentTarget.checked })} />
      </Section>
      <Section title="Kind of mail">
        <SegmentedControl
          aria-label="Kind of mail"
          value={value.purpose}
          onChange={(purpose) => set({ purpose: purpose === 'transactional' ? 'transactional' : 'marketing' })}
          data={[
            { value: 'marketing', label: 'Marketing' },
            { value: 'transactional', label: 'Transactional' },
          ]}
        />
        <p className="h-text-2" style={{ marginBlock: 8 }}>
          {value.purpose === 'marketing'
            ? 'Carries an unsubscribe link; whoever unsubscribed is left out.'
            : 'Answers something the person did, such as an order. It also reaches people who unsubscribed from marketing, so never advertise in it.'}
        </p>
      </Section>
      <Section title="Topic" note={<Link to="/topics">Topics</Link>}>
        <Select
          label="What it is about"
          placeholder={offered.length === 0 ? 'No topics yet' : 'No topic: any marketing'}
          data={offered.map((topic) => ({ value: topic.uid, label: topic.name }))}
          value={value.topic}
          onChange={(topic) => set({ topic })}
          searchable
          clearable
        />
        <p className="h-text-2" style={{ marginBlock: 8 }}>
          {topicNote(value.purpose, offered.find((topic) => topic.uid === value.topic))}
        </p>
      </Section>
      {value.segment !== null && (
        <Section title="Who is left" note="each address counts once, at the first reason that stops it">
          {review?.funnel ? <FunnelTable funnel={review.funnel} /> : <SkeletonLines lines={5} />}
        </Section>
      )}
    </Stack>
  );
}
