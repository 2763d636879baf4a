import { Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import classes from './segments.module.css';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** A word of the sentence that opens a short menu. `label` says what it is; `value` is drawn as the editable value it is. */
export function ChoicePill<T extends string>({ label, value, choices, onChange, strong = false }: { readonly label: string; readonly value: T; readonly choices: readonly Choice<T>[]; readonly onChange: (value: T) => void; readonly strong?: boolean }) {
  const shown = choices.find((choice) => choice.value === value)?.label ?? value;
  return (
    // Opens on the choice that is in force, so that the arrows start from it.
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={`${classes.pill} ${strong ? classes.value : ''}`} aria-label={`${label}: ${shown}`}>
          <span className="h-ellipsis">{shown}</span>
          <IconChevronDown size={12} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.picker}>
        {choices.map((choice) => (
          <Menu.Item key={choice.value} onClick={() => onChange(choice.value)} aria-current={choice.value === value} data-autofocus={choice.value === value || undefined}>
            {choice.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** A number in the sentence. Unfinished text (empty, "-") is NaN to the rule and stays on the screen. */
export function NumberPill({ label, value, onChange, autoFocus = false }: { readonly label: string; readonly value: number; readonly onChange: (value: number) => void; readonly autoFocus?: boolean }) {
  const parse = (text: string) => (/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN);
  const [text, setText] = useState(Number.isNaN(value) ? '' : String(value));
  useEffect(() => {
    setText((before) => (Object.is(parse(before), value) ? before : Number.isNaN(value) ? '' : String(value)));
  }, [value]);
  return (
    <input
      className={classes.input}
      style={{ width: `${Math.max(4, text.length + 2)}ch` }}
      inputMode="decimal"
      aria-label={label}
      aria-invalid={Number.isNaN(value)}
      autoFocus={autoFocus}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parse(event.currentTarget.value));
      }}
    />
  );
}

/** A short text in the sentence (a version). */
export function TextPill({ label, value, valid, onChange, autoFocus = false }: { readonly label: string; readonly value: string; readonly valid: boolean; readonly onChange: (value: string) => void; readonly autoFocus?: boolean }) {
  return (
    <input
      className={classes.input}
      style={{ width: `${Math.max(6, value.length + 2)}ch` }}
      aria-label={label}
      aria-invalid={!valid}
      autoFocus={autoFocus}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** A calendar day in the sentence. An instant written by other hands is shown by its day until somebody changes it. */
export function DatePill({ label, value, onChange }: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void }) {
  return <input type="date" className={classes.input} aria-label={label} aria-invalid={value === ''} value={value.slice(0, 10)} onChange={(event) => onChange(event.currentTarget.value)} />;
}

export function Word({ children }: { readonly children: ReactNode }) {
  return <span className={classes.word}>{children}</span>;
}
