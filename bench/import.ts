import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createImportService } from '../src-main/audience/import/index.js';
import type { RunningHost } from '../src-main/app/host.js';
import { columns } from './data.js';
import { median, report, rows, runs, seconds } from './measure.js';

/** Seconds of one import, inspection and check on one side, merge on the other. */
export interface ImportTimes {
  readonly check: number;
  readonly merge: number;
}

const total = ({ check, merge }: ImportTimes): number => check + merge;

/** Checks and merges the file into the open workspace, as the screen and the command line do. */
async function importFile(host: RunningHost, csv: string): Promise<ImportTimes> {
  const workspace = host.current()!;
  const imports = createImportService({ read: workspace.read.imports, write: workspace.write.imports, jobs: workspace.jobs, files: join(workspace.folder, 'files') });
  const file = { path: csv, name: 'people.csv' };
  let uid = '';
  const check = await seconds(async () => {
    const { format, columns: found } = await imports.inspect(file, {});
    const checked = await imports.check(file, { source: { kind: 'path', path: csv }, format, mapping: found.map(({ index, header, guess }) => ({ index, header, target: guess })) });
    const done = await workspace.jobs.finished(checked.job!);
    if (done.state !== 'done') throw new Error(`check ended as ${done.state}: ${JSON.stringify(done.error)}`);
    uid = checked.uid;
  });
  const merge = await seconds(async () => {
    const merging = await imports.start(uid, null);
    const done = await workspace.jobs.finished(merging.job!);
    if (done.state !== 'done') throw new Error(`import ended as ${done.state}: ${JSON.stringify(done.error)}`);
  });
  return { check, merge };
}

/** Checks and merges the file into a new workspace. */
export async function importInto(host: RunningHost, csv: string, name: string): Promise<ImportTimes> {
  await host.create({ name });
  return importFile(host, csv);
}

export async function benchImport(host: RunningHost, csv: string, root: string): Promise<void> {
  const has = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
  if (has.status !== 0) {
    console.log('import: not run: the reference is the sqlite3 command (Debian: apt-get install sqlite3)');
    return;
  }
  const firsts: ImportTimes[] = [];
  const agains: ImportTimes[] = [];
  const references: number[] = [];
  const rounds = Math.min(runs, 3);
  for (let i = 0; i < rounds; i++) {
    const database = join(root, `reference-${i}.sqlite`);
    references.push(
      await seconds(() => {
        const script = `pragma journal_mode=wal;\n.mode csv\ncreate table people (${columns.map((c) => `"${c}" text`).join(', ')});\n.import --skip 1 ${csv} people\ncreate unique index people_id on people ("Id");\n`;
        const { status, stderr } = spawnSync('sqlite3', [database], { input: script, encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
      }),
    );
    rmSync(database, { force: true });
    firsts.push(await importInto(host, csv, `Import ${i}`));
    agains.push(await importFile(host, csv));
  }
  const split = (of: readonly ImportTimes[]) => `check ${median(of.map(({ check }) => check)).toFixed(1)} s, merge ${median(of.map(({ merge }) => merge)).toFixed(1)} s`;
  const times = firsts.map(total);
  report(`import ${rows.toLocaleString('en')} rows, checked and merged`, rows / median(times), rows / median(references), 'rows/s', 'sqlite3 .import + unique index', median(references) / median(times), '>= 0.5', times);
  console.log(`  ${split(firsts)}`);
  const again = agains.map(total);
  report('the same file again, nothing changed', rows / median(again), rows / median(times), 'rows/s', 'its first import', median(times) / median(again), '>= 0.5', again);
  console.log(`  ${split(agains)}`);
}
