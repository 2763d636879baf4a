import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { importMergeJob } from '../../src-main/audience/import/index.js';
import { inspectFile } from '../../src-main/audience/import/inspect.js';
import { importQueries } from '../../src-main/audience/import/operations.js';
import { importFolder, rejectsPath, stagingPath } from '../../src-main/audience/import/staging.js';
import { liftSuppression, suppress, upsertEndpoint } from '../../src-main/audience/index.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import type { ImportMapping } from '../../src-preload/contract/import.js';
import { loadIndexes } from '../../src-main/audience/import/load.js';
import { checkFile, connectWriter, migrate } from '../../src-main/store/open.js';
import { createKit, file, refusal, tempFolder } from './import-kit.js';

const pinpointCsv = [
  'Id,ChannelType,Address,OptOut,EndpointStatus,EffectiveDate,Location.Country,Demographic.Timezone,User.UserId,User.UserAttributes.FirstName,Attributes.Interests,Attributes.Interests,Metrics.Ltv',
  'e-1,EMAIL,Ada@Example.org,NONE,ACTIVE,2025-03-04T05:06:07Z,GB,Europe/London,u-1,Ada,maths,engines,12.5',
  'e-2,SMS,+16045550182,ALL,ACTIVE,,CA,,u-1,Ada,,,',
  'e-3,EMAIL,zoe@example.org,NONE,INACTIVE,,DE,,u-2,Zoë,,,-3',
  '',
].join('\n');

