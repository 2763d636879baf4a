import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { update } from '../../src-main/audience/edit.js';
import { importMergeJob } from '../../src-main/audience/import/index.js';
import { loadIndexes } from '../../src-main/audience/import/load.js';
import { createRowMapper } from '../../src-main/audience/import/map-row.js';
import { planMapping } from '../../src-main/audience/import/mapping.js';
import { createRepeats } from '../../src-main/audience/import/repeats.js';
import { openStaging } from '../../src-main/audience/import/staging.js';
import { upsertEndpoint } from '../../src-main/audience/index.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import { createKit, file, type Kit, refusal } from './import-kit.js';

/** The first load of an empty workspace, against the way every other import goes. */

const known = (db: WriteDb, address: string) =>
  upsertEndpoint(db, { app: 1, id: `own ${address}`, channel: 'EMAIL', address: { address, addressKey: address } }, { source: 'operator' });
const indexNames = (kit: Kit) =>
  kit.store.db.all<{ name: string }>(sql`select name from sqlite_schema where type = 'index' and tbl_name = 'endpoint'`).map(({ name }) => name);
const watching = (kit: Kit) => kit.store.db.all(sql`select name from temp.sqlite_schema where name like 'load_%'`);

/** All that an import leaves, without ids and times, and with one word for ids that were made up. */
function outcome(kit: Kit) {
  const made = (id: string | null) => (id !== null && /^[0-9a-f-]{36}$/.test(id) ? 'made' : id);
  const rows = kit.store.db.all<Record<string, unknown> & { uid: string; user_id: string | null }>(
    sql`select e.*, u.user_id, u.attributes as user_attributes, (select group_concat(a.uid, ' ' order by a.uid) from endpoint_alias a where a.endpoint = e.id) as aliases,
      exists (select 1 from segment_member m where m.endpoint = e.id) as member, (select image is null from import_image i where i.endpoint = e.id) as image
      from endpoint e left join user u on u.id = e.user where e.uid not like 'own %' order by e.channel, e.address_key, e.uid`,
  );
  return {
    rows: rows.map(({ id: _id, user: _user, created_at: _created, updated_at: _updated, import: _import, ...row }) => ({
      ...row,
      uid: made(row.uid),
      user_id: made(row.user_id),
    })),
    users: kit.store.db.get(sql`select count(*) as n from user`),
    suppressed: kit.store.db.all(sql`select channel, address_key from suppressed order by 1, 2`),
  };
}

async function bothWays(content: string, duplicates?: number): Promise<{ quick: Kit; slow: Kit; loadable: boolean }> {
  const quick = createKit();
  const checked = await quick.check(file(content));
  if (duplicates !== undefined) expect(checked.counts!.duplicates).toBe(duplicates);
  const staging = openStaging(quick.files, checked.uid);
  const loadable = staging.plan !== undefined;
  staging.close();
  const quickly = await quick.merge(checked.uid, 'All');
  const slow = createKit();
  slow.store.write(known, 'before@example.org');
  const slowly = await slow.import(file(content), 'All');
  // A twin that brings only what its person has by then is one that changed nothing; row by row the person got it from the twin.
  const counts = ({ merged }: typeof quickly) => ({ ...merged, same: 0, changed: merged!.same + merged!.changed });
  expect(counts(quickly)).toEqual(counts(slowly));
  expect(outcome(quick)).toEqual(outcome(slow));
  expect(loadIndexes.filter((name) => !indexNames(quick).includes(name))).toEqual([]);
  expect(watching(quick)).toEqual([]);
  return { quick, slow, loadable };
}

