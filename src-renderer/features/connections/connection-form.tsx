import { Anchor, Button, Checkbox, Collapse, Group, Modal, PasswordInput, SegmentedControl, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type ConnectionView, smtpPresets } from '../../../src-preload/contract/connection.js';
import { useTRPC } from '../../api/trpc.js';
import { errorShape } from '../../lib/errors.js';
import { ErrorState } from '../../ui/index.js';
import classes from './connections.module.css';
import { asksPlainText, type FormState, formOf, inputOf, needsPasswordAgain, withPreset } from './form-state.js';
import { FirstPassphrase } from './first-passphrase.js';

type TextField = 'name' | 'host' | 'port' | 'user' | 'connections' | 'messagesPerSecond' | 'maxMessagesPerConnection' | 'clientName' | 'envelopeFrom' | 'connectTimeoutSeconds' | 'answerTimeoutSeconds';

/** The form for a new connection, or for the one given. A fresh form each time it opens. */
export function ConnectionForm({ opened, connection, onClose, onSaved }: { readonly opened: boolean; readonly connection?: ConnectionView | undefined; readonly onClose: () => void; readonly onSaved: (saved: ConnectionView) => void }) {
  return (
    <Modal closeButtonProps={{ 'aria-label': 'Close' }} opened={opened} onClose={onClose} title={connection ? `Edit ${connection.name}` : 'New connection'} size={560}>
      {opened && <Body connection={connection} onClose={onClose} onSaved={onSaved} />}
    </Modal>
  );
}

function Body({ connection, onClose, onSaved }: { readonly connection: ConnectionView | undefined; readonly onClose: () => void; readonly onSaved: (saved: ConnectionView) => void }) {
  const trpc = useTRPC();
  const [state, setState] = useState<FormState>(() => formOf(connection));
  const [preset, setPreset] = useState<string | null>(null);
  const [more, setMore] = useState(false);
  const [tried, setTried] = useState(false);
  const own = { meta: { ownError: true }, onSuccess: onSaved };
  const add = useMutation(trpc.connections.add.mutationOptions(own));
  const edit = useMutation(trpc.connections.edit.mutationOptions(own));
  const pending = add.isPending || edit.isPending;
  const failure = add.error ?? edit.error;
  const read = inputOf(state);
  const again = needsPasswordAgain(state, connection);
  const plain = asksPlainText(state) && !state.allowPlainText;
  const problem = (field: string) => (tried && !read.ok ? read.problems.get(field) : undefined);
  const set = (change: Partial<FormState>) => setState((before) => ({ ...before, ...change }));
  const text = (field: TextField, label: string, extra: { description?: ReactNode; placeholder?: string; inputMode?: 'numeric' | 'decimal' | 'email' } = {}) => (
    <TextInput label={label} value={state[field]} error={problem(field)} spellCheck={false} autoComplete="off" {...extra} onChange={(event) => set({ [field]: event.currentTarget.value })} />
  );
  const save = () => {
    setTried(true);
    if (!read.ok || again || plain) return;
    if (connection) edit.mutate({ uid: connection.uid, ...read.input });
    else add.mutate(read.input);
  };
  const hint = smtpPresets.find((p) => p.id === preset)?.hint;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) save();
      }}
    >
      <Stack gap="md">
        {!connection && (
          <Select
            label="Provider"
            placeholder="Any SMTP server"
            clearable
            description={hint}
            data={smtpPresets.map((p) => ({ value: p.id, label: p.name }))}
            value={preset}
            onChange={(id) => {
              setPreset(id);
              if (id !== null) setState((before) => withPreset(before, id));
            }}
          />
        )}
        {text('name', 'Name', { placeholder: 'Newsletter server' })}
        <div className={classes.hostPort}>
          {text('host', 'Host', { placeholder: 'smtp.example.com' })}
          {text('port', 'Port', { inputMode: 'numeric' })}
        </div>
        <div>
          <span className={classes.label}>Encryption</span>
          <SegmentedControl
            fullWidth
            aria-label="Encryption"
            value={state.tls}
            onChange={(tls) => set({ tls: tls })}
            data={[
              { value: 'starttls', label: 'STARTTLS (587)' },
              { value: 'implicit', label: 'TLS from the start (465)' },
              { value: 'none', label: 'None' },
            ]}
          />
          <p className={classes.hint}>{state.tls === 'none' ? 'For a server on this computer.' : 'If the server cannot do this, nothing is sent: there is no silent fall-back.'}</p>
        </div>
        {asksPlainText(state) && (
          <Checkbox
            checked={state.allowPlainText}
            onChange={(event) => set({ allowPlainText: event.currentTarget.checked })}
            label="Send readable text over the network"
            description="Everybody on the way can read the password and every message."
            error={tried && plain ? 'Allow it expressly, or choose an encryption' : undefined}
          />
        )}
        <div className={classes.pair}>
          {text('user', 'User name', { placeholder: 'Empty: no login' })}
          <PasswordInput
            label="Password"
            autoComplete="new-password"
            value={state.password ?? ''}
            placeholder={state.password === null ? 'Saved. Type to change it' : ''}
            error={again && tried ? 'Enter it again: the server changed' : undefined}
            onChange={(event) => set({ password: event.currentTarget.value === '' && connection?.hasSecret ? null : event.currentTarget.value })}
          />
        </div>
        <DkimFields state={state} set={set} hasKey={connection?.hasDkimKey ?? false} problem={problem} />
        <div>
          <Anchor component="button" type="button" className={classes.more} aria-expanded={more} onClick={() => setMore(!more)}>
            {more ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />} Pace, bounces and timeouts
          </Anchor>
          <Collapse expanded={more || (tried && !read.ok)}>
            <Stack gap="md" pt="md">
              <div className={classes.pair}>
                {text('messagesPerSecond', 'Messages per second', { inputMode: 'decimal', placeholder: 'No limit' })}
                {text('connections', 'Connections at once', { inputMode: 'numeric' })}
                {text('maxMessagesPerConnection', 'Messages per connection', { inputMode: 'numeric' })}
                <Select
                  label="Login method"
                  allowDeselect={false}
                  value={state.auth}
                  onChange={(auth) => auth !== null && set({ auth: auth })}
                  data={[{ value: 'auto', label: 'What the server offers' }, 'PLAIN', 'LOGIN', 'CRAM-MD5', { value: 'none', label: 'No login' }]}
                />
                {text('envelopeFrom', 'Bounces go to', { placeholder: 'The sender', inputMode: 'email' })}
                {text('clientName', 'Name in EHLO', { placeholder: 'This computer' })}
                {text('connectTimeoutSeconds', 'Seconds to connect', { inputMode: 'numeric' })}
                {text('answerTimeoutSeconds', 'Seconds for an answer', { inputMode: 'numeric' })}
              </div>
              <Textarea
                label="Certificate authority (PEM)"
                description="Only for your own server with a certificate of your own."
                value={state.caCertificate}
                autosize
                minRows={2}
                maxRows={6}
                spellCheck={false}
                classNames={{ input: classes.mono }}
                onChange={(event) => set({ caCertificate: event.currentTarget.value })}
              />
            </Stack>
          </Collapse>
        </div>
        {failure !== null && (errorShape(failure).code === 'PASSPHRASE_REQUIRED' ? <FirstPassphrase onSet={save} /> : <Failure error={failure} />)}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {connection ? 'Save' : 'Add connection'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Below a long form, so it brings itself into view. */
function Failure({ error }: { readonly error: unknown }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [error]);
  return (
    <div ref={place}>
      <ErrorState error={error} />
    </div>
  );
}

