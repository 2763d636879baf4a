import type { SegmentDraw } from '../../src-preload/contract/segment.js';
import type { ReadDb } from '../store/db.js';
import { shareBucket } from '../store/functions.js';
import { highestId } from '../store/highest-id.js';
import { type Sql, sql } from '../store/sql.js';
import { personSql } from './compile-rule.js';
import { scan } from './scan.js';

/** Above every `personKey` (`highestId` is at most 100,000,000); times the 2^24 buckets it is still a whole number to a double. */
const orderStep = 2 ** 28;

/** A person's place in the draw of a seed: by bucket, and where two share one, by number. `orderSql` says the same. */
export const drawOrder = (person: number, seed: number): number => shareBucket(person, seed) * orderStep + person;

/** Larger than every place: everybody is drawn. */
const nobodyLeftOut = Number.MAX_SAFE_INTEGER;
/** Buckets are 24 bits; people are first counted by the leading 16 of them. */
const binShift = 8;
const bins = 2 ** (24 - binShift);

/** The last place in the draw: a person is drawn when theirs (`drawOrder`) is not above it. `people`: each once. Counts by the buckets' leading bits instead of sorting a million. */
export function drawCutoff(people: ArrayLike<number>, { people: wanted, seed }: SegmentDraw): number {
  if (people.length <= wanted) return nobodyLeftOut;
  const counts = new Uint32Array(bins);
  for (let i = 0; i < people.length; i++) counts[shareBucket(people[i]!, seed) >>> binShift]!++;
  let bin = 0;
  let before = 0;
  while (before + counts[bin]! < wanted) before += counts[bin++]!;
  const last: number[] = [];
  for (let i = 0; i < people.length; i++) if (shareBucket(people[i]!, seed) >>> binShift === bin) last.push(drawOrder(people[i]!, seed));
  return last.sort((a, b) => a - b)[wanted - before - 1]!;
}

/** The numbers (`personKey`) of the people who have an address that the condition holds for, each once. Throws `CANCELLED`. */
export function peopleIn(db: ReadDb, condition: Sql): number[] {
  const seen = new Uint8Array(2 * Math.max(highestId(db, 'user'), highestId(db, 'endpoint')) + 2);
  const people: number[] = [];
  scan(db, [personSql(sql`e`)], condition, ([found]) => {
    for (const person of found!) {
      if (seen[person] === 1) continue;
      seen[person] = 1;
      people.push(person);
    }
  });
  return people;
}
