import { Button, Group, Modal, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type TopicDefault, topicDefaults, type TopicView } from '../../../src-preload/contract/topic.js';
import { useTRPCClient } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';

export const topicDefaultWords: Readonly<Record<TopicDefault, { readonly short: string; readonly long: string }>> = {
  opt_in: { short: 'who subscribed', long: 'Only who subscribed' },
  opt_out: { short: 'all but who left', long: 'Everybody but who left it' },
};

/** Makes a topic, or changes what one is called. */
export function TopicForm({ topic, onClose }: { readonly topic: TopicView | undefined; readonly onClose: () => void }) {
  const client = useTRPCClient();
  const [name, setName] = useState(topic?.name ?? '');
  const [description, setDescription] = useState(topic?.description ?? '');
  const [consent, setConsent] = useState<TopicDefault>('opt_in');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (topic) await client.topics.rename.mutate({ uid: topic.uid, name, description });
      else await client.topics.create.mutate({ name, description, default: consent });
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={topic ? 'Edit topic' : 'New topic'} size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '' && !busy) void save();
        }}
      >
        <Stack gap="md">
          <TextInput data-autofocus label="Name" description="Recipients read it on the unsubscribe page." maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} error={error === undefined ? undefined : wordsOf(error).what} />
          <Textarea label="Description" autosize minRows={2} maxLength={300} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
          {topic ? (
            <p className="h-text-2">{topicDefaultWords[topic.default].long}. This cannot be changed: it would subscribe or drop people who were never asked.</p>
          ) : (
            <Radio.Group label="Who gets it" description="Chosen once." value={consent} onChange={(value) => setConsent(topicDefaults.find((one) => one === value) ?? 'opt_in')}>
              <Stack gap={6} mt={6}>
                {topicDefaults.map((value) => (
                  <Radio key={value} value={value} label={topicDefaultWords[value].long} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={busy}>
              {topic ? 'Save' : 'Make topic'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
