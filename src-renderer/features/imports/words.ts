import { type Channel } from '../../../src-preload/contract/common.js';
import type { ImportColumn, ImportFormat, ImportMatch, ImportState, ImportTarget, ImportView } from '../../../src-preload/contract/import.js';
import type { Tone } from '../../ui/index.js';

export const stateWords: Readonly<Record<ImportState, { readonly label: string; readonly tone: Tone }>> = {
  checking: { label: 'Checking', tone: 'info' },
  checked: { label: 'Ready to import', tone: 'warn' },
  merging: { label: 'Importing', tone: 'info' },
  done: { label: 'Done', tone: 'ok' },
  undoing: { label: 'Taking back', tone: 'info' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
  undone: { label: 'Taken back', tone: 'neutral' },
  failed: { label: 'Failed', tone: 'bad' },
};

/** A dry run that was left is no import somebody broke off. */
export const stateOf = (view: Pick<ImportView, 'state' | 'counts' | 'merged'>): (typeof stateWords)[ImportState] =>
  view.state === 'cancelled' && view.counts !== null && view.merged === null ? { label: 'Checked only', tone: 'neutral' } : stateWords[view.state];

export const problemWords: Readonly<Record<ImportColumn['problems'][number], string>> = {
  duplicate: 'Another column has this name: make sure that this is the right one',
  empty_name: 'No name',
  looks_like_data: 'The first row looks like a person, not like names',
  not_numbers: 'Most values are no numbers',
  not_emails: 'Most values are no e-mail addresses',
  not_phones: 'Most values are no phone numbers',
  empty_column: 'No values in the first rows',
};

export const delimiterWords: Readonly<Record<ImportFormat['delimiter'], string>> = { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Vertical bar' };
export const decimalWords: Readonly<Record<ImportFormat['decimal'], string>> = { '.': 'Point: 12.5', ',': 'Comma: 12,5' };
export const encodingWords: Readonly<Record<ImportFormat['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little-endian)',
  'utf-16be': 'UTF-16 (big-endian)',
  'windows-1252': 'Windows-1252 (Western European)',
};

export const matchWords: Readonly<Record<ImportMatch, { readonly label: string; readonly about: string }>> = {
  auto: { label: 'Its id, else the same address', about: 'Where neither is known, the row is a new address.' },
  id: { label: 'Its id only', about: 'An unknown id is a new address. Another id that holds it becomes inactive, and an opt-out goes with the address. Rows without an id are rejected.' },
  address: { label: 'The same address only', about: 'The ids of the file are left out.' },
  user: { label: 'Its user id and channel', about: 'A new address takes the place of the one that this person has in the channel. Rows without a user id are rejected.' },
};

const channelAddress: Partial<Record<Channel, string>> = { EMAIL: 'E-mail address', SMS: 'Phone number (SMS)', VOICE: 'Phone number (voice)' };

const by = (channel: Channel | undefined) => (channel === undefined ? '' : channel === 'EMAIL' ? ' by e-mail' : ` by ${channel}`);

/** What a column becomes, in a few words. */
export function targetLabel(target: ImportTarget): string {
  switch (target.to) {
    case 'ignore':
      return 'Leave out';
    case 'unsubscribed':
      return `Unsubscribed: yes means no marketing${by(target.channel)}`;
    case 'subscribed':
      return `Subscribed: no means no marketing${by(target.channel)}`;
    case 'address':
      return target.channel === null ? 'Address, of the channel in another column' : (channelAddress[target.channel] ?? `Address (${target.channel})`);
    case 'attribute':
      return `Attribute “${target.name}” of the address`;
    case 'userAttribute':
      return `Attribute “${target.name}” of the person`;
    case 'metric':
      return `Number “${target.name}”`;
    case 'field':
      return fieldLabels[target.field] ?? target.field.replace(/^(?:Demographic|Location)\./, '');
  }
}

const fieldLabels: Partial<Record<Extract<ImportTarget, { to: 'field' }>['field'], string>> = {
  Id: 'Id of the address',
  ChannelType: 'Channel',
  OptOut: 'OptOut (ALL or NONE)',
  EffectiveDate: 'Last change (EffectiveDate)',
  EndpointStatus: 'Status (ACTIVE or INACTIVE)',
  'User.UserId': 'User id',
  'Demographic.AppVersion': 'App version',
  'Demographic.Locale': 'Language',
  'Demographic.Make': 'Make of the device',
  'Demographic.Model': 'Model of the device',
  'Demographic.ModelVersion': 'Model version',
  'Demographic.Platform': 'Platform',
  'Demographic.PlatformVersion': 'Platform version',
  'Demographic.Timezone': 'Time zone',
  'Location.PostalCode': 'Postal code',
};

/** The kind of value a target takes, for the column "Type". */
export function targetType(target: ImportTarget): string {
  switch (target.to) {
    case 'ignore':
      return '';
    case 'metric':
      return 'number';
    case 'attribute':
    case 'userAttribute':
      return target.splitOn === undefined ? 'text' : 'list';
    case 'unsubscribed':
    case 'subscribed':
      return 'yes or no';
    case 'address':
      return target.channel === 'EMAIL' ? 'e-mail' : target.channel === 'SMS' || target.channel === 'VOICE' ? 'phone' : 'address';
    case 'field':
      return target.field === 'EffectiveDate' ? 'date' : /tude$/.test(target.field) ? 'number' : 'text';
  }
}