describe('what comes in', () => {
  test("Pinpoint's own columns, plain and packed, become endpoints and users as they are", async () => {
    for (const content of [pinpointCsv, gzipSync(pinpointCsv), `\uFEFF${pinpointCsv.replaceAll('\n', '\r\n')}`]) {
      const kit = createKit();
      const done = await kit.import(file(content, 'export.csv.gz'));
      const created = new Date(kit.store.db.get<{ at: number }>(sql`select min(created_at) as at from endpoint`)!.at).toISOString();
      expect(kit.people()).toEqual([
        {
          Id: 'e-1',
          ChannelType: 'EMAIL',
          Address: 'Ada@example.org',
          EndpointStatus: 'ACTIVE',
          OptOut: 'NONE',
          CreationDate: created,
          EffectiveDate: '2025-03-04T05:06:07.000Z',
          Attributes: { Interests: ['maths', 'engines'] },
          Metrics: { Ltv: 12.5 },
          Demographic: { Timezone: 'Europe/London' },
          Location: { Country: 'GB' },
          User: { UserId: 'u-1', UserAttributes: { FirstName: ['Ada'] } },
        },
        {
          Id: 'e-2',
          ChannelType: 'SMS',
          Address: '+16045550182',
          EndpointStatus: 'ACTIVE',
          OptOut: 'ALL',
          CreationDate: created,
          Attributes: {},
          Metrics: {},
          Demographic: {},
          Location: { Country: 'CA' },
          User: { UserId: 'u-1', UserAttributes: { FirstName: ['Ada'] } },
        },
        {
          Id: 'e-3',
          ChannelType: 'EMAIL',
          Address: 'zoe@example.org',
          EndpointStatus: 'INACTIVE',
          OptOut: 'NONE',
          CreationDate: created,
          Attributes: {},
          Metrics: { Ltv: -3 },
          Demographic: {},
          Location: { Country: 'DE' },
          User: { UserId: 'u-2', UserAttributes: { FirstName: ['Zoë'] } },
        },
      ]);
      expect(done).toMatchObject({ state: 'done', merged: { rows: 3, total: 3, new: 3, changed: 0, same: 0, unsubscribes: 0 } });
      expect(kit.store.db.get(sql`select count(*) as n from endpoint where last_seen_at is not null`)).toEqual({ n: 0 });
    }
  });

  test('JSON lines of an export say the same as CSV, columns that come later included', async () => {
    const kit = createKit();
    const lines = [
      {
        ChannelType: 'EMAIL',
        Address: 'ada@example.org',
        Id: 'e-1',
        RequestId: 'r',
        CohortId: '5',
        User: { UserId: 'u-1', UserAttributes: { FirstName: ['Ada'] } },
      },
      {
        ChannelType: 'SMS',
        Address: '+16045550182',
        Id: 'e-2',
        Location: { Country: 'CA' },
        Attributes: { Interests: ['maths', 'engines'] },
        Metrics: { Ltv: 2 },
      },
    ];
    const first = `${'{"ChannelType":"EMAIL","Address":"x@example.org"}\n'.repeat(30_000)}`;
    await kit.import(file(gzipSync(first + lines.map((line) => JSON.stringify(line)).join('\n')), 'part-0.gz'));
    expect(kit.people().slice(1)).toMatchObject([
      { Id: 'e-1', User: { UserId: 'u-1', UserAttributes: { FirstName: ['Ada'] } } },
      { Id: 'e-2', Location: { Country: 'CA' }, Attributes: { Interests: ['maths', 'engines'] }, Metrics: { Ltv: 2 } },
    ]);
  });

  test('a file without ids updates when it comes again, and never doubles', async () => {
    const kit = createKit();
    await kit.import(file('email,first name,city\nada@example.org,Ada,London\nzoe@example.org,Zoë,Berlin\n'));
    expect((await kit.check(file('email,first name,city\nADA@example.org,Ada,London\nzoe@example.org,Zoë,Bonn\nnew@example.org,,\n'))).counts).toMatchObject({
      new: 1,
      changed: 1,
      same: 1,
    });
    const again = await kit.check(file('email,first name,city\nada@example.org,Ada,London\nzoe@example.org,Zoë,Bonn\nnew@example.org,,\n'));
    expect(again.counts).toMatchObject({ rows: 3, new: 1, changed: 1, same: 1, rejected: 0 });
    const done = await kit.merge(again.uid);
    expect(done.merged).toMatchObject({ new: 1, changed: 1 });
    expect(kit.people().map(({ Address, Location, User }) => [Address, Location.City, User.UserAttributes['FirstName']])).toEqual([
      ['ada@example.org', 'London', ['Ada']],
      ['zoe@example.org', 'Bonn', ['Zoë']],
      ['new@example.org', undefined, undefined],
    ]);
    expect(kit.store.db.get(sql`select count(*) as n from user`)).toEqual({ n: 2 });
  });

  test('e-mail and phone of one row are one person, again at the second time', async () => {
    const kit = createKit();
    const path = file('email,phone,first name\nada@example.org,+4915112345678,Ada\nzoe@example.org,,Zoë\n');
    await kit.import(path);
    const users = () => kit.people().map(({ Address, User }) => [Address, User.UserId]);
    const before = users();
    expect(before).toEqual([
      ['ada@example.org', expect.any(String)],
      ['+4915112345678', before[0]![1]],
      ['zoe@example.org', expect.any(String)],
    ]);
    expect((await kit.check(path)).counts).toMatchObject({ new: 0, changed: 0, same: 3 });
    await kit.import(file('email,phone,first name\nada@example.org,+4915187654321,Ada\n'));
    expect(users()).toEqual([...before, ['+4915187654321', before[0]![1]]]);
  });

  test('rows that come twice: the last wins, and an opt-out of the first holds', async () => {
    const kit = createKit();
    const checked = await kit.check(file('email,city,opted out\nada@example.org,London,yes\nADA@EXAMPLE.ORG,Leeds,no\nzoe@example.org,Bonn,\n'));
    expect(checked.counts).toMatchObject({ rows: 3, new: 2, duplicates: 1, unsubscribes: 1 });
    await kit.merge(checked.uid);
    expect(kit.people().map(({ Address, Location }) => [Address, Location.City])).toEqual([
      ['ADA@example.org', 'Leeds'],
      ['zoe@example.org', 'Bonn'],
    ]);
    expect(kit.store.db.all(sql`select address_key, reason, source from suppression`)).toEqual([
      { address_key: 'ada@example.org', reason: 'imported', source: 'import: people.csv' },
    ]);
  });

  test('a new id on an address that the file or the workspace knows is an alias, not a second person', async () => {
    const kit = createKit();
    const checked = await kit.check(file('Id,ChannelType,Address,Location.City\na,EMAIL,ada@example.org,London\nb,EMAIL,ada@example.org,Leeds\n'));
    expect(checked.counts).toMatchObject({ new: 1, duplicates: 1 });
    await kit.merge(checked.uid);
    await kit.import(file('Id,ChannelType,Address,Location.City\nc,EMAIL,ada@example.org,York\n'));
    expect(kit.people().map(({ Id, Location }) => [Id, Location.City])).toEqual([['a', 'York']]);
    expect(kit.store.db.all(sql`select uid from endpoint_alias order by uid`)).toEqual([{ uid: 'b' }, { uid: 'c' }]);
  });

  test('a list of user ids names people and makes none; several in a cell count each', async () => {
    const kit = createKit();
    await kit.import(file(pinpointCsv));
    const checked = await kit.check(file('User.UserId,User.UserAttributes.Plan\nu-1 u-2,pro\nu-9,free\n'));
    expect(checked.counts).toMatchObject({
      users: 2,
      rejected: 1,
      rejectedBy: { unknown_user: 1 },
      warnings: [{ code: 'several_user_ids', rows: 1, firstRow: 2, column: 'User.UserId' }],
    });
    const done = await kit.merge(checked.uid, 'Pros');
    expect(done.segment).toMatchObject({ name: 'Pros', ready: true });
    expect(kit.store.db.all(sql`select e.uid from segment_member m join endpoint e on e.id = m.endpoint order by e.uid`)).toEqual([
      { uid: 'e-1' },
      { uid: 'e-2' },
      { uid: 'e-3' },
    ]);
    expect(kit.people()[0]!.User.UserAttributes).toEqual({ FirstName: ['Ada'], Plan: ['pro'] });
  });
});

