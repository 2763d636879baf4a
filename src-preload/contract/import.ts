import { z } from 'zod';
import { channel, channels, type Channel, instantMs, rowId } from './common.js';
import { demographicFields, locationFields } from './endpoint.js';
import { errorCode } from './errors.js';

/** Bounds of one file: far above what an export of people holds, low enough that a hostile file ends in a clear error. */
export const importLimits = {
  columns: 2_000,
  /** Longest record, in UTF-16 units: a quote that is never closed ends here and not in memory. */
  recordLength: 1_048_576,
  /** Longest value kept, in UTF-16 units. */
  valueLength: 4_000,
  nameLength: 200,
  /** What is kept of a column's name to know it by, in UTF-16 units. */
  headerLength: 300,
  /** A compressed file may unpack to this many times its size. Text packs 5 to 30 times, a bomb 1,000 times. Not asked below `gzipFreeBytes`. */
  gzipRatio: 200,
  gzipFreeBytes: 16_777_216,
  /** Texts that the cells of a workbook share, in UTF-16 units: they are held in memory. */
  workbookTexts: 134_217_728,
  /** How much `inspect` reads, in bytes after unpacking. */
  sampleBytes: 1_048_576,
  /** How long an import can be taken back. */
  undoDays: 30,
} as const;

/** Where a file is: on this machine, or uploaded by a browser to the headless shell. */
export const importSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('upload'), id: z.string().min(1).max(200) }),
]);
export type ImportSource = z.infer<typeof importSource>;

export const importEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export const importEncoding = z.enum(importEncodings);
export type ImportEncoding = z.infer<typeof importEncoding>;

/** What stands before the fraction of a number: `12.5` or `12,5`. */
export const decimalMarks = ['.', ','] as const;

/** What was found out about a file, or what a person says instead. */
export const importFormat = z.object({
  kind: z.enum(['csv', 'jsonl']),
  gzip: z.boolean(),
  encoding: importEncoding,
  /** Nobody said it and the bytes do not prove it: Windows-1252 for want of UTF-8, which may as well be another code page. */
  encodingGuessed: z.literal(true).optional(),
  delimiter: z.enum([',', ';', '\t', '|']),
  quote: z.enum(['"', "'"]),
  /** Ends of records: `mixed` files have lone CR beside LF, and every kind of end counts. */
  newline: z.enum(['\n', '\r', 'mixed']),
  /** False: the first row is a person already, and columns are called "Column 1" and so on. */
  header: z.boolean(),
  /** Of the file's numbers. JSON has its own. Imports from before it was asked have the point. */
  decimal: z.enum(decimalMarks).default('.'),
  /** The sheet that is read, where the file is a workbook (.xlsx). Its cells come as CSV, so the rest of the format is CSV's. */
  sheet: z.string().max(200).optional(),
});
export type ImportFormat = z.infer<typeof importFormat>;

const name = z.string().trim().min(1).max(importLimits.nameLength);
/** Splits one cell into several values, e.g. `;`. */
const splitOn = z.string().min(1).max(4).optional();

/** Pinpoint's single-value columns other than the address (pinpoint.md 2.2). */
export const importFields = [
  'Id',
  'ChannelType',
  'OptOut',
  'EffectiveDate',
  'EndpointStatus',
  'User.UserId',
  ...demographicFields.map((field) => `Demographic.${field}` as const),
  ...locationFields.map((field) => `Location.${field}` as const),
] as const;
export type ImportField = (typeof importFields)[number];

/**
 * What a column becomes. `address` without a channel takes each row's ChannelType. `unsubscribed`: a value that says yes suppresses the address;
 * `subscribed`: a value that says no does. With a channel, only addresses of that channel. Neither ever lifts a suppression.
 */
export const importTarget = z.discriminatedUnion('to', [
  z.object({ to: z.literal('ignore') }),
  z.object({ to: z.literal('field'), field: z.enum(importFields) }),
  z.object({ to: z.literal('address'), channel: channel.nullable() }),
  z.object({ to: z.literal('attribute'), name, splitOn }),
  z.object({ to: z.literal('metric'), name }),
  z.object({ to: z.literal('userAttribute'), name, splitOn }),
  z.object({ to: z.literal('unsubscribed'), channel: channel.optional() }),
  z.object({ to: z.literal('subscribed'), channel: channel.optional() }),
]);
export type ImportTarget = z.infer<typeof importTarget>;

/** The target as one text, for select boxes: `Address:EMAIL`, `Attributes.plan`, `Location.City`. */
export function targetKey(target: ImportTarget): string {
  switch (target.to) {
    case 'ignore':
      return target.to;
    case 'unsubscribed':
    case 'subscribed':
      return target.channel === undefined ? target.to : `${target.to}:${target.channel}`;
    case 'field':
      return target.field;
    case 'address':
      return target.channel === null ? 'Address' : `Address:${target.channel}`;
    case 'attribute':
      return `Attributes.${target.name}`;
    case 'metric':
      return `Metrics.${target.name}`;
    case 'userAttribute':
      return `User.UserAttributes.${target.name}`;
  }
}

