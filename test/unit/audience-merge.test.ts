import { beforeEach, describe, expect, it } from 'vitest';
import { type EndpointInput, endpointViewColumns, type EndpointViewRow, normaliseAddress, toEndpointView, upsertEndpoint, type UpsertRules } from '../../src-main/audience/index.js';
import { sql } from '../../src-main/store/sql.js';
import type { Channel } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});

type Row = Omit<EndpointInput, 'address' | 'app'> & { to?: string; app?: number };

function normal(channel: Channel, to: string) {
  const address = normaliseAddress(channel, to);
  if ('problem' in address) throw new Error(address.problem);
  return address;
}
function put(row: Row, rules: Partial<UpsertRules> = {}) {
  const { to, ...rest } = row;
  const channel = rest.channel ?? (to === undefined ? undefined : 'EMAIL');
  return store.write((db, input: EndpointInput) => upsertEndpoint(db, input, { source: 'import: people.csv', import: 7, ...rules }), {
    app: 1,
    ...rest,
    channel,
    ...(to === undefined ? {} : { address: normal(channel!, to) }),
  });
}
const view = (id: number) => {
  const row = store.db.get<EndpointViewRow>(sql`select ${endpointViewColumns} from endpoint e left join user u on u.id = e.user where e.id = ${id}`);
  return row && toEndpointView(row);
};
const statuses = () => store.db.all(sql`select uid, address_key as key, active, opt_out from endpoint order by id`);

