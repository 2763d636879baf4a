import { describe, expect, it } from 'vitest';
import { templatePorts } from '../../src-main/api/template-uses.js';
import { compileEmail, countMissing, starters, templateOperations, templateQueries } from '../../src-main/templates/index.js';
import { checkContent } from '../../src-main/templates/index.js';
import { toEndpointView, endpointViewColumns, type EndpointViewRow } from '../../src-main/audience/index.js';
import { isBlank, step } from '../../src-main/templates/engine/value.js';
import { variableParts } from '../../src-main/templates/engine/environment.js';
import { lacksSql } from '../../src-main/templates/missing.rows.js';
import { ReadHandle, type WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.js';
import { email, noExtras } from '../support/template-person.js';

const operations = templateOperations(templatePorts);

interface Person {
  readonly address: string;
  readonly user?: string;
  readonly userAttributes?: string;
  readonly attributes?: string;
  readonly metrics?: string;
  readonly city?: string;
  readonly region?: string;
}

/** Puts people in as rows, JSON as it stands, so that odd data can be tried. */
function add(store: MemoryStore, people: readonly Person[]): number[] {
  return people.map((p) =>
    store.write((db: WriteDb) => {
      let user: number | null = null;
      if (p.user !== undefined) {
        db.run(sql`insert into user (user_id, attributes, created_at, updated_at) values (${p.user}, ${p.userAttributes ?? '{}'}, ${db.now}, ${db.now}) on conflict do nothing`);
        user = db.get<{ id: number }>(sql`select id from user where user_id = ${p.user}`)!.id;
      }
      return db.run(sql`insert into endpoint (app, uid, channel, address, address_key, user, attributes, metrics, city, region, created_at, updated_at)
        values (1, ${p.address}, 'EMAIL', ${p.address}, ${p.address}, ${user}, ${p.attributes ?? '{}'}, ${p.metrics ?? '{}'}, ${p.city ?? null}, ${p.region ?? null}, ${db.now}, ${db.now})`).lastId;
    }, undefined),
  );
}

const everyone = sql`select e.id from endpoint e left join user u on u.id = e.user where e.active = 1`;
const refusal = (work: () => unknown) => {
  try {
    return `no error ${String(work())}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'not an error';
  }
};

describe('templates', () => {
  it('keeps typing in one version, adds versions otherwise, and never rewinds', () => {
    const store = createMemoryStore();
    const { uid, name } = store.write(operations.create, { content: email({ subject: 'one' }) });
    expect(name).toBe('New template');
    store.now += 60_000;
    const first = store.write(operations.save, { uid, content: email({ subject: 'two' }), expected: store.now - 60_000 });
    expect(first).toEqual({ version: 1, updatedAt: store.now, changed: true });
    expect(store.write(operations.save, { uid, content: email({ subject: 'two' }) })).toEqual({ version: 1, updatedAt: store.now, changed: false });
    expect(refusal(() => store.write(operations.save, { uid, content: email({ subject: 'x' }), expected: first.updatedAt - 1 }))).toBe('CONFLICT {"what":"The template"}');
    store.now += 30 * 60_000;
    expect(store.write(operations.save, { uid, content: email({ subject: 'three' }) }).version).toBe(2);
    expect(store.write(operations.save, { uid, content: email({ subject: 'three' }), newVersion: true }).version).toBe(3);
    expect(store.write(operations.restoreVersion, { uid, version: 1 }).version).toBe(4);
    store.actor = { kind: 'engine' };
    expect(store.write(operations.save, { uid, content: email({ subject: 'five' }) }).version).toBe(5);
    expect(store.read(templateQueries.versions, { uid }).map((v) => [v.version, v.subject, v.actor.kind])).toEqual([
      [5, 'five', 'engine'],
      [4, 'two', 'operator'],
      [3, 'three', 'operator'],
      [2, 'three', 'operator'],
      [1, 'two', 'operator'],
    ]);
    expect(store.read(templateQueries.get, { uid, version: 2 }).content.subject).toBe('three');
    expect(store.read(templateQueries.list, undefined)).toMatchObject([{ uid, name: 'New template', version: 5, subject: 'five', deletedAt: null }]);
  });

  it('never writes over what a launch may have read', () => {
    const store = createMemoryStore();
    const { uid } = store.write(operations.create, { content: email({ subject: 'launched' }) });
    store.now += 1000;
    store.write((db: WriteDb) => db.run(sql`insert into campaign_version (campaign, version, content, created_at, actor) values (1, 1, '{}', ${db.now}, '{}')`), undefined);
    store.now += 1000;
    expect(store.write(operations.save, { uid, content: email({ subject: 'later' }) }).version).toBe(2);
    expect(store.read(templateQueries.get, { uid, version: 1 }).content.subject).toBe('launched');
  });

  it('names, copies, deletes and takes the deletion back; a template a draft needs stays', () => {
    const store = createMemoryStore();
    const { uid } = store.write(operations.create, { starter: 'letter' });
    expect(store.write(operations.create, { starter: 'letter' }).name).toBe('Plain letter 2');
    store.write(operations.rename, { uid, name: 'Spring' });
    const copy = store.write(operations.duplicate, { uid });
    expect(copy.name).toBe('Spring copy');
    expect(store.read(templateQueries.get, { uid: copy.uid }).content).toEqual(starters.find(({ id }) => id === 'letter')!.content);
    store.write((db: WriteDb) => db.run(sql`insert into campaign (uid, name, state, draft, version, created_at, updated_at) values ('c1', 'May mailing', 'draft', ${JSON.stringify({ treatments: [{ name: 'A', message: { kind: 'template', template: uid, version: null } }] })}, 0, 1, 1)`), undefined);
    expect(refusal(() => store.write(operations.remove, { uid }))).toBe('TEMPLATE_IN_USE {"by":"May mailing","count":1}');
    store.write(operations.remove, { uid: copy.uid });
    expect(store.read(templateQueries.list, undefined).map((t) => t.name)).toEqual(['Plain letter 2', 'Spring']);
    expect(refusal(() => store.write(operations.rename, { uid: copy.uid, name: 'x' }))).toBe('NOT_FOUND {"what":"template"}');
    store.write(operations.restore, { uid: copy.uid });
    expect(store.read(templateQueries.list, undefined)).toHaveLength(3);
    expect(refusal(() => store.write(operations.create, { starter: 'none' }))).toBe('NOT_FOUND {"what":"starter"}');
    expect(refusal(() => store.read(templateQueries.get, { uid, version: 99 }))).toBe('NOT_FOUND {"what":"template version"}');
    expect(refusal(() => store.write(operations.save, { uid, content: email({ html: 'x'.repeat(600_001) }) }))).toMatch(/600,000 characters/);
  });
});

describe('starters', () => {
  it.each(starters.map((starter) => [starter.name, starter] as const))('%s is free of problems and fits a person of whom nothing is known', (_, starter) => {
    expect(checkContent(starter.content)).toEqual([]);
    const store = createMemoryStore();
    const [id] = add(store, [{ address: 'bare@example.org' }]);
    const compiled = compileEmail(starter.content);
    const view = toEndpointView(store.db.get<EndpointViewRow>(sql`select ${endpointViewColumns} from endpoint e left join user u on u.id = e.user where e.id = ${id}`)!);
    const rendered = compiled.render(view, noExtras);
    expect(compiled.variables.filter((v) => v.need !== 'never')).toEqual([]);
    expect(rendered.html).not.toContain('{{');
    expect(rendered.text).toContain('Unsubscribe (https://u.example/1)');
    expect(compiled.links.every(({ url }) => url.startsWith('https://www.example.com/'))).toBe(true);
  });
});

describe('missing values of an audience', () => {
  it('counts people and addresses by name, conditions followed for those who get there', () => {
    const store = createMemoryStore();
    const ids = add(store, [
      { address: 'a', user: 'u1', userAttributes: '{"FirstName":["Ada"]}', city: 'London', region: 'LDN' },
      { address: 'b', user: 'u2', userAttributes: '{"FirstName":["  "]}', city: 'Paris' },
      { address: 'c', user: 'u2', city: 'Paris' },
      { address: 'd', attributes: '{"Plan":["gold"]}' },
      { address: 'e', user: 'u3', userAttributes: '{"FirstName":["Eve"]}', city: ' ', region: 'x' },
    ]);
    const compiled = compileEmail(
      email({
        subject: '{{User.UserAttributes.FirstName}}',
        html: '{{#if Location.City}}{{Location.City}} {{Location.Region}}{{/if}}{{#eq Attributes.Plan "gold"}}{{Attributes.Card}}{{/eq}}{{default Attributes.Nick "x"}}{{#each Attributes.L}}{{this}}{{/each}}',
      }),
    );
    expect(countMissing(store.db, compiled, everyone)).toEqual([
      { variable: 'User.UserAttributes.FirstName', field: 'subject', people: 2, addresses: 3, sample: [ids[1], ids[2], ids[3]] },
      { variable: 'Location.Region', field: 'html', people: 1, addresses: 2, sample: [ids[1], ids[2]] },
      { variable: 'Attributes.Card', field: 'html', people: 1, addresses: 1, sample: [ids[3]] },
    ]);
    expect(countMissing(store.db, compiled, sql`${everyone} and e.id = ${ids[0]}`)).toEqual([]);
    expect(countMissing(store.db, compiled, sql`select e.id from endpoint e where 0`)).toEqual([]);
  });

  it('agrees with rendering for every kind of variable and value', () => {
    const store = createMemoryStore();
    const lists = ['{}', '{"A":[]}', '{"A":[""]}', '{"A":["\\u00a0\\u2003\\t"]}', '{"A":["","x"]}', '{"A":["x",""]}', '{"A":["0"]}', '{"B":["x"],"quo\\"te":["y"],"a.b":["z"]}'];
    add(store, lists.flatMap((attributes, i) => [{ address: `p${i}`, attributes }, { address: `q${i}`, user: `u${i}`, userAttributes: attributes, metrics: i % 2 === 0 ? '{"A":0}' : '{}', city: i % 3 === 0 ? ' \u3000' : 'x' }]));
    const paths = ['Attributes.A', 'Attributes.A.[1]', 'User.UserAttributes.A', 'User.UserAttributes.A.[1]', 'Attributes.[quo"te]', 'User.UserAttributes.[a.b]', 'Metrics.A', 'Location.City', 'Location.Latitude', 'Demographic.Make', 'User.UserId', 'EffectiveDate', 'Id', 'FirstName', 'Location.Citty', 'Attributes.A.x'];
    const wrong: string[] = [];
    for (const row of store.db.all<EndpointViewRow & { id: number }>(sql`select e.id as id, ${endpointViewColumns} from endpoint e left join user u on u.id = e.user`)) {
      for (const path of paths) {
        const inSql = store.db.get<{ lacks: number }>(sql`select ${lacksSql(path)} as lacks from endpoint e left join user u on u.id = e.user where e.id = ${row.id}`)!.lacks === 1;
        const inView = isBlank(variableParts(path).reduce(step, toEndpointView(row) as unknown));
        if (inSql !== inView) wrong.push(`${row.address} ${path}: SQL ${inSql}, view ${inView}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is given up when the caller gives up', () => {
    const store = createMemoryStore();
    add(store, [{ address: 'a' }]);
    if (!(store.db instanceof ReadHandle)) throw new Error('not a reader');
    const impatient = new ReadHandle(store.db.raw, () => true);
    expect(() => countMissing(impatient, compileEmail(email({ text: '{{Location.City}}' })), everyone)).toThrow('CANCELLED');
  });
});

