import { beforeEach, describe, expect, it } from 'vitest';
import { audienceOperations as ops, audienceQueries, normaliseAddress, suppress, upsertEndpoint } from '../../src-main/audience/index.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { appendEvent } from '../../src-main/events/index.js';
import { sql } from '../../src-main/store/sql.js';
import { endpointImage } from '../../src-preload/contract/audience.js';
import { messageReasonCode, messageStateCode } from '../../src-preload/contract/delivery.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';

const queries = audienceQueries(segmentCondition);

let store: MemoryStore;
beforeEach(() => {
  store = createMemoryStore();
});

function add(address: string, more: { id?: string; userId?: string } = {}) {
  return store.write((db, to: string) => {
    const normal = normaliseAddress('EMAIL', to);
    if ('problem' in normal) throw new Error(normal.problem);
    return upsertEndpoint(db, { app: 1, channel: 'EMAIL', address: normal, ...more }, { source: 'test' }).id;
  }, address);
}
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof HeliographError ? { code: error.code, ...error.detail } : error;
  }
  return undefined;
};
const dump = () => ({
  endpoint: store.db.all(sql`select * from endpoint order by id`),
  user: store.db.all(sql`select * from user order by id`),
  alias: store.db.all(sql`select * from endpoint_alias`),
  member: store.db.all(sql`select * from segment_member`),
});

describe('update', () => {
  it('sets what is named, clears with null, replaces maps, and audits which columns changed', () => {
    const id = add('a@example.org', { userId: 'u-1' });
    store.now += 5;
    const edit = {
      address: 'A.New@Example.org',
      userId: 'u-2',
      attributes: { plan: ['Monthly'] },
      metrics: { Orders: 3 },
      demographic: { Locale: 'en_GB' },
      location: { Country: 'GB', City: null },
    };
    expect(store.write(ops.update, { id, edit })).toEqual({ changed: true });
    expect(store.write(ops.update, { id, edit })).toEqual({ changed: false });
    expect(store.read(queries.detail, { id }).endpoint).toMatchObject({
      updatedAt: store.now,
      view: { Address: 'A.New@example.org', Attributes: { plan: ['Monthly'] }, Metrics: { Orders: 3 }, Demographic: { Locale: 'en_GB' }, Location: { Country: 'GB' }, User: { UserId: 'u-2' } },
    });
    store.write(ops.update, { id, edit: { attributes: {}, userId: null, location: { Country: null } } });
    expect(store.read(queries.detail, { id }).endpoint.view).toMatchObject({ Attributes: {}, Location: {}, User: { UserAttributes: {} } });
    expect(store.db.all(sql`select subject, action, detail from audit order by id`)).toEqual([
      { subject: `endpoint:${id}`, action: 'endpoint.edited', detail: '{"fields":["address","user","locale","country","attributes","metrics"]}' },
      { subject: `endpoint:${id}`, action: 'endpoint.edited', detail: '{"fields":["user","country","attributes"]}' },
    ]);
  });

  it('refuses an impossible address, one that another active endpoint holds, and a nameless attribute', () => {
    const a = add('a@example.org');
    const b = add('b@example.org');
    const before = dump();
    expect([
      refusal(() => store.write(ops.update, { id: a, edit: { address: 'nonsense' } })),
      refusal(() => store.write(ops.update, { id: a, edit: { address: 'B@example.org' } })),
      refusal(() => store.write(ops.update, { id: a, edit: { attributes: { ' ': ['x'] } } })),
      refusal(() => store.write(ops.update, { id: 99, edit: { active: false } })),
    ]).toMatchObject([{ code: 'BAD_INPUT', message: 'bad_email' }, { code: 'BAD_INPUT', field: 'Address' }, { code: 'BAD_INPUT' }, { code: 'NOT_FOUND' }]);
    expect(dump()).toEqual(before);
    // An inactive one may share the address, and cannot be woken while the other is.
    store.write(ops.update, { id: a, edit: { active: false } });
    store.write(ops.update, { id: a, edit: { address: 'b@example.org' } });
    expect(refusal(() => store.write(ops.update, { id: a, edit: { active: true } }))).toMatchObject({ code: 'BAD_INPUT', field: 'Address' });
    store.write(ops.update, { id: b, edit: { active: false } });
    expect(store.write(ops.update, { id: a, edit: { active: true } })).toEqual({ changed: true });
  });

  it('edits a person for all their addresses, and says so in each timeline', () => {
    const a = add('a@example.org', { userId: 'u' });
    const b = add('b@example.org', { userId: 'u' });
    expect(store.write(ops.updateUser, { user: 1, attributes: { plan: ['Monthly'] } })).toEqual({ changed: true });
    expect(store.write(ops.updateUser, { user: 1, attributes: { plan: ['Monthly'] } })).toEqual({ changed: false });
    expect([a, b].map((id) => store.read(queries.detail, { id }).endpoint.view.User.UserAttributes)).toEqual([{ plan: ['Monthly'] }, { plan: ['Monthly'] }]);
    expect(store.db.all(sql`select subject, detail from audit`)).toEqual([a, b].map((id) => ({ subject: `endpoint:${id}`, detail: '{"fields":["plan"]}' })));
  });
});