describe('what is refused', () => {
  test('each row comes back with its number, column, reason and cells', async () => {
    const kit = createKit();
    const checked = await kit.check(
      file(
        [
          'email,phone,orders total,country,latitude',
          'ok@example.org,,7,USA,1.5',
          'not an address,,1,DE,',
          'half@example.org,12,1,DE,',
          ',,1,DE,',
          'nul\0@example.org,,1,DE,',
          'huge@example.org,,1e999,DE,',
          'far@example.org,,1,DE,181',
          'short@example.org',
          'long@example.org,,1,DE,,extra',
          '"=1+1@example.org",,1,Atlantis,',
          'name@example.org,030 123456,1,Germany,',
          '',
        ].join('\n'),
      ),
      {
        mapping: (guess) =>
          guess.map((column): ImportMapping[number] => (column.header === 'orders total' ? { ...column, target: { to: 'metric', name: 'orders' } } : column)),
      },
    );
    expect(checked.counts).toEqual({
      rows: 11,
      new: 5,
      changed: 0,
      same: 0,
      rejected: 8,
      duplicates: 0,
      keptUnsubscribed: 0,
      unsubscribes: 0,
      users: 0,
      rejectedRows: 7,
      examples: [
        { row: 3, column: 'email', reason: 'bad_email', value: 'not an address' },
        { row: 4, column: 'phone', reason: 'bad_phone', value: '12' },
        { row: 5, column: 'email', reason: 'address_missing', value: '' },
        { row: 6, column: 'email', reason: 'control_character', value: 'nul\0@example.org' },
        { row: 7, column: 'orders total', reason: 'bad_number', value: '1e999' },
        { row: 8, column: 'latitude', reason: 'bad_number', value: '181' },
        { row: 9, column: '', reason: 'too_few_cells', value: '' },
        { row: 10, column: '', reason: 'too_many_cells', value: '' },
      ],
      rejectedBy: { bad_email: 1, bad_phone: 1, address_missing: 1, control_character: 1, bad_number: 2, too_few_cells: 1, too_many_cells: 1 },
      warnings: [
        { code: 'country_converted', rows: 2, firstRow: 2, column: 'country' },
        { code: 'country_unknown', rows: 1, firstRow: 11, column: 'country' },
        { code: 'phone_without_plus', rows: 1, firstRow: 12, column: 'phone' },
      ],
    });
    expect(readFileSync(rejectsPath(kit.files, checked.uid), 'utf8')).toBe(
      [
        '\uFEFFRow,Column,Reason,email,phone,orders total,country,latitude',
        '3,email,bad_email,not an address,,1,DE,',
        '4,phone,bad_phone,half@example.org,12,1,DE,',
        '5,email,address_missing,,,1,DE,',
        '6,email,control_character,nul\0@example.org,,1,DE,',
        '7,orders total,bad_number,huge@example.org,,1e999,DE,',
        '8,latitude,bad_number,far@example.org,,1,DE,181',
        '9,,too_few_cells,short@example.org',
        '10,,too_many_cells,long@example.org,,1,DE,,extra',
        '',
      ].join('\r\n'),
    );
    await kit.merge(checked.uid);
    expect(kit.people().map(({ Address, Location }) => [Address, Location.Country])).toEqual([
      ['ok@example.org', 'US'],
      ['half@example.org', 'DE'],
      ['=1+1@example.org', 'Atlantis'],
      ['name@example.org', 'DE'],
      ['+4930123456', 'DE'],
    ]);
  });

  test('mappings that cannot stand are refused by name', async () => {
    const kit = createKit();
    const target = (...targets: ImportMapping[number]['target'][]) => ({
      mapping: (guess: ImportMapping) => guess.map((column, i) => ({ ...column, target: targets[i] ?? column.target })),
    });
    const message = async (content: string, options: Parameters<typeof kit.check>[1] = {}) =>
      (await refusal(kit.check(file(content), options))).detail['message'];
    expect(await message('Address,ChannelType,Address\na@b.co,EMAIL,c@d.co\n')).toBe('Only one column can become Address, but these do: Address, Address.');
    expect(await message('Location.City,Address,ChannelType,Location.City\nx,a@b.co,EMAIL,y\n')).toBe(
      'Only one column can become Location.City, but these do: Location.City, Location.City.',
    );
    expect(await message('name\nAda\n')).toBe('No column holds an address or an id. Choose the one with e-mail addresses or phone numbers.');
    expect(await message('who,mail\n1,a@b.co\n', target({ to: 'address', channel: null }))).toBe('With several address columns, each must say its channel.');
    expect(await message('who\na@b.co\n', target({ to: 'address', channel: null }))).toBe(
      'Say which channel the addresses are for, or map a column to ChannelType.',
    );
    expect(await message('email,phone,x\na@b.co,+491511234567,1\n', target(undefined!, undefined!, { to: 'field', field: 'Id' }))).toMatch(
      /^An Id names one address/,
    );
    expect(kit.store.db.all(sql`select state, count(*) as n from import group by state`)).toEqual([{ state: 'failed', n: 6 }]);
  });

  test('a file that changed under us, has only a header, or ends badly leaves nothing behind', async () => {
    const kit = createKit();
    const moved = { mapping: (guess: ImportMapping) => guess.map((column) => ({ ...column, header: `old ${column.header}` })) };
    expect(await refusal(kit.check(file('email\na@b.co\n'), moved))).toMatchObject({ code: 'MAPPING_INVALID' });
    expect(await refusal(kit.check(file('email,city\n')))).toMatchObject({ code: 'FILE_NO_ROWS' });
    const broken = Buffer.concat([
      Buffer.from(`email,city\n${'ada@example.org,London\n'.repeat(60_000)}zoe@example.org,K`),
      Buffer.from([0xf6]),
      Buffer.from('ln\n'),
    ]);
    expect(await refusal(kit.check(file(broken)))).toEqual({
      code: 'FILE_ENCODING',
      detail: { encoding: 'UTF-8', byte: 11 + 60_000 * 23 + 18, line: 60_002 },
    });
    expect((await kit.check(file(broken), { format: { encoding: 'windows-1252' } })).counts).toMatchObject({ rows: 60_001, new: 2, duplicates: 59_999 });
    const open = file(`email,note\n${'ada@example.org,x\n'.repeat(70_000)}zoe@example.org,"never closed\n${'more,text\n'.repeat(200_000)}`);
    expect(await refusal(kit.check(open))).toEqual({ code: 'RECORD_TOO_LONG', detail: { row: 70_002, limit: 1_048_576 } });
    const states = kit.store.db.all<{ uid: string; state: string }>(sql`select uid, state from import order by id`);
    expect(states.map(({ state, uid }) => [state, existsSync(importFolder(kit.files, uid))])).toEqual([
      ['failed', false],
      ['failed', false],
      ['failed', false],
      ['checked', true],
      ['failed', false],
    ]);
    expect(kit.people()).toEqual([]);
  });

  test('hostile names stay names', async () => {
    const kit = createKit();
    await kit.import(file('email,__proto__,constructor,toString\nada@example.org,a,b,c\n'));
    const [ada] = kit.people();
    expect(Object.entries(ada!.Attributes)).toEqual([
      ['__proto__', ['a']],
      ['constructor', ['b']],
      ['toString', ['c']],
    ]);
    expect(({} as { a?: string }).a).toBeUndefined();
    await kit.import(file('email,__proto__\nada@example.org,z\n'));
    expect(Object.entries(kit.people()[0]!.Attributes)[0]).toEqual(['__proto__', ['z']]);
  });
});

