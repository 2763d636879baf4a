import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operations, queries } from '../../src-main/api/registry.js';
import { appRouter } from '../../src-main/api/router.js';
import { createCallerFactory } from '../../src-main/api/trpc.js';
import { bringOverJob, bringOverLookJob } from '../../src-main/bring-over/index.js';
import { jobOperations } from '../../src-main/jobs/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { BringOverItem, BringOverReport } from '../../src-preload/contract/bring-over.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { Operation } from '../../src-main/store/operation.js';
import { sql } from '../../src-main/store/sql.js';
import { createTestHost } from '../support/host.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

/** Bringing over from a folder as somebody leaving Pinpoint has it: the jobs over an in-memory workspace, and once through the contract in its real threads. */
let root: string;
let folder: string;
let store: MemoryStore;
let cancelAt: (what: string) => boolean;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'heliograph-bring-over-'));
  folder = join(root, 'pinpoint');
  mkdirSync(folder);
  store = createMemoryStore();
  cancelAt = () => false;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Context = Parameters<typeof bringOverJob.run>[0];

function context(uid: string): Context {
  let cancelled = false;
  const write = Object.fromEntries(
    Object.entries(operations).map(([module, ops]) => [
      module,
      Object.fromEntries(
        Object.entries<Operation<never, unknown>>(ops as Readonly<Record<string, Operation<never, unknown>>>).map(([name, operation]) => [
          name,
          async (input: never) => {
            await Promise.resolve();
            store.now += 5;
            cancelled ||= cancelAt(`${module}.${name}`);
            return store.write(operation, input);
          },
        ]),
      ),
    ]),
  ) as unknown as Context['write'];
  const throwIfCancelled = () => {
    if (cancelled) throw new HeliographError('CANCELLED');
  };
  return { uid, db: store.db, snapshot: (work) => work(), write, files: join(root, 'files'), log: silentLogger, now: () => store.now, progress: () => undefined, throwIfCancelled };
}

async function bring(): Promise<BringOverReport> {
  const job = store.write(jobOperations.create, { kind: 'bring-over', title: 'Bring over', input: null });
  const report = await bringOverJob.run(context(job.uid), { sources: [{ path: folder, name: 'pinpoint' }] });
  store.write(jobOperations.finish, { uid: job.uid, result: report });
  return report;
}
const segments = () => store.read(queries.segments.list, {});
const campaigns = () => store.read(queries.campaigns.list, {});
const templates = () => store.read(queries.templates.list, undefined);
const imports = () => store.read(queries.imports.list, { limit: 100 });
const membersOf = (uid: string) => store.db.all<{ address: string }>(
  sql`select e.address from segment s join segment_member m on m.segment = coalesce(s.members, s.id) join endpoint e on e.id = m.endpoint where s.uid = ${uid} order by e.address`,
).map(({ address }) => address);

function put(name: string, content: string | Buffer | object): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content, null, 4));
}
const lines = (...endpoints: object[]) => gzipSync(endpoints.map((endpoint) => JSON.stringify(endpoint)).join('\n'));

const list = '0c1f4f7f3a0c4f1b9a55d0a4c2f7e111';
const gold = 'b66c9e42f71444b2aa2e0ffc1df28f60';
const tablets = 'd11c9e42f71444b2aa2e0ffc1df28f60';
const mail = 'a1e63c6cc0eb43ed826ffcc3cc90b30d';
const text = 'e2e63c6cc0eb43ed826ffcc3cc90b30d';

function wholeProject(): void {
  put('export.csv', 'Id,ChannelType,Address,EndpointStatus,OptOut,User.UserId,User.UserAttributes.Tier,Location.Country\r\ne1,EMAIL,ada@example.org,ACTIVE,NONE,u1,gold,GB\r\ne2,SMS,+16045550182,ACTIVE,NONE,u1,gold,GB\r\ne3,EMAIL,bob@example.org,ACTIVE,ALL,u2,,US\r\ne4,EMAIL,cat@example.org,INACTIVE,NONE,u3,,US\r\n');
  put('VIP list/part-1.gz', lines({ Id: 'e5', ChannelType: 'EMAIL', Address: 'dan@example.org', Attributes: { Plan: ['pro'] } }));
  put('VIP list/part-2.gz', lines({ Id: 'e6', ChannelType: 'EMAIL', Address: 'eve@example.org' }, { Id: 'e1', ChannelType: 'EMAIL', Address: 'ada@example.org' }));
  put('segments.json', {
    SegmentsResponse: {
      Item: [
        { Id: list, Name: 'VIP list', SegmentType: 'IMPORT', Version: 1, ImportDefinition: { Format: 'JSON', S3Url: 's3://b', RoleArn: 'r', Size: 3 } },
        { Id: gold, Name: 'Gold', SegmentType: 'DIMENSIONAL', Version: 1, Dimensions: { UserAttributes: { Tier: { AttributeType: 'INCLUSIVE', Values: ['gold'] } } } },
        { Id: tablets, Name: 'Tablets', SegmentType: 'DIMENSIONAL', Version: 1, Dimensions: { Demographic: { DeviceType: { DimensionType: 'INCLUSIVE', Values: ['tablet'] } } } },
      ],
    },
  });
  put('templates/welcome.json', { EmailTemplateResponse: { TemplateName: 'welcome', TemplateType: 'EMAIL', Version: '1', Subject: 'Hi', HtmlPart: '<p>Hello</p>', TextPart: 'Hello' } });
  put('templates/code.json', { SMSTemplateResponse: { TemplateName: 'code', TemplateType: 'SMS', Body: 'Your code' } });
  put('campaigns.json', {
    CampaignsResponse: {
      Item: [
        { Id: mail, Name: 'Spring', SegmentId: gold, Version: 1, HoldoutPercent: 10, Schedule: { StartTime: '2026-12-01T09:00:00Z', Frequency: 'DAILY' }, TemplateConfiguration: { EmailTemplate: { Name: 'welcome', Version: '1' } }, MessageConfiguration: { EmailMessage: { FromAddress: 'ada@example.org' } } },
        { Id: text, Name: 'Text', SegmentId: gold, Version: 1, MessageConfiguration: { SMSMessage: { Body: 'Sale' } } },
      ],
    },
  });
  put('notes.txt', 'Name;Colour\nAda;blue\n');
  put('.DS_Store', 'x');
}

