import { Button, Checkbox, Group, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ResolveUnknownInput, UnknownMessage } from '../../../src-preload/contract/campaign.js';
import { placeWords } from '../../../src-preload/contract/delivery-words.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { Loaded, okToast, Section, TypedConfirm } from '../../ui/index.js';

const answers = ['sent', 'failed', 'send_again'] as const;
const actions: Readonly<Record<ResolveUnknownInput['as'], { readonly label: string; readonly one: string; readonly explains: string }>> = {
  sent: { label: 'They arrived', one: 'Count as sent', explains: 'They count as accepted and nobody gets another one. This cannot be undone.' },
  failed: { label: 'They did not arrive', one: 'Not sent, leave', explains: 'They count as not sent, and nobody gets another one. This cannot be undone.' },
  send_again: { label: 'Send again', one: 'Not sent, send again', explains: 'Whoever did get it may get it a second time, with the same Message-ID so that a mailbox can tell. This cannot be undone.' },
};
const pageRows = 50;

/** Messages that may have been sent: only evidence or a person settles them, one by one, some, or all at once. */
export function UnknownMessages({ run, total }: { readonly run: string; readonly total: number }) {
  const trpc = useTRPC();
  const f = useFormat();
  const [asking, setAsking] = useState<{ readonly as: ResolveUnknownInput['as']; readonly which: ResolveUnknownInput['which'] } | null>(null);
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  /** The last seq of each page before the one that is shown. */
  const [pages, setPages] = useState<readonly number[]>([]);
  const list = useQuery(trpc.runs.unknown.queryOptions({ run, after: pages.at(-1) ?? 0, limit: pageRows }));
  // When the last page was settled whole, there is nothing left on it to look at.
  const emptied = pages.length > 0 && list.data?.rows.length === 0;
  useEffect(() => {
    if (emptied) setPages((before) => before.slice(0, -1));
  }, [emptied]);
  const resolve = useMutation(
    trpc.runs.resolveUnknown.mutationOptions({
      onSuccess: ({ resolved }) => {
        setPicked(new Set());
        okToast(`${f.plural(resolved, 'message', 'messages')} settled.`);
      },
    }),
  );
  const pick = (seqs: readonly number[], on: boolean) => setPicked((before) => new Set(on ? [...before, ...seqs] : [...before].filter((seq) => !seqs.includes(seq))));
  // What was settled meanwhile, here or elsewhere, is not picked any more on the page that is seen; the operation leaves others alone.
  const chosen = [...picked];
  const settle = (as: ResolveUnknownInput['as'], which: readonly number[]) => {
    // Only "send again" can reach somebody twice: that is asked for, whatever the number.
    if (as === 'send_again') setAsking({ as, which: [...which] });
    else resolve.mutate({ run, which: [...which], as });
  };
  return (
    <Section
      title="May have been sent"
      note={`${f.number(total)}; look at your mail server's log, then say what became of them; what is settled stays so`}
      tools={
        <Group gap="xs">
          {answers.map((as) => (
            <Button key={as} variant="default" loading={resolve.isPending} onClick={() => (chosen.length > 0 ? settle(as, chosen) : setAsking({ as, which: 'all' }))}>
              {chosen.length > 0 ? `${actions[as].label} (${f.number(chosen.length)})` : `${actions[as].label}: all`}
            </Button>
          ))}
        </Group>
      }
    >
      <Loaded query={list}>
        {({ rows, next }) => (
          <>
            <table className="h-table">
              <thead>
                <tr>
                  <th scope="col" style={{ width: 28 }}>
                    <Checkbox size="xs" aria-label="All of this page" checked={rows.length > 0 && rows.every((row) => picked.has(row.seq))} onChange={(event) => pick(rows.map((row) => row.seq), event.currentTarget.checked)} />
                  </th>
                  <th scope="col" style={{ width: '45%' }}>Address and Message-ID</th>
                  <th scope="col">Lost sight of</th>
                  <th scope="col">Why it is not known</th>
                  <th scope="col">
                    <span className="h-visually-hidden">What became of it</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Row key={row.seq} row={row} picked={picked.has(row.seq)} onPick={(on) => pick([row.seq], on)} onSettle={(as) => settle(as, [row.seq])} />
                ))}
              </tbody>
            </table>
            {(pages.length > 0 || next !== null) && (
              <Group gap="xs" mt="xs">
                <Button variant="default" size="compact-sm" disabled={pages.length === 0} onClick={() => setPages(pages.slice(0, -1))}>
                  Before
                </Button>
                <Button variant="default" size="compact-sm" disabled={next === null} onClick={() => next !== null && setPages([...pages, next])}>
                  Next {f.number(pageRows)}
                </Button>
              </Group>
            )}
          </>
        )}
      </Loaded>
      {asking !== null && (
        <TypedConfirm
          opened
          onClose={() => setAsking(null)}
          title={`${actions[asking.as].label}?`}
          count={asking.which === 'all' ? total : asking.which.length}
          noun="messages"
          action={actions[asking.as].label}
          danger={asking.as === 'send_again'}
          onConfirm={() => resolve.mutateAsync({ run, ...asking })}
        >
          {actions[asking.as].explains}
        </TypedConfirm>
      )}
    </Section>
  );
}

function Row({ row, picked, onPick, onSettle }: { readonly row: UnknownMessage; readonly picked: boolean; readonly onPick: (on: boolean) => void; readonly onSettle: (as: ResolveUnknownInput['as']) => void }) {
  const f = useFormat();
  const address = row.address ?? 'erased since';
  return (
    <tr>
      <td>
        <Checkbox size="xs" aria-label={`Pick ${address}`} checked={picked} onChange={(event) => onPick(event.currentTarget.checked)} />
      </td>
      <td style={{ paddingBlock: 4, overflowWrap: 'anywhere' }}>
        <span className="h-name">{address}</span>
        <br />
        <code>{row.messageId}</code>
      </td>
      <td style={{ whiteSpace: 'nowrap' }}>{row.at === null ? 'not known' : f.when(row.at)}</td>
      <td>{[placeWords('unknown', row.reason).reason, row.response].filter(Boolean).join(': ')}</td>
      <td>
        <Group justify="flex-end">
          <Menu>
            <Menu.Target>
              <Button variant="subtle" color="slate" size="compact-sm" rightSection={<IconChevronDown size={12} />} aria-label={`Settle: ${address}`}>
                Settle
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {answers.map((as) => (
                <Menu.Item key={as} onClick={() => onSettle(as)}>
                  {actions[as].one}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Group>
      </td>
    </tr>
  );
}
