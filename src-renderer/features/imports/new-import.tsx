import { Button, Checkbox, FileButton, Select, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { decimalMarks, importEncodings, importFormat, importMatch, type ImportMatch, importMatches, type ImportFormat, type ImportInspectInput, type ImportInspection, type ImportTarget } from '../../../src-preload/contract/import.js';
import { useTRPC } from '../../api/trpc.js';
import { errorShape } from '../../lib/errors.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, errorToast, okToast, Page, SkeletonLines } from '../../ui/index.js';
import { DropAnywhere } from './drop.js';
import { chosenPath, type FileQueue, nextInQueue, queueFiles } from './files.js';
import classes from './imports.module.css';
import { MappingTable, type Targets } from './mapping-table.js';
import { decimalWords, delimiterWords, encodingWords, matchWords } from './words.js';

const crumbs = [{ label: 'Imports', to: '/imports' }];

function isQueue(state: unknown): state is FileQueue {
  return typeof state === 'object' && state !== null && 'file' in state && 'rest' in state;
}

/** From a file to a dry run: choose it, see what it holds, say what each column becomes. */
export function NewImport() {
  const navigate = useNavigate();
  const location = useLocation();
  const [busy, setBusy] = useState<string | undefined>(undefined);
  const queue: FileQueue | undefined = isQueue(location.state) ? location.state : undefined;
  const waiting = queue?.rest;
  const take = useCallback(
    (files: readonly File[]) => {
      const [first] = files;
      if (!first) return;
      setBusy(files.length === 1 ? first.name : `${first.name} and ${files.length - 1} more`);
      queueFiles(files, waiting)
        .then(({ queue: next, failed }) => {
          failed.forEach(errorToast);
          // The files are part of the place, so that going back and forward finds them again.
          if (next) void navigate('/imports/new', { state: next, replace: true });
        }, errorToast)
        .finally(() => setBusy(undefined));
    },
    [navigate, waiting],
  );
  return (
    <DropAnywhere onFiles={take}>
      {queue && busy === undefined ? (
        <Mapping key={JSON.stringify([queue.file.source, queue.before?.uid])} queue={queue} />
      ) : (
        <Page scroll title="Import people" crumbs={crumbs}>
          <Choose busy={busy} onFiles={take} onPath={(path) => void navigate('/imports/new', { state: { file: chosenPath(path), rest: [] } satisfies FileQueue, replace: true })} />
        </Page>
      )}
    </DropAnywhere>
  );
}

function Choose({
  busy,
  onFiles,
  onPath,
}: {
  readonly busy: string | undefined;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onPath: (path: string) => void;
}) {
  const [path, setPath] = useState('');
  return (
    <div className={classes.start}>
      <div className={classes.zone}>
        <IconFileImport size={28} stroke={1.6} className="h-text-3" aria-hidden />
        <p className="h-text-2">
          Drop a file of people, or several, anywhere on this page: an Excel workbook, CSV or JSON lines, plain or gzip, with any columns. Exports of Amazon Pinpoint come in as they are.
          Nothing is changed before you have seen what it would do.
        </p>
        <FileButton multiple onChange={onFiles} accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.gz,.xlsx,.xlsm">
          {(props) => (
            <Button {...props} loading={busy !== undefined}>
              Choose files
            </Button>
          )}
        </FileButton>
        {busy !== undefined && <p className="h-text-2">Reading {busy}</p>}
      </div>
      <form
        className={classes.path}
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '') onPath(path.trim());
        }}
      >
        <TextInput
          label="Or a path on the computer that runs Heliograph"
          placeholder="/home/ada/people.csv.gz"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={path.trim() === ''}>
          Look at it
        </Button>
      </form>
    </div>
  );
}

