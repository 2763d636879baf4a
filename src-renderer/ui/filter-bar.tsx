import { Button, Popover } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import classes from './parts.module.css';

export interface FilterPill {
  readonly id: string;
  /** `Channel has`, `Last seen within` */
  readonly label: string;
  /** `e-mail`, `30 days` */
  readonly value: string;
  readonly onRemove: () => void;
  /** The editor that opens from the pill; it is given `close`. */
  readonly editor?: (close: () => void) => ReactNode;
}

export interface FilterBarProps {
  readonly pills: readonly FilterPill[];
  /** What `+ Filter` opens: usually a list of fields, then the field's editor. It is given `close`. */
  readonly add?: (close: () => void) => ReactNode;
  /** At the right edge: column chooser, sort. */
  readonly right?: ReactNode;
}

/** The row of filters above a list. Give it to `<Page filters>`. */
export function FilterBar({ pills, add, right }: FilterBarProps) {
  return (
    <>
      {pills.map((pill) => (
        <Pill key={pill.id} pill={pill} />
      ))}
      {add && <AddFilter add={add} />}
      <span style={{ flex: 1 }} />
      {right}
    </>
  );
}

function Pill({ pill }: { readonly pill: FilterPill }) {
  const [opened, setOpened] = useState(false);
  const { editor } = pill;
  return (
    <span className={classes.pill}>
      <Popover opened={opened && editor !== undefined} onChange={setOpened} position="bottom-start" trapFocus>
        <Popover.Target>
          <button type="button" className={classes.pillBody} onClick={() => setOpened((o) => !o)}>
            {pill.label} <strong>{pill.value}</strong>
          </button>
        </Popover.Target>
        <Popover.Dropdown p="sm">{editor?.(() => setOpened(false))}</Popover.Dropdown>
      </Popover>
      <button type="button" className={classes.pillX} aria-label={`Remove filter ${pill.label} ${pill.value}`} onClick={pill.onRemove}>
        <IconX size={12} />
      </button>
    </span>
  );
}

function AddFilter({ add }: { readonly add: (close: () => void) => ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button variant="subtle" color="slate" leftSection={<IconPlus size={14} />} onClick={() => setOpened((o) => !o)}>
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm">{add(() => setOpened(false))}</Popover.Dropdown>
    </Popover>
  );
}