describe('upsertEndpoint', () => {
  it('creates an endpoint in Pinpoint shape, and says "same" for the same row again without touching it', () => {
    const row: Row = {
      id: 'E-1',
      to: 'Ada@Example.org',
      attributes: { Interests: ['maths', 'engines'] },
      metrics: { Orders: 3 },
      demographic: { Locale: 'en_GB', Timezone: 'Europe/London' },
      location: { City: 'London', Country: 'GB', Latitude: 51.5 },
      userId: 'u-1',
      userAttributes: { FirstName: ['Ada'] },
      effectiveAt: Date.UTC(2025, 0, 2),
      createdAt: Date.UTC(2024, 0, 2),
    };
    const first = put(row);
    expect(first).toEqual({ id: 1, outcome: 'new' });
    const before = store.db.get(sql`select * from endpoint`);
    store.now += 1000;
    expect(put(row)).toEqual({ id: 1, outcome: 'same' });
    expect(store.db.get(sql`select * from endpoint`)).toEqual(before);
    expect(view(1)).toEqual({
      Id: 'E-1',
      ChannelType: 'EMAIL',
      Address: 'Ada@example.org',
      EndpointStatus: 'ACTIVE',
      OptOut: 'NONE',
      CreationDate: '2024-01-02T00:00:00.000Z',
      EffectiveDate: '2025-01-02T00:00:00.000Z',
      Attributes: { Interests: ['maths', 'engines'] },
      Metrics: { Orders: 3 },
      Demographic: { Locale: 'en_GB', Timezone: 'Europe/London' },
      Location: { City: 'London', Country: 'GB', Latitude: 51.5 },
      User: { UserId: 'u-1', UserAttributes: { FirstName: ['Ada'] } },
    });
  });

  it('keeps what a row does not name; an empty list clears the values and keeps the key', () => {
    put({ id: 'a', to: 'a@example.org', attributes: { A: ['1'], B: ['2'] }, metrics: { M: 1, N: 2 }, location: { City: 'Bath', Country: 'GB' } });
    expect(put({ id: 'A', attributes: { A: [] }, metrics: { N: 3 }, location: { Country: 'FR' } })).toEqual({ id: 1, outcome: 'changed' });
    expect(view(1)).toMatchObject({ Attributes: { A: [], B: ['2'] }, Metrics: { M: 1, N: 3 }, Location: { City: 'Bath', Country: 'FR' } });
  });

  it('shares user attributes by UserId over all of a person’s addresses', () => {
    put({ id: 'a', to: 'a@example.org', userId: 'u', userAttributes: { plan: ['Monthly'] } });
    put({ id: 'b', channel: 'SMS', to: '+16045550182', userId: 'u', userAttributes: { since: ['2024'] } });
    expect([view(1)?.User, view(2)?.User]).toEqual(Array(2).fill({ UserId: 'u', UserAttributes: { plan: ['Monthly'], since: ['2024'] } }));
    expect(put({ id: 'b', userAttributes: { plan: ['Yearly'] } })).toEqual({ id: 2, outcome: 'changed' });
    expect(view(1)?.User.UserAttributes).toEqual({ plan: ['Yearly'], since: ['2024'] });
  });

  it('keeps user attributes of a row without a UserId, and finds them again on re-import', () => {
    put({ to: 'a@example.org', userAttributes: { FirstName: ['Ada'] } });
    expect(put({ to: 'A@EXAMPLE.org', userAttributes: { FirstName: ['Ada'] } })).toEqual({ id: 1, outcome: 'same' });
    expect(view(1)?.User.UserAttributes).toEqual({ FirstName: ['Ada'] });
    expect(store.db.get(sql`select count(*) as n from user`)).toEqual({ n: 1 });
  });

  it('updates instead of doubling when a file has no ids', () => {
    put({ to: 'a@example.org', attributes: { A: ['1'] } });
    expect(put({ to: 'A@example.org', attributes: { A: ['2'] } })).toEqual({ id: 1, outcome: 'changed' });
    expect(store.db.get(sql`select count(*) as n from endpoint`)).toEqual({ n: 1 });
  });

  it('does not double an INACTIVE address either, and does not wake it', () => {
    put({ to: 'a@example.org', status: 'INACTIVE' });
    expect(put({ to: 'a@example.org', status: 'INACTIVE' })).toEqual({ id: 1, outcome: 'same' });
    expect(put({ to: 'a@example.org', status: 'ACTIVE' })).toEqual({ id: 1, outcome: 'same' });
    expect(statuses()).toMatchObject([{ active: 0 }]);
  });

  it('takes a new id on a known active address as its alias, from then on', () => {
    put({ id: 'a', to: 'a@example.org' });
    expect(put({ id: 'z', to: 'a@example.org', attributes: { A: ['1'] } })).toEqual({ id: 1, outcome: 'changed' });
    expect(put({ id: 'Z', attributes: { A: ['2'] } })).toEqual({ id: 1, outcome: 'changed' });
    expect(view(1)).toMatchObject({ Id: 'a', Attributes: { A: ['2'] } });
    // Its maker reports another address under that id: it is somebody else now.
    expect(put({ id: 'z', to: 'z@example.org' })).toEqual({ id: 2, outcome: 'new' });
    expect(view(1)?.Address).toBe('a@example.org');
    expect(store.db.all(sql`select * from endpoint_alias`)).toEqual([]);
  });

  it('keeps an export’s ACTIVE and INACTIVE holders of one address apart, in either order', () => {
    put({ id: 'old', to: 'a@example.org', status: 'INACTIVE' });
    put({ id: 'new', to: 'a@example.org', status: 'ACTIVE' });
    put({ id: 'new2', to: 'b@example.org', status: 'ACTIVE' });
    put({ id: 'old2', to: 'b@example.org', status: 'INACTIVE' });
    const expected = [
      { uid: 'old', key: 'a@example.org', active: 0, opt_out: 0 },
      { uid: 'new', key: 'a@example.org', active: 1, opt_out: 0 },
      { uid: 'new2', key: 'b@example.org', active: 1, opt_out: 0 },
      { uid: 'old2', key: 'b@example.org', active: 0, opt_out: 0 },
    ];
    expect(statuses()).toEqual(expected);
    put({ id: 'old', to: 'a@example.org', status: 'ACTIVE' });
    put({ id: 'old2', to: 'b@example.org', status: 'INACTIVE' });
    expect(statuses()).toEqual(expected);
  });

  it('lets an id move to an address that another holds: that one becomes INACTIVE and its opt-out goes with the address', () => {
    put({ id: 'a', to: 'a@example.org' });
    put({ id: 'b', to: 'b@example.org', optOut: 'ALL' });
    const touched: number[] = [];
    expect(put({ id: 'a', to: 'b@example.org' }, { beforeEndpoint: (id) => touched.push(id) })).toEqual({ id: 1, outcome: 'changed' });
    expect(statuses()).toEqual([
      { uid: 'a', key: 'b@example.org', active: 1, opt_out: 1 },
      { uid: 'b', key: 'b@example.org', active: 0, opt_out: 1 },
    ]);
    expect(touched).toEqual([2, 1]);
  });

  it('keeps one address per workspace for e-mail, per app for tokens', () => {
    store.write((db) => db.run(sql`insert into app (uid, name, created_at) values ('app-2', 'Second', 0)`), undefined);
    put({ id: 'a', to: 'a@example.org' });
    expect(put({ app: 2, id: 'x', to: 'a@example.org' })).toEqual({ id: 1, outcome: 'same' });
    put({ id: 't', channel: 'GCM', to: 'token' });
    expect(put({ app: 2, id: 't', channel: 'GCM', to: 'token' })).toEqual({ id: 3, outcome: 'new' });
  });

  it('only tightens consent, and never counts as activity', () => {
    put({ id: 'a', to: 'a@example.org', optOut: 'ALL' });
    store.write((db) => db.run(sql`update endpoint set last_seen_at = 5`), undefined);
    expect(put({ id: 'a', to: 'a@example.org', optOut: 'NONE', status: 'ACTIVE', effectiveAt: store.now })).toEqual({ id: 1, outcome: 'changed' });
    expect(store.db.get(sql`select opt_out, opt_out_source, last_seen_at, import from endpoint`)).toEqual({ opt_out: 1, opt_out_source: 'import: people.csv', last_seen_at: 5, import: 7 });
  });

  it('refuses a new endpoint that cannot be written to', () => {
    const refused = (row: Row) => {
      try {
        put(row);
      } catch (error) {
        return error instanceof HeliographError ? error.code : error;
      }
      return undefined;
    };
    expect([refused({ id: 'nobody', attributes: { A: ['1'] } }), refused({ userId: 'u' })]).toEqual(['BAD_INPUT', 'BAD_INPUT']);
    expect(store.db.get(sql`select (select count(*) from endpoint) + (select count(*) from user) as n`)).toEqual({ n: 0 });
  });

  it('takes names that are names in JavaScript as plain data', () => {
    const attributes = JSON.parse('{"__proto__": ["x"], "constructor": ["y"]}') as Record<string, string[]>;
    put({ id: 'a', to: 'a@example.org', attributes, userAttributes: attributes, userId: '__proto__' });
    put({ id: 'a', attributes: { toString: ['z'] } });
    expect(store.db.get(sql`select attributes from endpoint`)).toEqual({ attributes: '{"__proto__":["x"],"constructor":["y"],"toString":["z"]}' });
    expect(store.db.get(sql`select attributes from user`)).toEqual({ attributes: '{"__proto__":["x"],"constructor":["y"]}' });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
