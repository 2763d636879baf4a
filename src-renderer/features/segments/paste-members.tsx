import { Button, Group, Modal, Select, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { EditMembersInput, EditMembersResult, SegmentDetail } from '../../../src-preload/contract/segment-views.js';
import { useTRPCClient } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';
import { useFormat } from '../../lib/format.js';
import { LinesBack, undoToast } from '../../ui/index.js';
import classes from './segments.module.css';

type Act = EditMembersInput['act'];
type Kind = Exclude<EditMembersInput['who'], { of: 'picked' }>['of'];

const acts: readonly { readonly value: Act; readonly label: string; readonly done: string }[] = [
  { value: 'add', label: 'Add them', done: 'added' },
  { value: 'remove', label: 'Remove them', done: 'removed' },
  { value: 'replace', label: 'Replace all members by them', done: 'now in it, instead of those before' },
];
const kinds: readonly { readonly value: Kind; readonly label: string; readonly help: string }[] = [
  { value: 'address', label: 'Addresses', help: 'E-mail addresses or phone numbers. Lines such as Ada <ada@example.org> are understood.' },
  { value: 'endpointId', label: 'Endpoint IDs', help: 'The Id of each endpoint, as it stands in an export.' },
  { value: 'userId', label: 'User IDs', help: 'Each stands for all addresses of the person.' },
];

/** Changes the members of a list by a pasted one, and says what became of each line. */
export function PasteMembers({ segment, onClose }: { readonly segment: SegmentDetail; readonly onClose: () => void }) {
  const [result, setResult] = useState<{ readonly act: Act; readonly of: EditMembersResult } | undefined>(undefined);
  return (
    <Modal opened onClose={onClose} title={`Change the members of ${segment.name}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      {result ? (
        <Outcome act={result.act} result={result.of} onClose={onClose} onMore={() => setResult(undefined)} />
      ) : (
        <Entry segment={segment} onClose={onClose} onResult={(act, of) => setResult({ act, of })} />
      )}
    </Modal>
  );
}

function Entry({ segment, onResult, onClose }: { readonly segment: SegmentDetail; readonly onResult: (act: Act, result: EditMembersResult) => void; readonly onClose: () => void }) {
  const client = useTRPCClient();
  const f = useFormat();
  const [text, setText] = useState('');
  const [act, setAct] = useState<Act>('add');
  const [of, setOf] = useState<Kind>('address');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const empty = text.trim() === '';
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const result = await client.segments.editMembers.mutate({ uid: segment.uid, act, who: { of, text } });
      const { changed, undo } = result;
      if (undo) {
        const word = acts.find(({ value }) => value === act)!.done;
        undoToast({ message: `${segment.name}: ${f.plural(changed, 'address', 'addresses')} ${word}.`, undo: () => client.segments.undoMembers.mutate({ uid: segment.uid, undo }) });
      }
      onResult(act, result);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!empty && !busy) void submit();
      }}
    >
      <Stack gap="md">
        <Group grow gap="sm" align="start">
          <Select label="What they are" allowDeselect={false} value={of} data={kinds.map(({ value, label }) => ({ value, label }))} onChange={(value) => setOf(kinds.find((kind) => kind.value === value)?.value ?? 'address')} />
          <Select label="What to do" allowDeselect={false} value={act} data={acts.map(({ value, label }) => ({ value, label }))} onChange={(value) => setAct(acts.find((one) => one.value === value)?.value ?? 'add')} />
        </Group>
        <Textarea
          data-autofocus
          label="List"
          description={`One a line, or separated by commas, 100,000 at most. ${kinds.find(({ value }) => value === of)!.help}`}
          autosize
          minRows={6}
          maxRows={12}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={error === undefined ? undefined : [wordsOf(error).what, wordsOf(error).why].filter(Boolean).join(' ')}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={empty} loading={busy}>
            {act === 'add' ? 'Add' : act === 'remove' ? 'Remove' : 'Replace'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Outcome({ act, result, onClose, onMore }: { readonly act: Act; readonly result: EditMembersResult; readonly onClose: () => void; readonly onMore: () => void }) {
  const f = useFormat();
  return (
    <Stack gap="md">
      <dl className={classes.counts}>
        <dt>{f.number(result.changed)}</dt>
        <dd>
          {result.changed === 1 ? 'address' : 'addresses'} {acts.find(({ value }) => value === act)!.done}
        </dd>
        {act !== 'replace' && (
          <>
            <dt>{f.number(result.already)}</dt>
            <dd>{act === 'add' ? 'in the list already' : 'not in the list'}</dd>
          </>
        )}
        <dt>{f.number(result.found)}</dt>
        <dd>{result.found === 1 ? 'line' : 'lines'} that somebody here goes by</dd>
        <dt>{f.number(result.missing)}</dt>
        <dd>{result.missing === 1 ? 'line' : 'lines'} that nobody here goes by</dd>
      </dl>
      <LinesBack title="Not found" list={result.missingList} of={result.missing} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onMore}>
          Paste more
        </Button>
        <Button data-autofocus onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
