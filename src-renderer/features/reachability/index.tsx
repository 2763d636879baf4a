import { Button, Radio, Stack, TextInput } from '@mantine/core';
import { IconCheck, IconPlugConnected } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CollectorStatus } from '../../../src-preload/contract/collector.js';
import { describeError } from '../../../src-preload/contract/error-words.js';
import { errorCode } from '../../../src-preload/contract/errors.js';
import { mailtoAddress, publicUrl, type ReachabilityView } from '../../../src-preload/contract/reachability.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, Loaded, okToast, Page, Section, SkeletonLines, Tag } from '../../ui/index.js';
import classes from './reachability.module.css';
import { UnsubscribePageEditor } from './unsubscribe-page.js';

/** Settings, Reachability: how recipients' clicks and unsubscribes find their way here. */
export function ReachabilitySettings() {
  const trpc = useTRPC();
  const view = useQuery(trpc.reachability.get.queryOptions());
  const status = useQuery(trpc.reachability.status.queryOptions());
  return (
    <Page title="Reachability" crumbs={[{ label: 'Settings', to: '/settings' }]} scroll>
      <div style={{ maxWidth: 760 }}>
        <p className="h-text-2" style={{ marginBlockStart: 0 }}>
          Links, opens and unsubscribes come back to the collector of this workspace. It listens on this computer only, so recipients need a way to it. The test mailbox needs none.
        </p>
        <Loaded query={status} skeleton={<SkeletonLines lines={1} />}>
          {(now) => <CollectorLine status={now} />}
        </Loaded>
        <Loaded query={view} skeleton={<SkeletonLines lines={8} height={28} />}>
          {(now) => <Ways key={JSON.stringify(now.setting)} view={now} />}
        </Loaded>
        <UnsubscribePageEditor />
      </div>
    </Page>
  );
}

function CollectorLine({ status }: { readonly status: CollectorStatus }) {
  const trpc = useTRPC();
  const restart = useMutation(trpc.reachability.restart.mutationOptions());
  const code = status.problem ? errorCode.safeParse(status.problem.code) : undefined;
  const words = status.problem && code?.success ? describeError(code.data, status.problem.detail) : undefined;
  return (
    <Section title="Collector" note={status.state === 'running' ? <Tag tone="ok">Running</Tag> : <Tag tone="bad">Stopped</Tag>}>
      {status.url === null ? (
        <div className={classes.line}>
          <span>{words ? [words.what, words.why, words.todo].filter((part) => part !== '').join(' ') : 'It is not running.'}</span>
          <Button variant="default" loading={restart.isPending} onClick={() => restart.mutate()}>
            Try again
          </Button>
        </div>
      ) : (
        <p className="h-text-2" style={{ margin: 0 }}>
          It listens on <code>{status.url}</code>. Point the tunnel or proxy there. The port stays the same, because links that were sent name it.
        </p>
      )}
    </Section>
  );
}

type Mode = ReachabilityView['setting']['mode'];

