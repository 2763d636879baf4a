import { expect, it } from 'vitest';
import { placeAt } from '../../src-renderer/features/audience/use-lines.js';

it('places address lines below the persons that are opened', () => {
  const opened = [
    { at: 0, addresses: 2 },
    { at: 2, addresses: 3 },
    { at: 3, addresses: 1 },
  ];
  const lines = Array.from({ length: 12 }, (_, index) => {
    const { at, part, of } = placeAt(index, opened);
    return part < 0 ? `person ${at}` : `person ${at} (${of}) address ${part}`;
  });
  expect(lines).toEqual([
    'person 0',
    'person 0 (0) address 0',
    'person 0 (0) address 1',
    'person 1',
    'person 2',
    'person 2 (1) address 0',
    'person 2 (1) address 1',
    'person 2 (1) address 2',
    'person 3',
    'person 3 (2) address 0',
    'person 4',
    'person 5',
  ]);
  expect([0, 5, 999_999].map((index) => placeAt(index, []).at)).toEqual([0, 5, 999_999]);
});
