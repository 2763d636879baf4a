import { expect, it } from 'vitest';
import type { SegmentGroup, SegmentTree } from '../../src-preload/contract/segment.js';
import { audienceQueries } from '../../src-main/audience/index.js';
import { explainSegment } from '../../src-main/segments/explain.js';
import { segmentCondition } from '../../src-main/segments/index.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore } from '../support/memory-store.js';
import { insertPopulation, insertSegments } from '../support/segment-population.js';

const berliners = '01890000-0000-7000-8000-000000000001';
const inBerlin: SegmentGroup = { type: 'group', match: 'all', of: [{ type: 'location', field: 'City', test: { op: 'is', values: ['Berlin'] } }] };

function store() {
  const made = createMemoryStore();
  made.write((db) => {
    insertPopulation(db, [
      { id: 1, user: 'ada', place: { City: 'Berlin', Country: 'DE' }, metrics: { ltv: 10 } },
      { id: 2, place: { City: 'Lyon', Country: 'FR' } },
      { id: 3, user: 'ada', channel: 'SMS', place: { City: 'Berlin' } },
    ]);
    insertSegments(db, [{ uid: berliners, name: 'Berliners', root: inBerlin }]);
  }, undefined);
  return made;
}

it('says of each rule and group whether it holds of an address', () => {
  const tree: SegmentTree = {
    format: 1,
    root: {
      type: 'group',
      match: 'all',
      of: [
        { type: 'segment', op: 'in', segment: berliners },
        { type: 'group', match: 'any', of: [{ type: 'location', field: 'Country', test: { op: 'is', values: ['FR'] } }, { type: 'group', match: 'all', of: [] }, { type: 'metric', name: 'ltv', test: { op: 'gt', value: 5 } }] },
        { type: 'group', match: 'none', of: [{ type: 'channel', op: 'in', values: ['SMS'] }] },
      ],
    },
  };
  const holds = (endpoint: number) => {
    const { member, nodes } = made.read(explainSegment, { tree, asOf: made.now, endpoint });
    return { member, holding: nodes.filter((node) => node.holds).map((node) => node.path), all: nodes.map((node) => node.path) };
  };
  const made = store();
  // A group without rules says nothing and has no line.
  expect(holds(1)).toEqual({ member: true, holding: ['0', '1', '1.2', '2'], all: ['0', '1', '1.0', '1.2', '2', '2.0'] });
  expect(holds(2)).toMatchObject({ member: false, holding: ['1', '1.0', '2'] });
  expect(holds(3)).toMatchObject({ member: false, holding: ['0', '2.0'] });
  expect(() => holds(99)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
  expect(made.read(explainSegment, { tree: { format: 1, root: { type: 'group', match: 'all', of: [] } }, asOf: made.now, endpoint: 2 })).toMatchObject({ member: true, nodes: [] });
});

it('tells who matches the rules and was not drawn', () => {
  const made = store();
  const holds = (tree: SegmentTree, endpoint: number) => {
    const { member, drawn } = made.read(explainSegment, { tree, asOf: made.now, endpoint });
    return { member, drawn };
  };
  const everyone: SegmentTree = { format: 1, root: { type: 'group', match: 'all', of: [] }, draw: { people: 1, seed: 3 } };
  const ids = made.db.all<{ id: number }>(sql`select id from endpoint`).map(({ id }) => id);
  const answers = ids.map((id) => holds(everyone, id));
  // One person, with all their addresses.
  const people = new Set(ids.filter((_, index) => answers[index]!.member).map((id) => made.db.get<{ key: number }>(sql`select coalesce(user * 2, id * 2 + 1) as key from endpoint where id = ${id}`)!.key));
  expect(people.size).toBe(1);
  expect(answers.filter(({ member }) => !member).every(({ drawn }) => drawn === false)).toBe(true);
  const nobody: SegmentTree = { ...everyone, root: { type: 'group', match: 'all', of: [{ type: 'location', field: 'Country', test: { op: 'is', values: ['nowhere'] } }] } };
  expect(holds(nobody, 1)).toEqual({ member: false, drawn: null });
});

it('the list of people shows who is in a dynamic segment now, in any order and by person', () => {
  const made = store();
  const { list, count } = audienceQueries(segmentCondition);
  const ask = (segment: string) => made.read(list, { filter: { segment }, sort: { by: 'address', descending: true }, group: 'people', asOf: made.now });
  expect(ask(berliners)).toMatchObject({ rows: 1, people: 1, addresses: 2 });
  expect(made.read(count, { filter: { segment: berliners, channels: ['SMS'] }, asOf: made.now })).toEqual({ people: 1, addresses: 1 });
  expect(ask('01890000-0000-7000-8000-0000000000ff')).toMatchObject({ rows: 0 });
});
