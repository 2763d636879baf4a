import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImportCounts, type ImportEncoding, type ImportMatch, type ImportView, targetKey } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { rejectWords, warningWords } from '../../../src-preload/contract/import-words.js';
import type { Client, Session } from './connect.js';
import { saveOffered } from './download.js';
import { type ChosenMapping, chooseMapping, layMapping } from './import-mapping.js';
import { findByName } from './launch.js';
import { exitCodes, type Output } from './output.js';

const pollMs = 200;
/** Examples of rejected cells that are printed. */
const examplesShown = 5;
const importable = /\.(?:csv|tsv|txt|jsonl?|ndjson|gz|xlsx|xlsm)$/i;

/** What may be said on the command line about an import. */
export interface ImportFlags {
  readonly segment?: string;
  readonly replaceSegment?: string;
  readonly encoding?: ImportEncoding;
  readonly sheet?: string;
  readonly mapping?: string;
  readonly match?: ImportMatch;
  readonly rejects?: string;
  readonly dryRun?: boolean;
}

interface Plan {
  readonly flags: ImportFlags;
  /** Null makes none. */
  readonly segmentName: string | null;
  readonly mapping: ChosenMapping | undefined;
  readonly rejects: ((suggested: string) => string) | undefined;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** The files meant: a folder stands for the files of people in it. Throws `BAD_INPUT` for a folder without any. */
function expand(named: readonly string[]): string[] {
  return named.map((name) => resolve(name)).flatMap((path) => {
    if (!isFolder(path)) return [path];
    const inside = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile() && importable.test(entry.name)).map((entry) => entry.name).sort();
    if (inside.length === 0) throw new HeliographError('BAD_INPUT', { field: 'file', message: `${path} holds no file of people (.csv, .tsv, .txt, .json, .jsonl, .ndjson, .gz, .xlsx).` });
    return inside.map((name) => join(path, name));
  });
}

async function planOf(client: Client, files: readonly string[], flags: ImportFlags): Promise<Plan> {
  const name = flags.replaceSegment ?? flags.segment;
  // Each file would put its own people in the place of those of the file before.
  if (name !== undefined && files.length > 1) throw new HeliographError('BAD_INPUT', { field: 'segment', message: 'A segment holds the people of one file. Import the files one by one, or join them.' });
  const lists = flags.replaceSegment === undefined ? [] : (await client.segments.list.query()).filter(({ kind }) => kind === 'imported');
  const segmentName = flags.replaceSegment === undefined ? (flags.segment ?? null) : findByName(lists, flags.replaceSegment, 'imported segment').name;
  const { rejects } = flags;
  const into = rejects !== undefined && isFolder(rejects);
  if (rejects !== undefined && !into && files.length > 1) throw new HeliographError('BAD_INPUT', { field: '--rejects', message: 'With several files, name a folder that is there.' });
  return {
    flags,
    segmentName,
    mapping: flags.mapping === undefined ? undefined : await chooseMapping(client, flags.mapping),
    rejects: rejects === undefined ? undefined : (suggested) => (into ? join(rejects, suggested) : resolve(rejects)),
  };
}

/** Imports files, and the files of folders, one after another; one that fails is told and the next is taken. Gives back the exit code: that of the first failure. */
export async function importFiles(session: Session, named: readonly string[], flags: ImportFlags, output: Output): Promise<number> {
  const files = expand(named);
  const plan = await planOf(session.client, files, flags);
  let code: number = exitCodes.ok;
  for (const file of files) {
    try {
      await importFile(session, file, plan, output);
    } catch (error) {
      const why = session.explain(error);
      if (files.length === 1 || (why instanceof HeliographError && why.code === 'INSTANCE_LOST')) throw why;
      output.notice(`${basename(file)} was not imported:`);
      const failed = output.error(why);
      code = code === exitCodes.ok ? failed : code;
    }
  }
  return code;
}

