import { Checkbox, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useTRPC } from '../../api/trpc.js';
import { sandboxConnectionUid } from '../../../src-preload/contract/connection.js';
import { Section } from '../../ui/index.js';
import type { StepProps } from './audience-step.js';

/** Through which connection, in whose name, and what is tracked. */
export function SenderStep({ value, set }: StepProps) {
  const trpc = useTRPC();
  const connections = useQuery(trpc.connections.list.queryOptions());
  const reach = useQuery(trpc.reachability.get.queryOptions());
  const sandbox = value.connection === sandboxConnectionUid;
  const mailto = value.connection !== null && !sandbox && reach.data?.setting.mode === 'mailto';
  const notTracked = 'Not tracked: people unsubscribe by e-mail, so no link or image leads here. Choose a public address in Reachability to track.';
  return (
    <Stack gap="lg" maw={760}>
      <Section title="Connection" note={<Link to="/settings/connections">Connections</Link>}>
        <Select
          label="Send through"
          placeholder="Choose a connection"
          allowDeselect={false}
          data={(connections.data ?? []).map((connection) => ({ value: connection.uid, label: connection.name }))}
          value={value.connection}
          onChange={(connection) => set({ connection })}
        />
        {sandbox && (
          <p className="h-text-2" style={{ marginBlock: 8 }}>
            The test mailbox needs no credential and no network: nothing leaves this machine.
          </p>
        )}
      </Section>
      <Section title="From">
        <Group grow align="flex-start">
          <TextInput label="Name" value={value.from.name} maxLength={200} onChange={(event) => set({ from: { ...value.from, name: event.currentTarget.value } })} />
          <TextInput label="Address" type="email" value={value.from.address} maxLength={320} onChange={(event) => set({ from: { ...value.from, address: event.currentTarget.value.trim() } })} />
        </Group>
        <TextInput mt="md" label="Replies go to" description="Empty: to the address above." type="email" value={value.replyTo} maxLength={320} onChange={(event) => set({ replyTo: event.currentTarget.value.trim() })} />
      </Section>
      <Section title="Tracking" note={<Link to="/settings/reachability">Reachability</Link>}>
        <Stack gap="sm">
          <Checkbox label="Links" description={mailto ? notTracked : 'Clicks are counted through this program.'} disabled={mailto} checked={value.trackClicks && !mailto} onChange={(event) => set({ trackClicks: event.currentTarget.checked })} />
          <Checkbox label="Opens" description={mailto ? notTracked : 'An estimate: many mail programs load images by themselves or never.'} disabled={mailto} checked={value.trackOpens && !mailto} onChange={(event) => set({ trackOpens: event.currentTarget.checked })} />
        </Stack>
      </Section>
    </Stack>
  );
}