function DkimFields({ state, set, hasKey, problem }: { readonly state: FormState; readonly set: (change: Partial<FormState>) => void; readonly hasKey: boolean; readonly problem: (field: string) => string | undefined }) {
  const { dkim } = state;
  const change = (part: Partial<NonNullable<FormState['dkim']>>) => dkim && set({ dkim: { ...dkim, ...part } });
  return (
    <>
      <Switch
        checked={dkim !== null}
        onChange={(event) => set({ dkim: event.currentTarget.checked ? { domain: '', selector: 'heliograph', key: hasKey ? 'kept' : 'generate', pem: '' } : null })}
        label="Sign messages (DKIM)"
        description="Leave it off when your provider signs for your domain, as most do."
      />
      {dkim && (
        <Stack gap="md" className={classes.indent}>
          <div className={classes.pair}>
            <TextInput label="Domain" placeholder="example.com" value={dkim.domain} error={problem('dkim.domain')} spellCheck={false} onChange={(event) => change({ domain: event.currentTarget.value })} />
            <TextInput label="Selector" value={dkim.selector} error={problem('dkim.selector')} spellCheck={false} onChange={(event) => change({ selector: event.currentTarget.value })} />
          </div>
          <SegmentedControl
            aria-label="Key"
            value={dkim.key}
            onChange={(key) => change({ key: key as 'kept' })}
            data={[...(hasKey ? [{ value: 'kept', label: 'Keep the key' }] : []), { value: 'generate', label: hasKey ? 'Make a new key' : 'Make a key' }, { value: 'paste', label: 'Paste a key' }]}
          />
          {dkim.key === 'generate' && <p className={classes.hint}>An RSA key of 2048 bits is made here. The DNS record to publish is shown with the connection.</p>}
          {dkim.key === 'paste' && <Textarea label="Private key (PEM, RSA or Ed25519)" autosize minRows={3} maxRows={8} spellCheck={false} classNames={{ input: classes.mono }} value={dkim.pem} onChange={(event) => change({ pem: event.currentTarget.value })} />}
        </Stack>
      )}
    </>
  );
}
