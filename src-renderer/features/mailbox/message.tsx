import { ActionIcon, Button, SegmentedControl, Switch, Tooltip } from '@mantine/core';
import { IconDownload, IconMailOff, IconX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { MailboxMessage } from '../../../src-preload/contract/mailbox.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, errorToast, HtmlFrame, offerFile, okToast, SkeletonLines } from '../../ui/index.js';
import { Inspector } from './inspector.js';
import { Links, useFollow } from './links.js';
import classes from './mailbox.module.css';

type View = 'message' | 'text' | 'headers' | 'source';

/** One received message: as it is read, its text, what its headers are worth, its source; and the recipient's acts. */
export function ReceivedMessage({ id, onClose }: { readonly id: number; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const message = useQuery(trpc.mailbox.message.queryOptions({ id }));
  if (message.error !== null && !message.data) return <ErrorState error={message.error} onRetry={() => void message.refetch()} />;
  if (!message.data) return <div className={classes.loading}><SkeletonLines lines={6} /></div>;
  return <Body message={message.data} onClose={onClose} />;
}

function Body({ message, onClose }: { readonly message: MailboxMessage; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const [view, setView] = useState<View>('message');
  const [images, setImages] = useState(false);
  const follow = useFollow(message);
  const load = useMutation(trpc.mailbox.loadImages.mutationOptions({ onError: () => setImages(false) }));
  const unsubscribe = useMutation(
    trpc.mailbox.unsubscribe.mutationOptions({
      onSuccess: ({ status }) => (status >= 200 && status < 300 ? okToast(`${message.recipient} is unsubscribed. The collector answered ${status}.`) : okToast(`The collector answered ${status}: nothing was changed.`)),
    }),
  );
  const pixels = message.images.filter((image) => image.ours).length;
  const html = useMemo(() => withoutOurs(message), [message]);
  const failing = message.checks.filter((check) => check.state === 'fail').length;
  const save = () => {
    client.mailbox.raw.query({ id: message.id }).then((base64) => offerFile(`message-${message.id}.eml`, 'message/rfc822', Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))), errorToast);
  };
  return (
    <article className={classes.message} aria-label={message.subject || 'Message'}>
      <header className={classes.head}>
        <div className={classes.subjectRow}>
          <h2>{message.subject || 'No subject'}</h2>
          <ActionIcon aria-label="Close the message" onClick={onClose}>
            <IconX size={16} />
          </ActionIcon>
        </div>
        <dl className={classes.envelope}>
          <dt>From</dt>
          <dd>{message.from}</dd>
          <dt>To</dt>
          <dd>{message.recipient}</dd>
          <dt>Received</dt>
          <dd>
            {f.dateTime(message.at)}, {f.bytes(message.sizeBytes)}
          </dd>
        </dl>
        <div className={classes.bar}>
          <SegmentedControl
            aria-label="Show"
            value={view}
            onChange={(value) => setView(value)}
            data={[
              { value: 'message', label: 'Message' },
              { value: 'text', label: 'Text' },
              { value: 'headers', label: failing > 0 ? `Headers (${failing} wrong)` : 'Headers' },
              { value: 'source', label: 'Source' },
            ]}
          />
          <span className={classes.grow} />
          <Switch
            label="Load images"
            checked={images}
            disabled={message.images.length === 0}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              setImages(on);
              if (on && pixels > 0) load.mutate({ id: message.id });
            }}
          />
          <Tooltip label={message.oneClick ? 'POSTs to the unsubscribe address, as Gmail and Apple Mail do' : 'The message offers no one-click unsubscribe'}>
            <Button variant="default" leftSection={<IconMailOff size={14} />} disabled={message.oneClick === null} loading={unsubscribe.isPending} onClick={() => unsubscribe.mutate({ id: message.id })}>
              Unsubscribe
            </Button>
          </Tooltip>
          <ActionIcon aria-label="Save as .eml" onClick={save}>
            <IconDownload size={16} />
          </ActionIcon>
        </div>
      </header>
      {view === 'message' && (
        <div className={classes.body}>
          <div className={classes.sheet}>
            {message.html === '' ? <p className={classes.none}>There is no HTML part.</p> : <HtmlFrame html={html} title={`Message to ${message.recipient}`} images={images} onLink={follow.open} />}
          </div>
          <Links message={message} follow={follow} opened={images && load.isSuccess} />
        </div>
      )}
      {view === 'text' && (
        <div className={classes.scroll} tabIndex={0} role="group" aria-label="Text part">
          {message.text === '' ? <p className={classes.none}>There is no text part.</p> : <pre className={classes.plain}>{message.text}</pre>}
        </div>
      )}
      {view === 'headers' && <Inspector message={message} />}
      {view === 'source' && (
        <div className={classes.scroll} tabIndex={0} role="group" aria-label="Source">
          <pre className={classes.source}>{message.source}</pre>
        </div>
      )}
    </article>
  );
}

const nothing = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** The HTML without the collector's own pictures: those are fetched once, by the program, so that one look is one open. */
function withoutOurs(message: MailboxMessage): string {
  let { html } = message;
  for (const { url, ours } of message.images) {
    if (ours) html = html.replaceAll(url, nothing).replaceAll(url.replaceAll('&', '&amp;'), nothing);
  }
  return html;
}
