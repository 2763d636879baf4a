import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsShuffle } from '@tabler/icons-react';
import { segmentDraw, type SegmentDraw } from '../../../src-preload/contract/segment.js';
import { newSeed } from './defaults.js';
import { type Choice, ChoicePill, NumberPill, Word } from './pills.js';
import classes from './segments.module.css';

const choices: readonly Choice<'all' | 'some'>[] = [
  { value: 'all', label: 'everybody' },
  { value: 'some', label: 'a random sample of' },
];
/** What a draw begins with. */
const usual = 1_000;

/** `Of those, take [a random sample of] [1000] people`: the last word of the rules, about the whole segment. */
export function DrawSentence({ draw, onChange }: { readonly draw: SegmentDraw | undefined; readonly onChange: (draw: SegmentDraw | undefined) => void }) {
  const again = 'Draw again: as many, other people';
  return (
    <div className={classes.draw} role="group" aria-label="How many of those who match">
      <Word>Of those, take</Word>
      <ChoicePill label="How many" value={draw ? 'some' : 'all'} choices={choices} onChange={(value) => onChange(value === 'all' ? undefined : (draw ?? { people: usual, seed: newSeed() }))} />
      {draw && (
        <>
          <NumberPill label="People" value={draw.people} autoFocus onChange={(people) => onChange({ ...draw, people: segmentDraw.shape.people.safeParse(people).success ? people : Number.NaN })} />
          <Word>{draw.people === 1 ? 'person' : 'people'}</Word>
          <Tooltip label={again}>
            <ActionIcon size={24} aria-label={again} onClick={() => onChange({ ...draw, seed: newSeed() })}>
              <IconArrowsShuffle size={14} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </div>
  );
}
