import { Button, Group, Modal, MultiSelect, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { combinedTree, type CombineOp, combineOps, type SegmentSummary } from '../../../src-preload/contract/segment-views.js';
import { useTRPCClient } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';

const opWords: Readonly<Record<CombineOp, string>> = { any: 'Everybody who is in any of them', every: 'Who is in every one of them', onlyFirst: 'Who is in the first, but in none of the others' };
const joints: Readonly<Record<CombineOp, string>> = { any: ' or ', every: ' and ', onlyFirst: ' without ' };

/** A name that says what it is made of. */
function nameOf(op: CombineOp, names: readonly string[]): string {
  const joined = op === 'onlyFirst' ? [names[0], names.slice(1).join(', ')].join(joints[op]) : names.join(joints[op]);
  return joined.slice(0, 200);
}

/** Makes a segment from others: rules that keep following them, or a list as of now. */
export function Combine({ segments, onClose }: { readonly segments: readonly SegmentSummary[]; readonly onClose: () => void }) {
  const client = useTRPCClient();
  const navigate = useNavigate();
  const [op, setOp] = useState<CombineOp>('any');
  const [picked, setPicked] = useState<string[]>([]);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [follows, setFollows] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const names = picked.map((uid) => segments.find((segment) => segment.uid === uid)?.name ?? '');
  const name = typed ?? (picked.length > 0 ? nameOf(op, names) : '');
  const ready = picked.length >= 2 && name.trim() !== '';
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const made = follows
        ? await client.segments.create.mutate({ name, tree: combinedTree({ op, segments: picked }) })
        : await client.segments.combine.mutate({ name, op, segments: picked });
      onClose();
      void navigate(`/segments/${made.uid}`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="Combine segments" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) void submit();
        }}
      >
        <Stack gap="md">
          <MultiSelect
            data-autofocus
            label="Segments"
            description={op === 'onlyFirst' ? 'In this order: the first is the one that others are taken away from.' : 'Two or more.'}
            searchable
            maxValues={50}
            value={picked}
            data={segments.map(({ uid, name: label }) => ({ value: uid, label }))}
            onChange={setPicked}
          />
          <Select label="Who" allowDeselect={false} value={op} data={combineOps.map((value) => ({ value, label: opWords[value] }))} onChange={(value) => setOp(combineOps.find((one) => one === value) ?? 'any')} />
          <Radio.Group label="Later changes" value={follows ? 'follows' : 'now'} onChange={(value) => setFollows(value === 'follows')}>
            <Stack gap="xs" mt={4}>
              <Radio value="follows" label="Keeps following" description="A segment with the rules “is in segment”: who comes into the others later comes into it too." />
              <Radio value="now" label="As of now" description="A list of who is in them at this moment. It changes only by hand." />
            </Stack>
          </Radio.Group>
          <TextInput label="Name" maxLength={200} value={name} onChange={(event) => setTyped(event.currentTarget.value)} error={error === undefined ? undefined : [wordsOf(error).what, wordsOf(error).why].filter(Boolean).join(' ')} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!ready} loading={busy}>
              Combine
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