/** Reads what `targetKey` writes, and Pinpoint's own header names. Undefined for anything else. */
export function parseTargetKey(key: string): ImportTarget | undefined {
  if (key === 'ignore') return { to: key };
  if (key === 'unsubscribed' || key === 'subscribed') return { to: key };
  const [consent = '', of] = key.split(':', 2);
  if (of !== undefined && (consent === 'unsubscribed' || consent === 'subscribed')) {
    const one = channel.safeParse(of);
    if (!one.success) return undefined;
    return consent === 'subscribed' ? { to: consent, channel: one.data } : { to: consent, channel: one.data };
  }
  if ((importFields as readonly string[]).includes(key)) return { to: 'field', field: key as ImportField };
  if (key === 'Address') return { to: 'address', channel: null };
  if (key.startsWith('Address:')) {
    const of = key.slice('Address:'.length);
    return (channels as readonly string[]).includes(of) ? { to: 'address', channel: of as Channel } : undefined;
  }
  for (const [prefix, to] of [
    ['Attributes.', 'attribute'],
    ['Metrics.', 'metric'],
    ['User.UserAttributes.', 'userAttribute'],
  ] as const) {
    const rest = key.slice(prefix.length).trim();
    if (key.startsWith(prefix) && rest !== '' && rest.length <= importLimits.nameLength) return { to, name: rest };
  }
  return undefined;
}

/** True where several columns may feed one target: their values make a list. */
export function isMultiValue(target: ImportTarget): boolean {
  return target.to === 'attribute' || target.to === 'userAttribute' || target.to === 'ignore' || target.to === 'unsubscribed' || target.to === 'subscribed';
}

export const columnProblems = ['duplicate', 'empty_name', 'looks_like_data', 'not_numbers', 'not_emails', 'not_phones', 'empty_column'] as const;
export const importColumn = z.object({
  /** Position in the file, from 0. */
  index: z.number().int().nonnegative(),
  header: z.string(),
  /** The first values that are not empty, shortened for the screen. */
  samples: z.array(z.string()).max(3),
  guess: importTarget,
  problems: z.array(z.enum(columnProblems)),
});
export type ImportColumn = z.infer<typeof importColumn>;

/**
 * By what a row finds the endpoint it speaks of. `auto`: its id, then its address. `id`: nothing else, and an unknown id is a new endpoint, which takes its address over.
 * `address`: nothing else; the file's ids are left out. `user`: the person's endpoint of the row's channel, so that a new address replaces the one they had.
 */
export const importMatches = ['auto', 'id', 'address', 'user'] as const;
export const importMatch = z.enum(importMatches);
export type ImportMatch = z.infer<typeof importMatch>;

export const importInspection = z.object({
  fileName: z.string(),
  bytes: z.number().int().nonnegative(),
  format: importFormat,
  /** The sheets of a workbook, in its order; of other files none. */
  sheets: z.array(z.string()),
  /** True when these are Pinpoint's own columns and nothing needs mapping. */
  pinpoint: z.boolean(),
  columns: z.array(importColumn),
  /** Rows in the file, estimated from the part that was read; exact when all of it was. */
  rowsEstimate: z.number().int().nonnegative(),
  rowsExact: z.boolean(),
  /** What a segment made of this file would be called. */
  segmentName: z.string(),
  /** The finished import with the same columns whose mapping is the guess: its file and when it ended. Null where the guesses are made from names and values. */
  mappedAs: z.object({ fileName: z.string(), at: instantMs }).nullable(),
  /** As that import had it; else `auto`. */
  match: importMatch,
});
export type ImportInspection = z.infer<typeof importInspection>;

export const importMapping = z
  .array(z.object({ index: z.number().int().nonnegative(), header: z.string().max(1_000_000), target: importTarget }))
  .max(importLimits.columns);
export type ImportMapping = z.infer<typeof importMapping>;

/** What a check works with; kept with the import. */
export const importOptions = z.object({
  source: importSource,
  format: importFormat,
  mapping: importMapping,
  /** Default: `auto`. */
  match: importMatch.optional(),
  /** Default: the workspace's default app. */
  app: rowId.optional(),
});
export type ImportOptions = z.infer<typeof importOptions>;

/** Why a row is not imported. */
export const rejectReasons = [
  'too_few_cells',
  'too_many_cells',
  'quote_not_closed',
  'bad_quotes',
  'bad_json',
  'not_an_object',
  'control_character',
  'value_too_long',
  'address_missing',
  'channel_missing',
  'unknown_channel',
  'empty',
  'too_long',
  'bad_email',
  'bad_domain',
  'bad_phone',
  'country_needed',
  'bad_number',
  'bad_date',
  'bad_opt_out',
  'bad_status',
  'bad_id',
  'unknown_id',
  'unknown_user',
  'id_missing',
  'user_missing',
  'several_endpoints',
  'too_many_columns',
] as const;
export const rejectReason = z.enum(rejectReasons);
export type RejectReason = z.infer<typeof rejectReason>;