describe('consent', () => {
  const optOut = (db: WriteDb, address: string) =>
    upsertEndpoint(db, { app: 1, id: address, channel: 'EMAIL', address: { address, addressKey: address }, optOut: 'ALL' }, { source: 'operator' });

  test('no file loosens it; what it would have undone is counted', async () => {
    const kit = createKit();
    kit.store.write(optOut, 'out@example.org');
    kit.store.write(suppress, { channel: 'EMAIL', addressKey: 'gone@example.org', reason: 'unsubscribe', source: 'collector' });
    const path = file(
      'Id,ChannelType,Address,OptOut\nout@example.org,EMAIL,out@example.org,NONE\nx,EMAIL,gone@example.org,NONE\ny,EMAIL,fine@example.org,NONE\n',
    );
    const checked = await kit.check(path);
    expect(checked.counts).toMatchObject({ new: 2, same: 1, keptUnsubscribed: 2 });
    await kit.merge(checked.uid, 'All');
    expect(kit.people().map(({ Address, OptOut }) => [Address, OptOut])).toEqual([
      ['out@example.org', 'ALL'],
      ['gone@example.org', 'NONE'],
      ['fine@example.org', 'NONE'],
    ]);
    expect(kit.store.db.all(sql`select address_key from suppressed`)).toEqual([{ address_key: 'gone@example.org' }]);
  });

  test('columns of other tools tighten: yes, dates and unclear words unsubscribe, no and empty do not', async () => {
    const kit = createKit();
    const rows = ['yes', '2024-05-01 10:00', 'TRUE', 'perhaps', 'no', '0', '', 'subscribed'].map((word, i) => `p${i}@example.org,${word}`);
    const checked = await kit.check(file(`email,unsubscribed\n${rows.join('\n')}\n`));
    expect(checked.counts).toMatchObject({ unsubscribes: 4, warnings: [{ code: 'unclear_unsubscribe', rows: 1, firstRow: 5, column: 'unsubscribed' }] });
    await kit.merge(checked.uid);
    await kit.import(file('email,status\nm1@example.org,subscribed\nm2@example.org,unsubscribed\nm3@example.org,cleaned\n'));
    expect(kit.store.db.all<{ k: string }>(sql`select address_key as k from suppressed order by k`).map(({ k }) => k)).toEqual([
      'm2@example.org',
      'm3@example.org',
      'p0@example.org',
      'p1@example.org',
      'p2@example.org',
      'p3@example.org',
    ]);
  });

  test('undoing an import leaves it', async () => {
    const kit = createKit();
    const done = await kit.import(file('Id,ChannelType,Address,OptOut\na,EMAIL,a@example.org,ALL\nb,EMAIL,b@example.org,NONE\n'));
    await kit.undo(done.uid);
    expect(kit.people()).toEqual([]);
    expect(kit.store.db.all(sql`select address_key from suppressed`)).toEqual([{ address_key: 'a@example.org' }]);
    kit.store.write(liftSuppression, { channel: 'EMAIL', addressKey: 'a@example.org', source: 'operator', note: 'asked to come back' } as never);
  });
});

