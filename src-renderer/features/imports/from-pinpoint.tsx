import { Button, FileButton, TextInput } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { BringOverFile, BringOverSource } from '../../../src-preload/contract/bring-over.js';
import { bringOverFileWords, bringOverWords } from '../../../src-preload/contract/bring-over-words.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, errorToast, Page, Section, SkeletonLines, Tag } from '../../ui/index.js';
import { DropAnywhere } from './drop.js';
import { droppedFiles, type FileInFolder, pickedFiles, sourcesOf } from './folder.js';
import classes from './imports.module.css';
import { PinpointJob } from './pinpoint-job.js';

const crumbs = [{ label: 'Imports', to: '/imports' }];
/** Lines of the preview that are drawn; the rest is counted. */
const shown = 300;

/** From a folder of Amazon Pinpoint to a report: choose it, see what each file is, bring it over. */
export function FromPinpoint() {
  const trpc = useTRPC();
  const [params, setParams] = useSearchParams();
  const [sources, setSources] = useState<readonly BringOverSource[]>([]);
  const [busy, setBusy] = useState<string | undefined>(undefined);
  const look = useMutation(trpc.bringOver.look.mutationOptions({ meta: { ownError: true } }));
  const start = useMutation(trpc.bringOver.start.mutationOptions({ onSuccess: ({ uid }) => setParams({ job: uid }) }));
  const { mutate } = look;
  const lookAt = useCallback(
    (next: BringOverSource[]) => {
      setSources(next);
      mutate({ sources: next });
    },
    [mutate],
  );
  const take = useCallback(
    (files: readonly FileInFolder[]) => {
      if (files.length === 0) return;
      setParams({}, { replace: true });
      sourcesOf(files, (done) => setBusy(`Reading ${done + 1} of ${files.length}`))
        .then(lookAt, errorToast)
        .finally(() => setBusy(undefined));
    },
    [lookAt, setParams],
  );
  const onTransfer = useCallback((transfer: DataTransfer) => void droppedFiles(transfer).then(take, errorToast), [take]);
  const onFiles = useCallback((files: readonly File[]) => take(pickedFiles(files)), [take]);
  const job = params.get('job');
  const again = () => {
    setSources([]);
    look.reset();
    setParams({});
  };
  if (job !== null) {
    return <PinpointJob key={job} job={job} onAgain={again} />;
  }
  const found = look.data;
  return (
    <DropAnywhere onFiles={onFiles} onTransfer={onTransfer}>
      <Page
        scroll
        title="From Pinpoint"
        crumbs={crumbs}
        tools={found && <Button variant="default" onClick={again}>Other files</Button>}
        action={
          found && (
            <Button loading={start.isPending} disabled={!found.some(({ kind }) => kind !== 'unknown' && kind !== 'journeys')} onClick={() => start.mutate({ sources: [...sources] })}>
              Bring over
            </Button>
          )
        }
      >
        {look.error !== null && <ErrorState error={look.error} />}
        {found ? <Preview files={found} /> : look.isPending ? <SkeletonLines lines={8} /> : <Choose busy={busy} onFiles={onFiles} onPath={(path) => lookAt([{ kind: 'path', path }])} />}
      </Page>
    </DropAnywhere>
  );
}

function Choose({ busy, onFiles, onPath }: { readonly busy: string | undefined; readonly onFiles: (files: readonly File[]) => void; readonly onPath: (path: string) => void }) {
  const [path, setPath] = useState('');
  const folder = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.start}>
      <div className={classes.zone}>
        <IconFolderOpen size={28} stroke={1.6} className="h-text-3" aria-hidden />
        <p className="h-text-2">
          Drop a folder, or several files, anywhere on this page: endpoint exports (CSV or JSON lines, plain or gzip) and what get-segments, get-campaigns, list-templates and get-email-template write. You see what
          each file is before anything is brought over.
        </p>
        <div className={classes.pickers}>
          <Button loading={busy !== undefined} onClick={() => folder.current?.click()}>
            Choose a folder
          </Button>
          <FileButton multiple onChange={onFiles}>
            {(props) => (
              <Button {...props} variant="default" disabled={busy !== undefined}>
                Choose files
              </Button>
            )}
          </FileButton>
        </div>
        <input ref={folder} type="file" hidden aria-label="Folder" {...{ webkitdirectory: '' }} onChange={(event) => onFiles([...(event.currentTarget.files ?? [])])} />
        <p className="h-text-2" role="status">
          {busy ?? ''}
        </p>
      </div>
      <form
        className={classes.path}
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '') onPath(path.trim());
        }}
      >
        <TextInput label="Or a path on the computer that runs Heliograph" placeholder="/home/ada/pinpoint" value={path} onChange={(event) => setPath(event.currentTarget.value)} />
        <Button type="submit" variant="default" disabled={path.trim() === ''}>
          Look at it
        </Button>
      </form>
      <Earlier />
    </div>
  );
}

/** Reports of earlier times. */
function Earlier() {
  const trpc = useTRPC();
  const f = useFormat();
  const reports = useQuery(trpc.bringOver.reports.queryOptions());
  const [, setParams] = useSearchParams();
  if (!reports.data || reports.data.length === 0) return null;
  return (
    <Section title="Earlier">
      <ul className={classes.earlier}>
        {reports.data.slice(0, 10).map((entry) => (
          <li key={entry.job}>
            <button type="button" className="h-link" onClick={() => setParams({ job: entry.job })}>
              {entry.title}
            </button>{' '}
            <span className="h-text-2">
              {f.dateTime(entry.createdAt)}
              {entry.state === 'done' ? '' : `, ${entry.state}`}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Preview({ files }: { readonly files: readonly BringOverFile[] }) {
  const f = useFormat();
  const drawn = files.slice(0, shown);
  return (
    <>
      <p className="h-text-2">
        {f.plural(files.length, 'file', 'files')}. Nothing has been brought over yet. Campaigns come as drafts and are never sent by themselves; what is here already is left as it is.
      </p>
      <div className={classes.wide} tabIndex={0} role="region" aria-label="Files">
        <table className="h-table">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">What it is</th>
              <th scope="col" className={classes.number}>
                Holds
              </th>
              <th scope="col">Notes</th>
            </tr>
          </thead>
          <tbody>
            {drawn.map((file) => (
              <tr key={file.name}>
                <td>
                  <span className="h-name">{file.name}</span>
                </td>
                <td>{file.kind === 'unknown' ? <Tag tone="warn">{bringOverFileWords[file.kind]}</Tag> : bringOverFileWords[file.kind]}</td>
                <td className={classes.number}>{file.kind === 'unknown' ? '' : `${file.exact ? '' : 'about '}${f.number(file.count)}${file.kind === 'endpoints' ? (file.count === 1 ? ' row' : ' rows') : ''}`}</td>
                <td className="h-text-2">{file.notes.map(bringOverWords).join(' ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {files.length > shown && <p className="h-text-2">And {f.plural(files.length - shown, 'more file', 'more files')}.</p>}
    </>
  );
}
