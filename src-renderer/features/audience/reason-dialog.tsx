import { Button, Group, Modal, Select, Stack, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type SuppressionScope, suppressionScopes } from '../../../src-preload/contract/audience.js';
import { wordsOf } from '../../lib/errors.js';
import { scopeWords } from './words.js';

export interface ReasonDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly action: string;
  /** A reason must be given: consent is loosened. Otherwise it may be. */
  readonly required: boolean;
  /** Asks how far a suppression reaches. */
  readonly withScope?: boolean;
  readonly onConfirm: (note: string, scope: SuppressionScope) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks why. What is written here stays with the fact for good. */
export function ReasonDialog({ title, children, action, required, withScope = false, onConfirm, onClose }: ReasonDialogProps) {
  const [note, setNote] = useState('');
  const [scope, setScope] = useState<SuppressionScope>('marketing');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const ready = !required || note.trim() !== '';
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm(note.trim(), scope);
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) void confirm();
        }}
      >
        <Stack gap="md">
          <div className="h-text-2">{children}</div>
          {withScope && (
            <Select
              label="What it stops"
              allowDeselect={false}
              value={scope}
              onChange={(value) => setScope(suppressionScopes.find((one) => one === value) ?? 'marketing')}
              data={suppressionScopes.map((value) => ({ value, label: scopeWords[value] }))}
            />
          )}
          <Textarea
            data-autofocus
            autosize
            minRows={2}
            maxRows={6}
            maxLength={1000}
            label={required ? 'Reason' : 'Note, if there is more to say'}
            description={required ? 'Who asked for it, when and how. It is kept for good.' : undefined}
            withAsterisk={required}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            error={error === undefined ? undefined : wordsOf(error).what}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready} loading={busy}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