/** Imports a file with the guesses the screen would start from, or with the mapping that was named. */
async function importFile(session: Session, path: string, plan: Plan, output: Output): Promise<void> {
  const { client } = session;
  const { encoding, sheet, dryRun = false } = plan.flags;
  const source = { kind: 'path', path } as const;
  const said = { ...(encoding === undefined ? {} : { encoding }), ...(sheet === undefined ? {} : { sheet }), ...(plan.mapping?.decimal === undefined ? {} : { decimal: plan.mapping.decimal }) };
  const inspection = await client.imports.inspect.query({ source, ...said });
  const mapping = layMapping(inspection.columns, plan.mapping);
  const columns = mapping.map(({ header, target }) => ({ header, target: targetKey(target) }));
  const { fileName } = inspection;
  session.at({ doing: `checking ${fileName}` });
  let view = await client.imports.check.mutate({ source, format: inspection.format, mapping, match: plan.flags.match ?? (plan.mapping ? plan.mapping.match : inspection.match) });
  view = await follow(client, view, ['checking'], output);
  const { counts } = view;
  if (view.state !== 'checked' || !counts) throw failureOf(view);
  tellRejects(counts, output);
  tellWarnings(counts, output);
  // Before the merge, and before a dry run is left: with it go its files.
  const rejected = plan.rejects === undefined || counts.rejected === 0 ? null : await saveOffered(session, await client.imports.rejects.mutate({ uid: view.uid }), (suggested) => plan.rejects!(suggested ?? `${fileName} rejected.csv`));
  if (dryRun) {
    await client.imports.cancel.mutate({ uid: view.uid });
    output.result(`Dry run of ${fileName}: ${inWords(counts)}`, { event: 'checked', file: fileName, columns, mapping, counts, rejected });
    return;
  }
  session.at({ doing: `importing ${fileName}`, then: 'the import goes on when it is opened again' });
  view = await client.imports.start.mutate({ uid: view.uid, segmentName: plan.segmentName });
  view = await follow(client, view, ['merging'], output);
  if (view.state !== 'done') throw failureOf(view);
  output.result(`Imported ${view.fileName}: ${inWords(counts)}${view.segment ? ` Segment: ${view.segment.name}${view.replaces ? ' (its people were replaced)' : ''}.` : ''}`, {
    event: 'imported',
    uid: view.uid,
    file: fileName,
    columns,
    counts,
    merged: view.merged,
    segment: view.segment,
    replaces: view.replaces,
    rejected,
  });
  session.at({});
}

/** The first refused cells, and how many there are of each reason. */
function tellRejects({ rejected, rejectedBy, examples }: ImportCounts, output: Output): void {
  if (rejected === 0) return;
  const reasons = Object.entries(rejectedBy).sort(([, a], [, b]) => b - a);
  output.notice(`${rejected.toLocaleString('en')} rejected: ${reasons.map(([reason, n]) => `${n.toLocaleString('en')} ${rejectWords[reason as keyof typeof rejectWords]}`).join(', ')}.`);
  for (const { row, column, reason, value } of examples.slice(0, examplesShown)) {
    output.notice(`row ${row}${column === '' ? '' : `, ${column}`}: ${rejectWords[reason]}${value === '' ? '' : ` (${value})`}`);
  }
  if (rejected > examplesShown) output.notice('--rejects FILE writes all of them.');
}

/** What is imported and yet to be looked at: where, and the first values of it. */
function tellWarnings({ warnings }: ImportCounts, output: Output): void {
  for (const { code, rows, firstRow, column, examples = [] } of warnings) {
    const where = `row ${firstRow}${rows > 1 ? ` and ${(rows - 1).toLocaleString('en')} more` : ''}${column === '' ? '' : `, ${column}`}`;
    output.notice(`${where}: ${warningWords[code]}${examples.length === 0 ? '' : ` (${examples.join(', ')})`}`);
  }
}

async function follow(client: Client, first: ImportView, states: readonly ImportView['state'][], output: Output): Promise<ImportView> {
  let view = first;
  while (states.includes(view.state)) {
    await sleep(pollMs);
    view = await client.imports.get.query({ uid: view.uid });
    const job = view.job === null ? null : await client.jobs.get.query({ uid: view.job });
    if (job?.state === 'running') output.progress(`${job.title}: ${job.done.toLocaleString('en')}${job.total === null ? '' : ` of ${job.total.toLocaleString('en')}`}`);
    if (job?.error) throw new HeliographError(job.error.code, job.error.detail);
  }
  output.progress('');
  return view;
}

const failureOf = (view: ImportView) => (view.error ? new HeliographError(view.error.code, view.error.detail) : new HeliographError('CANCELLED'));

function inWords(counts: ImportCounts): string {
  const n = (value: number) => value.toLocaleString('en');
  const kept = counts.keptUnsubscribed > 0 ? `, ${n(counts.keptUnsubscribed)} would lose an unsubscribe: kept` : '';
  return `${n(counts.new)} new, ${n(counts.changed)} changed, ${n(counts.same)} same, ${n(counts.rejected)} rejected${kept}.`;
}
