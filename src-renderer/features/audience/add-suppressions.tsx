import { Button, FileButton, Group, Modal, Select, Stack, Textarea } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { type SuppressListCheck, type SuppressManyInput, suppressManyInput, suppressManyLimit, suppressionScopes } from '../../../src-preload/contract/audience.js';
import { readSuppressionList } from '../../../src-preload/contract/suppression-list.js';
import { useTRPCClient } from '../../api/trpc.js';
import { wordsOf } from '../../lib/errors.js';
import { useFormat } from '../../lib/format.js';
import { LinesBack } from '../../ui/index.js';
import classes from './audience.module.css';
import { scopeWords, suppressionWords } from './words.js';

const enterable = suppressManyInput.shape.reason.options;
const channelChoices: readonly { readonly value: SuppressManyInput['channel']; readonly label: string }[] = [
  { value: 'EMAIL', label: 'E-mail addresses' },
  { value: 'SMS', label: 'Phone numbers for SMS' },
  { value: 'VOICE', label: 'Phone numbers for calls' },
];

/** Enters many addresses at once, as they come out of a mailbox or a spreadsheet, and says what became of each. */
export function AddSuppressions({ onClose }: { readonly onClose: () => void }) {
  const [result, setResult] = useState<SuppressListCheck | undefined>(undefined);
  return (
    <Modal opened onClose={onClose} title="Suppress addresses" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      {result ? <Outcome result={result} onClose={onClose} onMore={() => setResult(undefined)} /> : <Entry onResult={setResult} onClose={onClose} />}
    </Modal>
  );
}

function Entry({ onResult, onClose }: { readonly onResult: (result: SuppressListCheck) => void; readonly onClose: () => void }) {
  const client = useTRPCClient();
  const f = useFormat();
  const [text, setText] = useState('');
  const [channel, setChannel] = useState<SuppressManyInput['channel']>('EMAIL');
  const [reason, setReason] = useState<SuppressManyInput['reason']>('unsubscribe');
  const [scope, setScope] = useState<SuppressManyInput['scope']>('marketing');
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [file, setFile] = useState<string | undefined>(undefined);
  const [check, setCheck] = useState<SuppressListCheck | undefined>(undefined);
  // Of a long list, the letters just typed may wait.
  const read = useDeferredValue(text);
  const list = useMemo(() => readSuppressionList(read, channel), [read, channel]);
  const n = list.addresses.length;
  const tooMany = n > suppressManyLimit;
  const input = () => ({ text, channel, reason, scope, ...(note.trim() === '' ? {} : { note }), ...(file === undefined ? {} : { file }) });
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const submit = () => attempt(async () => onResult(await client.suppressions.add.mutate(input())));
  const lookUp = () => attempt(async () => setCheck(await client.suppressions.check.mutate(input())));
  const choose = (chosen: File | null) =>
    chosen &&
    attempt(async () => {
      setText(await chosen.text());
      setFile(chosen.name.slice(0, 200));
      setCheck(undefined);
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (n > 0 && !tooMany && !busy) void submit();
      }}
    >
      <Stack gap="md">
        <Textarea
          data-autofocus
          label="Addresses"
          description="One a line, or separated by commas; or a file: a suppression list of Amazon SES, opt-outs of Twilio, a table with a header."
          autosize
          minRows={6}
          maxRows={12}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setFile(undefined);
            setCheck(undefined);
          }}
          error={tooMany ? `At most ${f.number(suppressManyLimit)} at a time.` : error === undefined ? undefined : wordsOf(error).what}
        />
        <div className={classes.two}>
          <Select label="They are" allowDeselect={false} value={channel} data={[...channelChoices]} onChange={(value) => setChannel(channelChoices.find((one) => one.value === value)?.value ?? 'EMAIL')} />
          <Select
            label="Why"
            allowDeselect={false}
            value={reason}
            data={enterable.map((value) => ({ value, label: suppressionWords[value] }))}
            onChange={(value) => {
              const next = enterable.find((one) => one === value) ?? 'manual';
              setReason(next);
              setScope(next === 'unsubscribe' || next === 'manual' ? 'marketing' : 'all');
            }}
          />
          <Select label="What it stops" allowDeselect={false} value={scope} data={suppressionScopes.map((value) => ({ value, label: scopeWords[value] }))} onChange={(value) => setScope(suppressionScopes.find((one) => one === value) ?? 'marketing')} />
        </div>
        <Textarea label="Note, if there is more to say" autosize minRows={1} maxRows={4} maxLength={1000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        {list.kind !== 'plain' && <p className="h-text-2">{list.kind === 'ses' ? 'A suppression list of Amazon SES: its own reasons are kept.' : 'A table: the column with addresses is taken, and reasons where it has them.'}</p>}
        {check && <CheckLine check={check} />}
        <Group justify="flex-end" gap="sm">
          <FileButton onChange={(chosen) => void choose(chosen)} accept=".csv,.txt,.json,.jsonl,text/*,application/json">
            {(props) => (
              <Button variant="default" mr="auto" {...props}>
                {file ?? 'Choose a file'}
              </Button>
            )}
          </FileButton>
          <Button variant="default" disabled={n === 0 || tooMany} loading={busy} onClick={() => void lookUp()}>
            Check first
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={n === 0 || tooMany} loading={busy}>
            {n === 0 ? 'Suppress' : `Suppress ${f.plural(n, 'address', 'addresses')}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the list would do; nothing has happened yet. */
function CheckLine({ check }: { readonly check: SuppressListCheck }) {
  const f = useFormat();
  return (
    <div role="status">
      <p>
        {f.number(check.added)} new, {f.number(check.already)} suppressed already, {f.number(check.unknown)} nobody’s here, {f.number(check.invalid)} not an address. Nothing is changed yet.
      </p>
      <LinesBack title="Could not be read" list={check.invalidList} of={check.invalid} />
    </div>
  );
}

function Outcome({ result, onClose, onMore }: { readonly result: SuppressListCheck; readonly onClose: () => void; readonly onMore: () => void }) {
  const f = useFormat();
  return (
    <Stack gap="md">
      <dl className={classes.counts}>
        <dt>{f.number(result.added)}</dt>
        <dd>suppressed now{result.unknown > 0 && `, of which ${f.number(result.unknown)} ${result.unknown === 1 ? 'is' : 'are'} nobody’s here`}</dd>
        <dt>{f.number(result.already)}</dt>
        <dd>suppressed already</dd>
        <dt>{f.number(result.invalid)}</dt>
        <dd>could not be read as an address</dd>
      </dl>
      <LinesBack title="Could not be read" list={result.invalidList} of={result.invalid} />
      <LinesBack title="Nobody’s here: suppressed all the same, so that no import brings them back" list={result.unknownList} of={result.unknown} />
      <LinesBack title="Suppressed already" list={result.alreadyList} of={result.already} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onMore}>
          Enter more
        </Button>
        <Button data-autofocus onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
