import { Button, Group, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { liftWorthALook, type RunStatus } from '../../../src-preload/contract/campaign.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { okToast, Section, TypedConfirm } from '../../ui/index.js';

/** After a server called recipients unknown: lifts the suppressions that this run made, all in one step. */
export function LiftBounces({ status }: { readonly status: RunStatus }) {
  const trpc = useTRPC();
  const f = useFormat();
  const [asking, setAsking] = useState(false);
  const [sendAgain, setSendAgain] = useState(false);
  const [note, setNote] = useState('The mail server refused existing addresses by mistake.');
  const liftable = useQuery(trpc.runs.liftable.queryOptions({ run: status.uid }));
  const lift = useMutation(
    trpc.runs.liftBounces.mutationOptions({
      onSuccess: ({ lifted, again }) => okToast(`${f.plural(lifted, 'suppression', 'suppressions')} lifted${again > 0 ? `, ${f.plural(again, 'message waits', 'messages wait')} again` : ''}.`),
    }),
  );
  const addresses = liftable.data?.addresses ?? 0;
  if (addresses === 0 || (status.paused?.reason !== 'recipients' && addresses < liftWorthALook)) return null;
  return (
    <Section
      title="Suppressed by this run"
      note={`${f.plural(addresses, 'address', 'addresses')}, because the mail server called them unknown`}
      tools={
        <Group gap="xs">
          <Button variant="default" onClick={() => setAsking(true)}>
            Lift them all
          </Button>
        </Group>
      }
    >
      <p className="h-text-2" style={{ margin: 0 }}>Lift them if the server erred. Suppressions for any other reason, or from another run, stay.</p>
      <TypedConfirm opened={asking} onClose={() => setAsking(false)} title="Lift the suppressions of this run?" count={addresses} noun="addresses" action="Lift them all" onConfirm={() => lift.mutateAsync({ run: status.uid, note: note.trim(), sendAgain })}>
        <Stack gap="sm">
          <TextInput label="Reason" description="It stays with each of them." value={note} onChange={(event) => setNote(event.currentTarget.value)} error={note.trim() === '' ? 'Say why.' : undefined} />
          <Switch
            label="Send the refused messages again"
            description={status.status === 'paused' ? 'They go out when you resume. The server refused them, so nobody gets two.' : 'The run goes on with them. The server refused them, so nobody gets two.'}
            checked={sendAgain}
            onChange={(event) => setSendAgain(event.currentTarget.checked)}
          />
        </Stack>
      </TypedConfirm>
    </Section>
  );
}