describe('the merge', () => {
  const many = (n: number, city: string) => `email,city,first name\n${Array.from({ length: n }, (_, i) => `p${i}@example.org,${city},P${i}`).join('\n')}\n`;

  test('goes on after a crash where it stopped, and nothing is merged twice', async () => {
    const kit = createKit();
    await kit.import(file(many(1, 'Oslo')));
    const checked = await kit.check(file(many(1_000, 'Rome')));
    let slices = 0;
    kit.beforeSlice = () => {
      if (++slices === 3) throw new Error('the power went');
    };
    await expect(kit.merge(checked.uid, 'Rome')).rejects.toThrow('the power went');
    expect(kit.view(checked.uid)).toMatchObject({ state: 'merging', segment: { ready: false } });
    const before = kit.people().length;
    expect(before).toBeGreaterThan(1);
    expect(before).toBeLessThan(1_000);
    await importMergeJob.run(kit.context(), { uid: checked.uid });
    expect(kit.view(checked.uid)).toMatchObject({
      state: 'done',
      merged: { rows: 1_000, total: 1_000, new: 999, changed: 1, same: 0 },
      segment: { name: 'Rome', ready: true },
    });
    expect(kit.people().filter(({ Location }) => Location.City === 'Rome')).toHaveLength(1_000);
    expect(kit.store.db.get(sql`select count(*) as n from segment_member`)).toEqual({ n: 1_000 });
    expect(existsSync(stagingPath(kit.files, checked.uid))).toBe(false);
  });

  test('cancelled half way, it takes back what it did', async () => {
    const kit = createKit();
    await kit.import(file(many(100, 'Oslo')));
    const before = kit.store.db.all(sql`select * from endpoint`);
    const users = kit.store.db.all(sql`select * from user`);
    const checked = await kit.check(file(many(1_000, 'Rome')));
    let slices = 0;
    kit.beforeSlice = () => {
      if (++slices === 4) void kit.context().write.imports.beginUndo(checked.uid);
    };
    expect(await refusal(kit.merge(checked.uid, 'Rome'))).toMatchObject({ code: 'CANCELLED' });
    expect(kit.view(checked.uid)).toMatchObject({ state: 'cancelled', segment: { ready: false }, undone: { restored: 100, kept: 0 } });
    expect(kit.store.db.all(sql`select * from endpoint`)).toEqual(before);
    expect(kit.store.db.all(sql`select * from user`)).toEqual(users);
    expect(
      kit.store.db.get(
        sql`select (select count(*) from import_image where import = 2) + (select count(*) from import_user_image where import = 2) + (select count(*) from segment_member) as n`,
      ),
    ).toEqual({ n: 0 });
  });

  test('an address that an opted-out id leaves stays suppressed, and one that an undo takes from it too', async () => {
    const kit = createKit();
    const suppressed = () => kit.store.db.all<{ key: string }>(sql`select address_key as key from suppressed order by 1`).map(({ key }) => key);
    await kit.import(file('Id,ChannelType,Address,OptOut\nx,EMAIL,old@example.org,ALL\ny,EMAIL,free@example.org,NONE\n'));
    const moved = await kit.import(file('Id,ChannelType,Address,OptOut\nx,EMAIL,new@example.org,\ny,EMAIL,other@example.org,ALL\n'));
    expect(suppressed()).toEqual(['old@example.org']);
    await kit.import(file('email\nold@example.org\n'));
    expect(suppressed()).toEqual(['old@example.org']);
    await kit.undo(moved.uid);
    expect(kit.people().map(({ Address, OptOut }) => [Address, OptOut])).toContainEqual(['free@example.org', 'ALL']);
    expect(suppressed()).toEqual(['old@example.org', 'other@example.org']);
  });

  test('undo brings back what was, save what somebody changed since or a message went to', async () => {
    const kit = createKit();
    await kit.import(file(many(3, 'Oslo')));
    const before = kit.store.db.all<{ id: number }>(sql`select * from endpoint`);
    const done = await kit.import(file(many(6, 'Rome')), 'Rome');
    kit.store.now += 1_000;
    kit.store.write(
      (db) =>
        upsertEndpoint(
          db,
          { app: 1, channel: 'EMAIL', address: { address: 'p1@example.org', addressKey: 'p1@example.org' }, location: { City: 'Bari' } },
          { source: 'operator' },
        ),
      undefined,
    );
    kit.store.write(
      (db) => db.run(sql`insert into message (run, seq, endpoint, state) select 1, 1, id, 4 from endpoint where address_key = 'p4@example.org'`),
      undefined,
    );
    expect(await kit.undo(done.uid)).toMatchObject({ state: 'undone', undone: { restored: 2, removed: 2, kept: 2 }, segment: { ready: false } });
    expect(kit.people().map(({ Address, Location }) => [Address, Location.City])).toEqual([
      ['p0@example.org', 'Oslo'],
      ['p1@example.org', 'Bari'],
      ['p2@example.org', 'Oslo'],
      ['p4@example.org', 'Rome'],
    ]);
    expect(kit.store.db.all(sql`select * from endpoint where address_key in ('p0@example.org', 'p2@example.org')`)).toEqual([before[0], before[2]]);
  });

  test('undo gives an address back to the one that held it, and the newest import goes first', async () => {
    const kit = createKit();
    await kit.import(file('Id,ChannelType,Address\na,EMAIL,one@example.org\nb,EMAIL,two@example.org\n'));
    const state = () => kit.people().map(({ Id, Address, EndpointStatus }) => [Id, Address, EndpointStatus]);
    const before = state();
    const move = await kit.import(file('Id,ChannelType,Address\nb,EMAIL,one@example.org\n'));
    const between = state();
    expect(between).toEqual([
      ['a', 'one@example.org', 'INACTIVE'],
      ['b', 'one@example.org', 'ACTIVE'],
    ]);
    const next = await kit.import(file('Id,ChannelType,Address,Location.City\nb,EMAIL,one@example.org,Rome\n'));
    expect((await kit.undo(next.uid)).undone).toEqual({ restored: 1, removed: 0, kept: 0 });
    expect(state()).toEqual(between);
    expect((await kit.undo(move.uid)).undone).toEqual({ restored: 2, removed: 0, kept: 0 });
    expect(state()).toEqual(before);
  });

  test('after 30 days it stays', async () => {
    const kit = createKit();
    const done = await kit.import(file(many(2, 'Oslo')));
    kit.store.now += 31 * 86_400_000;
    expect(await refusal(kit.undo(done.uid))).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await kit.context().write.imports.forgetImages({ limit: 100 })).toBe(4);
  });
});

