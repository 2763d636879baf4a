import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BringOverItem, BringOverReport } from '../../../src-preload/contract/bring-over.js';
import { bringOverCounts, bringOverItemWords, bringOverWords } from '../../../src-preload/contract/bring-over-words.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Client } from './connect.js';
import type { Output } from './output.js';

const pollMs = 200;

/** Brings over what a folder or file of Amazon Pinpoint holds and prints the report; `dryRun` says what each file is and writes nothing. */
export async function bringOver(client: Client, folder: string, options: { dryRun: boolean }, output: Output): Promise<void> {
  const sources = [{ kind: 'path' as const, path: resolve(folder) }];
  if (options.dryRun) {
    const files = await client.bringOver.look.mutate({ sources });
    output.result(files.map((file) => `${file.name}: ${file.kind}, ${file.count.toLocaleString('en')}${file.notes.map((note) => `. ${bringOverWords(note)}`).join('')}`).join('\n'), { event: 'looked', files });
    return;
  }
  const { uid } = await client.bringOver.start.mutate({ sources });
  let job = await client.jobs.get.query({ uid });
  while (job?.state === 'queued' || job?.state === 'running') {
    output.progress(`${job.title}: ${job.done.toLocaleString('en')}${job.total === null ? '' : ` of ${job.total.toLocaleString('en')}`} ${job.note ?? ''}`);
    await sleep(pollMs);
    job = await client.jobs.get.query({ uid });
  }
  output.progress('');
  if (!job || job.state === 'cancelled') throw new HeliographError('CANCELLED');
  if (job.error) throw new HeliographError(job.error.code, job.error.detail);
  const report = await client.bringOver.report.query({ job: uid });
  output.result(inWords(report), { event: 'brought', job: uid, ...report });
}

function inWords({ items, reach }: BringOverReport): string {
  const n = (value: number) => value.toLocaleString('en');
  const lines = bringOverCounts(items).map(({ kind, came, already, left }) => `${bringOverItemWords[kind].many}: ${n(came)} came over, ${n(already)} here already, ${n(left)} not carried over`);
  const told = items.filter(({ notes }) => notes.length > 0).map((item) => `  ${lineOf(item)}`);
  const reached = reach.map(({ channel, addresses, reachable }) => `${channel}: ${n(reachable)} of ${n(addresses)} addresses can be reached`);
  return [...lines, ...told, ...reached].join('\n');
}

const lineOf = ({ kind, name, state, notes }: BringOverItem): string => `${bringOverItemWords[kind].one} ${name}${state === 'left' ? ' (not carried over)' : ''}: ${notes.map(bringOverWords).join(' ')}`;
