import { ActionIcon, Button, Group, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { Icon } from '@tabler/icons-react';
import { pickLimit } from '../../../src-preload/contract/audience.js';
import { useFormat } from '../../lib/format.js';

export interface SelectionAction {
  readonly label: string;
  readonly icon: Icon;
  readonly danger?: boolean;
  readonly run: () => void;
}

interface Props {
  /** Picked people, where a line stands for a person. */
  readonly people: number | undefined;
  /** Addresses behind the picked lines; undefined while they are counted. */
  readonly addresses: number | undefined;
  readonly actions: readonly SelectionAction[];
  readonly onClear: () => void;
}

/** What can be done with all picked lines. Where there is little room the actions are their icons. */
export function SelectionBar({ people, addresses, actions, onClear }: Props) {
  const f = useFormat();
  const narrow = useMediaQuery('(max-width: 1100px)') ?? false;
  const tooMany = (addresses ?? 0) > pickLimit;
  return (
    <Group gap="sm" wrap="nowrap" role="status">
      <span className="h-text-2" style={{ whiteSpace: 'nowrap' }}>
        {people !== undefined && addresses !== undefined && `${f.number(people)} selected, `}
        {addresses === undefined ? 'Counting …' : tooMany ? `more than ${f.plural(pickLimit, 'address', 'addresses')}` : f.plural(addresses, 'address', 'addresses')}
      </span>
      {actions.map(({ label, icon: Glyph, danger = false, run }) =>
        narrow ? (
          <Tooltip key={label} label={label}>
            <ActionIcon variant="default" size={28} aria-label={label} disabled={tooMany} onClick={run}>
              <Glyph size={14} />
            </ActionIcon>
          </Tooltip>
        ) : (
          <Button key={label} variant="default" {...(danger ? { color: 'red' } : {})} leftSection={<Glyph size={14} />} disabled={tooMany} onClick={run}>
            {label}
          </Button>
        ),
      )}
      <Button variant="subtle" color="slate" onClick={onClear}>
        Clear
      </Button>
    </Group>
  );
}
