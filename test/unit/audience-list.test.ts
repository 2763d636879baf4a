import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { audienceOperations as ops, audienceQueries as queries, normaliseAddress, suppress, upsertEndpoint } from '../../src-main/audience/index.js';
import { ReadHandle } from '../../src-main/store/db.js';
import { connectWriter, migrate } from '../../src-main/store/open.js';
import { sql } from '../../src-main/store/sql.js';
import { filterRules } from '../../src-renderer/features/audience/filter-rules.js';
import { segmentTree } from '../../src-preload/contract/segment.js';
import { conditionSql } from '../../src-main/segments/index.js';
import { decodeIds } from '../../src-renderer/features/audience/ids.js';
import { type AudienceFilter, type AudienceSort, personName } from '../../src-preload/contract/audience.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});

interface Person {
  readonly channel?: 'EMAIL' | 'SMS' | 'GCM';
  readonly user?: string;
  readonly country?: string;
  readonly created?: number;
  readonly seen?: number;
  readonly active?: boolean;
  readonly optOut?: boolean;
  readonly suppressed?: boolean;
}
function add(address: string, person: Person = {}) {
  return store.write((db, p: Person) => {
    const channel = p.channel ?? 'EMAIL';
    const normal = normaliseAddress(channel, address);
    if ('problem' in normal) throw new Error(normal.problem);
    const { id } = upsertEndpoint(
      db,
      {
        app: 1,
        channel,
        address: normal,
        userId: p.user,
        location: p.country === undefined ? undefined : { Country: p.country },
        createdAt: p.created,
        status: p.active === false ? 'INACTIVE' : undefined,
        optOut: p.optOut ? 'ALL' : undefined,
      },
      { source: 'test' },
    );
    if (p.seen !== undefined) db.run(sql`update endpoint set last_seen_at = ${p.seen} where id = ${id}`);
    if (p.suppressed) suppress(db, { channel, addressKey: normal.addressKey, reason: 'unsubscribe', source: 'test' });
    return id;
  }, person);
}
const byCreated: AudienceSort = { by: 'created', descending: false };
const ids = (filter: AudienceFilter, sort = byCreated, group: 'people' | 'addresses' = 'addresses') => [...decodeIds(store.read(queries.list, { filter, sort, group }).ids)];