describe('the first load of an empty workspace', () => {
  const indexes = (kit: ReturnType<typeof createKit>) =>
    kit.store.db.all<{ name: string; sql: string }>(
      sql`select name, sql from sqlite_schema where type = 'index' and tbl_name = 'endpoint' and sql is not null order by name`,
    );
  const people =
    'Id,ChannelType,Address,OptOut,Location.City,User.UserId,User.UserAttributes.FirstName,Attributes.plan\n' +
    'a,EMAIL,a@example.org,ALL,Rome,u1,Ada,pro\nb,EMAIL,b@example.org,,Oslo,u1,Ann,\nc,SMS,+4915112345678,,,,Cy,free\n';

  test('comes to the same rows as the slow way, with its indexes back', async () => {
    const quick = createKit();
    const before = indexes(quick);
    await quick.import(file(people), 'Everyone');
    expect(indexes(quick)).toEqual(before);
    const slow = createKit();
    slow.store.write(
      (db) =>
        upsertEndpoint(db, { app: 1, id: 'z', channel: 'EMAIL', address: { address: 'z@example.org', addressKey: 'z@example.org' } }, { source: 'operator' }),
      undefined,
    );
    await slow.import(file(people), 'Everyone');
    const comparable = (kit: ReturnType<typeof createKit>) =>
      kit
        .people()
        .filter(({ Id }) => Id !== 'z')
        .map(({ CreationDate: _, User, ...rest }) => ({ ...rest, User: { ...User, UserId: User.UserId === 'u1' ? 'u1' : typeof User.UserId } }));
    expect(comparable(quick)).toEqual(comparable(slow));
    expect(comparable(quick)).toHaveLength(3);
    expect(quick.store.db.get(sql`select count(*) as n from segment_member`)).toEqual({ n: 3 });
    expect(await quick.undo(quick.store.db.get<{ uid: string }>(sql`select uid from import`)!.uid)).toMatchObject({
      undone: { removed: 3, restored: 0, kept: 0 },
    });
    expect(quick.store.db.get(sql`select (select count(*) from endpoint) + (select count(*) from user) as n`)).toEqual({ n: 0 });
  });

  test('somebody who comes in between is met, not doubled', async () => {
    const kit = createKit();
    const checked = await kit.check(file(people));
    let slices = 0;
    kit.beforeSlice = () => {
      if (++slices === 1)
        kit.store.write(
          (db) =>
            upsertEndpoint(
              db,
              { app: 1, id: 'own', channel: 'EMAIL', address: { address: 'b@example.org', addressKey: 'b@example.org' } },
              { source: 'operator' },
            ),
          undefined,
        );
    };
    const done = await kit.merge(checked.uid);
    expect(done.merged).toMatchObject({ new: 2, changed: 1 });
    expect(kit.people().map(({ Id, Address }) => [Id, Address])).toEqual([
      ['own', 'b@example.org'],
      ['a', 'a@example.org'],
      ['c', '+4915112345678'],
    ]);
  });

  test('after a crash the next open makes the indexes that are missing', () => {
    const path = `${tempFolder()}/workspace.sqlite`;
    const db = connectWriter(path);
    migrate(db);
    const names = () => db.prepare("select name from sqlite_schema where type = 'index' order by name").all();
    const all = names();
    for (const name of loadIndexes) db.exec(`drop index ${name}`);
    expect(names()).not.toEqual(all);
    checkFile(path);
    migrate(db);
    expect(names()).toEqual(all);
    db.exec('drop table import_image');
    expect(() => migrate(db)).toThrow(expect.objectContaining({ code: 'WORKSPACE_CORRUPT' }));
    db.close();
  });
});

