import { Button, PasswordInput, Stack } from '@mantine/core';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';
import { NewPassphrase } from '../../ui/new-passphrase.js';
import { Facts, Section, Tag } from '../../ui/parts.js';
import { Loaded } from '../../ui/states.js';
import { okToast } from '../../ui/toasts.js';
import { SettingsPage } from './settings-page.js';

const boxes: Readonly<Record<string, string>> = { safeStorage: "The system's keychain", keyFile: 'A key file outside the workspace, readable by you alone' };

/** Settings, Security: who can open the saved credentials, and the recovery passphrase. */
export function Security() {
  const trpc = useTRPC();
  const status = useQuery(trpc.secrets.status.queryOptions());
  return (
    <SettingsPage title="Security">
      <Loaded query={status}>
        {(s) => (
          <>
            <Section title="Saved credentials">
              <p className="h-text-2" style={{ marginBlockStart: 0 }}>
                Passwords of mail servers and the keys that sign links are encrypted in the workspace. They go in and are never shown again.
              </p>
              <Facts
                of={[
                  ['State', s.state === 'ready' ? <Tag tone="ok">Open on this computer</Tag> : <Tag tone="warn">Locked on this computer</Tag>],
                  ['Opened by', s.box === null ? 'This computer has no safe place for keys: the passphrase is needed at each start' : (boxes[s.box] ?? s.box)],
                  ['Recovery passphrase', s.hasPassphrase ? 'Set' : 'Not set: on another computer the credentials would have to be entered again'],
                ]}
              />
            </Section>
            {s.state === 'locked' && s.hasPassphrase && <Unlock onDone={() => void status.refetch()} />}
            {s.state === 'ready' && <SetPassphrase has={s.hasPassphrase} onDone={() => void status.refetch()} />}
          </>
        )}
      </Loaded>
      <p className="h-text-2">People and messages lie in the workspace unencrypted, in files that only your user account can read. They are as safe as this computer's disk: turn on its encryption.</p>
    </SettingsPage>
  );
}

function Unlock({ onDone }: { readonly onDone: () => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const unlock = useMutation(
    trpc.secrets.unlock.mutationOptions({
      meta: { ownError: true },
      onSuccess: () => {
        setText('');
        okToast('Unlocked on this computer.');
        onDone();
      },
    }),
  );
  return (
    <Section title="Unlock here" note="this workspace comes from another computer">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== '') unlock.mutate({ passphrase: text });
        }}
      >
        <Stack gap="md" align="flex-start">
          <PasswordInput w={360} size="xs" label="Recovery passphrase" autoComplete="off" value={text} onChange={(event) => setText(event.currentTarget.value)} error={unlock.error === null ? undefined : wordsOf(unlock.error).what} />
          <Button type="submit" leftSection={<IconLockOpen size={14} />} loading={unlock.isPending} disabled={text === ''}>
            Unlock
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

function SetPassphrase({ has, onDone }: { readonly has: boolean; readonly onDone: () => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState<string | undefined>(undefined);
  /** A fresh form after each that was saved. */
  const [round, setRound] = useState(0);
  const save = useMutation(
    trpc.secrets.setPassphrase.mutationOptions({
      meta: { ownError: true },
      onSuccess: () => {
        setText(undefined);
        setRound((before) => before + 1);
        okToast(has ? 'Passphrase changed. The old one opens nothing any more.' : 'Passphrase set. Keep it apart from this computer.');
        onDone();
      },
    }),
  );
  return (
    <Section title={has ? 'Change the recovery passphrase' : 'Set a recovery passphrase'}>
      <p className="h-text-2" style={{ marginBlockStart: 0 }}>
        It opens the credentials when the workspace moves to another computer or this one is lost. Nobody can reset it. Four or five unrelated words are easy to keep and hard to guess.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== undefined) save.mutate({ passphrase: text });
        }}
      >
        <Stack gap="md" align="flex-start">
          <NewPassphrase key={round} onChange={setText} onEnter={(passphrase) => !save.isPending && save.mutate({ passphrase })} error={save.error === null ? undefined : wordsOf(save.error).what} />
          <Button type="submit" leftSection={<IconLock size={14} />} loading={save.isPending} disabled={text === undefined}>
            {has ? 'Change' : 'Set'}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
