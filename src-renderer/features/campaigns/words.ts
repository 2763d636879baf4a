import type { CampaignStatus, PauseReason } from '../../../src-preload/contract/campaign.js';
import type { Tone } from '../../ui/index.js';

/** A campaign's state as a tag. */
export const statusTags: Readonly<Record<CampaignStatus, { readonly word: string; readonly tone: Tone; readonly dot?: boolean }>> = {
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

/** Why a run does not go on, and what to do. */
export const pauseWords: Readonly<Record<PauseReason, { readonly what: string; readonly todo: string }>> = {
  operator: { what: 'Paused by you.', todo: 'Resume when you are ready: nobody gets it twice.' },
  stopping: { what: 'The rest is being left out.', todo: 'Messages that are on their way still arrive.' },
  credentials: { what: 'The mail server does not accept the user name or password.', todo: 'Mend the connection in Settings, verify it, then resume.' },
  refused: { what: 'The mail server refuses us, not the recipients.', todo: 'Read its words below, mend the cause, then resume. Nobody was suppressed for it.' },
  recipients: { what: 'The mail server refuses most recipients as not there.', todo: 'Read its words below. If it is the server that errs, mend that and lift these suppressions (Suppressions, reason “hard bounce”). If the list is old, stop. Resume goes on until as many more are refused.' },
  unbuildable: { what: 'The connection or the message cannot be used as it is.', todo: 'Look at the connection and the links in Settings, then resume.' },
};

/** Why all sending of a workspace stands still. */
export const sendingPausedWords: Readonly<Record<string, string>> = {
  moved: 'All sending is paused: this workspace was copied or moved, and the original may still be sending.',
  restored: 'All sending is paused: a backup was restored. Look at what may have been sent, then go on.',
  operator: 'All sending is paused.',
};

/** States in which a run is under way and the monitor is the place to be. */
export const underWay: ReadonlySet<CampaignStatus> = new Set(['hold', 'ask', 'freezing', 'sending', 'waiting', 'paused', 'stopping']);
