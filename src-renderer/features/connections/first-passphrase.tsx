import { Alert, Button, Stack } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';
import { NewPassphrase } from '../../ui/index.js';

/** At the first credential of a workspace: sets the recovery passphrase in place and goes on, so that the form is not lost. */
export function FirstPassphrase({ onSet }: { readonly onSet: () => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState<string | undefined>(undefined);
  const set = useMutation(trpc.secrets.setPassphrase.mutationOptions({ meta: { ownError: true }, onSuccess: onSet }));
  return (
    <Alert icon={<IconLock size={16} />} title="First set a recovery passphrase" variant="default">
      <Stack gap="sm" align="flex-start">
        <span>This is the first password kept in this workspace. The passphrase opens it again on another computer; nobody can reset it, so write it down.</span>
        <NewPassphrase focus onChange={setText} onEnter={(passphrase) => !set.isPending && set.mutate({ passphrase })} error={set.error === null ? undefined : wordsOf(set.error).what} />
        <Button disabled={text === undefined} loading={set.isPending} onClick={() => text !== undefined && set.mutate({ passphrase: text })}>
          Set and save
        </Button>
      </Stack>
    </Alert>
  );
}
