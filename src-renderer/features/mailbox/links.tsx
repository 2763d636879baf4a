import { Anchor, Button } from '@mantine/core';
import { IconExternalLink, IconPointer } from '@tabler/icons-react';
import { useState } from 'react';
import type { Followed, MailboxMessage } from '../../../src-preload/contract/mailbox.js';
import { useTRPCClient } from '../../api/trpc.js';
import { errorToast } from '../../ui/index.js';
import classes from './mailbox.module.css';

/** What following a link came to, by its address. */
export interface Follow {
  readonly results: ReadonlyMap<string, Followed | 'asking'>;
  /** Follows a link of the message as its recipient; a link that does not lead to the collector opens outside. */
  readonly open: (url: string) => void;
}

export function useFollow(message: MailboxMessage): Follow {
  const client = useTRPCClient();
  const [results, setResults] = useState<ReadonlyMap<string, Followed | 'asking'>>(new Map());
  const put = (url: string, result: Followed | 'asking' | undefined) =>
    setResults((before) => {
      const next = new Map(before);
      if (result) next.set(url, result);
      else next.delete(url);
      return next;
    });
  return {
    results,
    open: (url) => {
      const link = message.links.find((l) => l.url === url.trim());
      if (!link) return;
      if (!link.ours) {
        window.open(link.url, '_blank', 'noopener,noreferrer');
        return;
      }
      put(link.url, 'asking');
      client.mailbox.follow.mutate({ id: message.id, url: link.url }).then(
        (result) => put(link.url, result),
        (error: unknown) => {
          put(link.url, undefined);
          errorToast(error);
        },
      );
    },
  };
}

/** The message's links beside it: where they lead, and a button to follow each deliberately. */
export function Links({ message, follow, opened }: { readonly message: MailboxMessage; readonly follow: Follow; readonly opened: boolean }) {
  return (
    <aside className={classes.links} aria-label="Links of the message">
      {opened && (
        <p className={classes.counted} role="status">
          The open pixel was loaded: this counts as an open.
        </p>
      )}
      <h3>{message.links.length === 0 ? 'No links' : 'Links'}</h3>
      <ul>
        {message.links.map((link) => {
          const result = follow.results.get(link.url);
          return (
            <li key={link.url}>
              <span className="h-name">{link.text || 'Picture'}</span>
              <span className={classes.url} title={link.url}>
                {link.url}
              </span>
              <Button variant="default" leftSection={link.ours ? <IconPointer size={14} /> : <IconExternalLink size={14} />} loading={result === 'asking'} onClick={() => follow.open(link.url)}>
                {link.ours ? 'Open link' : 'Open outside'}
              </Button>
              {result && result !== 'asking' && <Outcome url={link.url} result={result} />}
            </li>
          );
        })}
      </ul>
    </aside>
  );
}

function Outcome({ url, result }: { readonly url: string; readonly result: Followed }) {
  if (result.status >= 400) return <span className={classes.outcome} role="status">The collector answered {result.status}.</span>;
  const target = result.location ?? url;
  return (
    <span className={classes.outcome} role="status">
      {result.location === null ? 'The collector shows a page. ' : 'Counted as a click. It leads to '}
      <Anchor href={target} target="_blank" rel="noopener noreferrer" className={classes.target}>
        {result.location === null ? 'Open the page' : target}
      </Anchor>
    </span>
  );
}
