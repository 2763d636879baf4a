import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { BringOverItem, BringOverReport } from '../../../src-preload/contract/bring-over.js';
import { bringOverCounts, bringOverItemWords, bringOverStateWords, bringOverWords } from '../../../src-preload/contract/bring-over-words.js';
import { useTRPC } from '../../api/trpc.js';
import { ExportMenu } from '../../lib/export-menu.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, Page, Section, SkeletonLines, Tag, type Tone } from '../../ui/index.js';
import classes from './imports.module.css';

const crumbs = [{ label: 'Imports', to: '/imports' }, { label: 'From Pinpoint', to: '/imports/pinpoint' }];
/** Lines of the report that are drawn; its export has all. */
const shown = 500;

/** A bringing over while it runs, and its report. */
export function PinpointJob({ job: uid, onAgain }: { readonly job: string; readonly onAgain: () => void }) {
  const trpc = useTRPC();
  const f = useFormat();
  const job = useQuery(trpc.jobs.get.queryOptions({ uid }));
  const done = job.data?.state === 'done';
  const report = useQuery({ ...trpc.bringOver.report.queryOptions({ job: uid }), enabled: done, staleTime: Number.POSITIVE_INFINITY });
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const error = job.error ?? report.error;
  const running = job.data && (job.data.state === 'running' || job.data.state === 'queued') ? job.data : undefined;
  return (
    <Page
      scroll
      title={job.data?.title ?? 'From Pinpoint'}
      crumbs={crumbs}
      note={job.data && f.dateTime(job.data.createdAt)}
      tools={report.data && <ExportMenu items={[{ label: 'Report', what: { kind: 'bringOver', job: uid } }]} />}
      action={!running && <Button onClick={onAgain}>Bring over more</Button>}
    >
      {error !== null && <ErrorState error={error} />}
      {job.data?.error && job.data.state === 'failed' && <ErrorState error={job.data.error} />}
      {job.data?.state === 'cancelled' && <p className="h-text-2">It was cancelled. What had come by then is here; bring the same files over again to go on.</p>}
      {running && (
        <div className={classes.running}>
          <Progress value={running.total ? (running.done / running.total) * 100 : 0} aria-label="Progress" />
          <p className="h-text-2" role="status">
            {f.number(running.done)}
            {running.total === null ? '' : ` of ${f.number(running.total)}`} {running.note ?? ''}
          </p>
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ uid })}>
            Cancel
          </Button>
        </div>
      )}
      {report.data ? <Report report={report.data} /> : (job.isPending || (done && report.isPending)) && <SkeletonLines lines={8} />}
    </Page>
  );
}

const tones: Readonly<Record<BringOverItem['state'], Tone>> = { came: 'ok', already: 'neutral', left: 'warn' };
const order: readonly BringOverItem['state'][] = ['left', 'came', 'already'];

function Report({ report: { items, reach } }: { readonly report: BringOverReport }) {
  const f = useFormat();
  const counts = bringOverCounts(items);
  const sorted = [...items].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return (
    <>
      <Section title="What came">
        <table className={`h-table ${classes.counts}`}>
          <thead>
            <tr>
              <th scope="col">What</th>
              {(['came', 'already', 'left'] as const).map((state) => (
                <th key={state} scope="col" className={classes.number}>
                  {bringOverStateWords[state]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row) => (
              <tr key={row.kind}>
                <th scope="row">{bringOverItemWords[row.kind].many}</th>
                {(['came', 'already', 'left'] as const).map((state) => (
                  <td key={state} className={classes.number}>
                    {f.number(row[state])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      {reach.length > 0 && (
        <Section title="Who can be reached" note="All addresses of this workspace: active, not opted out, not suppressed">
          <table className={`h-table ${classes.counts}`}>
            <thead>
              <tr>
                <th scope="col">Channel</th>
                <th scope="col" className={classes.number}>
                  Reachable
                </th>
                <th scope="col" className={classes.number}>
                  Addresses
                </th>
              </tr>
            </thead>
            <tbody>
              {reach.map((row) => (
                <tr key={row.channel}>
                  <th scope="row">{row.channel}</th>
                  <td className={classes.number}>{f.number(row.reachable)}</td>
                  <td className={classes.number}>{f.number(row.addresses)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="h-text-2">Heliograph sends e-mail so far. Addresses of other channels are kept.</p>
        </Section>
      )}
      <Section title="Each by name">
        <div className={classes.wide} tabIndex={0} role="region" aria-label="Table of what came and what did not">
          <table className="h-table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">What</th>
                <th scope="col">State</th>
                <th scope="col">Notes</th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, shown).map((item, i) => (
                <tr key={i}>
                  <td>
                    <Name item={item} />
                  </td>
                  <td>{bringOverItemWords[item.kind].one}</td>
                  <td>
                    <Tag tone={tones[item.state]}>{bringOverStateWords[item.state]}</Tag>
                  </td>
                  <td>
                    <Notes item={item} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {items.length > shown && <p className="h-text-2">And {f.number(items.length - shown)} more: the export has all.</p>}
      </Section>
    </>
  );
}

const placeOf: Partial<Record<BringOverItem['kind'], (uid: string) => string>> = {
  endpoints: (uid) => `/imports?import=${uid}`,
  segment: (uid) => `/segments/${uid}`,
  template: (uid) => `/templates/${uid}`,
  campaign: (uid) => `/campaigns/${uid}`,
};

function Name({ item: { kind, name, uid } }: { readonly item: BringOverItem }) {
  const place = placeOf[kind];
  if (uid === null || !place) return <span className="h-name">{name}</span>;
  return (
    <Link className="h-link" to={place(uid)}>
      {name}
    </Link>
  );
}

function Notes({ item: { endpoints, notes, text } }: { readonly item: BringOverItem }) {
  const f = useFormat();
  const rows = endpoints && `${f.plural(endpoints.rows, 'row', 'rows')}: ${f.number(endpoints.new)} new, ${f.number(endpoints.changed)} changed, ${f.number(endpoints.same)} the same, ${f.number(endpoints.rejected)} rejected.`;
  return (
    <>
      {rows !== null && <p className={classes.note}>{rows}</p>}
      {notes.map((note, i) => (
        <p key={i} className={classes.note}>
          {bringOverWords(note)}
        </p>
      ))}
      {text !== null && (
        <details>
          <summary>What it said</summary>
          <pre className={classes.said}>{text}</pre>
        </details>
      )}
    </>
  );
}
