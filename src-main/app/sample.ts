import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import people from '../../resources/sample/people.csv?raw';
import { sandboxConnectionUid } from '../../src-preload/contract/connection.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { SegmentTree } from '../../src-preload/contract/segment.js';
import type { Workspace } from '../api/context.js';
import { createImportService } from '../audience/import/index.js';
import { workspaceFiles } from '../store/index.js';

/** Whoever ordered at least five times and lives where the roaster delivers within two days. */
const regulars: SegmentTree = {
  format: 1,
  root: {
    type: 'group',
    match: 'all',
    of: [
      { type: 'channel', op: 'in', values: ['EMAIL'] },
      { type: 'metric', name: 'Orders', test: { op: 'gte', value: 5 } },
      { type: 'location', field: 'Country', test: { op: 'is', values: ['DE', 'GB', 'FR', 'SE'] } },
    ],
  },
};

/**
 * Fills a new workspace with what "explore with sample data" shows: invented customers of an invented roaster, imported from their file the way a person would
 * import theirs, a segment, two templates and a draft campaign on the test mailbox. Takes a second or two.
 */
export async function fillSample(workspace: Workspace): Promise<void> {
  const { write, read, jobs, folder } = workspace;
  await write.settings.patch({
    postalAddress: 'Kestrel Coffee, 12 Harbour Street, Bristol BS1 4QA, United Kingdom',
    defaultFrom: { name: 'Kestrel Coffee', address: 'hello@kestrel.example' },
    defaultCountry: 'GB',
  });
  // The collector listens since the workspace opened, and shows the sender's name on its page.
  await workspace.collector.settingsChanged();

  const files = join(folder, workspaceFiles.files);
  mkdirSync(files, { recursive: true });
  const path = join(files, 'sample-customers.csv');
  writeFileSync(path, people, { mode: 0o600 });
  const imports = createImportService({ read: read.imports, write: write.imports, jobs, files });
  const file = { path, name: 'sample-customers.csv' };
  const inspection = await imports.inspect(file, {});
  const mapping = inspection.columns.map(({ index, header, guess }) => ({ index, header, target: guess }));
  const checked = await imports.check(file, { source: { kind: 'path', path }, format: inspection.format, mapping });
  await finish(checked.job);
  const merging = await imports.start(checked.uid, null);
  await finish(merging.job);

  const segment = await write.segments.create({ name: 'Regulars in Europe', tree: regulars });
  const template = await write.templates.create({ starter: 'offer', name: 'Winter roast offer' });
  await write.templates.create({ starter: 'newsletter', name: 'Monthly letter' });
  const campaign = await write.campaigns.create({ name: 'Winter roast launch', segment: segment.uid, template: template.uid });
  const { draft, revision } = await read.campaigns.get(campaign);
  await write.campaigns.save({ uid: campaign.uid, revision, draft: { ...draft, connection: sandboxConnectionUid } });

  async function finish(job: string | null): Promise<void> {
    const ended = await jobs.finished(job ?? '');
    if (ended.error) throw new HeliographError(ended.error.code, ended.error.detail);
  }
}