describe('what the editor asks', () => {
  const people: readonly Person[] = [
    { address: 'ada@example.org', user: 'u1', userAttributes: '{"FirstName":["Ada"],"LastName":["Lovelace"]}', city: 'London' },
    { address: 'bob@example.org', user: 'u2', userAttributes: '{"FirstName":["Bob"]}' },
    { address: 'cy@example.org', attributes: '{"Pet name":["Rex"]}', metrics: '{"Visits":3}' },
  ];

  it('lists people, worst cases first, and finds them by address, user and id', () => {
    const store = createMemoryStore();
    add(store, people);
    const names = (search: string, variables: string[] = [], limit = 40) => store.read(templateQueries.people, { search, variables, limit }).map((p) => `${p.address} ${p.name} -${p.missing.join()}`);
    expect(names('', ['Location.City', 'User.UserAttributes.FirstName'])).toEqual([
      'cy@example.org  -Location.City,User.UserAttributes.FirstName',
      'bob@example.org Bob -Location.City',
      'ada@example.org Ada Lovelace -',
    ]);
    expect([names('BOB@'), names('u1'), names('cy@example.org'), names('%'), names("'; drop table user; --")]).toEqual([['bob@example.org Bob -'], ['ada@example.org Ada Lovelace -'], ['cy@example.org  -'], [], []]);
  });

  it('suggests the audience\'s own names with an example', () => {
    const store = createMemoryStore();
    add(store, people);
    expect(store.read(templateQueries.variables, undefined).slice(0, 4)).toEqual([
      { path: 'User.UserAttributes.FirstName', group: 'User attributes', example: 'Bob' },
      { path: 'User.UserAttributes.LastName', group: 'User attributes', example: 'Lovelace' },
      { path: 'Attributes.[Pet name]', group: 'Endpoint attributes', example: 'Rex' },
      { path: 'Metrics.Visits', group: 'Metrics', example: '3' },
    ]);
  });

  it('draws a preview for a person, for the sample, and for what is broken', () => {
    const store = createMemoryStore();
    const [, bob] = add(store, people);
    const content = email({ subject: 'Hi {{User.UserAttributes.FirstName}} from {{Location.City}}', html: '<a href="https://{{Id}}.example/">x</a>' });
    const forBob = store.read(templateQueries.preview, { source: { content }, endpoint: bob! });
    expect(forBob).toMatchObject({ email: { subject: 'Hi Bob from [City]' }, failure: null, missing: [{ variable: 'Location.City', field: 'subject' }], recipient: { address: 'bob@example.org', name: 'Bob' } });
    expect(forBob.problems.map((p) => p.code)).toEqual(['unsubscribe_missing', 'personalised_link_host', 'postal_address_missing']);
    expect(store.read(templateQueries.preview, { source: { content }, endpoint: null })).toMatchObject({ email: { subject: 'Hi Ada from London' }, missing: [] });
    const broken = store.read(templateQueries.preview, { source: { content: email({ subject: '{{#if}}' }) }, endpoint: null });
    expect(broken).toMatchObject({ email: null, failure: { code: 'TEMPLATE_SYNTAX', detail: { field: 'subject', line: 1 } } });
    expect(refusal(() => store.read(templateQueries.preview, { source: { content }, endpoint: 999 }))).toBe('NOT_FOUND {"what":"address"}');
    const { uid } = store.write(operations.create, { content: email({ subject: 'saved' }) });
    expect(store.read(templateQueries.preview, { source: { template: uid }, endpoint: null }).email?.subject).toBe('saved');
  });
});
