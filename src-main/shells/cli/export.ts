import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCsv, type ExportFormat, type ExportWhat, reportTables } from '../../../src-preload/contract/export.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { Client, Session } from './connect.js';
import { saveOffered } from './download.js';
import { findByName } from './launch.js';
import type { Output } from './output.js';

const pollMs = 200;
export const exportKinds = ['people', 'segment', 'suppressions', 'recipients', 'report'] as const;

/** Which export the words on the command line mean. `of`: a segment or campaign by name or uid. */
async function whatIs(client: Client, kind: string, of: string | undefined, table: string): Promise<ExportWhat> {
  const need = () => {
    if (of === undefined) throw new HeliographError('BAD_INPUT', { field: 'name', message: `export ${kind} needs the name of ${kind === 'segment' ? 'a segment' : 'a campaign'}` });
    return of;
  };
  const campaign = async () => findByName(await client.campaigns.list.query({}), need(), 'campaign');
  switch (kind) {
    case 'people':
      return { kind, filter: {} };
    case 'suppressions':
      return { kind };
    case 'segment':
      return { kind, segment: findByName(await client.segments.list.query(), need(), 'segment').uid };
    case 'recipients': {
      const { run } = await client.campaigns.get.query({ uid: (await campaign()).uid });
      if (run === null) throw new HeliographError('BAD_INPUT', { field: 'campaign', message: 'It was never launched, so it has no recipients yet.' });
      return { kind, run, filter: {} };
    }
    case 'report': {
      const chosen = reportTables.find((name) => name === table);
      if (!chosen) throw new HeliographError('BAD_INPUT', { field: '--table', message: `one of ${reportTables.join(', ')}` });
      return { kind, campaign: (await campaign()).uid, table: chosen };
    }
    default:
      throw new HeliographError('BAD_INPUT', { field: 'what', message: `one of ${exportKinds.join(', ')}` });
  }
}

/** Throws `BAD_INPUT` for a file that is there already, unless `force` says to write over it. */
export function assertFree(path: string, force: boolean): void {
  // A pipe or a terminal is written to, not over.
  if (!force && statSync(path, { throwIfNoEntry: false })?.isFile()) throw new HeliographError('BAD_INPUT', { field: '--out', message: `${path} is there already: name another file, or write over it with --force` });
}

/** Writes an export to `out`, or to the suggested name in the current folder. Throws `BAD_INPUT` {field: --out} for a file that is there already, unless `force` is given. */
export async function exportFile(session: Session, kind: string, of: string | undefined, options: { out?: string; table: string; format: string; separator: string; gzip?: boolean; force?: boolean; bom?: boolean; formulas: boolean }, output: Output): Promise<void> {
  const { client } = session;
  const what = await whatIs(client, kind, of, options.table);
  const separators = { comma: ',', semicolon: ';', tab: '\t' } as const;
  if (!Object.hasOwn(separators, options.separator)) throw new HeliographError('BAD_INPUT', { field: '--separator', message: 'comma, semicolon or tab' });
  if (options.format !== 'csv' && options.format !== 'jsonl') throw new HeliographError('BAD_INPUT', { field: '--format', message: 'csv or jsonl' });
  if (options.out !== undefined) assertFree(resolve(options.out), options.force === true);
  const gzip = options.gzip === true;
  const format: ExportFormat = options.format === 'jsonl' ? { kind: 'jsonl', gzip } : { ...defaultCsv(what), gzip, separator: separators[options.separator as keyof typeof separators], ...(options.bom === true ? { bom: true } : {}), ...(options.formulas ? {} : { formulaSafe: true }) };
  session.at({ doing: 'writing the export' });
  let job = await client.exports.start.mutate({ what, format });
  while (job.state === 'queued' || job.state === 'running') {
    await sleep(pollMs);
    const next = await client.jobs.get.query({ uid: job.uid });
    if (!next) throw new HeliographError('NOT_FOUND', { what: 'job' });
    job = next;
    output.progress(`${job.title}: ${job.done.toLocaleString('en')} rows`);
  }
  output.progress('');
  const offered = await client.exports.deliver.mutate({ job: job.uid });
  const path = await saveOffered(session, offered, (suggested) => {
    const to = resolve(options.out ?? suggested ?? 'export.csv');
    assertFree(to, options.force === true);
    return to;
  });
  output.result(`Wrote ${offered.rows.toLocaleString('en')} rows to ${path}`, { event: 'exported', path, rows: offered.rows });
}
