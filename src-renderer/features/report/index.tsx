import { Button, SegmentedControl, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { liftWorthALook } from '../../../src-preload/contract/campaign.js';
import type { CampaignReport, RecipientFilter } from '../../../src-preload/contract/report.js';
import { useTRPC } from '../../api/trpc.js';
import { errorShape } from '../../lib/errors.js';
import { useFormat } from '../../lib/format.js';
import { EmptyState, ErrorState, Page, SkeletonBlock, SkeletonLines, Tag } from '../../ui/index.js';
import { type ExportItem, ExportMenu } from '../../lib/export-menu.js';
import { filterFrom, recipientsPath } from './filter.js';
import { RecipientFilters, Recipients } from './recipients.js';
import { ReportSummary } from './summary.js';


const crumbs = [{ label: 'Campaigns', to: '/campaigns' }];
const stateTags: Readonly<Record<string, string>> = { hold: 'Starts in a moment', ask: 'Asks before sending', freezing: 'Fixing recipients', sending: 'Sending', stopped: 'Stopped', done: 'Sent' };

/** `/campaigns/:id/report`: what people did with a campaign, and who. */
export function Report() {
  const { id = '' } = useParams();
  const [params] = useSearchParams();
  const trpc = useTRPC();
  const run = params.get('run') ?? undefined;
  const report = useQuery(trpc.report.campaign.queryOptions({ campaign: id, ...(run === undefined ? {} : { run }) }));
  if (report.data) return <Loaded report={report.data} />;
  if (report.error === null) {
    return (
      <Page title="Report" crumbs={crumbs} scroll>
        <Stack gap="xl">
          <SkeletonBlock height={64} />
          <SkeletonLines lines={6} height={20} />
          <SkeletonBlock height={220} />
        </Stack>
      </Page>
    );
  }
  const shape = errorShape(report.error);
  return (
    <Page title="Report" crumbs={crumbs} scroll>
      {shape.code === 'NOT_FOUND' && shape.detail['what'] === 'run' ? (
        <EmptyState action={<Button component={Link} to={`/campaigns/${id}`}>Open the campaign</Button>}>The report begins when the campaign is launched: who got it, who opened, who clicked which link.</EmptyState>
      ) : (
        <ErrorState error={report.error} onRetry={() => void report.refetch()} />
      )}
    </Page>
  );
}

function Loaded({ report }: { readonly report: CampaignReport }) {
  const f = useFormat();
  const [params, setParams] = useSearchParams();
  const trpc = useTRPC();
  const recipients = params.get('view') === 'recipients';
  const filter = filterFrom(params);
  const count = useQuery(trpc.report.count.queryOptions({ run: report.run.uid, filter }, { enabled: recipients }));
  const show = (next: RecipientFilter | null) => setParams(next === null ? new URLSearchParams({ run: report.run.uid }) : new URLSearchParams(recipientsPath(report.campaign.uid, report.run.uid, next).split('?')[1]));
  const { run } = report;
  // The monitor shows the newest run of a campaign.
  const newest = report.runs[0]?.uid === run.uid;
  const liftable = useQuery(trpc.runs.liftable.queryOptions({ run: run.uid }, { enabled: newest }));
  return (
    <Page
      title={report.campaign.name}
      crumbs={crumbs}
      chips={<RunTag report={report} />}
      note={run.startedAt === null ? report.subject : `sent ${f.dateTime(run.startedAt)}`}
      scroll={!recipients}
      tools={
        <>
          {report.runs.length > 1 && (
            <Select aria-label="Run" w={190} allowDeselect={false} data={report.runs.map((one) => ({ value: one.uid, label: f.dateTime(one.startedAt ?? one.createdAt) }))} value={run.uid} onChange={(uid) => uid !== null && setParams(new URLSearchParams({ run: uid }))} />
          )}
          {newest && (report.total.unknown > 0 || (liftable.data?.addresses ?? 0) >= liftWorthALook) && (
            <Button variant="default" component={Link} to={`/campaigns/${report.campaign.uid}/live`}>
              {report.total.unknown > 0 ? 'Settle what may have been sent' : 'Look at the suppressed'}
            </Button>
          )}
          <SegmentedControl aria-label="View" data={[{ value: 'summary', label: 'Summary' }, { value: 'recipients', label: 'Recipients' }]} value={recipients ? 'recipients' : 'summary'} onChange={(view) => show(view === 'recipients' ? {} : null)} />
          <ExportMenu items={exportItems(report, recipients ? filter : {})} />
        </>
      }
      filters={recipients ? <RecipientFilters filter={filter} onChange={show} note={count.data === undefined ? '' : f.plural(count.data, 'recipient', 'recipients')} /> : undefined}
    >
      {recipients ? <Recipients run={run.uid} filter={filter} variants={report.treatments.length > 1} /> : <ReportSummary report={report} />}
    </Page>
  );
}

function RunTag({ report: { run, total } }: { readonly report: CampaignReport }) {
  if (run.state === 'done' && total.unknown > 0) return <Tag tone="warn">Some may have been sent</Tag>;
  return <Tag tone={run.state === 'done' ? 'ok' : run.state === 'sending' ? 'warn' : 'neutral'} dot={run.state === 'sending'}>{stateTags[run.state] ?? run.state}</Tag>;
}

function exportItems(report: CampaignReport, filter: RecipientFilter): ExportItem[] {
  const table = (label: string, name: Extract<ExportItem['what'], { kind: 'report' }>['table']): ExportItem => ({ label, what: { kind: 'report', campaign: report.campaign.uid, run: report.run.uid, table: name } });
  return [
    { label: Object.keys(filter).length === 0 ? 'All recipients' : 'These recipients', what: { kind: 'recipients', run: report.run.uid, filter } },
    table('Figures', 'summary'),
    table('Who did not get it, and why', 'reasons'),
    table('By variant', 'variants'),
    table('By link', 'links'),
    table('By hour', 'hours'),
    table('By receiving domain', 'domains'),
  ];
}
