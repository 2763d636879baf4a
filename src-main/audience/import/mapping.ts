import { HeliographError } from '../../../src-preload/contract/errors.js';
import { type ImportField, type ImportMapping, type ImportMatch, isMultiValue, targetKey } from '../../../src-preload/contract/import.js';
import type { Channel } from '../../../src-preload/contract/common.js';

/** Where a multi-value name takes its values from. */
export interface NamedColumns {
  readonly name: string;
  readonly columns: readonly { readonly index: number; readonly splitOn: string | undefined }[];
}

/** A column that says yes or no to marketing: for one channel, or for every address of its row. */
export interface ConsentColumn {
  readonly index: number;
  readonly channel: Channel | undefined;
}

/** A mapping turned round: for each thing a person has, the columns that fill it. */
export interface MappingPlan {
  readonly fields: ReadonlyMap<ImportField, number>;
  readonly addresses: readonly { readonly index: number; readonly channel: Channel | null }[];
  readonly attributes: readonly NamedColumns[];
  readonly userAttributes: readonly NamedColumns[];
  readonly metrics: readonly { readonly name: string; readonly index: number }[];
  readonly unsubscribed: readonly ConsentColumn[];
  readonly subscribed: readonly ConsentColumn[];
  /** A list of user ids without addresses: it names people, it makes none. */
  readonly userList: boolean;
}

const invalid = (message: string, columns: readonly string[] = []) =>
  new HeliographError('MAPPING_INVALID', { message, ...(columns.length > 0 ? { columns: columns.join(', ') } : {}) });

/** Checks a mapping as a whole. Throws `MAPPING_INVALID` {message, columns} naming the columns that cannot stand together. */
export function planMapping(mapping: ImportMapping, match: ImportMatch = 'auto'): MappingPlan {
  const used = mapping.filter(({ target }) => target.to !== 'ignore');
  const single = new Map<string, string[]>();
  for (const { header, index, target } of used) {
    if (isMultiValue(target)) continue;
    const key = target.to === 'address' ? `Address:${target.channel ?? ''}` : targetKey(target);
    single.set(key, [...(single.get(key) ?? []), header || `Column ${index + 1}`]);
  }
  for (const [key, headers] of single) {
    if (headers.length > 1) throw invalid(`Only one column can become ${key.replace(/:$/, '')}, but these do: ${headers.join(', ')}.`, headers);
  }
  const fields = new Map<ImportField, number>();
  const addresses: { index: number; channel: Channel | null }[] = [];
  for (const { index, target } of used) {
    if (target.to === 'field') fields.set(target.field, index);
    if (target.to === 'address') addresses.push({ index, channel: target.channel });
  }
  const lacking = lacks(match, fields, addresses.length);
  if (lacking) throw invalid(`Rows are to be found by ${lacking}.`);
  const userList = addresses.length === 0 && !fields.has('Id') && fields.has('User.UserId');
  if (addresses.length === 0 && !fields.has('Id') && !userList)
    throw invalid('No column holds an address or an id. Choose the one with e-mail addresses or phone numbers.');
  if (addresses.length > 1 && fields.has('Id'))
    throw invalid('An Id names one address, but several columns hold addresses. Map the id to User.UserId instead.');
  if (addresses.length > 1 && addresses.some(({ channel }) => channel === null)) throw invalid('With several address columns, each must say its channel.');
  if (addresses.some(({ channel }) => channel === null) && !fields.has('ChannelType'))
    throw invalid('Say which channel the addresses are for, or map a column to ChannelType.');
  const columnsOf = (to: 'unsubscribed' | 'subscribed'): ConsentColumn[] =>
    used.flatMap(({ index, target }) => (target.to === to ? [{ index, channel: target.channel }] : []));
  return {
    fields,
    addresses,
    attributes: named(used, 'attribute'),
    userAttributes: named(used, 'userAttribute'),
    metrics: used.flatMap(({ index, target }) => (target.to === 'metric' ? [{ name: target.name, index }] : [])),
    unsubscribed: columnsOf('unsubscribed'),
    subscribed: columnsOf('subscribed'),
    userList,
  };
}

/** What a key needs and the mapping has no column for. */
function lacks(match: ImportMatch, fields: ReadonlyMap<ImportField, number>, addresses: number): string | undefined {
  if (match === 'id' && !fields.has('Id')) return 'their id, and no column becomes the Id';
  if ((match === 'address' || match === 'user') && addresses === 0) return 'their address or channel, and no column holds addresses';
  if (match === 'user' && !fields.has('User.UserId')) return 'user id and channel, and no column becomes the User id';
  return undefined;
}

function named(used: ImportMapping, to: 'attribute' | 'userAttribute'): NamedColumns[] {
  const byName = new Map<string, { index: number; splitOn: string | undefined }[]>();
  for (const { index, target } of used) {
    if (target.to !== to) continue;
    byName.set(target.name, [...(byName.get(target.name) ?? []), { index, splitOn: target.splitOn }]);
  }
  return [...byName].map(([name, columns]) => ({ name, columns }));
}
