import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ResolveUnknownInput } from '../../../src-preload/contract/campaign.js';
import { reasonWords } from '../../../src-preload/contract/delivery-words.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { Loaded, okToast, Section, TypedConfirm } from '../../ui/index.js';

const actions: Readonly<Record<ResolveUnknownInput['as'], { readonly label: string; readonly explains: string }>> = {
  sent: { label: 'They arrived', explains: 'They count as accepted and nobody gets another one.' },
  send_again: { label: 'Send again', explains: 'Whoever did get it may get it a second time, with the same Message-ID so that a mailbox can tell.' },
  failed: { label: 'They did not arrive', explains: 'They count as not sent, and nobody gets another one.' },
};

/** Messages that may have been sent: only evidence or a person settles them. */
export function UnknownMessages({ run, total }: { readonly run: string; readonly total: number }) {
  const trpc = useTRPC();
  const f = useFormat();
  const [asking, setAsking] = useState<ResolveUnknownInput['as'] | null>(null);
  const list = useQuery(trpc.runs.unknown.queryOptions({ run, limit: 50 }));
  const resolve = useMutation(trpc.runs.resolveUnknown.mutationOptions({ onSuccess: ({ resolved }) => okToast(`${f.plural(resolved, 'message', 'messages')} settled.`) }));
  return (
    <Section
      title="May have been sent"
      note={`${f.number(total)}; look at your mail server's log, then say what became of them`}
      tools={
        <Group gap="xs">
          {(['sent', 'failed', 'send_again'] as const).map((as) => (
            <Button key={as} variant="default" onClick={() => setAsking(as)}>
              {actions[as].label}
            </Button>
          ))}
        </Group>
      }
    >
      <Loaded query={list}>
        {({ rows }) => (
          <table className="h-table">
            <thead>
              <tr>
                <th scope="col">Address</th>
                <th scope="col">Why it is not known</th>
                <th scope="col">Message-ID</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.seq}>
                  <td>{row.address ?? 'erased since'}</td>
                  <td>{[reasonWords[row.reason], row.response].filter(Boolean).join(': ')}</td>
                  <td>
                    <code>{row.messageId}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
      {asking !== null && (
        <TypedConfirm opened onClose={() => setAsking(null)} title={`${actions[asking].label}?`} count={total} noun="messages" action={actions[asking].label} danger={asking === 'send_again'} onConfirm={() => resolve.mutateAsync({ run, which: 'all', as: asking })}>
          {actions[asking].explains}
        </TypedConfirm>
      )}
    </Section>
  );
}
