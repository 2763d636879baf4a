import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { passphrase } from '../../../src-preload/contract/secrets.js';
import { useTRPC } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';

/** At the first credential of a workspace: sets the recovery passphrase in place and goes on, so that the form is not lost. */
export function FirstPassphrase({ onSet }: { readonly onSet: () => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const set = useMutation(trpc.secrets.setPassphrase.mutationOptions({ meta: { ownError: true }, onSuccess: onSet }));
  const long = passphrase.safeParse(text).success;
  return (
    <Alert icon={<IconLock size={16} />} title="First set a recovery passphrase" variant="default">
      <Stack gap="sm">
        <span>This is the first password kept in this workspace. The passphrase opens it again on another computer; nobody can reset it, so write it down.</span>
        <Group align="flex-end" gap="sm" wrap="nowrap">
          <PasswordInput
            ref={input}
            style={{ flex: 1 }}
            label="Recovery passphrase, at least 12 characters"
            autoComplete="new-password"
            value={text}
            error={set.error === null ? undefined : wordsOf(set.error).what}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              if (long) set.mutate({ passphrase: text });
            }}
          />
          <Button disabled={!long} loading={set.isPending} onClick={() => set.mutate({ passphrase: text })}>
            Set and save
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
