import { Button, Group, Stack } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { RunStatus } from '../../../src-preload/contract/campaign.js';
import { placeWords } from '../../../src-preload/contract/delivery-words.js';
import { useConnection } from '../../api/connection.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { useNow } from '../../lib/now.js';
import { BarCell, Chart, EmptyState, ErrorState, okToast, Page, Section, SkeletonLines, Stat, Tag, TypedConfirm } from '../../ui/index.js';
import { LiftBounces } from './lift-bounces.js';
import { UnknownMessages } from './unknown-messages.js';
import { pauseWords, sendingPausedWords, statusTag } from './words.js';

/** The monitor of a run: one big number, what holds it up, and the three buttons. */
export function CampaignLive() {
  const { id = '' } = useParams();
  const trpc = useTRPC();
  const campaign = useQuery(trpc.campaigns.get.queryOptions({ uid: id }));
  const run = campaign.data?.run ?? null;
  // A launch that was taken back leaves no run to ask for; until the campaign says so, that is no failure.
  const [takenBack, setTakenBack] = useState<string | undefined>(undefined);
  const asking = run !== null && run !== takenBack;
  const status = useQuery(trpc.runs.status.queryOptions({ run: run ?? '' }, { enabled: asking, refetchInterval: 1000 }));
  const crumbs = [{ label: 'Campaigns', to: '/campaigns' }];
  const failed = campaign.error ?? status.error;
  if (failed && !status.data) {
    return (
      <Page title="Campaign" crumbs={crumbs} scroll>
        <ErrorState error={failed} onRetry={() => void campaign.refetch().then(() => status.refetch())} />
      </Page>
    );
  }
  if (!status.data) {
    return (
      <Page title={campaign.data?.draft.name ?? 'Campaign'} crumbs={crumbs} scroll>
        {campaign.data && run === null ? (
          <EmptyState
            action={
              <Button component={Link} to={`/campaigns/${id}`}>
                Open the draft
              </Button>
            }
          >
            This campaign was not sent yet.
          </EmptyState>
        ) : (
          <SkeletonLines lines={8} height={20} />
        )}
      </Page>
    );
  }
  return <Monitor campaign={id} status={status.data} onTakeBack={setTakenBack} />;
}