describe('list', () => {
  it('is empty in an empty workspace', () => {
    expect(store.read(queries.list, { filter: {}, sort: byCreated, group: 'people' })).toEqual({ ids: '', rows: 0, people: 0, addresses: 0, commit: 0 });
    expect(store.read(queries.count, {})).toEqual({ people: 0, addresses: 0 });
  });

  it('answers each filter, and all of them together', () => {
    const day = 86_400_000;
    const a = add('ada@example.org', { user: 'u-1', country: 'GB', created: 1 * day, seen: 10 * day });
    const b = add('bea@example.org', { user: 'u-2', country: 'DE', created: 2 * day, suppressed: true });
    const c = add('+16045550182', { channel: 'SMS', user: 'u-1', country: 'CA', created: 3 * day, optOut: true });
    const d = add('dan@example.org', { created: 4 * day, active: false });
    const t = add('Token-X', { channel: 'GCM', created: 5 * day, seen: 11 * day });
    store.write((db) => {
      db.run(sql`insert into segment (id, uid, name, kind, version, created_at, updated_at) values (1, 's', 'S', 'imported', 1, 0, 0)`);
      db.run(sql`insert into segment_member values (1, ${b}), (1, ${d}), (1, 999)`);
    }, undefined);
    const found: Record<string, number[]> = {
      none: ids({}),
      channel: ids({ channels: ['SMS', 'GCM'] }),
      country: ids({ countries: ['GB', 'DE'] }),
      active: ids({ active: true }),
      inactive: ids({ active: false }),
      allowed: ids({ contact: 'allowed' }),
      optedOut: ids({ contact: 'opted_out' }),
      suppressed: ids({ contact: 'suppressed' }),
      created: ids({ created: { from: 2 * day, to: 4 * day } }),
      seen: ids({ seen: { from: 10 * day + 1 } }),
      never: ids({ neverSeen: true }),
      address: ids({ text: 'ADA@' }),
      person: ids({ text: 'u-1' }),
      phone: ids({ text: '+1 604 555' }),
      token: ids({ text: 'Token' }),
      wildcard: ids({ text: '%' }),
      segment: ids({ segment: 's' }),
      all: ids({ text: 'u-', channels: ['EMAIL'], countries: ['DE'], active: true, contact: 'suppressed', created: { from: 0 }, neverSeen: true, segment: 's' }),
      nobody: ids({ text: 'u-1', countries: ['DE'] }),
    };
    expect(found).toEqual({
      none: [a, b, c, d, t],
      channel: [c, t],
      country: [a, b],
      active: [a, b, c, t],
      inactive: [d],
      allowed: [a, t],
      optedOut: [c],
      suppressed: [b],
      created: [b, c],
      seen: [t],
      never: [b, c, d],
      address: [a],
      person: [a, c],
      phone: [c],
      token: [t],
      wildcard: [],
      segment: [b, d],
      all: [b],
      nobody: [],
    });
  });

  it('sorts by each field, both ways, with nobody lost where the field is empty', () => {
    const a = add('c@example.org', { country: 'GB', created: 3, seen: 5 });
    const b = add('a@example.org', { created: 3 });
    const c = add('b@example.org', { country: 'DE', created: 1, seen: 9 });
    const order = (by: AudienceSort['by']) => [ids({}, { by, descending: false }), ids({}, { by, descending: true })];
    expect({ address: order('address'), country: order('country'), created: order('created'), seen: order('seen') }).toEqual({
      address: [[b, c, a], [a, c, b]],
      country: [[b, c, a], [a, c, b]],
      created: [[c, a, b], [b, a, c]],
      seen: [[b, a, c], [c, a, b]],
    });
  });

  it('shows a person once, at the place of their first matching address, and counts both ways', () => {
    const a1 = add('a1@example.org', { user: 'a', created: 1, country: 'GB' });
    const n = add('n@example.org', { created: 2 });
    const a2 = add('a2@example.org', { user: 'a', created: 3, country: 'DE' });
    expect(ids({}, byCreated, 'people')).toEqual([a1, n]);
    expect(ids({}, { by: 'created', descending: true }, 'people')).toEqual([a2, n]);
    expect(ids({ countries: ['DE'] }, byCreated, 'people')).toEqual([a2]);
    expect(store.read(queries.list, { filter: {}, sort: byCreated, group: 'people' })).toMatchObject({ rows: 2, people: 2, addresses: 3 });
    expect(store.read(queries.count, {})).toEqual({ people: 2, addresses: 3 });
    expect(store.read(queries.count, { countries: ['DE', 'GB'] })).toEqual({ people: 1, addresses: 2 });
  });

  it('gives the same order by the short way and by the walk over the index, at 60,000 rows', () => {
    store.write((db) => {
      db.run(sql`insert into endpoint (app, uid, channel, address, address_key, country, created_at, updated_at, last_seen_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000)
        select 1, 'e' || i, 'EMAIL', 'p' || (i * 7919 % 60013) || '@example.org', 'p' || (i * 7919 % 60013) || '@example.org',
          case i % 5 when 0 then null else 'C' || (i % 5) end, i * 31 % 1000, 0, nullif(i * 17 % 100, 0) from n`);
    }, undefined);
    for (const by of ['address', 'country', 'created', 'seen'] as const) {
      for (const descending of [false, true]) {
        const whole = ids({}, { by, descending });
        const column = { address: 'address_key', country: 'country', created: 'created_at', seen: 'last_seen_at' }[by];
        const plain = store.db.prepare(`select id from endpoint order by ${column} ${descending ? 'desc' : 'asc'}, id ${descending ? 'desc' : 'asc'}`).all() as { id: number }[];
        expect(whole).toEqual(plain.map((row) => row.id));
        // Fewer than 20,000 match: sorted by themselves.
        const few = ids({ countries: ['C1'] }, { by, descending });
        const flagged = new Set(few);
        expect(few).toEqual(whole.filter((id) => flagged.has(id)));
        expect(few.length).toBe(12_000);
      }
    }
  });

  it('stops when the caller gives up', () => {
    const raw = connectWriter(':memory:');
    migrate(raw);
    raw.exec("insert into app (uid, name, created_at) values ('a', 'A', 0)");
    raw.exec("insert into endpoint (app, uid, channel, address, address_key, created_at, updated_at) values (1, 'a', 'EMAIL', 'a@example.org', 'a@example.org', 0, 0)");
    expect(() => queries.list(new ReadHandle(raw, () => true), { filter: {}, sort: byCreated, group: 'people' })).toThrow(new HeliographError('CANCELLED'));
    raw.close();
  });
});

