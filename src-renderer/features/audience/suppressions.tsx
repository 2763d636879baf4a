import { Button, Checkbox, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBan, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { type SuppressionFilter, suppressionReasons, type SuppressionView } from '../../../src-preload/contract/audience.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { type Column, DataTable, EmptyState, FilterBar, okToast, Page, useKeys, usePagedRows } from '../../ui/index.js';
import { AddSuppressions } from './add-suppressions.js';
import classes from './audience.module.css';
import { ReasonDialog } from './reason-dialog.js';
import { SuppressionPanel } from './suppression-panel.js';
import { channelIcon, channelWords, scopeWords, shortAddress, suppressionWords } from './words.js';

/** Addresses that get no message, why, since when and from where; many can be entered at once, one can be lifted with a reason. */
export function Suppressions() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const [text] = useDebouncedValue(search.trim(), 150);
  const [reasons, setReasons] = useState<SuppressionFilter['reasons']>(undefined);
  const [adding, setAdding] = useState(false);
  const [lifting, setLifting] = useState<SuppressionView | undefined>(undefined);
  const [shown, setShown] = useState<SuppressionView | undefined>(undefined);
  const filter: SuppressionFilter = { ...(text === '' ? {} : { text }), ...(reasons === undefined ? {} : { reasons }) };
  const count = useQuery({ ...trpc.suppressions.count.queryOptions(filter), placeholderData: keepPreviousData });
  const rows = usePagedRows<SuppressionView>({
    key: [...trpc.suppressions.page.queryKey(), filter],
    count: count.data?.entries,
    fetch: (offset, limit, signal) => client.suppressions.page.query({ filter, offset, limit }, { signal }),
    error: count.error,
    onRetry: () => void count.refetch(),
  });
  useKeys('Suppressions', [{ key: 'n', label: 'Suppress addresses', run: () => setAdding(true), palette: true }]);
  const addButton = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
      Suppress addresses
    </Button>
  );
  const columns: readonly Column<SuppressionView>[] = [
    { id: 'address', header: 'Address', grow: 2, minWidth: 200, hideable: false, cell: (row) => <Address row={row} /> },
    { id: 'reason', header: 'Reason', width: 170, cell: (row) => suppressionWords[row.reason] },
    { id: 'scope', header: 'What it stops', width: 120, yields: 3, cell: (row) => scopeWords[row.scope] },
    { id: 'source', header: 'From', grow: 1, minWidth: 140, yields: 2, cell: (row) => (row.campaign === undefined ? row.source : `${row.source}, ${row.campaign}`) },
    { id: 'note', header: 'Note', grow: 1, minWidth: 100, yields: 1, cell: (row) => row.note ?? '' },
    { id: 'since', header: 'Since', width: 100, yields: 4, align: 'end', cell: (row) => f.when(row.since) },
  ];
  const filtered = text !== '' || reasons !== undefined;
  const reasonEditor = () => (
    <Checkbox.Group
      aria-label="Reasons"
      value={reasons ?? []}
      onChange={(value) => setReasons(value.length === 0 ? undefined : suppressionReasons.filter((reason) => value.includes(reason)))}
    >
      <Stack gap={6}>
        {suppressionReasons.map((reason) => (
          <Checkbox key={reason} value={reason} label={suppressionWords[reason]} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
  return (
    <Page
      title="Suppressions"
      note={count.data && `${f.plural(count.data.addresses, 'address', 'addresses')}${filtered ? ' match' : ''}`}
      action={addButton}
      search={{ value: search, onChange: setSearch, placeholder: 'Address begins with' }}
      filters={
        <FilterBar
          pills={
            reasons === undefined
              ? []
              : [
                  {
                    id: 'reason',
                    label: 'Reason is',
                    value: reasons.map((reason) => suppressionWords[reason]).join(' or '),
                    onRemove: () => setReasons(undefined),
                    editor: reasonEditor,
                  },
                ]
          }
          {...(reasons === undefined ? { add: reasonEditor } : {})}
        />
      }
      panel={shown && <SuppressionPanel row={shown} onLift={() => setLifting(shown)} onClose={() => setShown(undefined)} />}
    >
      <DataTable
        id="suppressions"
        label="Suppressions"
        rows={rows}
        rowKey={(row) => String(row.id)}
        columns={columns}
        onActive={setShown}
        onOpen={(row) => (row.endpoint === undefined ? setLifting(row) : void navigate(`/people/${row.endpoint}`))}
        {...(shown ? { activeKey: String(shown.id) } : {})}
        actions={[
          { key: 'l', label: 'Lift with a reason', run: setLifting },
          { key: 'p', label: 'Show the person', run: (row) => void navigate(`/people/${row.endpoint ?? ''}`), when: (row) => row.endpoint !== undefined },
        ]}
        empty={
          filtered ? (
            <EmptyState>No suppressed address matches.</EmptyState>
          ) : (
            <EmptyState icon={<IconBan size={20} />} action={addButton}>
              Addresses that must not get messages. Unsubscribes, complaints and hard bounces come here by themselves; replies that ask to stop are entered by
              hand.
            </EmptyState>
          )
        }
      />
      {adding && <AddSuppressions onClose={() => setAdding(false)} />}
      {lifting && (
        <ReasonDialog
          title="Lift the suppression?"
          action="Lift"
          required
          onClose={() => setLifting(undefined)}
          onConfirm={async (note) => {
            await client.suppressions.lift.mutate({ channel: lifting.channel, addressKey: lifting.addressKey, scope: lifting.scope, note });
            setShown(undefined);
            okToast('The suppression is lifted.');
          }}
        >
          {suppressionWords[lifting.reason]}, since {f.date(lifting.since)}. Once lifted, campaigns reach {lifting.addressKey} again. The suppression stays in
          the history, with your reason beside it.
        </ReasonDialog>
      )}
    </Page>
  );
}

function Address({ row }: { readonly row: SuppressionView }) {
  const Icon = channelIcon(row.channel);
  return (
    <span className={classes.address}>
      <Icon size={14} stroke={1.7} className={classes.icon} role="img" aria-label={channelWords[row.channel]} />
      <span className="h-name h-ellipsis">{shortAddress(row.channel, row.addressKey)}</span>
      {row.endpoint === undefined && <span className="h-text-3">not in the audience</span>}
    </span>
  );
}