/** What is imported, but worth a look. */
export const importWarnings = [
  'phone_without_plus',
  'country_converted',
  'country_unknown',
  'timezone_unknown',
  'unclear_unsubscribe',
  'column_appeared_later',
  'several_user_ids',
  /** The domain is one letter from one that many have. */
  'typo_domain',
  /** info@, noreply@ and their like. */
  'role_address',
  /** Rows with characters beyond ASCII in a file whose encoding was guessed. */
  'encoding_guessed',
  /** The rest of the file is inside a quote that opens in this row. */
  'quote_not_closed',
] as const;
export const importWarning = z.object({
  code: z.enum(importWarnings),
  rows: z.number().int().positive(),
  firstRow: z.number().int().positive(),
  column: z.string(),
  /** The first that differ, where the values say what is meant. */
  examples: z.array(z.string()).max(3).optional(),
});
export type ImportWarning = z.infer<typeof importWarning>;

/** A refused cell or row as an example: where it is and what it says, shortened. `column` is empty where the whole row is meant. */
export const rejectExample = z.object({ row: z.number().int().positive(), column: z.string(), reason: rejectReason, value: z.string() });
export type RejectExample = z.infer<typeof rejectExample>;
/** Examples kept of each reason. */
export const examplesPerReason = 3;

const n = z.number().int().nonnegative();
/** Exact numbers of a dry run. Rows that hold two addresses count once per address in `new`, `changed` and `same`. */
export const importCounts = z.object({
  rows: n,
  new: n,
  changed: n,
  same: n,
  /** Refusals: a row with two bad addresses counts twice. */
  rejected: n,
  /** Rows of which nothing is imported. Imports from before it was counted have none. */
  rejectedRows: n.default(0),
  /** Rows of the file that speak of an address or id that comes again further down: the last one wins. */
  duplicates: n,
  /** Endpoints whose unsubscribe, opt-out or inactive state the file would have undone. They keep it. */
  keptUnsubscribed: n,
  /** Addresses that the file unsubscribes. */
  unsubscribes: n,
  /** Users without an address of their own in the file (a list of user ids). */
  users: n,
  rejectedBy: z.partialRecord(rejectReason, n),
  /** The first of each reason, in the order of the file. */
  examples: z.array(rejectExample).default([]),
  warnings: z.array(importWarning),
});
export type ImportCounts = z.infer<typeof importCounts>;

/** What the merge did so far. */
export const importMerged = z.object({ rows: n, total: n, new: n, changed: n, same: n, unsubscribes: n });
export type ImportMerged = z.infer<typeof importMerged>;

/** What taking back did: rows restored or removed, and rows kept because they changed since or a message went to them. */
export const importUndone = z.object({ restored: n, removed: n, kept: n });
export type ImportUndone = z.infer<typeof importUndone>;

/** checking -> checked -> merging -> done -> undoing -> undone; cancelling a merge goes through undoing to cancelled. */
export const importStates = ['checking', 'checked', 'merging', 'done', 'undoing', 'cancelled', 'undone', 'failed'] as const;
export const importState = z.enum(importStates);
export type ImportState = z.infer<typeof importState>;

export const importView = z.object({
  uid: z.string(),
  fileName: z.string(),
  state: importState,
  options: importOptions,
  counts: importCounts.nullable(),
  merged: importMerged.nullable(),
  undone: importUndone.nullable(),
  segment: z.object({ uid: z.string(), name: z.string(), ready: z.boolean() }).nullable(),
  /** The segment was there before: its people are replaced when the import is done. */
  replaces: z.boolean(),
  error: z.object({ code: errorCode, detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])) }).nullable(),
  /** The job that works on it now, or did last. */
  job: z.string().nullable(),
  /** Until when it can be taken back, UTC ms. */
  undoUntil: instantMs.nullable(),
  createdAt: instantMs,
  endedAt: instantMs.nullable(),
});
export type ImportView = z.infer<typeof importView>;

export const importInspectInput = z.object({
  source: importSource,
  encoding: importEncoding.optional(),
  header: z.boolean().optional(),
  delimiter: importFormat.shape.delimiter.optional(),
  decimal: z.enum(decimalMarks).optional(),
  /** Of a workbook; default: its first sheet that is not hidden. */
  sheet: z.string().max(200).optional(),
  /** True: guesses from names and values, whatever an earlier import did. */
  afresh: z.boolean().optional(),
});
export type ImportInspectInput = z.infer<typeof importInspectInput>;
export const importCheckInput = importOptions;
export const importStartInput = z.object({ uid: z.string(), segmentName: z.string().trim().min(1).max(200).nullable() });
export const importRef = z.object({ uid: z.string() });
