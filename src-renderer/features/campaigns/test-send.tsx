import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';
import { PersonPicker } from './person-picker.js';

export interface TestSendProps {
  readonly campaign: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Makes sure that what is sent is what is on the screen. */
  readonly before: () => Promise<void>;
  readonly onSent: (addresses: number) => void;
}

/** Sends the draft to a list of addresses, filled with one real person's data. Marked, and counted nowhere. */
export function TestSend(props: TestSendProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Send a test">
      {props.opened && <Body {...props} />}
    </Modal>
  );
}

const remembered = 'heliograph:test-addresses';

function Body({ campaign, onClose, before, onSent }: TestSendProps) {
  const trpc = useTRPC();
  const [text, setText] = useState(() => localStorage.getItem(remembered) ?? '');
  const [person, setPerson] = useState<number | null>(null);
  const send = useMutation(trpc.campaigns.testSend.mutationOptions({ meta: { ownError: true } }));
  const addresses = [...new Set(text.split(/[\s,;]+/).filter((address) => address !== ''))];
  const tooMany = addresses.length > 20;
  const submit = async () => {
    await before();
    await send.mutateAsync({ uid: campaign, addresses, endpoint: person });
    localStorage.setItem(remembered, text);
    onSent(addresses.length);
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit().catch(() => undefined);
      }}
    >
      <Stack gap="md">
        <Textarea
          data-autofocus
          label="To"
          description="Up to 20 addresses, separated by spaces, commas or lines."
          autosize
          minRows={2}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={tooMany ? 'At most 20 addresses at once.' : send.isError ? [wordsOf(send.error).what, wordsOf(send.error).todo].filter(Boolean).join(' ') : undefined}
        />
        <PersonPicker label="With the data of" description="Nobody: only a message without personal values can be made." value={person} onChange={setPerson} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={send.isPending} disabled={addresses.length === 0 || tooMany}>
            Send test
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