function Mapping({ queue }: { readonly queue: FileQueue }) {
  const { file } = queue;
  const trpc = useTRPC();
  const navigate = useNavigate();
  const [say, setSay] = useState<Omit<ImportInspectInput, 'source'>>(() => (queue.before ? saidBefore(queue.before.options.format) : {}));
  const [match, setMatch] = useState(queue.before?.options.match);
  const chosen = useRef<Map<string, ImportTarget>>(new Map(queue.before?.options.mapping.map((column) => [columnKey(column), column.target])));
  const inspection = useQuery({ ...trpc.imports.inspect.queryOptions({ source: file.source, ...say }), staleTime: Number.POSITIVE_INFINITY, retry: false });
  const next = nextInQueue(queue);
  const other = (
    <Button variant="default" onClick={() => void navigate('/imports/new', { replace: true, state: next })}>
      {next ? 'Skip this file' : 'Another file'}
    </Button>
  );
  if (inspection.error !== null) {
    return (
      <Page scroll title={file.name} crumbs={crumbs} tools={other}>
        <ErrorState error={inspection.error} onRetry={() => void inspection.refetch()} />
        {errorShape(inspection.error).code === 'FILE_ENCODING' && (
          <Select
            label="Read its characters as"
            placeholder="Choose"
            w={260}
            mt="md"
            data={encodingChoices}
            value={say.encoding ?? null}
            onChange={(value) => value !== null && setSay({ ...say, encoding: importFormat.shape.encoding.parse(value) })}
          />
        )}
      </Page>
    );
  }
  if (!inspection.data) {
    return (
      <Page scroll title={file.name} crumbs={crumbs} tools={other}>
        <SkeletonLines lines={8} />
      </Page>
    );
  }
  // A new look at the file starts with new guesses; what a person chose stands.
  return <Look key={inspection.dataUpdatedAt} queue={queue} seen={inspection.data} chosen={chosen.current} say={say} onSay={setSay} match={match ?? inspection.data.match} onMatch={setMatch} other={other} />;
}

const encodingChoices = importEncodings.map((value) => ({ value, label: encodingWords[value] }));

const columnKey = ({ index, header }: { readonly index: number; readonly header: string }) => `${index} ${header}`;

const saidBefore = ({ encoding, encodingGuessed, header, delimiter, decimal, sheet }: ImportFormat): Omit<ImportInspectInput, 'source'> => ({
  ...(encodingGuessed === true ? {} : { encoding }),
  header,
  delimiter,
  decimal,
  ...(sheet === undefined ? {} : { sheet }),
});

interface LookProps {
  readonly queue: FileQueue;
  readonly seen: ImportInspection;
  /** Targets that a person chose, by `columnKey`. They outlive the look, so that another separator or decimal mark keeps them. */
  readonly chosen: Map<string, ImportTarget>;
  readonly say: Omit<ImportInspectInput, 'source'>;
  readonly onSay: (say: Omit<ImportInspectInput, 'source'>) => void;
  readonly match: ImportMatch;
  readonly onMatch: (match: ImportMatch) => void;
  readonly other: React.ReactNode;
}