const said = (items: readonly BringOverItem[]) => Object.fromEntries(items.map(({ kind, name, state, notes }) => [`${kind} ${name}`, [state, ...notes.map(({ code }) => code)].join(' ')]));

test('says what each file is and writes nothing', async () => {
  wholeProject();
  const seen = await bringOverLookJob.run(context('look') as never, { sources: [{ path: folder, name: 'pinpoint' }] });
  expect(Object.fromEntries(seen.map(({ name, kind, count, notes }) => [name, `${kind} ${count} ${notes.map(({ code }) => code).join(' ')}`.trim()]))).toEqual({
    'VIP list/part-1.gz': 'endpoints 1',
    'VIP list/part-2.gz': 'endpoints 2',
    'campaigns.json': 'campaigns 2',
    'export.csv': 'endpoints 4',
    'notes.txt': 'unknown 0 not_pinpoint',
    'segments.json': 'segments 3',
    'templates/code.json': 'templates 1 template_type',
    'templates/welcome.json': 'templates 1',
  });
  expect(store.changes).toEqual([]);
});

test('brings everything over, tells what could not come, and twice changes nothing', async () => {
  wholeProject();
  const report = await bring();
  expect(said(report.items)).toEqual({
    'endpoints export.csv': 'came',
    'endpoints VIP list': 'came members_of',
    'segment VIP list': 'came',
    'segment Gold': 'came',
    'segment Tablets': 'left part_unknown',
    'template welcome': 'came',
    'template code': 'left template_type',
    'campaign Spring': 'came schedule holdout',
    'campaign Text': 'left campaign_channel',
    'file notes.txt': 'left not_pinpoint',
  });
  expect(report.items.find(({ name }) => name === 'code')?.text).toBe('{"Body":"Your code"}');
  expect(report.reach).toEqual([
    { channel: 'EMAIL', addresses: 5, reachable: 3 },
    { channel: 'SMS', addresses: 1, reachable: 1 },
  ]);
  expect(membersOf('0c1f4f7f-3a0c-4f1b-9a55-d0a4c2f7e111')).toEqual(['ada@example.org', 'dan@example.org', 'eve@example.org']);
  const uid = 'a1e63c6c-c0eb-43ed-826f-fcc3cc90b30d';
  const draft = { segment: 'b66c9e42-f714-44b2-aa2e-0ffc1df28f60', from: { name: '', address: 'ada@example.org' }, treatments: [{ message: { kind: 'template', version: 1 } }] };
  expect(store.read(queries.campaigns.get, { uid })).toMatchObject({ run: null, draft: { name: 'Spring', ...draft } });
  expect(store.db.all(sql`select uid, state from campaign`)).toEqual([{ uid, state: 'draft' }]);
  expect(store.db.get(sql`select 1 as found from run`)).toBeUndefined();

  // What somebody changed since stays.
  store.write(operations.templates.rename, { uid: templates()[0]!.uid, name: 'Welcome, Ada' });
  const before = { segments: segments(), campaigns: campaigns(), templates: templates() };
  const again = await bring();
  expect(said(again.items)).toMatchObject({
    'endpoints export.csv': 'already same_file_before',
    'endpoints VIP list': 'already same_file_before',
    'segment VIP list': 'already',
    'segment Gold': 'already',
    'template Welcome, Ada': 'already',
    'campaign Spring': 'already',
  });
  expect({ segments: segments(), campaigns: campaigns(), templates: templates() }).toEqual(before);
  expect(imports()).toHaveLength(2);
});