function Monitor({ campaign, status, onTakeBack }: { readonly campaign: string; readonly status: RunStatus; readonly onTakeBack: (run: string | undefined) => void }) {
  const trpc = useTRPC();
  const f = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [stopping, setStopping] = useState(false);
  const pause = useMutation(trpc.runs.pause.mutationOptions());
  const resume = useMutation(trpc.runs.resume.mutationOptions());
  const stop = useMutation(trpc.runs.stop.mutationOptions());
  const takeBack = useMutation(
    trpc.runs.takeBack.mutationOptions({
      // Told before it is asked for: the commit refreshes what is on the screen, and the run will be gone.
      onMutate: ({ run }) => onTakeBack(run),
      onError: () => onTakeBack(undefined),
      onSuccess: async () => {
        okToast('The launch was taken back. Nobody was written to.');
        // The draft's page sends whoever comes with an old answer straight back here.
        await queries.invalidateQueries({ queryKey: trpc.campaigns.get.queryKey({ uid: campaign }) });
        void navigate(`/campaigns/${campaign}`);
      },
    }),
  );
  const confirm = useMutation(trpc.runs.confirm.mutationOptions());
  const { numbers } = status;
  const reach = numbers.total - numbers.skipped;
  const tag = statusTag(status.status, numbers.unknown);
  const run = status.uid;
  const begun = status.status !== 'hold' && status.status !== 'ask' && status.status !== 'freezing';
  const lost = useConnection((s) => s.state) === 'lost' && status.status !== 'done' && status.status !== 'stopped';
  const going = status.status === 'sending' || status.status === 'waiting' || status.status === 'freezing';
  return (
    <Page
      scroll
      title={status.campaignName}
      crumbs={[{ label: 'Campaigns', to: '/campaigns' }]}
      chips={
        <Tag tone={tag.tone} dot={tag.dot ?? false}>
          {tag.word}
        </Tag>
      }
      tools={
        <>
          {(going || status.status === 'paused') && (
            <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={() => setStopping(true)}>
              Stop
            </Button>
          )}
          <Button variant="default" component={Link} to={`/campaigns/${campaign}/report`}>
            Report
          </Button>
        </>
      }
      action={
        status.status === 'hold' || status.status === 'ask' ? (
          <Button variant="default" loading={takeBack.isPending} onClick={() => takeBack.mutate({ run })}>
            Take it back
          </Button>
        ) : status.status === 'paused' && status.paused ? (
          <Button leftSection={<IconPlayerPlay size={14} />} loading={resume.isPending} onClick={() => resume.mutate({ run })}>
            Resume
          </Button>
        ) : going ? (
          <Button leftSection={<IconPlayerPause size={14} />} loading={pause.isPending} onClick={() => pause.mutate({ run })}>
            Pause
          </Button>
        ) : undefined
      }
    >
      <Stack gap="lg">
        <Notice status={status} onConfirm={() => confirm.mutate({ run })} confirming={confirm.isPending} />
        <Group gap="xl" align="flex-start" aria-live="polite">
          <Stat big label="Accepted by the mail server" value={f.number(numbers.sent)} note={begun ? `of ${f.number(reach)} messages` : 'the recipients are not fixed yet'} />
          <Stat label="Now" value={lost ? 'not known' : begun ? `${f.number(status.perSecond, 1)}/s` : 'not begun'} note={lost || !begun ? '' : numbers.waiting === 0 ? 'nothing left' : status.etaSeconds === null || !going ? '' : `about ${f.duration(status.etaSeconds * 1000)} left`} />
          <Stat label="Waiting" value={f.number(numbers.waiting)} />
          <Stat label="Refused" value={f.number(numbers.failed)} />
          <Stat label="Left out" value={f.number(numbers.skipped)} />
          <Stat label="May have been sent" value={f.number(numbers.unknown)} />
        </Group>
        <BarCell height={10} max={reach} label={`${f.number(numbers.sent)} of ${f.number(reach)} accepted`} parts={[{ value: numbers.sent, fill: 'accent' }, { value: numbers.failed, fill: 'bad' }, { value: numbers.unknown, fill: 'neutral' }]} />
        {going && <p className="h-text-2" style={{ margin: 0 }}>If you close the lid or quit, sending stops and goes on where it was when Heliograph is open again. Nobody gets it twice.</p>}
        {numbers.failed > 0 && <LiftBounces status={status} />}
        {numbers.unknown > 0 && <UnknownMessages run={run} total={numbers.unknown} />}
        <Chart kind="bar" title="Accepted" note="every five seconds, last ten minutes" labelName={`Time (${f.zoneName()})`} labels={status.line.map((point) => f.timeExact(point.at))} series={[{ name: 'Accepted', values: status.line.map((point) => point.sent), colour: 'accent' }]} unit="messages" height={160} empty="Nothing was accepted in the last ten minutes." />
        <Section title="Receiving domains" note="most messages first">
          <table className="h-table">
            <thead>
              <tr>
                <th scope="col">Domain</th>
                <th scope="col" className="h-num">Accepted</th>
                <th scope="col" className="h-num">Refused</th>
                <th scope="col" className="h-num">To be tried again</th>
              </tr>
            </thead>
            <tbody>
              {status.domains.map((row) => (
                <tr key={row.domain}>
                  <td>{row.domain === '' ? 'all others' : row.domain}</td>
                  <td className="h-num">{f.number(row.sent)}</td>
                  <td className="h-num">{f.number(row.failed)}</td>
                  <td className="h-num">{f.number(row.deferred)}</td>
                </tr>
              ))}
              {status.domains.length === 0 && (
                <tr>
                  <td colSpan={4}>No server has answered yet.</td>
                </tr>
              )}
            </tbody>
          </table>
        </Section>
        {status.deferred.length > 0 && (
          <Section title="Why some wait" note="in the server's words">
            <table className="h-table">
              <tbody>
                {status.deferred.map((row) => (
                  <tr key={row.response}>
                    <td>{row.response}</td>
                    <td className="h-num">{f.plural(row.messages, 'message', 'messages')}</td>
                    <td className="h-num">next try {f.time(row.nextDue)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Section>
        )}
        <Section title="Every message" note="by state and reason; the lines add up">
          <table className="h-table">
            <tbody>
              {status.counts.map((row) => (
                <tr key={`${row.state} ${row.reason}`}>
                  <td>{placeWords(row.state, row.reason).state}</td>
                  <td>{placeWords(row.state, row.reason).reason}</td>
                  <td className="h-num">{f.number(row.messages)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      </Stack>
      <TypedConfirm opened={stopping} onClose={() => setStopping(false)} title="Stop this campaign?" count={numbers.waiting} noun="messages" action="Stop" danger onConfirm={() => stop.mutateAsync({ run })}>
        The {f.plural(numbers.waiting, 'message that waits', 'messages that wait')} will be left out for good. Pause instead if you may want to go on.
      </TypedConfirm>
    </Page>
  );
}

/** What happened and what to do, when something holds the run up. */
function Notice({ status, onConfirm, confirming }: { readonly status: RunStatus; readonly onConfirm: () => void; readonly confirming: boolean }) {
  const f = useFormat();
  const now = useNow(1000);
  const lines: string[] = [];
  if (status.status === 'hold' && status.holdUntil !== null) lines.push(`Starts in ${f.duration(Math.max(0, status.holdUntil - now))}. Until then you can take it back.`);
  if (status.status === 'ask') lines.push('The program ended before this launch began. Should it be sent now?');
  if (status.status === 'freezing') lines.push('The recipients are being fixed.');
  if (status.paused) lines.push(pauseWords[status.paused.reason].what, pauseWords[status.paused.reason].todo, ...(status.paused.response === null ? [] : [`“${status.paused.response}”`]));
  if (status.sendingPaused !== null) lines.push(sendingPausedWords[status.sendingPaused] ?? 'All sending is paused.');
  if (status.waitUntil !== null && status.waitUntil > now) lines.push(`${status.waitCause ?? 'The mail server cannot be reached.'} The next try is at ${f.time(status.waitUntil)}.`);
  if (lines.length === 0) return null;
  return (
    <div role="status" style={{ background: 'var(--h-accent-soft)', color: 'var(--h-accent-text)', borderRadius: 6, padding: '8px 12px', display: 'flex', gap: 12, alignItems: 'center' }}>
      <span style={{ flex: 1 }}>{lines.join(' ')}</span>
      {status.status === 'ask' && (
        <Button loading={confirming} onClick={onConfirm}>
          Send it
        </Button>
      )}
    </div>
  );
}
