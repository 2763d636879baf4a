import { join } from 'node:path';
import type { RunningHost } from '../src-main/app/host.js';
import { freezeSlices, freezeSlice, openRun, freezeAudience } from '../src-main/delivery/freeze.js';
import { sql } from '../src-main/store/sql.js';
import { openFileStore } from '../test/support/file-store.js';
import { pinnedContent } from '../test/support/sent-run.js';
import { median, report, rows, runs, seconds } from './measure.js';

/** Everyone who has an e-mail address, through the same query, slices and commits as a launch. */
export async function benchFreeze(host: RunningHost): Promise<void> {
  const workspace = host.current()!;
  const segment = await workspace.write.segments.create({ name: 'Everyone', tree: { format: 1, root: { type: 'group', match: 'all', of: [{ type: 'channel', op: 'in', values: ['EMAIL'] }] } } });
  const campaign = await workspace.write.campaigns.create({ name: 'Freeze', segment: segment.uid });
  const { folder } = workspace;
  await host.close();
  const store = openFileStore(join(folder, 'workspace.sqlite'));
  const times: number[] = [];
  const references: number[] = [];
  try {
    const segmentRow = store.read((db) => db.get<{ id: number; version: number }>(sql`select id, version from segment where uid = ${segment.uid}`)!, undefined);
    for (let i = 0; i < Math.min(runs, 3); i++) {
      const run = store.write((db) => {
        const campaignRow = db.get<{ id: number }>(sql`select id from campaign where uid = ${campaign.uid}`)!;
        const pinned = pinnedContent({ name: 'Freeze', segment: { id: segmentRow.id, uid: segment.uid, version: segmentRow.version } });
        db.run(sql`insert or replace into campaign_version (campaign, version, content, created_at, actor) values (${campaignRow.id}, ${i + 1}, ${JSON.stringify(pinned)}, 0, '{}')`);
        return db.run(sql`insert into run (uid, campaign, campaign_version, kind, state, created_at) values (${db.newUid()}, ${campaignRow.id}, ${i + 1}, 'campaign', 'freezing', 0)`).lastId;
      }, undefined);
      references.push(await seconds(() => store.write((db) => {
        db.run(sql`create table reference (id integer primary key, endpoint integer not null) strict`);
        db.run(sql`insert into reference (endpoint) select id from endpoint where channel = 'EMAIL'`);
      }, undefined)));
      store.write((db) => void db.run(sql`drop table reference`), undefined);
      times.push(
        await seconds(() => {
          const audience = store.read(freezeAudience, { run, asOf: Date.now() });
          for (const slice of freezeSlices(run, audience)) store.write(freezeSlice, slice);
          store.write(openRun, { run, commit: audience.commit, total: audience.endpoints.length, funnel: audience.funnel });
        }),
      );
    }
  } finally {
    store.close();
  }
  report(`freeze ${rows.toLocaleString('en')} recipients, with reasons and funnel`, rows / median(times), rows / median(references), 'rows/s', 'INSERT ... SELECT of the same ids', median(references) / median(times), '>= 0.3', times);
}
