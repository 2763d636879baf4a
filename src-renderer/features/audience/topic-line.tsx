import { useState } from 'react';
import type { TopicAct, TopicStanding, TopicState } from '../../../src-preload/contract/topic.js';
import { useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { okToast } from '../../ui/index.js';
import { ReasonDialog } from './reason-dialog.js';

const stateWords: Readonly<Record<TopicState, string>> = { given: 'subscribed', withdrawn: 'left', requested: 'asked, not confirmed yet', never: 'never asked' };

/** What each act is called, what the dialog says, and what is told afterwards. */
const acts: Readonly<Record<TopicAct, { readonly label: string; readonly title: string; readonly action: string; readonly done: string }>> = {
  give: { label: 'Subscribe with a reason', title: 'Subscribe to this topic?', action: 'Subscribe', done: 'Subscribed to the topic.' },
  withdraw: { label: 'Take out', title: 'Take out of this topic?', action: 'Take out', done: 'Taken out of the topic.' },
  request: { label: 'Note that they asked', title: 'Wait for a confirmation?', action: 'Wait for it', done: 'The confirmation is waited for.' },
};

/** Who left is not asked again by us: only their own request brings a confirmation. */
function offered({ state, requestedAt }: TopicStanding): readonly TopicAct[] {
  if (state === 'given') return ['withdraw'];
  return [...(state === 'withdrawn' && requestedAt === undefined ? [] : (['withdraw'] as const)), ...(requestedAt === undefined && state !== 'withdrawn' ? (['request'] as const) : []), 'give'];
}

/** One address and one topic: whether we may write about it, since when and from where, and the acts of the operator. */
export function TopicLine({ id, address, standing }: { readonly id: number; readonly address: string; readonly standing: TopicStanding }) {
  const client = useTRPCClient();
  const f = useFormat();
  const [asking, setAsking] = useState<TopicAct | undefined>(undefined);
  const { name, state, mayContact, since, source, note, requestedAt } = standing;
  const facts = [since === undefined ? undefined : f.date(since), source].filter((part) => part !== undefined);
  const waits = state !== 'requested' && requestedAt !== undefined ? `; asked again ${f.date(requestedAt)}, not confirmed` : '';
  return (
    <p>
      <strong>{name}</strong>: {mayContact ? 'yes' : 'no'}, {stateWords[state]}
      {facts.length > 0 && ` (${facts.join(', ')})`}
      {note === undefined ? '' : `: “${note}”`}
      {waits}.{' '}
      {offered(standing).map((act, i) => (
        <span key={act}>
          {i > 0 && ' · '}
          <button type="button" className="h-link" aria-label={`${acts[act].label}: ${name}`} onClick={() => setAsking(act)}>
            {acts[act].label}
          </button>
        </span>
      ))}
      {asking && (
        <ReasonDialog
          title={acts[asking].title}
          action={acts[asking].action}
          required={asking === 'give'}
          onClose={() => setAsking(undefined)}
          onConfirm={async (text) => {
            await client.topics.set.mutate({ id, topic: standing.topic, act: asking, ...(text === '' ? {} : { note: text }) });
            okToast(acts[asking].done);
          }}
        >
          {asking === 'request' ? `The next message that asks to confirm ${name} goes to ${address}. Until they confirm, nothing else changes.` : `${name}, for ${address}. It stays in the history.`}
        </ReasonDialog>
      )}
    </p>
  );
}
