import { type Icon, IconBell, IconDeviceMobile, IconDeviceMobileMessage, IconMail, IconPhone, IconWorld } from '@tabler/icons-react';
import type { SuppressionReason, SuppressionScope } from '../../../src-preload/contract/audience.js';
import type { Channel } from '../../../src-preload/contract/common.js';
import type { MessageReason } from '../../../src-preload/contract/delivery.js';

/** What people call a channel. */
export const channelWords: Readonly<Record<Channel, string>> = {
  EMAIL: 'E-mail',
  SMS: 'SMS',
  VOICE: 'Voice call',
  PUSH: 'Push',
  GCM: 'Push, Android and web (FCM)',
  APNS: 'Push, Apple',
  APNS_SANDBOX: 'Push, Apple development',
  APNS_VOIP: 'Push, Apple VoIP',
  APNS_VOIP_SANDBOX: 'Push, Apple VoIP development',
  ADM: 'Push, Amazon',
  BAIDU: 'Push, Baidu',
  CUSTOM: 'Custom',
  IN_APP: 'In the app',
};

export function channelIcon(channel: Channel): Icon {
  if (channel === 'EMAIL') return IconMail;
  if (channel === 'SMS') return IconDeviceMobileMessage;
  if (channel === 'VOICE') return IconPhone;
  if (channel === 'CUSTOM') return IconWorld;
  if (channel === 'IN_APP') return IconDeviceMobile;
  return IconBell;
}

/** A cell's worth of "why not". */
export function shortReason(reason: MessageReason): string {
  const words: Partial<Record<MessageReason, string>> = {
    none: 'Allowed',
    inactive: 'Inactive',
    no_address: 'No address',
    opted_out: 'Opted out in the app',
    unsubscribed: 'Unsubscribed',
    complained: 'Complained as spam',
    hard_bounced: 'Hard bounce',
    stopped: 'Said STOP',
    suppressed: 'Suppressed',
  };
  return words[reason] ?? reason;
}

export const suppressionWords: Readonly<Record<SuppressionReason, string>> = {
  unsubscribe: 'Unsubscribed',
  complaint: 'Complained as spam',
  hard_bounce: 'Hard bounce',
  stop: 'Said STOP',
  manual: 'Entered by hand',
  imported: 'Imported',
  restored: 'Kept at a restore',
};

export const scopeWords: Readonly<Record<SuppressionScope, string>> = { marketing: 'Marketing', all: 'Every message' };

const eventNames: Readonly<Record<string, string>> = {
  '_email.open': 'Opened',
  '_email.click': 'Clicked',
  '_email.unsubscribe': 'Unsubscribed',
  '_email.resubscribe': 'Took back the unsubscribe',
  '_email.hardbounce': 'Bounced: the address does not exist',
  '_email.softbounce': 'Bounced for now',
  '_email.complaint': 'Complained as spam',
};
/** Our own events in words, an app's as it named them. */
export const eventWords = (name: string): string => eventNames[name] ?? name;

/** What was done to an address or a person. */
export const changeWords: Readonly<Record<string, string>> = {
  'endpoint.edited': 'Address edited',
  'person.edited': 'Person edited',
  'endpoint.opted_out': 'Opt-out set',
  'endpoint.opt_out_cleared': 'Opt-out cleared',
  'endpoint.deleted': 'Deleted',
  'endpoint.restored': 'Deletion taken back',
  'person.merged': 'Merged with another entry',
  'person.unmerged': 'Merge taken back',
};

/** ISO 3166 alpha-2 as a name, or as it stands where it is no such code. */
export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames('en-GB', { type: 'region', fallback: 'code' }).of(code) ?? code;
}

/** A push token is not for reading: its beginning and end are enough to tell two apart. */
export function shortAddress(channel: Channel, address: string): string {
  // What stands for an address of an erased person on the suppression list: a keyed hash.
  if (/^erased:[0-9a-f]{64}$/.test(address)) return `Erased (${address.slice(7, 15)})`;
  return channel === 'EMAIL' || channel === 'SMS' || channel === 'VOICE' || address.length <= 24 ? address : `${address.slice(0, 8)}…${address.slice(-6)}`;
}

/** Pinpoint's names of what is known of a device. */
export const deviceWords: Readonly<Record<string, string>> = { AppVersion: 'App version', Locale: 'Language', Make: 'Make', Model: 'Model', ModelVersion: 'Model version', Platform: 'System', PlatformVersion: 'System version', Timezone: 'Time zone' };
