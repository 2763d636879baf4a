import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { segmentTree } from '../../src-preload/contract/segment.js';
import { eachBit } from '../../src-main/segments/engine/bits.js';
import { SegmentEngine } from '../../src-main/segments/engine/engine.js';
import { systemClock } from '../../src-main/platform/clock.js';
import { conditionSql } from '../../src-main/segments/index.js';
import { matches } from '../../src-main/segments/evaluate.js';
import { sql } from '../../src-main/store/sql.js';
import { createMemoryStore } from '../support/memory-store.js';
import { contextOf, insertPopulation, insertSegments, subjectOf, treeOf, type VectorFile } from '../support/segment-population.js';

const folder = resolve(import.meta.dirname, '../vectors/segments');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort();

it('finds the vector files', () => {
  expect(files).toEqual(['dates.json', 'distance.json', 'draw.json', 'dst.json', 'events.json', 'fields.json', 'groups.json', 'history.json', 'membership.json', 'metrics.json', 'random.json', 'suppression.json', 'texts.json', 'topic.json']);
});

describe.each(files)('%s', (name) => {
  const file = JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as VectorFile;
  const store = createMemoryStore();
  // What was said about topics was said by the people themselves: they alone may ask again after a no.
  store.actor = { kind: 'recipient' };
  store.write((db) => {
    insertPopulation(db, file.population);
    insertSegments(db, file.segments ?? []);
  }, undefined);

  it.each(file.cases)('$name', ({ root, draw, expect: expected }) => {
    // Every tree of the vectors is one that can be stored, and storing does not change its meaning.
    const tree = segmentTree.parse(treeOf(root, draw));
    const context = contextOf(file, () => file.population.map((person) => subjectOf(person, file.population)));
    const reference = file.population.filter((person) => matches(tree, subjectOf(person, file.population), context)).map((person) => person.id);
    const condition = conditionSql(store.db, tree, context.asOf);
    const compiled = store.db.all<{ id: number }>(sql`select e.id from endpoint e left join user u on u.id = e.user where ${condition} order by e.id`).map((row) => row.id);
    const engine: number[] = [];
    eachBit(new SegmentEngine({ clock: systemClock, budgetBytes: 2 ** 28 }).members(store.db, { tree, asOf: context.asOf }), (slot) => void engine.push(slot));
    expect({ reference, compiled, engine }).toEqual({ reference: expected, compiled: expected, engine: expected });
  });
});
