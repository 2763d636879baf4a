import { Button } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { erasedKinds, erasedWords, type EraseReceiptView } from '../../../src-preload/contract/erasure.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { EmptyState, Facts, Loaded, okToast, Page, Section } from '../../ui/index.js';

/** Receipts of erasures, newest first: what was removed, what stays and why, which backups still hold the person. */
export function Erased() {
  const trpc = useTRPC();
  const f = useFormat();
  const [params] = useSearchParams();
  const query = useQuery(trpc.erasures.list.queryOptions());
  const first = params.get('receipt');
  return (
    <Page title="Erased people" crumbs={[{ label: 'People', to: '/people' }]} scroll note={query.data && f.plural(query.data.length, 'receipt', 'receipts')}>
      <Loaded query={query}>
        {(receipts) =>
          receipts.length === 0 ? (
            <EmptyState icon={<IconEraser size={20} />}>Nobody was erased yet. A person is erased from their own page; the receipt is kept here and names nobody.</EmptyState>
          ) : (
            <>{[...receipts].sort((a, b) => Number(b.uid === first) - Number(a.uid === first)).map((receipt) => <Receipt key={receipt.uid} receipt={receipt} />)}</>
          )
        }
      </Loaded>
    </Page>
  );
}

function Receipt({ receipt }: { readonly receipt: EraseReceiptView }) {
  const f = useFormat();
  const removed = erasedKinds.filter((kind) => receipt.counts[kind] > 0).map((kind) => [erasedWords[kind], f.number(receipt.counts[kind])] as const);
  return (
    <Section title={f.dateTime(receipt.at)} note={receipt.replayed ? 'again, after a backup was restored' : 'by an operator'}>
      <Facts of={[['Receipt', receipt.uid], ...removed]} />
      <p className="h-text-2">
        Stays: numbers of reports, which point to nobody, and a keyed hash of each address, so that a later list cannot bring it back into a campaign.
        {receipt.shared > 0 && ` ${f.plural(receipt.shared, 'address', 'addresses')} that another person has too kept the consent history, which is that person's.`}
      </p>
      {receipt.mentions.length > 0 && <p>Texts that still name the person, for you to change: {receipt.mentions.map(({ kind, name }) => `${kind} “${name}”`).join(', ')}.</p>}
      <BackupsLeft receipt={receipt} />
    </Section>
  );
}

function BackupsLeft({ receipt }: { readonly receipt: EraseReceiptView }) {
  const trpc = useTRPC();
  const f = useFormat();
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.backup.remove.mutationOptions({
      onSuccess: () => {
        okToast('Backup deleted.');
        void queries.invalidateQueries(trpc.erasures.pathFilter());
        void queries.invalidateQueries(trpc.backup.pathFilter());
      },
    }),
  );
  if (receipt.backups.length === 0) return <p>No backup in the workspace folder holds them. Copies you keep elsewhere are not known here.</p>;
  return (
    <>
      <p>
        {f.plural(receipt.backups.length, 'backup', 'backups')} from before may still hold them.{' '}
        {receipt.lastBackupGone === null
          ? 'Backups are kept until somebody deletes them: do it here, or set a time in Settings, Backup.'
          : `The last one is removed by itself after ${f.date(receipt.lastBackupGone)}, when the workspace opens or a backup is made.`}{' '}
        A restored one is erased again as it opens. Copies you keep elsewhere are not known here.
      </p>
      <table className="h-table">
        <tbody>
          {receipt.backups.map((backup) => (
            <tr key={backup.name}>
              <td>{backup.name}</td>
              <td className="h-num">{f.bytes(backup.bytes)}</td>
              <td className="h-num">
                <Button variant="subtle" color="red" loading={remove.isPending && remove.variables.name === backup.name} aria-label={`Delete the backup ${backup.name}`} onClick={() => remove.mutate({ name: backup.name })}>
                  Delete
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