describe('remove and restoreDeleted', () => {
  it('puts everything back under the same ids', () => {
    const a = add('a@example.org', { id: 'a', userId: 'u' });
    add('a@example.org', { id: 'other-name' });
    store.write((db) => {
      db.run(sql`insert into segment (id, uid, name, kind, version, created_at, updated_at) values (1, 's', 'S', 'imported', 1, 0, 0)`);
      db.run(sql`insert into segment_member values (1, ${a})`);
    }, undefined);
    const before = dump();
    const { deleted, images } = store.write(ops.remove, { ids: [a, a, 999] });
    expect(deleted).toBe(1);
    expect(dump()).toEqual({ endpoint: [], user: [], alias: [], member: [] });
    // The image crosses the contract and comes back.
    const carried = images.map((image) => endpointImage.parse(JSON.parse(JSON.stringify(image))));
    expect(store.write(ops.restoreDeleted, { images: carried })).toEqual({ restored: 1 });
    expect(dump()).toEqual(before);
    expect(store.write(ops.restoreDeleted, { images: carried })).toEqual({ restored: 0 });
    // Whoever keeps the list in memory hears of both.
    expect(store.changes.filter(({ table }) => table === 'segment_member')).toEqual([{ table: 'segment_member', fromId: 1, toId: 1 }, { table: 'segment_member', fromId: 1, toId: 1 }]);
    expect(store.db.all(sql`select action from audit order by id`)).toEqual([{ action: 'endpoint.deleted' }, { action: 'endpoint.restored' }]);
  });

  it('keeps the person while another address is left, and never gives an id twice', () => {
    const a = add('a@example.org', { userId: 'u' });
    add('b@example.org', { userId: 'u' });
    store.write(ops.remove, { ids: [a] });
    expect(store.db.get(sql`select count(*) as n from user`)).toEqual({ n: 1 });
    expect(add('c@example.org')).toBe(3);
  });

  it('refuses an image that no deletion made, and an address that was taken since; nothing is restored then', () => {
    const a = add('a@example.org');
    const b = add('b@example.org');
    const { images } = store.write(ops.remove, { ids: [a, b] });
    add('b@example.org');
    const before = dump();
    expect(refusal(() => store.write(ops.restoreDeleted, { images }))).toMatchObject({ code: 'BAD_INPUT', field: 'Address' });
    expect(refusal(() => store.write(ops.restoreDeleted, { images: [{ ...images[0]!, id: 500 }] }))).toMatchObject({ code: 'BAD_INPUT', field: 'images' });
    expect(refusal(() => store.write(ops.restoreDeleted, { images: [{ ...images[0]!, row: { ...images[0]!.row, evil: 1 } }] }))).toMatchObject({ code: 'BAD_INPUT' });
    expect(dump()).toEqual(before);
  });
});