test('an imported list without its export comes empty and is filled when the export is there', async () => {
  put('segment.json', { SegmentResponse: { Id: list, Name: 'VIP list', SegmentType: 'IMPORT', Version: 1, ImportDefinition: { Size: 2 } } });
  expect(said((await bring()).items)).toEqual({ 'segment VIP list': 'came members_missing' });
  put(`${list}.csv`, 'ChannelType,Address\nEMAIL,ada@example.org\nEMAIL,bob@example.org\n');
  expect(said((await bring()).items)).toEqual({ [`endpoints ${list}.csv`]: 'came members_of', 'segment VIP list': 'already' });
  expect(membersOf(segments()[0]!.uid)).toEqual(['ada@example.org', 'bob@example.org']);
});

test('a file that says the same in other bytes brings nothing new and leaves no import behind', async () => {
  wholeProject();
  await bring();
  put('copy.csv', `${readFileSync(join(folder, 'export.csv'), 'utf8')}\r\n`);
  expect(said((await bring()).items)['endpoints copy.csv']).toBe('already nothing_new opt_outs_kept');
  expect(imports().filter(({ state }) => state === 'done')).toHaveLength(2);
});

test('what was deleted here stays deleted', async () => {
  put('t.json', { EmailTemplateResponse: { TemplateName: 'welcome', Subject: 'Hi', HtmlPart: '<p>H</p>' } });
  await bring();
  store.write(operations.templates.remove, { uid: templates()[0]!.uid });
  expect(said((await bring()).items)).toEqual({ 'template welcome': 'already deleted_here' });
  expect(templates()).toEqual([]);
});

test('cancelled halfway, the next time goes on from there', async () => {
  wholeProject();
  cancelAt = (what) => what === 'templates.adopt';
  await expect(bring()).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(campaigns()).toEqual([]);
  cancelAt = () => false;
  expect(said((await bring()).items)).toMatchObject({ 'segment Gold': 'already', 'template welcome': 'already', 'campaign Spring': 'came template_newest schedule holdout', 'endpoints VIP list': 'came members_of' });
});

test('damaged files and folders that are not there are named', async () => {
  put('bad.json', '{"SegmentsResponse": {"Item": [');
  put('half.gz', gzipSync('x'.repeat(1000)).subarray(0, 20));
  put('empty.json', '');
  put('page.json', '{"Foo":1}');
  expect(said((await bring()).items)).toEqual({ 'file bad.json': 'left damaged_json', 'file empty.json': 'left unreadable', 'file half.gz': 'left unreadable', 'file page.json': 'left other_json' });
  await expect(bringOverLookJob.run(context('look') as never, { sources: [{ path: join(folder, 'nowhere'), name: '' }] })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test('through the contract: look, bring over, report, report as CSV', async () => {
  const env = createTestHost();
  try {
    await env.host.create({ name: 'Studio' });
    wholeProject();
    const released: string[] = [];
    const kept = join(root, 'kept.csv');
    const caller = createCallerFactory(appRouter)({
      host: env.host,
      log: silentLogger,
      shell: {
        offerFile: (path) => {
          cpSync(path, kept);
          return Promise.resolve({ kind: 'saved', path: kept });
        },
        resolveUpload: (id) => ({ path: join(folder, id), name: 'blob' }),
        releaseUpload: (id) => void released.push(id),
        notify: () => undefined,
      },
    });
    const sources = ['export.csv', 'segments.json'].map((id) => ({ kind: 'upload' as const, id, name: `pinpoint/${id}` }));
    expect((await caller.bringOver.look({ sources })).map(({ name, kind }) => [name, kind])).toEqual([['pinpoint/export.csv', 'endpoints'], ['pinpoint/segments.json', 'segments']]);
    const { uid } = await caller.bringOver.start({ sources });
    expect(await env.host.current()!.jobs.finished(uid)).toMatchObject({ state: 'done', error: null });
    expect(await caller.bringOver.reports()).toMatchObject([{ job: uid, state: 'done', title: 'Bring over pinpoint' }]);
    expect((await caller.bringOver.report({ job: uid })).reach).toMatchObject([{ channel: 'EMAIL', addresses: 3, reachable: 1 }, { channel: 'SMS' }]);
    expect(released).toEqual(['export.csv', 'segments.json']);
    const job = await caller.exports.start({ what: { kind: 'bringOver', job: uid }, format: { kind: 'csv', separator: ',', bom: false, formulaSafe: true } });
    await caller.exports.deliver({ job: job.uid });
    const csv = readFileSync(kept, 'utf8');
    expect(csv.split('\r\n')[0]).toBe('What,Name,Id in Pinpoint,File,State,Rows,New,Changed,Rejected,Notes,Text');
    expect(csv).toContain('Segment,Tablets,d11c9e42f71444b2aa2e0ffc1df28f60,pinpoint/segments.json,Not carried over');
    expect(csv).toContain('Reachable,EMAIL,,,,3,,,,1 of 3 addresses can be reached.');
  } finally {
    await env.dispose();
  }
});
