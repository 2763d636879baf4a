import { Button, Group, Modal, Popover, Stack } from '@mantine/core';
import { IconInbox, IconTrash, IconUserQuestion } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { mailboxRoles, type MailboxRow } from '../../../src-preload/contract/mailbox.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DataTable, EmptyState, Facts, Page, Tag, useKeys, usePagedRows } from '../../ui/index.js';
import classes from './mailbox.module.css';
import { ReceivedMessage } from './message.js';

/** The test mailbox: what was received, newest first, and the message under the cursor beside it. */
export function Mailbox() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState('');
  const status = useQuery(trpc.mailbox.status.queryOptions());
  const filter = { search: search.trim() };
  const count = useQuery(trpc.mailbox.count.queryOptions(filter, { placeholderData: keepPreviousData }));
  const rows = usePagedRows<MailboxRow>({
    key: trpc.mailbox.page.queryKey({ ...filter, offset: 0, limit: 100 }),
    count: count.data,
    fetch: (offset, limit, signal) => client.mailbox.page.query({ ...filter, offset, limit }, { signal }),
    error: count.error,
    onRetry: () => void count.refetch(),
  });
  const [emptying, setEmptying] = useState(false);
  const open = Number(params.get('m'));
  const show = (row: MailboxRow) => setParams({ m: String(row.id) }, { replace: true });
  useKeys('Test mailbox', [{ key: 'shift+e', label: 'Empty the mailbox', run: () => setEmptying(true), palette: true }]);
  const s = status.data;
  const note = s && (s.dropped > 0 ? `the newest ${f.number(s.messages)} of ${f.number(s.messages + s.dropped)} messages, ${f.bytes(s.bytes)}` : s.messages > 0 ? `${f.plural(s.messages, 'message', 'messages')}, ${f.bytes(s.bytes)}` : undefined);
  return (
    <Page
      title="Test mailbox"
      chips={s?.state === 'stopped' && <Tag tone="bad">Stopped</Tag>}
      note={s?.problem ?? note}
      search={{ value: search, onChange: setSearch, placeholder: 'Recipient' }}
      tools={
        <>
          <Roles />
          <Button variant="default" leftSection={<IconTrash size={14} />} disabled={!s || s.messages === 0} onClick={() => setEmptying(true)}>
            Empty
          </Button>
        </>
      }
    >
      <div className={classes.split} {...(open > 0 ? { 'data-open': true } : {})}>
        <div className={classes.list}>
          <DataTable
            // Its height is measured when it comes: the first message must bring a new one, not fill the empty place.
            key={count.data === 0 ? 'empty' : 'rows'}
            id="mailbox"
            label="Received messages"
            rows={rows}
            rowKey={(m) => String(m.id)}
            columns={[
              { id: 'to', header: 'To', cell: (m) => <span className="h-name" title={m.recipient}>{m.recipient}</span>, hideable: false, minWidth: 150, grow: 1.2 },
              { id: 'subject', header: 'Subject', cell: (m) => (m.subject === '' ? <span className="h-text-3">No subject</span> : <span title={m.subject}>{m.subject}</span>), minWidth: 110 },
              { id: 'at', header: 'Received', cell: (m) => f.when(m.at), width: 84, align: 'end' },
            ]}
            onActive={show}
            onOpen={show}
            {...(open > 0 ? { activeKey: String(open) } : {})}
            empty={
              search.trim() !== '' ? (
                <EmptyState>No message to an address with &ldquo;{search.trim()}&rdquo;.</EmptyState>
              ) : (
                <EmptyState icon={<IconInbox size={28} stroke={1.4} />} action={<Button onClick={() => void navigate('/campaigns')}>Go to campaigns</Button>}>
                  Messages of test sends and of campaigns over the connection &ldquo;Test mailbox&rdquo; arrive here, as a recipient would get them.
                </EmptyState>
              )
            }
          />
        </div>
        <div className={classes.reader}>
          {open > 0 ? <ReceivedMessage key={open} id={open} onClose={() => setParams({}, { replace: true })} /> : <EmptyState>Choose a message to see it as its recipient would.</EmptyState>}
        </div>
      </div>
      <EmptyMailbox opened={emptying} count={s?.messages ?? 0} onClose={() => setEmptying(false)} onDone={() => setParams({}, { replace: true })} />
    </Page>
  );
}

/** Recipients that the mailbox treats as a provider might. */
function Roles() {
  return (
    <Popover width={420} position="bottom-end" withArrow={false} shadow="md">
      <Popover.Target>
        <Button variant="subtle" color="slate" leftSection={<IconUserQuestion size={14} />}>
          Special addresses
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <p style={{ marginBlockStart: 0 }}>Send to one of these, in any domain, to see what happens when a provider says no. A plus sign and anything may follow the name.</p>
        <Facts of={mailboxRoles.map((role) => [`${role.local}@\u2026`, role.words] as const)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function EmptyMailbox({ opened, count, onClose, onDone }: { readonly opened: boolean; readonly count: number; readonly onClose: () => void; readonly onDone: () => void }) {
  const trpc = useTRPC();
  const f = useFormat();
  const empty = useMutation(
    trpc.mailbox.empty.mutationOptions({
      onSuccess: () => {
        onDone();
        onClose();
      },
    }),
  );
  return (
    <Modal closeButtonProps={{ 'aria-label': 'Close' }} opened={opened} onClose={onClose} title="Empty the test mailbox?" size="sm">
      <Stack gap="md">
        <span>{f.plural(count, 'message is', 'messages are')} deleted. Reports keep their numbers.</span>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={empty.isPending} onClick={() => empty.mutate()}>
            Empty
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