describe('timeline', () => {
  it('tells a person’s history over all addresses, newest first, in pages that lose nothing', () => {
    const a = add('a@example.org', { userId: 'u' });
    const b = add('b@example.org', { userId: 'u' });
    const t0 = store.now;
    store.write((db) => {
      db.run(sql`insert into campaign (id, uid, name, state, draft, version, created_at, updated_at) values (1, 'c', 'Winter', 'launched', '{}', 1, 0, 0)`);
      db.run(sql`insert into run (id, uid, campaign, campaign_version, kind, state, started_at, created_at) values (1, 'r', 1, 1, 'campaign', 'done', ${t0 + 10}, 0)`);
      db.run(sql`insert into run (id, uid, campaign, campaign_version, kind, state, started_at, created_at) values (2, 'rt', 1, 1, 'test', 'done', ${t0 + 10}, 0)`);
      db.run(sql`insert into message (run, seq, endpoint, state, reason) values
        (1, 1, ${a}, ${messageStateCode.sent}, 0), (1, 2, ${b}, ${messageStateCode.skipped}, ${messageReasonCode.unsubscribed}), (2, 1, ${a}, ${messageStateCode.sent}, 0)`);
      db.run(sql`insert into message_reply (run, seq, at, response) values (1, 1, ${t0 + 20}, '250 ok')`);
      appendEvent(db, { uid: 'e1', type: '_email.click', at: t0 + 30, app: 1, endpoint: a, run: 1, seq: 1, attributes: { url: 'https://example.org/', link: 0 } });
      appendEvent(db, { uid: 'e2', type: 'session_start', at: t0 + 31, app: 1, endpoint: b, run: null, seq: null });
      appendEvent(db, { uid: 'e3', type: '_email.open', at: t0 + 32, app: 1, endpoint: a, run: 2, seq: 1 });
    }, undefined);
    store.now = t0 + 40;
    store.write(suppress, { channel: 'EMAIL', addressKey: 'b@example.org', reason: 'unsubscribe', source: 'unsubscribe page', message: { run: 1, seq: 1 } });
    store.now = t0 + 50;
    store.write(ops.update, { id: b, edit: { metrics: { Orders: 1 } } });
    const whole = store.read(queries.timeline, { id: a, limit: 50 });
    expect(whole).toEqual({
      items: [
        { kind: 'change', key: 'a1', at: t0 + 50, endpoint: b, action: 'endpoint.edited', by: 'operator', fields: ['metrics'] },
        { kind: 'consent', key: 's1', at: t0 + 40, endpoint: b, act: 'add', address: 'b@example.org', scope: 'marketing', reason: 'unsubscribe', source: 'unsubscribe page' },
        { kind: 'event', key: 'e2', at: t0 + 31, endpoint: b, name: 'session_start', attributes: {} },
        { kind: 'event', key: 'e1', at: t0 + 30, endpoint: a, name: '_email.click', campaign: 'Winter', url: 'https://example.org/', attributes: { url: 'https://example.org/', link: '0' } },
        { kind: 'message', key: 'mr/1', at: t0 + 20, endpoint: a, campaign: 'Winter', run: 'r', state: 'sent', reason: 'none', response: '250 ok' },
        { kind: 'message', key: 'mr/2', at: t0 + 10, endpoint: b, campaign: 'Winter', run: 'r', state: 'skipped', reason: 'unsubscribed' },
      ],
    });
    const paged = [];
    for (let cursor: number | undefined; ; ) {
      const { items, next } = store.read(queries.timeline, { id: b, limit: 2, cursor });
      paged.push(...items);
      if (next === undefined) break;
      cursor = next;
    }
    expect(paged).toEqual(whole.items);
    expect(refusal(() => store.read(queries.timeline, { id: 99, limit: 2 }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