function Ways({ view }: { readonly view: ReachabilityView }) {
  const { setting } = view;
  const [mode, setMode] = useState<Mode>(setting.mode);
  const trpc = useTRPC();
  const set = useMutation(trpc.reachability.set.mutationOptions({ meta: { ownError: true }, onSuccess: (after) => okToast(after.setting.mode === 'public' ? 'The address leads here. Real connections can launch.' : 'Saved.') }));
  const failed = set.error && (
    <div style={{ marginBlockStart: 12 }}>
      <ErrorState error={set.error} />
    </div>
  );
  return (
    <Section title="How recipients reach you" note="chosen once, for every campaign on a real connection">
      <Radio.Group aria-label="How recipients reach you" value={mode} onChange={(value) => { setMode(value); set.reset(); }}>
        <Stack gap="sm">
          <Way value="public" title="A public address that leads here" current={setting.mode === 'public'} words="A tunnel or a reverse proxy with https in front of the collector. Opens, clicks and one-click unsubscribe work. Keep it for as long as people may click: years, not days.">
            {mode === 'public' && (
              <>
                <PublicForm setting={setting} pending={set.isPending} onVerify={(url) => set.mutate({ mode: 'public', url })} />
                {failed}
              </>
            )}
          </Way>
          <Way value="mailto" title="Unsubscribe by e-mail only" current={setting.mode === 'mailto'} words="Messages carry no tracking: no opens, no clicks. People unsubscribe by writing to an address, and you enter what comes in on the Suppressions page, many at once.">
            {mode === 'mailto' && (
              <>
                <MailtoForm setting={setting} pending={set.isPending} onSave={(address) => set.mutate({ mode: 'mailto', address })} />
                {failed}
              </>
            )}
          </Way>
          <Way value="none" title="Not decided yet" current={setting.mode === 'none'} words="Campaigns can go to the test mailbox. A real connection refuses to launch, because a link that nobody can reach is never sent.">
            {mode === 'none' && setting.mode !== 'none' && (
              <>
                <Button variant="default" loading={set.isPending} onClick={() => set.mutate({ mode: 'none' })}>
                  Use this
                </Button>
                {failed}
              </>
            )}
          </Way>
        </Stack>
      </Radio.Group>
    </Section>
  );
}

function Way({ value, title, words, current, children }: { readonly value: Mode; readonly title: string; readonly words: string; readonly current: boolean; readonly children: React.ReactNode }) {
  return (
    <div className={classes.way} data-current={current || undefined}>
      <Radio value={value} label={<span className="h-name">{title} {current && <Tag tone="info">in use</Tag>}</span>} description={words} />
      {children !== false && <div className={classes.form}>{children}</div>}
    </div>
  );
}

function PublicForm({ setting, pending, onVerify }: { readonly setting: ReachabilityView['setting']; readonly pending: boolean; readonly onVerify: (url: string) => void }) {
  const f = useFormat();
  const [url, setUrl] = useState(setting.mode === 'public' ? setting.url : '');
  const fits = publicUrl.safeParse(url).success;
  const verified = setting.mode === 'public' && setting.url === url.trim().replace(/\/+$/, '') ? setting.verifiedAt : null;
  return (
    <form className={classes.line} onSubmit={(event) => { event.preventDefault(); if (fits) onVerify(url.trim()); }}>
      <TextInput
        style={{ flex: 1 }}
        label="Public address"
        placeholder="https://mail.example.org"
        inputMode="url"
        maxLength={500}
        value={url}
        error={url !== '' && !fits ? 'An address that starts with https://, without ? and #' : undefined}
        description={verified === null ? 'Verifying asks this address from here, by GET and by POST, and wants this collector’s own proof back.' : undefined}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!fits} loading={pending} leftSection={<IconPlugConnected size={14} />} className={classes.button}>
        {verified === null ? 'Verify and use' : 'Verify again'}
      </Button>
      {verified !== null && (
        <p className={`h-ok ${classes.wide}`}>
          <IconCheck size={14} aria-hidden /> Verified {f.dateTime(verified)}
        </p>
      )}
    </form>
  );
}

function MailtoForm({ setting, pending, onSave }: { readonly setting: ReachabilityView['setting']; readonly pending: boolean; readonly onSave: (address: string) => void }) {
  const [address, setAddress] = useState(setting.mode === 'mailto' ? setting.address : '');
  const fits = mailtoAddress.safeParse(address).success;
  return (
    <form className={classes.line} onSubmit={(event) => { event.preventDefault(); if (fits) onSave(address.trim()); }}>
      <TextInput style={{ flex: 1 }} label="Address people write to" placeholder="unsubscribe@example.org" type="email" maxLength={254} value={address} error={address !== '' && !fits ? 'Not an e-mail address' : undefined} onChange={(event) => setAddress(event.currentTarget.value)} />
      <Button type="submit" disabled={!fits} loading={pending} className={classes.button}>
        Use this
      </Button>
    </form>
  );
}