describe('what a later look knows', () => {
  test('a finished import is remembered by its set of headers, whatever their order; one taken back is not', async () => {
    const kit = createKit();
    const recall = (headers: readonly string[]) => kit.store.read(importQueries.recall, { headers });
    const shifted = await kit.check(file('mail,shoe,shoe\nada@example.org,40,41\n', 'people.csv'), {
      mapping: (guess) => guess.map((column) => (column.index === 2 ? { ...column, target: { to: 'metric', name: 'Second' } } : column)),
    });
    expect(recall(['mail', 'shoe', 'shoe'])).toBeUndefined();
    const done = await kit.merge(shifted.uid);
    const [mail, first, second] = shifted.options.mapping.map(({ target }) => target);
    expect(recall(['shoe', 'mail', 'shoe'])).toEqual({ targets: [first, mail, second], decimal: '.', match: 'auto', fileName: 'people.csv', at: done.endedAt });
    expect(recall(['mail', 'shoe'])).toBeUndefined();
    expect(recall(['mail', 'shoe', 'Shoe'])).toBeUndefined();
    const again = await inspectFile(file('shoe,mail,shoe\n1,b@example.org,2\n'), { recall: (headers) => Promise.resolve(recall(headers)) });
    expect(again.columns.map(({ guess }) => guess)).toEqual([first, mail, second]);
    expect(again.mappedAs).toEqual({ fileName: 'people.csv', at: done.endedAt });
    await kit.undo(shifted.uid);
    expect(recall(['mail', 'shoe', 'shoe'])).toBeUndefined();
  });

  test('a quote that is never closed is told in the check, with its row', async () => {
    const kit = createKit();
    const { counts } = await kit.check(file('email,name\na@example.org,Ada\nb@example.org,"Bo\nc@example.org,Cy\nd@example.org,Di\n'));
    expect(counts).toMatchObject({ rows: 2, new: 1, rejected: 1, rejectedBy: { quote_not_closed: 1 }, warnings: [{ code: 'quote_not_closed', rows: 1, firstRow: 3, column: '' }] });
  });
});
