import { Button } from '@mantine/core';
import { IconAlertTriangle, IconDatabaseX, IconFileAlert, IconHelpCircle, IconPlayerPause, IconPlugX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { describeError } from '../../../src-preload/contract/error-words.js';
import type { MessageReason } from '../../../src-preload/contract/delivery.js';
import type { HomeNeed } from '../../../src-preload/contract/home.js';
import { useTRPC } from '../../api/trpc.js';
import { type Format, useFormat } from '../../lib/format.js';
import classes from './home.module.css';

interface NeedWords {
  readonly icon: ReactNode;
  readonly title: string;
  readonly why: string;
  readonly at?: number;
  readonly open?: { readonly to: string; readonly label: string };
}

const warn = { size: 16, className: 'h-warn', 'aria-hidden': true } as const;
const bad = { size: 16, className: 'h-bad', 'aria-hidden': true } as const;

const pausedBy: Readonly<Record<string, string>> = {
  operator: 'Somebody paused it.',
  credentials: 'The mail server refuses our login.',
  refused: 'The mail server refuses our messages, not the recipients.',
  recipients: 'The mail server refuses most recipients as not there.',
  unbuildable: 'Its connection or message cannot be opened.',
};
const unknownBy: Partial<Readonly<Record<MessageReason, string>>> = {
  connection_lost: 'The connection was lost after they were handed over.',
  crashed: 'Heliograph ended while they were being sent.',
  restored: 'A backup was restored that holds them as unsent; they may have gone out since it was made.',
};
const stoppedBy: Readonly<Record<string, string>> = {
  moved: 'The workspace folder was moved or copied; the original may still be sending.',
  restored: 'A backup was restored; messages that it holds as unsent may have been sent.',
  moved_restored: 'A backup was restored, so messages that it holds as unsent may have been sent; and the workspace folder was moved or copied since: the original may still be sending.',
  operator: 'Somebody paused it.',
};

function wordsOf(need: HomeNeed, f: Format): NeedWords {
  const people = (n: number) => `${f.plural(n, 'message is', 'messages are')} waiting.`;
  switch (need.kind) {
    case 'damaged':
      return {
        icon: <IconDatabaseX {...bad} />,
        title: 'The workspace file is damaged',
        why: `Heliograph did not end cleanly last time, and the check since then found: ${need.found}. Restore the last backup: opt-outs since then are kept, and the file as it is now stays in the folder “backups”.`,
        open: { to: '/settings/backup', label: 'Open backups' },
      };
    case 'sending_paused':
      return { icon: <IconPlayerPause {...warn} />, title: 'All sending is paused', why: [stoppedBy[need.why] ?? '', need.waiting > 0 ? people(need.waiting) : ''].filter((s) => s !== '').join(' ') };
    case 'run_paused':
      return {
        icon: <IconPlayerPause {...(need.reason === 'operator' ? warn : bad)} />,
        title: `${need.campaignName} is paused`,
        why: [pausedBy[need.reason] ?? '', need.response === null ? '' : `“${need.response}”`, people(need.waiting)].filter((s) => s !== '').join(' '),
        at: need.at,
        open: { to: `/campaigns/${need.campaign}`, label: 'Open' },
      };
    case 'run_asks':
      return { icon: <IconHelpCircle {...warn} />, title: `${need.campaignName} waits for your word`, why: 'Heliograph ended during its 30-second hold. Nothing was sent: launch it again or take it back.', at: need.at, open: { to: `/campaigns/${need.campaign}`, label: 'Decide' } };
    case 'run_unknown':
      return {
        icon: <IconAlertTriangle {...warn} />,
        title: `${need.campaignName}: ${f.plural(need.messages, 'message', 'messages')} may have been sent`,
        why: [...need.causes.map((cause) => unknownBy[cause] ?? ''), 'They are never sent again by themselves: say what became of them.'].filter((s) => s !== '').join(' '),
        at: need.at,
        open: { to: `/campaigns/${need.campaign}/live`, label: 'Settle' },
      };
    case 'import_failed': {
      const words = need.error === null ? { what: '', todo: '' } : describeError(need.error, {});
      return { icon: <IconFileAlert {...bad} />, title: `Import of ${need.fileName} failed`, why: `${words.what} ${words.todo}`.trim(), at: need.at, open: { to: `/imports?import=${need.uid}`, label: 'See why' } };
    }
    case 'import_checked':
      return { icon: <IconFileAlert {...warn} />, title: `${need.fileName} is checked and not imported yet`, why: 'The dry run is done. Nothing was changed so far.', at: need.at, open: { to: `/imports?import=${need.uid}`, label: 'Look and import' } };
    case 'connection_failing':
      return { icon: <IconPlugX {...bad} />, title: `Connection ${need.name} does not work`, why: need.error, at: need.at, open: { to: '/settings/connections', label: 'Open' } };
  }
}

/** What waits for a person, worst first; nothing at all when nothing does. */
export function Needs({ needs }: { readonly needs: readonly HomeNeed[] }) {
  const trpc = useTRPC();
  const f = useFormat();
  const resume = useMutation(trpc.workspace.resumeSending.mutationOptions());
  if (needs.length === 0) return null;
  return (
    <section aria-labelledby="h-needs">
      <div className={classes.head}>
        <h2 id="h-needs">Needs you</h2>
        <span className="h-text-2">{f.number(needs.length)}</span>
      </div>
      {needs.map((need) => {
        const { icon, title, why, at, open } = wordsOf(need, f);
        return (
          <div key={`${need.kind}:${title}`} className={classes.need}>
            {icon}
            <span className={classes.needText}>
              <span className={classes.needTitle}>{title}</span>
              {why !== '' && <span className={classes.needWhy}>{why}</span>}
            </span>
            {at !== undefined && <span className={classes.at}>since {f.when(at)}</span>}
            {open && (
              <Button variant="default" component={Link} to={open.to} aria-label={`${open.label}: ${title}`}>
                {open.label}
              </Button>
            )}
            {need.kind === 'sending_paused' && (
              <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
                Resume sending
              </Button>
            )}
          </div>
        );
      })}
    </section>
  );
}
