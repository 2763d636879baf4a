import { Button, Popover, Progress } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconLoader2 } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { describeError } from '../../../src-preload/contract/error-words.js';
import { type Outputs, useTRPC } from '../../api/trpc.js';
import { type Format, useFormat } from '../../lib/format.js';

type JobView = Outputs['jobs']['list'][number];

/** Ended jobs that the popover still lists. */
const shownEnded = 6;

/** "1 job: import, 62%" in the status bar; a click lists all with progress, time left, cancel. */
export function JobsButton({ className }: { readonly className?: string | undefined }) {
  const trpc = useTRPC();
  const f = useFormat();
  const [opened, setOpened] = useState(false);
  const jobs = useQuery(trpc.jobs.list.queryOptions({ limit: 20 })).data ?? [];
  const active = jobs.filter((job) => job.state === 'running' || job.state === 'queued');
  const ended = jobs.filter((job) => job.state !== 'running' && job.state !== 'queued').slice(0, shownEnded);
  if (jobs.length === 0) return null;
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" width={340} trapFocus>
      <Popover.Target>
        <button type="button" className={className} onClick={() => setOpened((o) => !o)}>
          {active.length > 0 && <IconLoader2 size={12} aria-hidden />}
          {summary(active, f)}
        </button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label="Jobs">
        <ul style={{ listStyle: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: 12 }}>
          {[...active, ...ended].map((job) => (
            <li key={job.uid}>
              <Job job={job} />
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function summary(active: readonly JobView[], f: Format): string {
  const [first] = active;
  if (!first) return 'No jobs running';
  const share = first.total !== null && first.total > 0 ? `, ${f.percent(first.done / first.total, 0)}` : '';
  return active.length === 1 ? `1 job: ${first.title}${share}` : `${active.length} jobs`;
}

function Job({ job }: { readonly job: JobView }) {
  const trpc = useTRPC();
  const f = useFormat();
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const running = job.state === 'running' || job.state === 'queued';
  return (
    <div style={{ fontSize: 12, lineHeight: '16px' }}>
      <div style={{ display: 'flex', alignItems: 'center', gap: 8 }}>
        {job.state === 'done' && <IconCheck size={14} className="h-ok" aria-hidden />}
        {job.state === 'failed' && <IconAlertTriangle size={14} className="h-bad" aria-hidden />}
        <span className="h-name h-ellipsis" style={{ flex: 1 }}>
          {job.title}
        </span>
        {running && (
          <Button variant="subtle" color="slate" h={22} loading={cancel.isPending} onClick={() => cancel.mutate({ uid: job.uid })}>
            Cancel
          </Button>
        )}
      </div>
      {running && <Progress my={4} size={6} value={job.total !== null && job.total > 0 ? (100 * job.done) / job.total : 0} aria-label={`Progress of ${job.title}`} />}
      <div className="h-text-2">{words(job, f)}</div>
    </div>
  );
}

function words(job: JobView, f: Format): string {
  switch (job.state) {
    case 'queued':
      return 'Waits for its turn';
    case 'running': {
      const amount = job.total === null ? f.number(job.done) : `${f.number(job.done)} of ${f.number(job.total)}`;
      const rate = job.ratePerSecond === null ? '' : `, ${f.number(job.ratePerSecond)}/s`;
      const left = job.secondsLeft === null ? '' : `, ${f.duration(job.secondsLeft * 1000)} left`;
      return `${amount}${job.note === null ? '' : ` ${job.note}`}${rate}${left}`;
    }
    case 'done':
      return `Done ${job.endedAt === null ? '' : f.when(job.endedAt)}`;
    case 'cancelled':
      return `Cancelled ${job.endedAt === null ? '' : f.when(job.endedAt)}`;
    case 'failed': {
      const { what, todo } = describeError(job.error?.code ?? 'INTERNAL', job.error?.detail ?? {});
      return `${what} ${todo}`;
    }
  }
}