describe('the first load comes to what a merge row by row comes to', () => {
  const header =
    'Id,ChannelType,Address,OptOut,EndpointStatus,EffectiveDate,Location.City,Location.Latitude,Demographic.Locale,Metrics.n,Attributes.7,Attributes.a,User.UserId,User.UserAttributes.2,User.UserAttributes.plan,unsubscribed\n';

  test('every column, shared persons, opt-outs, suppressions, push tokens and inactive rows', async () => {
    const { quick, loadable } = await bothWays(
      header +
        [
          'a,EMAIL,Ada@Example.org,ALL,ACTIVE,2025-03-04T05:06:07.000Z,Rome,1.5,en_GB,2,x,y,u1,two,free,',
          'b,SMS,+4915112345678,NONE,,,,,,,,,u1,,pro,yes',
          'c,GCM,Token-C,,,,,,,,,,u2,,,',
          'C2,GCM,token-c,,,,,,,,,,,,,',
          'd,EMAIL,d@example.org,,INACTIVE,,,,,,,,u2,zwei,,',
          'e,EMAIL,d@example.org,,,,,,,,,,,,gold,',
          'f,EMAIL,ünï@exämple.org,,,,,,,,,,,,,',
        ].join('\n'),
      0,
    );
    expect(loadable).toBe(true);
    expect(outcome(quick).rows).toHaveLength(7);
    expect(quick.store.db.get(sql`select attributes from user where user_id = 'u1'`)).toEqual({ attributes: '{"2":["two"],"plan":["pro"]}' });
  });

  test('rows that come twice and twins, with the last word on a person where the file has it', async () => {
    const rows = [
      'a,EMAIL,a@example.org,ALL,,,Rome,,,,,,u1,,free,',
      'b,EMAIL,a@example.org,,,,Oslo,,,,,,u2,,silver,yes',
      'c,EMAIL,c@example.org,,,,,,,,,,u2,,gold,',
      'A,EMAIL,a@example.org,,,,Bonn,,,,,,u1,,pro,',
      'd,EMAIL,a@example.org,,,,Kiel,,,,,,,,,',
      'e,EMAIL,e@example.org,,,,,,,,,,u2,,,',
    ];
    const { quick, loadable } = await bothWays(header + rows.join('\n'), 3);
    expect(loadable).toBe(true);
    expect(quick.store.db.get(sql`select attributes from user where user_id = 'u2'`)).toEqual({ attributes: '{"plan":["gold"]}' });
    expect(quick.store.db.all(sql`select uid from endpoint_alias order by uid`)).toHaveLength(2);
  });

  test.each([
    ['a row without an id on the address of one with', ['a,EMAIL,a@example.org,,,,Rome,,,,,,,,,', ',EMAIL,a@example.org,,,,Oslo,,,,,,,,,']],
    ['a row without an id on the address of an inactive one', ['a,EMAIL,a@example.org,,INACTIVE,,Rome,,,,,,,,,', ',EMAIL,a@example.org,,,,Oslo,,,,,,,,,']],
    ['a twin whose person has no id', ['a,EMAIL,a@example.org,,,,,,,,,,u1,,free,', 'b,EMAIL,a@example.org,,,,,,,,,,,,pro,', 'c,EMAIL,c@example.org,,,,,,,,,,u1,,gold,']],
  ])('%s is merged row by row', async (_what, rows) => {
    expect((await bothWays(header + rows.join('\n'))).loadable).toBe(false);
  });

  test('files of every kind', async () => {
    const row = fc.tuple(
      fc.constantFrom('', 'a', 'A', 'b', 'c', 'd'),
      fc.constantFrom('EMAIL', 'GCM'),
      fc.constantFrom('p@example.org', 'P@example.org', 'q@example.org', 'r@example.org'),
      fc.constantFrom('', '', 'ALL'),
      fc.constantFrom('', '', '', 'INACTIVE'),
      fc.constantFrom('', 'u1', 'u2'),
      fc.constantFrom('', 'free', 'pro'),
      fc.constantFrom('', '', 'yes'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async (rows) => {
        const content = rows.map(([id, channel, address, optOut, status, user, plan, out]) => `${id},${channel},${address},${optOut},${status},,,,,,,,${user},,${plan},${out}`);
        await bothWays(header + content.join('\n'));
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('while it loads', () => {
  const many = `Id,ChannelType,Address,User.UserId\n${Array.from({ length: 30_000 }, (_, i) => `i${i},EMAIL,p${i}@example.org,u${i % 20_000}`).join('\n')}\n`;
  const at = (kit: Kit, slice: number, act: () => void) => {
    let slices = 0;
    kit.beforeSlice = () => {
      if (++slices === slice) act();
    };
  };
  const whole = (kit: Kit) => {
    expect(kit.store.db.get(sql`select count(*) as n, count(distinct address_key) as addresses, count(distinct uid) as ids from endpoint where active = 1`)).toMatchObject({
      n: 30_000,
      addresses: 30_000,
    });
    expect(loadIndexes.filter((name) => !indexNames(kit).includes(name))).toEqual([]);
    expect(watching(kit)).toEqual([]);
  };

  test('somebody who comes in is met, not doubled', async () => {
    const kit = createKit();
    const checked = await kit.check(file(many));
    at(kit, 2, () => kit.store.write(known, 'p25000@example.org'));
    const done = await kit.merge(checked.uid);
    expect(done).toMatchObject({ state: 'done', merged: { rows: 30_000, new: 29_999, changed: 1 } });
    whole(kit);
  });

  test('an address that an operator gives to somebody else is not held twice', async () => {
    const kit = createKit();
    const checked = await kit.check(file(many));
    at(kit, 2, () => {
      expect(indexNames(kit)).toEqual(['endpoint_address_app']);
      const { id } = kit.store.db.get<{ id: number }>(sql`select id from endpoint where uid = 'i7'`)!;
      kit.store.write(update, { id, edit: { location: { City: 'Rome' } } });
      kit.store.write(update, { id, edit: { address: 'p25000@example.org' } });
    });
    const done = await kit.merge(checked.uid);
    expect(done.merged).toMatchObject({ rows: 30_000, new: 29_999 });
    expect(kit.store.db.get(sql`select count(*) as n from endpoint where address_key = 'p25000@example.org' and active = 1`)).toEqual({ n: 1 });
    expect(loadIndexes.filter((name) => !indexNames(kit).includes(name))).toEqual([]);
  });

  test('a person whom somebody makes meanwhile is met', async () => {
    const kit = createKit();
    const checked = await kit.check(file(many));
    const context = kit.context();
    const imports: typeof context.write.imports = {
      ...context.write.imports,
      async beginLoad(input: Parameters<typeof context.write.imports.beginLoad>[0]) {
        const start = await context.write.imports.beginLoad(input);
        kit.store.write((db) => db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values ('u5', '{}', 1, 1)`), undefined);
        return start;
      },
    };
    await context.write.imports.beginMerge({ uid: checked.uid, segmentName: null });
    await importMergeJob.run({ ...context, write: { imports } }, { uid: checked.uid });
    whole(kit);
    expect(kit.store.db.get(sql`select count(*) as n from user`)).toEqual({ n: 20_000 });
  });

  test('a crash between slices loses nothing, and what follows is merged row by row', async () => {
    const kit = createKit();
    const checked = await kit.check(file(many));
    at(kit, 3, () => {
      throw new Error('the power went');
    });
    await expect(kit.merge(checked.uid, 'All')).rejects.toThrow('the power went');
    expect(kit.view(checked.uid)).toMatchObject({ state: 'merging', segment: { ready: false } });
    // As after a real one: nobody made the indexes.
    kit.store.write((db) => loadIndexes.forEach((name) => db.prepare(`drop index ${name}`).run()), undefined);
    await importMergeJob.run(kit.context(), { uid: checked.uid });
    expect(kit.view(checked.uid)).toMatchObject({ state: 'done', merged: { rows: 30_000, total: 30_000, new: 30_000 } });
    whole(kit);
    expect(kit.store.db.get(sql`select count(*) as n from segment_member`)).toEqual({ n: 30_000 });
    expect((await kit.undo(checked.uid)).undone).toEqual({ restored: 0, removed: 30_000, kept: 0 });
    expect(kit.store.db.get(sql`select (select count(*) from endpoint) + (select count(*) from user) as n`)).toEqual({ n: 0 });
  });

  test('cancelled, it takes back what it did', async () => {
    const kit = createKit();
    const checked = await kit.check(file(many));
    at(kit, 2, () => void kit.context().write.imports.beginUndo(checked.uid));
    expect(await refusal(kit.merge(checked.uid, 'All'))).toMatchObject({ code: 'CANCELLED' });
    expect(kit.view(checked.uid)).toMatchObject({ state: 'cancelled' });
    expect(kit.store.db.get(sql`select (select count(*) from endpoint) + (select count(*) from user) + (select count(*) from import_user_image) as n`)).toEqual({ n: 0 });
    expect(loadIndexes.filter((name) => !indexNames(kit).includes(name))).toEqual([]);
  });
});

describe('short ways of the check', () => {
  test('what comes twice is always told', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { maxLength: 200 }), (texts) => {
        const repeats = createRepeats();
        for (const text of texts) repeats.add(text);
        expect(repeats.perhaps()).toBe(new Set(texts).size < texts.length);
      }),
    );
  });

  const mapped = (header: string, target: Parameters<typeof planMapping>[0][number]['target'], cell: string) => {
    const plan = planMapping([
      { index: 0, header: 'email', target: { to: 'address', channel: 'EMAIL' } },
      { index: 1, header, target },
    ]);
    return createRowMapper(plan, { defaultCountry: '', decimal: '.', warn: () => undefined })({ row: 1, cells: ['a@example.org', cell] });
  };

  test('instants are read as the platform reads them', () => {
    const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
    const four = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    const three = fc.integer({ min: 0, max: 999 }).map((n) => String(n).padStart(3, '0'));
    fc.assert(
      fc.property(four, two(13), two(32), two(25), two(61), two(61), three, (year, month, day, hour, minute, second, ms) => {
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`;
        const { parts, refused } = mapped('EffectiveDate', { to: 'field', field: 'EffectiveDate' }, text);
        const at = Date.parse(text);
        if (Number.isNaN(at)) expect(refused).toEqual([{ reason: 'bad_date', column: 1 }]);
        else expect(parts[0]!.input.effectiveAt).toBe(at);
      }),
    );
  });

  test('cells are trimmed, normalised and freed of the spreadsheet apostrophe', () => {
    for (const [cell, value] of [
      ['plain', 'plain'],
      [' x', 'x'],
      ['x\t', 'x'],
      ["'+49 1", '+49 1'],
      ["'quoted'", "'quoted'"],
      ['e\u0301', 'é'],
      ['\u00a0x', 'x'],
    ])
      expect(mapped('a', { to: 'attribute', name: 'a' }, cell!).parts[0]!.input.attributes).toEqual({ a: [value] });
    expect(mapped('a', { to: 'attribute', name: 'a' }, '\0').refused).toEqual([{ reason: 'control_character', column: 1 }]);
  });
});
