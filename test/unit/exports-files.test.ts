import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultCsv, exportInput, type ExportFormat, type ExportWhat } from '../../src-preload/contract/export.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { suppress } from '../../src-main/audience/index.js';
import { exportJob, isExportedFile } from '../../src-main/exports/index.js';
import { fileName } from '../../src-main/exports/source.js';
import { writeExport } from '../../src-main/exports/write.js';
import type { JobContext } from '../../src-main/jobs/index.js';
import { silentLogger } from '../../src-main/platform/logger.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { insertSentRun, pinnedContent } from '../support/sent-run.js';

let store: MemoryStore;
let folder: string;
let progress: [number, number | null][];
beforeEach(() => {
  store = createMemoryStore();
  folder = mkdtempSync(join(tmpdir(), 'heliograph-export-'));
  progress = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const csv: ExportFormat = { kind: 'csv', separator: ',', bom: false, formulaSafe: false };
const context = (cancelled = () => false): JobContext<never> => ({
  uid: 'job-1', db: store.db, snapshot: (work) => work(), write: {} as never, files: folder, log: silentLogger, now: () => store.now,
  progress: (done, total) => progress.push([done, total]),
  throwIfCancelled: () => { if (cancelled()) throw new HeliographError('CANCELLED'); },
});
async function run(what: ExportWhat, format: ExportFormat = csv) {
  const result = await exportJob.run(context(), { what, format });
  return { ...result, text: readFileSync(result.path, 'utf8') };
}
const parse = (text: string, delimiter = ',') => Papa.parse<string[]>(text, { delimiter, skipEmptyLines: true }).data;

/** People straight in the table: this test is about what comes out. */
function person(address: string, fields: { attributes?: object; metrics?: object; userId?: string; userAttributes?: object; city?: string; optOut?: boolean }) {
  return store.write((db) => {
    const user = fields.userId === undefined ? null
      : db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values (${fields.userId}, ${JSON.stringify(fields.userAttributes ?? {})}, ${store.now}, ${store.now})`).lastId;
    return db.run(sql`insert into endpoint (app, uid, channel, address, address_key, user, opt_out, city, attributes, metrics, created_at, updated_at)
      values (1, ${`id-${address}`}, 'EMAIL', ${address}, ${address.toLowerCase()}, ${user}, ${fields.optOut ?? false}, ${fields.city ?? null}, ${JSON.stringify(fields.attributes ?? {})}, ${JSON.stringify(fields.metrics ?? {})}, ${store.now}, ${store.now})`).lastId;
  }, undefined);
}

describe('people', () => {
  beforeEach(() => {
    person('ada@example.org', { attributes: { plan: ['pro'], tags: ['a,b', 'c"d'] }, metrics: { visits: 3.5 }, userId: 'u1', userAttributes: { FirstName: ['=Ada'] }, city: 'Köln' });
    person('ben@example.org', { attributes: { tags: ['line\nbreak'] }, optOut: true });
  });

  it('come out in Pinpoint columns, a list as a repeated column, cells exact', async () => {
    const { text, rows, name } = await run({ kind: 'people', filter: {} });
    const [header, ada, ben] = parse(text);
    const cell = (row: string[] | undefined, column: string) => header!.flatMap((h, i) => (h === column ? [row![i]] : []));
    expect([rows, name]).toEqual([2, 'People.csv']);
    expect(cell(ada, 'Attributes.tags')).toEqual(['a,b', 'c"d']);
    expect(cell(ben, 'Attributes.tags')).toEqual(['line\nbreak', '']);
    expect([cell(ada, 'Id'), cell(ada, 'User.UserAttributes.FirstName'), cell(ada, 'Metrics.visits'), cell(ada, 'Location.City'), cell(ben, 'OptOut')]).toEqual([['id-ada@example.org'], ['=Ada'], ['3.5'], ['Köln'], ['ALL']]);
    expect(header!.slice(0, 6)).toEqual(['Id', 'ChannelType', 'Address', 'EndpointStatus', 'OptOut', 'EffectiveDate']);
    expect(progress.at(-1)).toEqual([2, 2]);
  });

  it('come out as JSON lines, one endpoint each', async () => {
    const { text, name } = await run({ kind: 'people', filter: { text: 'ben' } }, { kind: 'jsonl' });
    expect(name).toBe('People.jsonl');
    expect(text.trim().split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([{ Id: 'id-ben@example.org', Address: 'ben@example.org', OptOut: 'ALL', Attributes: { tags: ['line\nbreak'] } }]);
  });

  it('follow the filter, suppressions included', async () => {
    store.write((db) => suppress(db, { channel: 'EMAIL', addressKey: 'ada@example.org', reason: 'manual', source: 'test' }), undefined);
    const addresses = async (contact: 'suppressed' | 'allowed' | 'opted_out') => parse((await run({ kind: 'people', filter: { contact } })).text).slice(1).map((row) => row[2]);
    expect([await addresses('suppressed'), await addresses('opted_out'), await addresses('allowed')]).toEqual([['ada@example.org'], ['ben@example.org'], []]);
  });

  it('of a segment are its members now', async () => {
    const uid = store.write((db) => {
      const { lastId } = db.run(sql`insert into segment (uid, name, kind, version, created_at, updated_at) values ('seg-1', 'VIP / 2026?', 'imported', 1, ${store.now}, ${store.now})`);
      db.run(sql`insert into segment_member (segment, endpoint) values (${lastId}, 2)`);
      return 'seg-1';
    }, undefined);
    const { text, name } = await run({ kind: 'segment', segment: uid });
    expect([name, parse(text).slice(1).map((row) => row[2])]).toEqual(['VIP 2026.csv', ['ben@example.org']]);
    await expect((async () => run({ kind: 'segment', segment: 'nope' }))()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of ten thousand and more come in order, each once', async () => {
    store.write((db) => {
      for (let i = 0; i < 12_000; i++) insertPlain(db, i);
    }, undefined);
    const ids = parse((await run({ kind: 'people', filter: {} })).text).slice(1).map((row) => row[2]);
    expect([ids.length, new Set(ids).size, ids[0], ids.at(-1)]).toEqual([12_002, 12_002, 'ada@example.org', 'p11999@x.example']);
  });
});

function insertPlain(db: WriteDb, i: number): void {
  db.run(sql`insert into endpoint (app, uid, channel, address, address_key, created_at, updated_at) values (1, ${`p${i}`}, 'EMAIL', ${`p${i}@x.example`}, ${`p${i}@x.example`}, 0, 0)`);
}

describe('tables', () => {
  it('of a report can be read by Excel and run no formula', async () => {
    const html = '<a href="https://shop.example/?q=1">=HYPERLINK("x")</a>';
    const { campaign, uid } = insertSentRun(store, { name: 'Spring: "sale"', content: pinnedContent({}, html), messages: [{ address: 'ada@example.org' }, { address: '=cmd@example.org', state: 'failed', reason: 'refused_hard' }] });
    const links = await run({ kind: 'report', campaign, table: 'links' }, { kind: 'csv', separator: ';', bom: true, formulaSafe: true });
    expect(links.name).toBe('Spring sale links.csv');
    expect(links.text).toBe('\uFEFFVariant;Link;Address;Text;Messages clicked;Clicks;Messages clicked by scanners\r\nA;1;https://shop.example/?q=1;"\'=HYPERLINK(""x"")";0;0;0\r\n');
    const recipients = await run({ kind: 'recipients', run: uid, filter: { state: 'failed' } }, defaultCsv({ kind: 'recipients', run: uid, filter: {} }));
    expect(recipients.text.split('\r\n')[1]).toBe("'=cmd@example.org,,A,Refused,Address refused by its server,,,,,,,,,,");
    for (const table of ['summary', 'reasons', 'variants', 'hours', 'domains'] as const) {
      const [header, ...rows] = parse((await run({ kind: 'report', campaign, table })).text);
      expect([rows.length > 0, rows.every((row) => row.length === header!.length)], table).toEqual([true, true]);
    }
    expect(parse((await run({ kind: 'report', campaign, table: 'hours' })).text)).toEqual([['Hour (UTC)', 'Accepted', 'Opened', 'Clicked', 'Unsubscribed'], ['2026-11-24 09:00', '1', '0', '0', '0']]);
  });

  it('of suppressions carry who, why and since when', async () => {
    store.write((db) => suppress(db, { channel: 'EMAIL', addressKey: 'ada@example.org', reason: 'manual', source: 'paste', note: 'asked; by "phone"' }), undefined);
    expect(parse((await run({ kind: 'suppressions' })).text)).toEqual([
      ['Channel', 'Address', 'Scope', 'Reason', 'Since (UTC)', 'Source', 'Note'],
      ['EMAIL', 'ada@example.org', 'marketing', 'manual', '2026-11-24 09:00:00', 'paste', 'asked; by "phone"'],
    ]);
  });

  it('that are no people cannot be JSON lines', async () => {
    await expect((async () => run({ kind: 'suppressions' }, { kind: 'jsonl' }))()).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(exportInput.safeParse({ what: { kind: 'suppressions', to: '/etc/passwd' }, format: csv }).success).toBe(false);
    expect(exportInput.safeParse({ what: { kind: 'suppressions' }, format: csv, to: '/etc/passwd' }).success).toBe(false);
  });
});

describe('the file', () => {
  const source = (rows: () => Iterable<readonly (string | number)[]>) => ({ name: 'x', header: ['n'], rows, total: null });

  it('is whole or not there', () => {
    const path = join(folder, 'out.csv');
    writeFileSync(path, 'before');
    expect(() => writeExport(path, source(function* () { yield [1]; throw new HeliographError('CANCELLED'); }), csv, () => undefined)).toThrow(expect.objectContaining({ code: 'CANCELLED' }) as Error);
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['before', ['out.csv']]);
    expect(writeExport(path, source(function* () { yield [1]; yield [2]; }), csv, () => undefined)).toEqual({ rows: 2, bytes: 9 });
    expect(readFileSync(path, 'utf8')).toBe('n\r\n1\r\n2\r\n');
    expect(() => writeExport(join(folder, 'no', 'such', 'x.csv'), source(() => []), csv, () => undefined)).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }) as Error);
  });

  it('says when the disk is full', () => {
    if (!existsSync('/dev/full')) return;
    const full = source(function* () { for (let i = 0; i < 300_000; i++) yield ['x'.repeat(10)]; });
    // The part file is the device itself: writing to it fails as a full disk does.
    const link = join(folder, 'out.csv.part');
    symlinkSync('/dev/full', link);
    expect(() => writeExport(join(folder, 'out.csv'), full, csv, () => undefined)).toThrow(expect.objectContaining({ code: 'DISK_FULL' }) as Error);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stops when it is told to', async () => {
    store.write((db) => { for (let i = 0; i < 30_000; i++) insertPlain(db, i); }, undefined);
    let asked = 0;
    await expect((async () => exportJob.run(context(() => ++asked > 1), { what: { kind: 'people', filter: {} }, format: csv }))()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(readdirSync(join(folder, 'exports'))).toEqual([]);
  });

  it('goes away after a day when nobody fetched it', async () => {
    const { path } = await run({ kind: 'suppressions' });
    utimesSync(path, (store.now - 25 * 3_600_000) / 1000, (store.now - 25 * 3_600_000) / 1000);
    await exportJob.run({ ...context(), uid: 'job-2' }, { what: { kind: 'suppressions' }, format: csv });
    expect(readdirSync(join(folder, 'exports'))).toEqual(['job-2']);
  });
});

it.each([['a/b\\c:d*e?f"g<h>i|j', 'a b c d e f g h i j'], ['..', 'export'], ['', 'export'], ['.hidden. ', 'hidden'], ['\u0000\n', 'export'], ['x'.repeat(300), 'x'.repeat(100)]])('makes %j a file name', (text, name) => {
  expect(fileName(text)).toBe(name);
});

it('hands out only plain files that lie in its own folder of the workspace', async () => {
  const files = join(folder, 'files');
  const exports = join(files, 'exports');
  mkdirSync(exports, { recursive: true });
  const { path } = await exportJob.run({ ...context(), files }, { what: { kind: 'suppressions' }, format: csv });
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'key');
  symlinkSync(secret, join(exports, 'link'));
  mkdirSync(join(exports, 'inner'));
  writeFileSync(join(exports, 'inner', 'file'), '');
  expect(isExportedFile(files, path)).toBe(true);
  for (const other of [secret, join(exports, 'link'), join(exports, '..', '..', 'secret'), join(exports, 'inner'), join(exports, 'inner', 'file'), join(exports, 'gone'), exports, 'job-1', '']) expect(isExportedFile(files, other), other).toBe(false);

  // A folder of exports that is itself a link.
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'id_rsa'), 'key');
  rmSync(exports, { recursive: true });
  symlinkSync(elsewhere, exports);
  expect(isExportedFile(files, join(exports, 'id_rsa'))).toBe(false);
});
