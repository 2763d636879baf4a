import { Button, CopyButton, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { type ConnectionView, dkimRecord } from '../../../src-preload/contract/connection.js';
import { mailboxRoles } from '../../../src-preload/contract/mailbox.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, Facts, Section, Tag } from '../../ui/index.js';
import classes from './connections.module.css';
import { VerifyReportView } from './verify-report.js';
import { healthOf, tlsWords } from './words.js';

/** A connection's record: how it stands, its settings, verification, the DNS record of its DKIM key. */
export function ConnectionDetails({ connection }: { readonly connection: ConnectionView }) {
  const f = useFormat();
  const { config } = connection;
  if (!config) return <TestMailboxDetails />;
  const health = healthOf(connection);
  return (
    <>
      <Section title="State">
        <Facts
          of={[
            ['Health', <Tag key="health" tone={health.tone}>{health.word}</Tag>],
            ['Verified', connection.verifiedAt === null ? 'Not yet' : f.dateTime(connection.verifiedAt)],
            ...(connection.lastError === null ? [] : ([['Last error', connection.lastError]] as const)),
          ]}
        />
      </Section>
      <Verify connection={connection} />
      <Section title="Settings">
        <Facts
          of={[
            ['Server', `${config.host}:${config.port}`],
            ['Encryption', config.tls === 'none' ? 'None: everything can be read on the way' : tlsWords[config.tls]],
            ['User name', config.user === '' ? 'No login' : config.user],
            ['Password', connection.hasSecret ? 'Saved, never shown' : 'None'],
            ['Pace', config.messagesPerSecond === undefined ? 'No limit' : `${f.number(config.messagesPerSecond, 2)} messages a second`],
            ['Connections', f.number(config.connections)],
            ['Bounces go to', config.envelopeFrom === '' ? 'The sender' : config.envelopeFrom],
          ]}
        />
      </Section>
      {config.dkim && <DkimRecord name={dkimRecord(config.dkim).name} value={dkimRecord(config.dkim).value} />}
    </>
  );
}

function Verify({ connection }: { readonly connection: ConnectionView }) {
  const trpc = useTRPC();
  const settings = useQuery(trpc.settings.get.queryOptions());
  const verify = useMutation(trpc.connections.verify.mutationOptions({ meta: { ownError: true } }));
  const [from, setFrom] = useState<string | undefined>();
  const [to, setTo] = useState('');
  const sender = (from ?? settings.data?.defaultFrom.address ?? '').trim();
  return (
    <Section title="Verify" note="nothing is sent">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate({ uid: connection.uid, ...(sender === '' ? {} : { probe: { from: sender, ...(to.trim() === '' ? {} : { to: to.trim() }) } }) });
        }}
      >
        <div className={classes.pair}>
          <TextInput label="Would it take mail from" value={from ?? settings.data?.defaultFrom.address ?? ''} placeholder="Not asked" inputMode="email" spellCheck={false} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput label="to" value={to} placeholder="The same address" inputMode="email" spellCheck={false} disabled={sender === ''} onChange={(event) => setTo(event.currentTarget.value)} />
        </div>
        <Button type="submit" mt="sm" mb="sm" variant="default" leftSection={<IconPlugConnected size={14} />} loading={verify.isPending}>
          {connection.verifiedAt === null ? 'Verify' : 'Verify again'}
        </Button>
      </form>
      {verify.error !== null && <ErrorState error={verify.error} />}
      {verify.data && !verify.isPending && <VerifyReportView report={verify.data} />}
    </Section>
  );
}

function DkimRecord({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <Section title="DKIM record" note="publish it in DNS as TXT">
      <Copied label="Name" text={name} />
      <Copied label="Value" text={value} />
    </Section>
  );
}

function Copied({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div className={classes.record}>
      <span className="h-text-3">{label}</span>
      <code>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button variant="subtle" color="slate" aria-label={`Copy the ${label.toLowerCase()}`} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

function TestMailboxDetails() {
  const navigate = useNavigate();
  return (
    <>
      <p className="h-text-2">A mail server inside Heliograph that keeps what it gets and passes nothing on. It needs no account and no network, so a whole campaign can be tried on it. Nobody outside this computer can reach it.</p>
      <Button variant="default" onClick={() => void navigate('/mailbox')}>
        Open the test mailbox
      </Button>
      <Section title="Addresses that play a part">
        <Facts of={mailboxRoles.map((role) => [`${role.local}@\u2026`, role.words] as const)} />
      </Section>
    </>
  );
}
