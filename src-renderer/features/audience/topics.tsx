import { Button } from '@mantine/core';
import { IconPlus, IconTags } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TopicView } from '../../../src-preload/contract/topic.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DataTable, EmptyState, ErrorState, Page, Tag, undoToast, useKeys, useRows } from '../../ui/index.js';
import { TopicForm, topicDefaultWords } from './topic-form.js';

/** What messages may be about, and how many addresses said yes or no to each. */
export function Topics() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const list = useQuery(trpc.topics.list.queryOptions());
  const rows = useRows(list.data);
  const [editing, setEditing] = useState<TopicView | 'new' | undefined>(undefined);
  const archive = useMutation(
    trpc.topics.archive.mutationOptions({ onSuccess: (_, { uid }) => undoToast({ message: 'Topic archived.', undo: () => client.topics.unarchive.mutate({ uid }) }) }),
  );
  const unarchive = useMutation(trpc.topics.unarchive.mutationOptions());
  useKeys('Topics', [{ key: 'n', label: 'New topic', run: () => setEditing('new'), palette: true }]);
  const open = (list.data ?? []).filter((topic) => topic.archivedAt === undefined);
  const add = (
    <Button leftSection={<IconPlus size={14} />} onClick={() => setEditing('new')}>
      New topic
    </Button>
  );
  return (
    <Page title="Topics" note={open.length > 0 ? f.plural(open.length, 'topic', 'topics') : undefined} action={add}>
      {list.error !== null && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <DataTable
          id="topics"
          label="Topics"
          rows={rows}
          rowKey={(topic) => topic.uid}
          columns={[
            { id: 'name', header: 'Name', grow: 2, minWidth: 140, hideable: false, cell: (topic) => <Name topic={topic} /> },
            { id: 'description', header: 'Description', grow: 2, minWidth: 120, cell: (topic) => topic.description },
            { id: 'default', header: 'Who gets it', width: 150, cell: (topic) => topicDefaultWords[topic.default].short },
            { id: 'given', header: 'Subscribed', width: 100, align: 'end', cell: (topic) => f.number(topic.given) },
            { id: 'withdrawn', header: 'Left', width: 80, align: 'end', cell: (topic) => f.number(topic.withdrawn) },
            { id: 'requested', header: 'To confirm', width: 100, align: 'end', cell: (topic) => f.number(topic.requested) },
            { id: 'uses', header: 'In use', width: 80, align: 'end', cell: (topic) => f.number(topic.uses) },
          ]}
          onOpen={setEditing}
          actions={[
            { key: 'e', label: 'Edit', run: setEditing },
            { key: 'x', label: 'Archive', run: (topic) => archive.mutate({ uid: topic.uid }), when: (topic) => topic.archivedAt === undefined },
            { key: 'r', label: 'Bring back', run: (topic) => unarchive.mutate({ uid: topic.uid }), when: (topic) => topic.archivedAt !== undefined },
          ]}
          empty={
            <EmptyState icon={<IconTags size={20} />} action={add}>
              A topic is what messages are about, such as offers or product news: people can say yes or no to each instead of leaving everything.
            </EmptyState>
          }
        />
      )}
      {editing !== undefined && <TopicForm topic={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </Page>
  );
}

function Name({ topic }: { readonly topic: TopicView }) {
  return (
    <>
      <span className="h-name h-ellipsis">{topic.name}</span> {topic.archivedAt !== undefined && <Tag>Archived</Tag>}
    </>
  );
}
