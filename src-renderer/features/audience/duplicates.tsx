import { Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { type DuplicatePair, type DuplicateSide, duplicateReasons, duplicateWords } from '../../../src-preload/contract/merge.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { EmptyState, Loaded, Page } from '../../ui/index.js';
import { MergeDialog } from './merge-dialog.js';

const nameOf = (side: DuplicateSide) => side.name ?? side.address;

/** Entries that may be one person, to be merged one by one. Looked for when asked, not after every change. */
export function Duplicates() {
  const trpc = useTRPC();
  const f = useFormat();
  const query = useQuery({ ...trpc.people.duplicates.queryOptions(), staleTime: Infinity });
  const [merging, setMerging] = useState<DuplicatePair | undefined>(undefined);
  return (
    <Page
      title="Possible duplicates"
      crumbs={[{ label: 'People', to: '/people' }]}
      scroll
      note={query.data && (query.data.more ? `the first ${f.number(query.data.pairs.length)}` : f.plural(query.data.pairs.length, 'pair', 'pairs'))}
      tools={
        <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
          Look again
        </Button>
      }
    >
      <p className="h-text-2" style={{ marginBlockStart: 0 }}>
        Two entries are listed where one of these holds: {duplicateReasons.map((reason) => `“${duplicateWords[reason]}”`).join(', ')}. Whether they are one person is for you to say.
      </p>
      <Loaded query={query}>
        {({ pairs }) =>
          pairs.length === 0 ? (
            <EmptyState icon={<IconUsers size={20} />}>No two entries look like one person.</EmptyState>
          ) : (
            <table className="h-table">
              <thead>
                <tr>
                  <th scope="col">Older</th>
                  <th scope="col">Newer</th>
                  <th scope="col">Why</th>
                  <th scope="col">
                    <span className="h-visually-hidden">Action</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {pairs.map((one) => (
                  <tr key={`${one.older.endpoint} ${one.newer.endpoint}`}>
                    {[one.older, one.newer].map((side) => (
                      <td key={side.endpoint}>
                        <Link className="h-name" to={`/people/${side.endpoint}`}>
                          {nameOf(side)}
                        </Link>
                        <div className="h-text-2">
                          {side.address}
                          {side.addresses > 1 && `, ${f.plural(side.addresses, 'address', 'addresses')}`}
                        </div>
                      </td>
                    ))}
                    <td>{duplicateWords[one.reason]}</td>
                    <td className="h-num">
                      <button type="button" className="h-link" aria-label={`Merge ${nameOf(one.newer)} into ${nameOf(one.older)}`} onClick={() => setMerging(one)}>
                        Merge
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {merging && (
        <MergeDialog
          into={{ endpoint: merging.older.endpoint, title: nameOf(merging.older), address: merging.older.address }}
          from={{ endpoint: merging.newer.endpoint, title: nameOf(merging.newer), address: merging.newer.address }}
          onClose={() => setMerging(undefined)}
          onMerged={() => void query.refetch()}
        />
      )}
    </Page>
  );
}
