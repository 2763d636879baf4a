import { Stack, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { placeWords, stateWords } from '../../../src-preload/contract/delivery-words.js';
import { messageStates } from '../../../src-preload/contract/delivery.js';
import { outcomeWords, type RecipientFilter, type ReportRecipient } from '../../../src-preload/contract/report.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { type Format, useFormat } from '../../lib/format.js';
import { type Column, DataTable, EmptyState, FilterBar, Tag, type Tone, usePagedRows } from '../../ui/index.js';
import { filterParts, outcomeFilters, outcomeFilterWord, variantLetter } from './filter.js';

const stateTones: Readonly<Record<ReportRecipient['state'], Tone>> = { pending: 'neutral', held: 'neutral', deferred: 'warn', claimed: 'info', sent: 'ok', failed: 'bad', skipped: 'neutral', unknown: 'warn' };

function columnsOf(f: Format, variants: boolean): Column<ReportRecipient>[] {
  const at = (row: ReportRecipient, ...kinds: readonly string[]): ReactNode => {
    const found = row.outcomes.find((outcome) => kinds.includes(outcome.kind));
    return found ? <span title={`${outcomeWords[found.kind]} ${f.dateTime(found.at)}`}>{f.when(found.at)}</span> : '';
  };
  return [
    { id: 'address', header: 'Address', grow: 3, minWidth: 240, hideable: false, cell: (row) => (row.address === null ? <span className="h-text-3">deleted</span> : <span className="h-name">{row.address}</span>) },
    { id: 'user', header: 'User id', hidden: true, cell: (row) => row.userId ?? '' },
    ...(variants ? [{ id: 'variant', header: 'Variant', width: 64, cell: (row: ReportRecipient) => variantLetter(row.treatment) }] : []),
    { id: 'state', header: 'State', width: 190, cell: (row) => <Tag tone={stateTones[row.state]}>{placeWords(row.state, row.reason).state}</Tag> },
    { id: 'reason', header: 'Reason', grow: 1, minWidth: 140, yields: 6, cell: (row) => placeWords(row.state, row.reason).reason },
    { id: 'at', header: 'Answered', width: 92, yields: 2, align: 'end', cell: (row) => (row.at === null ? '' : <span title={f.dateTime(row.at)}>{f.when(row.at)}</span>) },
    { id: 'opened', header: 'Opened', width: 84, yields: 4, align: 'end', cell: (row) => at(row, 'open') },
    { id: 'clicked', header: 'Clicked', width: 84, yields: 5, align: 'end', cell: (row) => at(row, 'click') },
    { id: 'unsubscribed', header: 'Unsubscribed', width: 96, align: 'end', yields: 3, cell: (row) => at(row, 'unsubscribe') },
    { id: 'robots', header: 'Robots', hidden: true, width: 84, align: 'end', cell: (row) => at(row, 'open_machine', 'click_scanner') },
    { id: 'words', header: 'Server said', grow: 2, minWidth: 160, yields: 1, cell: (row) => <span className="h-text-3" title={row.response ?? ''}>{row.response ?? ''}</span> },
  ];
}

export interface RecipientsProps {
  readonly run: string;
  readonly filter: RecipientFilter;
  readonly variants: boolean;
}

/** Every message of the run that the filter picks: who, what became of it, why. */
export function Recipients({ run, filter, variants }: RecipientsProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const navigate = useNavigate();
  const count = useQuery(trpc.report.count.queryOptions({ run, filter }));
  const rows = usePagedRows<ReportRecipient>({
    key: trpc.report.recipients.queryKey({ run, filter, offset: 0, limit: 100 }),
    count: count.data,
    fetch: (offset, limit, signal) => client.report.recipients.query({ run, filter, offset, limit }, { signal }),
    error: count.error,
    onRetry: () => void count.refetch(),
  });
  return (
    <DataTable
      id="report-recipients"
      label="Recipients"
      rows={rows}
      rowKey={(row) => String(row.seq)}
      columns={columnsOf(f, variants)}
      onOpen={(row) => {
        if (row.endpoint !== null && row.address !== null) void navigate(`/people/${row.endpoint}`);
      }}
      empty={<EmptyState>{Object.keys(filter).length === 0 ? 'This run has no recipients.' : 'No recipient fits these filters.'}</EmptyState>}
    />
  );
}

/** The filters above the table. */
export function RecipientFilters({ filter, onChange, note }: { readonly filter: RecipientFilter; readonly onChange: (filter: RecipientFilter) => void; readonly note: ReactNode }) {
  const parts = filterParts(filter);
  const without = (id: keyof RecipientFilter): RecipientFilter => Object.fromEntries(Object.entries(filter).filter(([key]) => key !== id));
  const option = (key: string, label: string, next: RecipientFilter, close: () => void) => (
    <UnstyledButton key={key} px="sm" py={4} onClick={() => { onChange(next); close(); }}>
      {label}
    </UnstyledButton>
  );
  return (
    <FilterBar
      pills={parts.map((part) => ({ ...part, onRemove: () => onChange(without(part.id)) }))}
      add={(close) => (
        <Stack gap={0}>
          <span className="h-text-3" style={{ padding: '4px 8px', fontSize: 11 }}>State</span>
          {messageStates.map((state) => option(state, stateWords[state], { ...without('waiting'), state }, close))}
          <span className="h-text-3" style={{ padding: '8px 8px 4px', fontSize: 11 }}>What happened</span>
          {outcomeFilters.map((outcome) => option(outcome, outcomeFilterWord(outcome), { ...filter, outcome }, close))}
        </Stack>
      )}
      right={<span className="h-text-2">{note}</span>}
    />
  );
}
