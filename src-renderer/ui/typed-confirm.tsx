import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { wordsOf } from '../lib/errors.js';
import { useFormat } from '../lib/format.js';

export interface TypedConfirmProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** `Launch to 41,012 people?` */
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly children: ReactNode;
  /** The number to type, as it is when the question opens: it stays so while it is typed, whatever the caller's number does meanwhile. */
  readonly count: number;
  /** What is counted: `people`. */
  readonly noun: string;
  /** The button: `Launch`. */
  readonly action: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<unknown>;
}

/** Only for what cannot be undone (a send, an erase): the person types how many people it concerns. */
export function TypedConfirm(props: TypedConfirmProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="sm">
      {/* A fresh body each time it opens: nothing typed before counts. */}
      {props.opened && <Body {...props} />}
    </Modal>
  );
}

function Body({ onClose, children, count: countNow, noun, action, danger = false, onConfirm }: TypedConfirmProps) {
  const f = useFormat();
  const [count] = useState(countNow);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  // Any usual way to group thousands is accepted: 41012, 41,012, 41.012, 41 012.
  const right = /\d/.test(typed) && typed.replace(/[\s.,'’_]/g, '') === String(count);
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (right && !busy) void confirm();
      }}
    >
      <Stack gap="md">
        <div>{children}</div>
        <TextInput data-autofocus inputMode="numeric" label={`Type the number of ${noun}: ${f.number(count)}`} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} error={error === undefined ? undefined : wordsOf(error).what} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!right} loading={busy} color={danger ? 'red.6' : undefined}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
