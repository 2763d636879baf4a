import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImportCounts, type ImportView, targetKey } from '../../../src-preload/contract/import.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Client } from './connect.js';
import type { Output } from './output.js';

const pollMs = 200;

/** Imports a file with the guesses the screen would start from. `segment`: null makes none. */
export async function importFile(client: Client, file: string, options: { segment: string | null; dryRun: boolean }, output: Output): Promise<void> {
  const source = { kind: 'path', path: resolve(file) } as const;
  const inspection = await client.imports.inspect.query({ source });
  const mapping = inspection.columns.map(({ index, header, guess }) => ({ index, header, target: guess }));
  const columns = mapping.map(({ header, target }) => ({ header, target: targetKey(target) }));
  let view = await client.imports.check.mutate({ source, format: inspection.format, mapping });
  view = await follow(client, view, ['checking'], output);
  const counts = view.counts;
  if (view.state !== 'checked' || !counts) throw failureOf(view);
  if (options.dryRun) {
    await client.imports.cancel.mutate({ uid: view.uid });
    output.result(`Dry run: ${inWords(counts)}`, { event: 'checked', columns, counts });
    return;
  }
  view = await client.imports.start.mutate({ uid: view.uid, segmentName: options.segment });
  view = await follow(client, view, ['merging'], output);
  if (view.state !== 'done') throw failureOf(view);
  output.result(`Imported ${view.fileName}: ${inWords(counts)}${view.segment ? ` Segment: ${view.segment.name}${view.replaces ? ' (its people were replaced)' : ''}.` : ''}`, {
    event: 'imported',
    uid: view.uid,
    columns,
    counts,
    merged: view.merged,
    segment: view.segment,
    replaces: view.replaces,
  });
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
  const guessed = counts.warnings.find(({ code }) => code === 'encoding_guessed');
  return `${n(counts.new)} new, ${n(counts.changed)} changed, ${n(counts.same)} same, ${n(counts.rejected)} rejected${kept}.${guessed ? ` The file does not say how its characters are written; Windows-1252 was guessed, and row ${n(guessed.firstRow)} is the first where that matters.` : ''}`;
}