function Look({ queue, seen, chosen, say, onSay, match, onMatch, other }: LookProps) {
  const { file, rest } = queue;
  const trpc = useTRPC();
  const f = useFormat();
  const navigate = useNavigate();
  const [targets, setTargets] = useState<Targets>(seen.columns.map((column) => chosen.get(columnKey(column)) ?? column.guess));
  const choose = (next: Targets) => {
    next.forEach((target, i) => target !== targets[i] && chosen.set(columnKey(seen.columns[i]!), target));
    setTargets(next);
  };
  const leave = useMutation(trpc.imports.cancel.mutationOptions());
  const check = useMutation(
    trpc.imports.check.mutationOptions({
      meta: { ownError: true },
      onSuccess: (view) => {
        if (queue.before) leave.mutate({ uid: queue.before.uid });
        const next = nextInQueue(queue);
        if (!next) return void navigate(`/imports?import=${view.uid}`);
        okToast(`${view.fileName} is being checked; it waits under Imports. Next is ${next.file.name}.`);
        void navigate('/imports/new', { state: next, replace: true });
      },
    }),
  );
  const run = () =>
    check.mutate({ source: file.source, format: seen.format, mapping: seen.columns.map(({ index, header }, i) => ({ index, header, target: targets[i]! })), match });
  const about = [
    seen.format.kind === 'jsonl' ? 'JSON lines.' : '',
    seen.format.sheet === undefined ? '' : 'An Excel workbook: formulas count with their last result.',
    seen.format.gzip ? 'Packed with gzip.' : '',
    seen.pinpoint ? 'These are the columns of Amazon Pinpoint.' : '',
  ]
    .filter((text) => text !== '')
    .join(' ');
  const noRows = seen.rowsExact && seen.rowsEstimate === 0;
  const rows = `${seen.rowsExact ? '' : 'about '}${f.plural(seen.rowsEstimate, 'row', 'rows')}`;
  return (
    <Page
      scroll
      title={seen.fileName}
      crumbs={crumbs}
      note={`${rows}, ${f.bytes(seen.bytes)}`}
      tools={other}
      action={
        <Button loading={check.isPending} disabled={noRows} title={noRows ? 'The file has a header and no rows.' : undefined} onClick={run}>
          Check without importing
        </Button>
      }
    >
      {check.error !== null && <ErrorState error={check.error} />}
      <div className={classes.facts}>
        {seen.sheets.length > 0 && (
          <Select
            label="Sheet"
            w={230}
            allowDeselect={false}
            data={[...new Set(seen.sheets)]}
            value={seen.format.sheet ?? null}
            onChange={(value) => value !== null && onSay({ ...say, sheet: value })}
          />
        )}
        {seen.format.kind === 'csv' && seen.format.sheet === undefined && (
          <>
            <Select
              label="Separator"
              w={130}
              allowDeselect={false}
              data={importFormat.shape.delimiter.options.map((value) => ({ value, label: delimiterWords[value] }))}
              value={seen.format.delimiter}
              onChange={(value) => onSay({ ...say, delimiter: importFormat.shape.delimiter.parse(value) })}
            />
            <Select
              label="Characters"
              w={230}
              allowDeselect={false}
              data={encodingChoices}
              value={seen.format.encoding}
              onChange={(value) => onSay({ ...say, encoding: importFormat.shape.encoding.parse(value) })}
            />
          </>
        )}
        {seen.format.kind === 'csv' && (
          <>
            <Select
              label="Decimal mark"
              w={130}
              allowDeselect={false}
              data={decimalMarks.map((value) => ({ value, label: decimalWords[value] }))}
              value={seen.format.decimal}
              onChange={(value) => onSay({ ...say, decimal: importFormat.shape.decimal.unwrap().parse(value) })}
            />
            <Checkbox
              label="The first row holds the names of the columns"
              mb={6}
              checked={seen.format.header}
              onChange={(event) => onSay({ ...say, header: event.currentTarget.checked })}
            />
          </>
        )}
        {about !== '' && <p className="h-text-2">{about}</p>}
      </div>
      {seen.format.encodingGuessed === true && (
        <p className="h-warn" role="status">
          The file does not say how its characters are written; Windows-1252 (Western European) is a guess. If the names below look wrong, save the file as UTF-8 and choose it again.
        </p>
      )}
      {noRows && (
        <p className="h-warn" role="status">
          The file has a header and no rows. {seen.format.header && 'If its first row is a person, say so above.'}
        </p>
      )}
      {rest.length > 0 && (
        <p className="h-text-2" role="status">
          {f.plural(rest.length, 'more file waits', 'more files wait')} {rest.length === 1 ? 'for its turn' : 'for their turn'}: {rest.slice(0, 5).map(({ name }) => name).join(', ')}
          {rest.length > 5 && ' and others'}.
        </p>
      )}
      {seen.mappedAs !== null && (
        <p className="h-text-2" role="status">
          Mapped as in {seen.mappedAs.fileName} on {f.date(seen.mappedAs.at)}.{' '}
          <button type="button" className="h-link" onClick={() => {
              chosen.clear();
              onSay({ ...say, afresh: true });
            }}>
            Guess afresh
          </button>
        </p>
      )}
      <MappingTable columns={seen.columns} targets={targets} onChange={choose} />
      <details className={classes.more} open={match !== 'auto' || undefined}>
        <summary>More options</summary>
        <Select
          label="A row is about the address with"
          description={matchWords[match].about}
          w={420}
          allowDeselect={false}
          data={importMatches.map((value) => ({ value, label: matchWords[value].label }))}
          value={match}
          onChange={(value) => onMatch(importMatch.parse(value))}
        />
      </details>
    </Page>
  );
}
