import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { wordsOf } from '../lib/errors.js';

/** How long an undo is offered. */
const undoMs = 10_000;

const frame = { withBorder: true, closeButtonProps: { 'aria-label': 'Dismiss' } } as const;

/** Something was done and there is nothing to take back. */
export function okToast(message: string): void {
  notifications.show({ message, icon: <IconCheck size={14} />, color: 'green.6', autoClose: 4000, ...frame });
}

/** What happened, why, what to do. For failures of an action; a failed page shows `ErrorState` instead. */
export function errorToast(error: unknown): void {
  const { what, why, todo } = wordsOf(error);
  notifications.show({ title: what, message: [why, todo].filter((s) => s !== '').join(' '), icon: <IconAlertTriangle size={14} />, color: 'red.6', autoClose: 12_000, ...frame, role: 'alert' });
}

/** Instead of "are you sure": the thing is done and can be taken back for ten seconds. `undo` throws when it cannot. */
export function undoToast({ message, undo }: { readonly message: string; readonly undo: () => Promise<unknown> }): void {
  const id = crypto.randomUUID();
  const onUndo = () => {
    notifications.hide(id);
    undo().then(() => okToast('Taken back.'), errorToast);
  };
  notifications.show({
    id,
    autoClose: undoMs,
    ...frame,
    color: 'slate',
    message: (
      <span style={{ display: 'flex', alignItems: 'center', gap: 12 }}>
        <span style={{ flex: 1 }}>{message}</span>
        <Button variant="default" onClick={onUndo}>
          Undo
        </Button>
      </span>
    ),
  });
}
