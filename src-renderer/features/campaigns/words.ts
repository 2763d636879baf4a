import type { CampaignStatus, PauseReason } from '../../../src-preload/contract/campaign.js';
import type { Tone } from '../../ui/index.js';

/** A campaign's state as a tag. */
const statusTags: Readonly<Record<CampaignStatus, { readonly word: string; readonly tone: Tone; readonly dot?: boolean }>> = {
  draft: { word: 'Draft', tone: 'neutral' },
  hold: { word: 'Starts in a moment', tone: 'warn', dot: true },
  ask: { word: 'Asks before sending', tone: 'warn' },
  freezing: { word: 'Fixing recipients', tone: 'info', dot: true },
  sending: { word: 'Sending', tone: 'warn', dot: true },
  waiting: { word: 'Waiting', tone: 'info' },
  paused: { word: 'Paused', tone: 'bad' },
  stopping: { word: 'Stopping', tone: 'bad' },
  stopped: { word: 'Stopped', tone: 'neutral' },
  done: { word: 'Sent', tone: 'ok' },
  archived: { word: 'Archived', tone: 'neutral' },
};

/** A campaign's tag, with the number of its messages that may have been sent: a run that ended with some is not simply "Sent". */
export function statusTag(status: CampaignStatus, unknown: number): { readonly word: string; readonly tone: Tone; readonly dot?: boolean } {
  return status === 'done' && unknown > 0 ? { word: 'Some may have been sent', tone: 'warn' } : statusTags[status];
}

/** Why a run does not go on, and what to do. */
export const pauseWords: Readonly<Record<PauseReason, { readonly what: string; readonly todo: string }>> = {
  operator: { what: 'Paused by you.', todo: 'Resume when you are ready: nobody gets it twice.' },
  stopping: { what: 'The rest is being left out.', todo: 'Messages that are on their way still arrive.' },
  credentials: { what: 'The mail server did not accept the user name and password.', todo: 'Mend the connection in Settings, verify it, then resume.' },
  login: { what: 'Logging in at the mail server did not work.', todo: 'Read its words below, mend the connection in Settings, verify it, then resume.' },
  greeting: { what: 'The mail server refuses to talk to us: it turned the connection away at its greeting.', todo: 'Ask who runs it whether this network and computer may connect, then resume. Nobody was suppressed for it.' },
  tls: { what: 'No encryption that can be trusted came about with the mail server, so nothing was sent.', todo: 'Verify the connection in Settings: it says what to change. Then resume.' },
  unanswered: { what: 'The mail server takes messages and does not say whether it has them.', todo: 'They are listed below as “May have been sent”. Look at the server’s log and settle them; resume when it answers again.' },
  refused: { what: 'The mail server refuses our messages or our sender address, not the recipients.', todo: 'Read its words below, mend the cause, then resume. Nobody was suppressed for it.' },
  recipients: { what: 'The mail server refuses most recipients as not there.', todo: 'Read its words below. If it is the server that errs, mend that and lift these suppressions. If the list is old, stop. Resume goes on until as many more are refused.' },
  unbuildable: { what: 'The connection or the message cannot be used as it is.', todo: 'Look at the connection and the links in Settings, then resume.' },
};

/** Why all sending of a workspace stands still. */
export const sendingPausedWords: Readonly<Record<string, string>> = {
  moved: 'All sending is paused: this workspace was copied or moved, and the original may still be sending.',
  restored: 'All sending is paused: a backup was restored. Look at what may have been sent, then go on.',
  moved_restored: 'All sending is paused: a backup was restored, and this workspace was copied or moved since; the original may still be sending. Look at what may have been sent, then go on in one of them.',
  operator: 'All sending is paused.',
};

/** States in which a run is under way and the monitor is the place to be. */
export const underWay: ReadonlySet<CampaignStatus> = new Set(['hold', 'ask', 'freezing', 'sending', 'waiting', 'paused', 'stopping']);
