import { Button, Checkbox, Progress, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconDownload, IconInfoCircle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { describeError } from '../../../src-preload/contract/error-words.js';
import { rejectWords, warningWords } from '../../../src-preload/contract/import-words.js';
import type { ImportView, RejectReason } from '../../../src-preload/contract/import.js';
import { useTRPC } from '../../api/trpc.js';
import { type Format, useFormat } from '../../lib/format.js';
import { DetailPanel, Facts, okToast, Section, Tag } from '../../ui/index.js';
import { fetchDownload } from './files.js';
import classes from './imports.module.css';
import { ChangeMapping } from './change-mapping.js';
import { encodingWords, matchWords, stateOf } from './words.js';

/** One import, wherever it stands: the dry run's numbers and the start, its progress, its result and the way back. */
export function ImportPanel({ view, onClose }: { readonly view: ImportView; readonly onClose: () => void }) {
  const f = useFormat();
  const state = stateOf(view);
  return (
    <DetailPanel title={view.fileName} label={`Import of ${view.fileName}`} width={404} tools={<Tag tone={state.tone}>{state.label}</Tag>} onClose={onClose}>
      <Body view={view} />
      <Section title="The file" level={3}>
        <Facts
          of={[
            [
              'Form',
              formOf(view.options.format),
            ],
            ...(view.options.match === undefined || view.options.match === 'auto' ? [] : [['Rows found by', matchWords[view.options.match].label] as const]),
            ['Begun', f.dateTime(view.createdAt)],
            ...(view.endedAt === null ? [] : [['Ended', f.dateTime(view.endedAt)] as const]),
            ...(view.state === 'done' && view.undoUntil !== null ? [['Can be taken back until', f.date(view.undoUntil)] as const] : []),
          ]}
        />
      </Section>
    </DetailPanel>
  );
}

function Body({ view }: { readonly view: ImportView }) {
  switch (view.state) {
    case 'checking':
      return <Running view={view} what="Reading every row. Nothing is changed." />;
    case 'checked':
      return <Checked view={view} />;
    case 'merging':
      return <Running view={view} what="Importing. What is already in can be taken back." />;
    case 'undoing':
      return <Running view={view} what="Taking back what this import changed." />;
    case 'done':
      return <Done view={view} />;
    case 'failed':
    case 'cancelled':
    case 'undone':
      return <Over view={view} />;
  }
}

/** `9,812 new, 1,204 changed, 88 rejected, 3 would lose an unsubscribe: kept` */
export function verdict(view: ImportView, f: Format): string {
  const { counts } = view;
  if (!counts) return '';
  const parts = [
    [counts.new, 'new'],
    [counts.changed, 'changed'],
    [counts.users, 'known by user id'],
    [counts.same, 'the same'],
    [counts.rejected, 'rejected'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${f.number(n)} ${word}`);
  const kept = counts.keptUnsubscribed > 0 ? `, ${f.number(counts.keptUnsubscribed)} would lose an unsubscribe: kept` : '';
  return `${said.join(', ') || 'nothing to import'}${kept}.`;
}

function Checked({ view }: { readonly view: ImportView }) {
  const trpc = useTRPC();
  const f = useFormat();
  const suggested = view.fileName.replace(/\.gz$/i, '').replace(/\.[a-z]+$/i, '') || 'Import';
  const [withSegment, setWithSegment] = useState(true);
  const [name, setName] = useState(suggested);
  const start = useMutation(trpc.imports.start.mutationOptions());
  const leave = useMutation(trpc.imports.cancel.mutationOptions());
  const { counts } = view;
  if (!counts) return null;
  const anything = counts.new + counts.changed + counts.users + counts.same + counts.unsubscribes > 0;
  const blocked = !anything ? 'Every row is rejected, so there is nothing to import.' : withSegment && name.trim() === '' ? 'Give the segment a name, or make none.' : undefined;
  return (
    <>
      <p className={classes.verdict}>{verdict(view, f)}</p>
      <Notes view={view} />
      <Rejected view={view} />
      {anything && (
        <Checkbox label="Make a segment of everybody in this file" checked={withSegment} onChange={(event) => setWithSegment(event.currentTarget.checked)} />
      )}
      {anything && withSegment && <TextInput mt="sm" label="Name of the segment" value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />}
      <div className={classes.buttons}>
        <Button
          loading={start.isPending}
          disabled={blocked !== undefined}
          {...(blocked === undefined ? {} : { 'aria-describedby': 'import-blocked' })}
          onClick={() => start.mutate({ uid: view.uid, segmentName: withSegment ? name.trim() : null })}
        >
          {anything ? `Import ${f.plural(counts.rows - counts.rejectedRows, 'row', 'rows')}` : 'Import'}
        </Button>
        <ChangeMapping view={view} />
        <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate({ uid: view.uid })}>
          Leave it
        </Button>
      </div>
      {blocked !== undefined && (
        <p id="import-blocked" className="h-text-2">
          {blocked}
        </p>
      )}
    </>
  );
}

function Running({ view, what }: { readonly view: ImportView; readonly what: string }) {
  const trpc = useTRPC();
  const f = useFormat();
  const job = useQuery({ ...trpc.jobs.get.queryOptions({ uid: view.job ?? '' }), enabled: view.job !== null });
  const cancel = useMutation(trpc.imports.cancel.mutationOptions());
  const resume = useMutation(trpc.imports.resume.mutationOptions());
  const now = job.data;
  const active = now === undefined || now === null || now.state === 'running' || now.state === 'queued';
  if (!active) {
    return (
      <>
        <p className={classes.verdict}>Interrupted.</p>
        <p className="h-text-2">
          {view.error === null ? 'The work stopped before its end. Nothing is lost: it can go on where it stopped, or be taken back.' : errorText(view.error)}
        </p>
        <div className={classes.buttons}>
          <Button loading={resume.isPending} onClick={() => resume.mutate({ uid: view.uid })}>
            Go on
          </Button>
          {view.state !== 'undoing' && (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ uid: view.uid })}>
              Take it back
            </Button>
          )}
        </div>
      </>
    );
  }
  const done = now?.done ?? 0;
  const total = now?.total ?? null;
  const indexing = now?.note === 'indexing';
  const amount = total === null ? f.plural(done, 'row', 'rows') : `${f.number(done)} of ${f.plural(total, 'row', 'rows')}`;
  const rate = now?.ratePerSecond ? `, ${f.number(now.ratePerSecond)} rows/s` : '';
  const left = now?.secondsLeft ? `, ${f.duration(now.secondsLeft * 1000)} left` : '';
  return (
    <div className={classes.progress}>
      <p className="h-text-2">{what}</p>
      <Progress
        size={8}
        value={indexing ? 100 : total === null || total === 0 ? 0 : Math.min(100, (100 * done) / total)}
        animated={indexing}
        aria-label={`Progress of ${view.fileName}`}
      />
      <p>{indexing ? 'All rows are in. Building indexes.' : `${amount}${rate}${left}`}</p>
      {view.state !== 'undoing' && (
        <div className={classes.buttons}>
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ uid: view.uid })}>
            Cancel
          </Button>
        </div>
      )}
    </div>
  );
}

function Done({ view }: { readonly view: ImportView }) {
  const trpc = useTRPC();
  const f = useFormat();
  const navigate = useNavigate();
  const undo = useMutation(trpc.imports.undo.mutationOptions());
  const { merged, counts } = view;
  const unsubscribed = merged && merged.unsubscribes > 0 ? ` ${f.plural(merged.unsubscribes, 'address is', 'addresses are')} unsubscribed.` : '';
  return (
    <>
      <p className={classes.verdict}>
        {merged && `${f.number(merged.new)} new, ${f.number(merged.changed)} changed, ${f.number(counts?.rejected ?? 0)} rejected.`}
        {unsubscribed}
      </p>
      <Notes view={view} />
      <div className={classes.buttons}>
        {view.segment?.ready && <Button onClick={() => void navigate(`/segments/${view.segment?.uid ?? ''}`)}>Open the segment</Button>}
        <Button variant="default" loading={undo.isPending} onClick={() => undo.mutate({ uid: view.uid })}>
          Take it back
        </Button>
      </div>
      <Rejected view={view} />
    </>
  );
}

function Over({ view }: { readonly view: ImportView }) {
  const trpc = useTRPC();
  const f = useFormat();
  const undo = useMutation(trpc.imports.undo.mutationOptions());
  const { undone } = view;
  return (
    <>
      {view.error !== null && view.state === 'failed' && (
        <ul className={classes.lines}>
          <Line bad>{errorText(view.error)}</Line>
        </ul>
      )}
      {view.merged === null && (
        <div className={classes.buttons}>
          <ChangeMapping view={view} />
        </div>
      )}
      {view.state === 'failed' && view.undoUntil !== null && (
        <div className={classes.buttons}>
          <Button variant="default" loading={undo.isPending} onClick={() => undo.mutate({ uid: view.uid })}>
            Take it back
          </Button>
        </div>
      )}
      {undone && (
        <p className={classes.verdict}>
          {f.number(undone.removed)} removed, {f.number(undone.restored)} as before
          {undone.kept > 0 ? `, ${f.number(undone.kept)} kept because they changed since or got a message` : ''}.
        </p>
      )}
      {undone ? (
        <p className="h-text-2">Opt-outs that the file brought stay.</p>
      ) : (
        view.state === 'cancelled' && <p className="h-text-2">Nothing was changed.</p>
      )}
    </>
  );
}

function errorText(error: NonNullable<ImportView['error']>): string {
  const { what, why, todo } = describeError(error.code, error.detail);
  return [what, why, todo].filter((text) => text !== '').join(' ');
}

function Line({ bad = false, children }: { readonly bad?: boolean; readonly children: ReactNode }) {
  const Icon = bad ? IconAlertTriangle : IconInfoCircle;
  return (
    <li>
      <Icon size={14} stroke={1.7} className={bad ? 'h-bad' : 'h-text-3'} aria-hidden />
      <span>{children}</span>
    </li>
  );
}

/** What the dry run found worth a look, each with its number. */
function Notes({ view }: { readonly view: ImportView }) {
  const f = useFormat();
  const { counts } = view;
  if (!counts) return null;
  const addresses = counts.new + counts.changed + counts.same + counts.rejected + counts.duplicates;
  return (
    <ul className={classes.lines}>
      {addresses > counts.rows && counts.users === 0 && (
        <Line>
          {f.plural(counts.rows, 'row', 'rows')} hold {f.plural(addresses, 'address', 'addresses')}; each counts.
        </Line>
      )}
      {counts.duplicates > 0 && (
        <Line>{f.plural(counts.duplicates, 'row speaks', 'rows speak')} of somebody who comes again further down; the last one counts.</Line>
      )}
      {counts.unsubscribes > 0 && view.state === 'checked' && (
        <Line>{f.plural(counts.unsubscribes, 'address', 'addresses')} in the file will get no marketing.</Line>
      )}
      {counts.warnings.map((warning) => (
        <Line key={`${warning.code} ${warning.column}`}>
          {warning.column !== '' && <strong>{warning.column}: </strong>}
          {warning.code === 'quote_not_closed' ? (
            `Row ${f.number(warning.firstRow)} ${warningWords[warning.code]}`
          ) : (
            <>
              {warningWords[warning.code]}{' '}
              <span className="h-text-3">
                {f.plural(warning.rows, 'row', 'rows')}, first in row {f.number(warning.firstRow)}
                {warning.examples && `: ${warning.examples.join(', ')}${warning.rows > warning.examples.length ? ' ...' : ''}`}
              </span>
            </>
          )}
        </Line>
      ))}
    </ul>
  );
}

function formOf({ sheet, kind, gzip, encoding }: ImportView['options']['format']): string {
  if (sheet !== undefined) return `Excel workbook, sheet ${sheet}`;
  return `${kind === 'csv' ? 'CSV' : 'JSON lines'}${gzip ? ', gzip' : ''}, ${encodingWords[encoding]}`;
}

function Rejected({ view }: { readonly view: ImportView }) {
  const trpc = useTRPC();
  const f = useFormat();
  const fetchRejects = useMutation(
    trpc.imports.rejects.mutationOptions({
      onSuccess: (file) => {
        if (file.kind === 'download') fetchDownload(file.url);
        if (file.kind === 'saved') okToast(`Saved to ${file.path}.`);
      },
    }),
  );
  const { counts } = view;
  if (!counts || counts.rejected === 0) return null;
  const reasons = (Object.entries(counts.rejectedBy) as [RejectReason, number][]).sort((a, b) => b[1] - a[1]);
  return (
    <Section
      title="Rejected rows"
      level={3}
      note={f.number(counts.rejected)}
      tools={
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          loading={fetchRejects.isPending}
          onClick={() => fetchRejects.mutate({ uid: view.uid })}
        >
          As a file
        </Button>
      }
    >
      <Facts of={reasons.map(([reason, n]) => [rejectWords[reason], f.number(n)] as const)} />
      <ul className={classes.lines}>
        {counts.examples.map((example) => (
          <Line key={`${example.row} ${example.column} ${example.reason}`}>
            Row {f.number(example.row)}
            {example.column !== '' && (
              <>
                , <strong>{example.column}</strong>
              </>
            )}
            : {example.value !== '' && <q>{example.value}</q>} {rejectWords[example.reason]}
          </Line>
        ))}
      </ul>
      {(counts.rejectedBy.bad_number ?? 0) > 0 && view.state === 'checked' && view.options.format.kind === 'csv' && (
        <p className="h-text-2">Numbers were read with the decimal mark {view.options.format.decimal === ',' ? 'comma' : 'point'}; change the mapping for the other one.</p>
      )}
    </Section>
  );
}
