import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import type { ExportFormat } from '../../src-preload/contract/export.js';
import { exportJob } from '../../src-main/exports/index.js';
import { editMembers, segmentsModule } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { inProcessReader, inProcessWriter } from '../support/in-process-store.js';
import { createKit, file, type Kit } from './import-kit.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Of everything an endpoint can have, hostile texts included. */
const people = [
  { Id: 'e-1', ChannelType: 'EMAIL', Address: 'Ada@example.org', EndpointStatus: 'ACTIVE', OptOut: 'NONE', EffectiveDate: '2025-03-04T05:06:07.000Z', Attributes: { tags: ['a,b', 'c"d', ' lead', 'line\nbreak', '=1+1'], 'Two words': ['ü'] }, Metrics: { visits: 3.5, debt: -1e-7 }, Demographic: { AppVersion: '1.10', Locale: 'de_DE', Make: 'Acme', Model: 'One', ModelVersion: '2', Platform: 'ios', PlatformVersion: '17.1', Timezone: 'Europe/Berlin' }, Location: { City: 'Köln', Country: 'DE', Latitude: 50.94, Longitude: 6.96, PostalCode: '00501', Region: 'NW' }, User: { UserId: 'u-1', UserAttributes: { FirstName: ['Ada'], Roles: ['x', 'y'] } } },
  { Id: 'e-2', ChannelType: 'SMS', Address: '+16045550182', OptOut: 'ALL', User: { UserId: 'u-1' } },
  { Id: 'e-3', ChannelType: 'EMAIL', Address: 'zoe@example.org', EndpointStatus: 'INACTIVE', User: { UserId: 'u-2', UserAttributes: { FirstName: ['Zoë'] } } },
  { Id: 'e-4', ChannelType: 'GCM', Address: 'token:with=signs', Attributes: { tags: ['only one'] } },
  { Id: 'e-5', ChannelType: 'EMAIL', Address: 'outside@example.org' },
];

async function listOf(kit: Kit) {
  await kit.import(file(people.map((one) => JSON.stringify(one)).join('\n'), 'people.json'));
  const { operations, queries } = segmentsModule(() => [], () => false);
  const { uid } = kit.store.write(operations.create, { name: 'Members', kind: 'imported' });
  await editMembers({ read: inProcessReader(kit.store, queries), write: inProcessWriter(kit.store, operations) }, { uid, act: 'add', who: { of: 'endpointId', text: 'e-1\ne-2\ne-3\ne-4' } });
  return uid;
}

/** Everything but when a row was last looked at. */
const rows = (kit: Kit) => [
  ...kit.store.db.all<Record<string, unknown>>(sql`select * from endpoint order by id`),
  ...kit.store.db.all<Record<string, unknown>>(sql`select * from user order by id`),
  ...kit.store.db.all<Record<string, unknown>>(sql`select channel, address_key, scope from suppressed order by 1, 2, 3`),
];

const csv: ExportFormat = { kind: 'csv', separator: ',', bom: false, formulaSafe: false };
it.each<[string, ExportFormat, string]>([
  ['CSV', csv, 'Members.csv'],
  ['CSV for Excel with semicolons', { ...csv, separator: ';', bom: true }, 'Members.csv'],
  ['packed CSV', { ...csv, gzip: true }, 'Members.csv.gz'],
  ['JSON lines', { kind: 'jsonl' }, 'Members.jsonl'],
  ['packed JSON lines', { kind: 'jsonl', gzip: true }, 'Members.jsonl.gz'],
])('%s of a segment, imported again, changes nobody and makes the same list', async (_name, format, name) => {
  const kit = createKit();
  const uid = await listOf(kit);
  const before = rows(kit);
  const result = await exportJob.run({ ...kit.context(), write: {} as never }, { what: { kind: 'segment', segment: uid }, format });
  expect(result).toMatchObject({ name, rows: 4 });
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-again-'));
  folders.push(folder);
  const path = join(folder, name);
  copyFileSync(result.path, path);
  if (format.kind !== 'zip' && format.gzip) expect(gunzipSync(readFileSync(path)).toString('utf8')).toContain('e-4');
  const again = await kit.import(path, 'Members again');
  expect(again.merged).toMatchObject({ total: 4, new: 0, changed: 0, same: 4 });
  expect(rows(kit)).toEqual(before);
  const members = (segment: string) => kit.store.db.all(sql`select endpoint from segment_member where segment = (select id from segment where name = ${segment} and deleted_at is null) order by 1`);
  expect(members('Members again')).toEqual(members('Members'));
});
