import { Button } from '@mantine/core';
import { IconMail, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { HomeDay, HomeDraft, HomeRun } from '../../../src-preload/contract/home.js';
import { useTRPC } from '../../api/trpc.js';
import { type Format, useFormat } from '../../lib/format.js';
import { useNow } from '../../lib/now.js';
import { screenPaths } from '../../routes.js';
import { Chart } from '../../ui/chart.js';
import { useKeys } from '../../ui/keys.js';
import { Page } from '../../ui/page.js';
import { BarCell, Section, SkeletonBlock, SkeletonLines, Stat, Tag, type Tone } from '../../ui/parts.js';
import { Loaded } from '../../ui/states.js';
import { FirstSteps } from './first-steps.js';
import classes from './home.module.css';
import { Needs } from './needs.js';

const states: Readonly<Record<HomeRun['status'], { readonly word: string; readonly tone: Tone }>> = {
  draft: { word: 'Draft', tone: 'neutral' },
  hold: { word: 'Starts in a moment', tone: 'warn' },
  ask: { word: 'Waits for your word', tone: 'warn' },
  freezing: { word: 'Fixing recipients', tone: 'warn' },
  sending: { word: 'Sending', tone: 'warn' },
  waiting: { word: 'Waits for the mail server', tone: 'warn' },
  paused: { word: 'Paused', tone: 'bad' },
  stopping: { word: 'Stopping', tone: 'bad' },
  stopped: { word: 'Stopped', tone: 'bad' },
  done: { word: 'Done', tone: 'ok' },
  archived: { word: 'Archived', tone: 'neutral' },
};

/** What needs me, what goes out today, the last 28 days, drafts. */
export function Home() {
  const trpc = useTRPC();
  const f = useFormat();
  const now = useNow(30_000);
  const state = useQuery(trpc.home.now.queryOptions());
  const counts = useQuery(trpc.home.counts.queryOptions());
  const navigate = useNavigate();
  const create = useMutation(trpc.campaigns.create.mutationOptions({ onSuccess: ({ uid }) => void navigate(`/campaigns/${uid}`) }));
  const start = () => create.mutate({});
  useKeys('Home', [{ key: 'n', label: 'New campaign', run: start, palette: true }]);
  const begun = counts.data === undefined || counts.data.campaigns > 0 || (state.data?.today.length ?? 0) > 0;
  return (
    <Page title="Home" note={`${new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: f.zone }).format(now)} ${f.date(now)}, ${f.time(now)} ${f.zoneName(now)}`}
      action={
        <Button leftSection={<IconPlus size={14} />} loading={create.isPending} onClick={start}>
          New campaign
        </Button>
      }
    >
      <div className={classes.body} tabIndex={0} role="region" aria-label="Overview">
        <Loaded query={state} skeleton={<div style={{ padding: 16 }}><SkeletonLines lines={5} height={16} /></div>}>
          {(data) => (
            <>
              <Needs needs={data.needs} />
              {!begun && counts.data && <FirstSteps counts={counts.data} />}
              <div className={classes.columns}>
                <div className={classes.left}>
                  <Today runs={data.today} now={now} />
                  <Last28 />
                </div>
                <div className={classes.right}>
                  <Drafts drafts={data.drafts} />
                </div>
              </div>
            </>
          )}
        </Loaded>
      </div>
    </Page>
  );
}

function Today({ runs, now }: { readonly runs: readonly HomeRun[]; readonly now: number }) {
  const f = useFormat();
  const total = runs.reduce((sum, run) => sum + run.total, 0);
  return (
    <Section title="Going out today" {...(runs.length > 0 ? { note: `${f.plural(total, 'message', 'messages')}, ${f.plural(runs.length, 'campaign', 'campaigns')}` } : {})}>
      {runs.length === 0 ? (
        <p className="h-text-2" style={{ margin: 0 }}>
          Nothing goes out today.
        </p>
      ) : (
        <table className="h-table">
          <thead>
            <tr>
              <th scope="col" style={{ width: 64 }}>
                {f.zoneName(now)}
              </th>
              <th scope="col">Campaign</th>
              <th scope="col" className="h-num">
                Messages
              </th>
              <th scope="col" style={{ width: 190 }}>
                State
              </th>
              <th scope="col" className="h-num">
                Done by
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={`${run.campaign}:${run.at}`}>
                <td>{f.when(run.at, now)}</td>
                <td>
                  <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
                    <IconMail size={14} className="h-text-3" aria-label="E-mail" />
                    <Link className="h-name" to={`/campaigns/${run.campaign}`}>
                      {run.name}
                    </Link>
                  </span>
                </td>
                <td className="h-num">{f.number(run.total)}</td>
                <td>
                  {run.status === 'sending' && run.total > 0 ? (
                    <BarCell parts={[{ value: run.settled, fill: 'accent' }]} max={run.total} label={`${run.name}: ${f.percent(run.settled / run.total, 0)} done`} text={f.percent(run.settled / run.total, 0)} />
                  ) : (
                    <StateTag run={run} />
                  )}
                </td>
                <td className="h-num">{doneBy(run, now, f)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function StateTag({ run }: { readonly run: HomeRun }) {
  const { word, tone } = run.status === 'done' && run.unknown > 0 ? ({ word: 'Some may have been sent', tone: 'warn' } as const) : states[run.status];
  return <Tag tone={tone}>{word}</Tag>;
}

function doneBy(run: HomeRun, now: number, f: Format): string {
  if (run.endedAt !== null) return f.when(run.endedAt, now);
  if (run.status === 'paused') return 'when resumed';
  return run.perSecond > 0 ? `about ${f.time(now + ((run.total - run.settled) / run.perSecond) * 1000)}` : '';
}

function Last28() {
  const trpc = useTRPC();
  const f = useFormat();
  const days = useQuery(trpc.home.days.queryOptions());
  const label = (day: string) => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));
  return (
    <Loaded query={days} skeleton={<SkeletonBlock height={260} />}>
      {(all) => {
        const labels = all.map((d, i) => (i === all.length - 1 ? 'Today' : label(d.day)));
        const sum = (of: (day: HomeDay) => number) => all.reduce((total, day) => total + of(day), 0);
        const sent = sum((d) => d.sent);
        const clicks = sum((d) => d.clicks);
        const tracked = sent - sum((d) => d.untracked);
        const first = all[0];
        const nothing = sent === 0 && clicks === 0;
        return (
          <Section title="Last 28 days" note={first ? `${label(first.day)} to today, days of ${f.zone}` : ''}>
            <div className={classes.charts}>
              <div>
                <Stat label="Messages accepted by the mail server" value={f.number(sent)} />
                <Chart
                  title="Messages by day"
                  kind="bar"
                  labels={nothing ? [] : labels}
                  labelName="Day"
                  series={[{ name: 'Messages', values: all.map((d) => d.sent), colour: 'neutral', emphasis: { [all.length - 1]: 'accent' } }]}
                  unit="messages"
                  height={150}
                  file="messages-28-days"
                  empty="Messages appear here once a campaign has gone out."
                />
              </div>
              <div>
                <Stat label="Unique clicks" value={sent > 0 && tracked <= 0 && clicks === 0 ? 'not tracked' : f.number(clicks)} note={tracked > 0 ? `${f.percent(clicks / tracked)} of ${tracked < sent ? `the ${f.number(tracked)} that are tracked` : 'accepted'}` : undefined} />
                <Chart
                  title="First clicks by day"
                  kind="area"
                  labels={nothing ? [] : labels}
                  labelName="Day"
                  series={[{ name: 'Unique clicks', values: all.map((d) => d.clicks) }]}
                  unit="clicks"
                  value={(v) => f.number(v)}
                  height={150}
                  file="clicks-28-days"
                  empty="Each message counts once, with its first click by a person."
                />
              </div>
            </div>
          </Section>
        );
      }}
    </Loaded>
  );
}

const missing = { segment: 'Audience', message: 'Message', connection: 'Connection' } as const;

function Drafts({ drafts }: { readonly drafts: readonly HomeDraft[] }) {
  const f = useFormat();
  return (
    <Section title="Drafts" tools={screenPaths.has('/campaigns') && <Link to="/campaigns">All campaigns</Link>}>
      {drafts.length === 0 ? (
        <p className="h-text-2" style={{ margin: 0 }}>
          No campaign is being written.
        </p>
      ) : (
        drafts.map((draft) => {
          const [first] = draft.open;
          return (
            <div key={draft.uid} className={classes.draft}>
              <Link className="h-name h-ellipsis" to={`/campaigns/${draft.uid}`}>
                {draft.name}
              </Link>
              {first === undefined ? <Tag tone="ok">Ready for review</Tag> : <Tag>{missing[first]} is open</Tag>}
              <span style={{ flex: 1 }} />
              <span className={classes.at}>{f.when(draft.updatedAt)}</span>
            </div>
          );
        })
      )}
    </Section>
  );
}