describe('rows', () => {
  it('gives rows in the asked order, null for one that is gone', () => {
    const a = add('ada@example.org', { user: 'u-1', country: 'GB', created: 5, seen: 6 });
    const b = add('b@example.org', { user: 'u-1', suppressed: true, created: 7 });
    store.write(ops.updateUser, { user: 1, attributes: { first_name: ['Ada'], 'Last Name': ['Lovelace'] } });
    const uid = (id: number) => store.db.get<{ uid: string }>(sql`select uid from endpoint where id = ${id}`)!.uid;
    const person = { id: 1, userId: 'u-1', addresses: 2 };
    expect(store.read(queries.rows, { ids: [b, 999, a] })).toEqual([
      { id: b, uid: uid(b), channel: 'EMAIL', address: 'b@example.org', contact: 'unsubscribed', createdAt: 7, person, name: 'Ada Lovelace' },
      null,
      { id: a, uid: uid(a), channel: 'EMAIL', address: 'ada@example.org', contact: 'none', country: 'GB', createdAt: 5, lastSeenAt: 6, person, name: 'Ada Lovelace' },
    ]);
    expect(store.read(queries.addressesOf, { user: 1 }).map((row) => row.id)).toEqual([a, b]);
  });
});

describe('the form in which ids cross the contract', () => {
  it('comes back as it was, up to the largest id', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 0xffffffff })), (list) => {
        const bytes = Buffer.alloc(list.length * 4);
        list.forEach((id, i) => bytes.writeUInt32LE(id, i * 4));
        expect([...decodeIds(bytes.toString('base64'))]).toEqual(list);
      }),
    );
  });
});

describe('personName', () => {
  it.each([
    [{ FirstName: ['Ada'], LastName: ['Lovelace'] }, 'Ada Lovelace'],
    [{ 'full name': ['Ada L.'], first: ['x'] }, 'Ada L.'],
    [{ surname: ['Lovelace'] }, 'Lovelace'],
    [{ name: ['  '], given_name: ['Ada'] }, 'Ada'],
    [{ name: [] }, undefined],
    [{ plan: ['x'] }, undefined],
  ])('%j', (attributes, expected) => {
    expect(personName(attributes as Record<string, string[]>)).toBe(expected);
  });
});

describe('acts on picked lines', () => {
  it('takes all addresses of a person whose line is picked, and single addresses as they are, each once', () => {
    const a = add('a@x.example', { user: 'ada' });
    const b = add('+4930123456', { user: 'ada', channel: 'SMS' });
    const c = add('c@x.example', { user: 'bo' });
    const d = add('d@x.example', { user: 'bo' });
    const e = add('e@x.example');
    const found = (people: number[], addresses: number[], limit = 500) => store.read(queries.addressIds, { people, addresses, limit });
    expect(found([a, e], [])).toEqual([a, b, e]);
    expect(found([], [a, c])).toEqual([a, c]);
    expect(found([b], [a, c, 999])).toEqual([a, b, c]);
    expect(found([a, c], [], 2)).toEqual([a, b, c]);
    expect(d).toBe(4);
  });

  it('a filter saved as a segment means the same addresses; what has no rule is named', () => {
    const day = 86_400_000;
    const t = Date.UTC(2026, 10, 1);
    for (let i = 0; i < 60; i++) {
      add(`p${i}@x.example`, {
        channel: 'EMAIL', country: ['DE', 'FR', 'GB'][i % 3]!, created: t + Math.floor(i / 4) * (day / 2) - (i % 2), active: i % 7 !== 0, optOut: i % 5 === 0,
        ...(i % 4 === 0 ? {} : { seen: t + i * 3_600_000 }),
      });
    }
    const filters: AudienceFilter[] = [
      { countries: ['DE', 'FR'], active: true }, { contact: 'opted_out' }, { channels: ['SMS'] }, { channels: ['EMAIL'], neverSeen: true }, { neverSeen: false },
      { created: { from: t + day, to: t + 3 * day } }, { created: { from: t + day } }, { created: { to: t + 2 * day } },
      { created: { from: t + day + 43_200_000 }, seen: { from: t + 5 * 3_600_000, to: t + 30 * 3_600_000 } }, { seen: { to: t + 9 * 3_600_000 + 1 } },
    ];
    for (const filter of filters) {
      const { tree, left } = filterRules(filter);
      expect(left).toEqual([]);
      const members = store.db.all<{ id: number }>(sql`select e.id from endpoint e left join user u on u.id = e.user where ${conditionSql(store.db, segmentTree.parse(tree), store.now)} order by e.id`);
      expect(members.map(({ id }) => id), JSON.stringify(filter)).toEqual(ids(filter).sort((x, y) => x - y));
    }
    expect(filterRules({ text: 'ada', contact: 'allowed', active: true })).toEqual({
      tree: { format: 1, root: { type: 'group', match: 'all', of: [{ type: 'status', active: true }] } }, left: ['the search text', 'whether we may contact'],
    });
  });
});
