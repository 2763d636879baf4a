import { z } from 'zod';
import { channel, instantMs, rowId } from './common.js';
import { messageReason, type messageState } from './delivery.js';
import type { TopicFact, TopicStanding } from './topic.js';
import { attributeMap, demographicFields, endpointView, metricMap } from './endpoint.js';

/** Why an address cannot be kept. `country_needed`: a phone number without `+` and no default country. */
export const addressProblems = ['empty', 'too_long', 'control_character', 'bad_email', 'bad_domain', 'bad_phone', 'country_needed'] as const;
export const addressProblem = z.enum(addressProblems);
export type AddressProblem = z.infer<typeof addressProblem>;

/** How far a suppression reaches: `marketing` leaves messages that are owed (receipts) alone, `all` stops everything. */
export const suppressionScopes = ['marketing', 'all'] as const;
export const suppressionScope = z.enum(suppressionScopes);
export type SuppressionScope = z.infer<typeof suppressionScope>;

/** Why an address is suppressed (design 5). */
export const suppressionReasons = ['unsubscribe', 'complaint', 'hard_bounce', 'stop', 'manual', 'imported', 'restored'] as const;
export const suppressionReason = z.enum(suppressionReasons);
export type SuppressionReason = z.infer<typeof suppressionReason>;

/** One fact of the append-only suppression table: what was added or lifted, when, why and by whom. */
export const suppressionRow = z.object({
  id: rowId,
  at: instantMs,
  act: z.enum(['add', 'lift']),
  channel,
  addressKey: z.string(),
  scope: suppressionScope,
  reason: suppressionReason,
  source: z.string(),
  actor: z.string(),
  note: z.string().nullable(),
  run: z.number().int().nullable(),
  seq: z.number().int().nullable(),
});
export type SuppressionRow = z.infer<typeof suppressionRow>;

/** One thing that stands between us and an address, in the words of the ledger; several can hold at once. */
export const contactBlock = z.object({
  reason: messageReason,
  /** Which kind of suppression, where it is one. */
  scope: suppressionScope.optional(),
  since: instantMs.optional(),
  source: z.string().optional(),
  note: z.string().optional(),
  /** True for a suppression, which `suppressions.lift` takes away. */
  liftable: z.boolean(),
});
export type ContactBlock = z.infer<typeof contactBlock>;

/** "May we contact?" for one address: no block means yes. */
export const contactFacts = z.object({ mayContact: z.boolean(), blocks: z.array(contactBlock) });
export type ContactFacts = z.infer<typeof contactFacts>;

/** An endpoint as the operator sees it: Pinpoint's view plus what only this workspace knows. */
export const endpointDetail = z.object({
  id: rowId,
  view: endpointView,
  createdAt: instantMs,
  updatedAt: instantMs,
  lastSeenAt: instantMs.optional(),
  optOutSource: z.string().optional(),
  contact: contactFacts,
});
export type EndpointDetail = z.infer<typeof endpointDetail> & { readonly topics: readonly TopicStanding[] };

/** Fields an operator may set on one endpoint. Absent: kept; null: cleared; maps replace the whole map. */
export const endpointEdit = z.strictObject({
  address: z.string().max(4096).optional(),
  active: z.boolean().optional(),
  userId: z.string().trim().min(1).max(1024).nullable().optional(),
  attributes: attributeMap.optional(),
  metrics: metricMap.optional(),
  demographic: z.partialRecord(z.enum(demographicFields), z.string().max(1024).nullable()).optional(),
  location: z
    .strictObject({
      City: z.string().max(1024).nullable(),
      Country: z
        .string()
        .regex(/^[A-Z]{2}$/, 'a country is two capital letters (ISO 3166)')
        .nullable(),
      PostalCode: z.string().max(1024).nullable(),
      Region: z.string().max(1024).nullable(),
      Latitude: z.number().min(-90).max(90).nullable(),
      Longitude: z.number().min(-180).max(180).nullable(),
    })
    .partial()
    .optional(),
});
export type EndpointEdit = z.infer<typeof endpointEdit>;

const range = z.strictObject({ from: instantMs.optional(), to: instantMs.optional() });

/** What an address list can be narrowed by. All given parts must hold; instants are from-inclusive, to-exclusive. */
export const audienceFilter = z.strictObject({
  /** The beginning of an address or of a person's id. */
  text: z.string().trim().max(320).optional(),
  channels: z.array(channel).max(20).optional(),
  countries: z.array(z.string().max(64)).max(300).optional(),
  active: z.boolean().optional(),
  /** `allowed`: nothing stands in the way; `opted_out`: the app's own flag; `suppressed`: on the suppression list. */
  contact: z.enum(['allowed', 'opted_out', 'suppressed']).optional(),
  created: range.optional(),
  seen: range.optional(),
  /** True: has never been seen in an app; false: has. */
  neverSeen: z.boolean().optional(),
  /** A segment, by its uid: who is in it now. */
  segment: z.string().max(64).optional(),
});
export type AudienceFilter = z.infer<typeof audienceFilter>;

/** Most addresses that one act on picked lines takes; more is a job for a segment. */
export const pickLimit = 500;

/** The indexed fields, each with an order that stays put: ties go by age of the row. */
export const audienceSorts = ['address', 'country', 'created', 'seen'] as const;
export const audienceSort = z.strictObject({ by: z.enum(audienceSorts), descending: z.boolean() });
export type AudienceSort = z.infer<typeof audienceSort>;

export const audienceListInput = z.strictObject({ filter: audienceFilter, sort: audienceSort, group: z.enum(['people', 'addresses']) });
export type AudienceListInput = z.infer<typeof audienceListInput>;

/**
 * Who is in a list and in which order, as it was at one commit: the row ids as little-endian 32-bit numbers in base64 (4 bytes a row, so that a window can hold
 * a million and scroll to any of them at once). Grouped by people, it names each person's first matching address.
 */
export interface AudienceList {
  readonly ids: string;
  readonly rows: number;
  readonly people: number;
  readonly addresses: number;
  readonly commit: number;
}

/** One line of the list: an address with whom it belongs to. */
export interface AudienceRow {
  readonly id: number;
  readonly uid: string;
  readonly channel: z.infer<typeof channel>;
  readonly address: string;
  /** `none` where we may write to it, else the first reason not to. */
  readonly contact: z.infer<typeof messageReason>;
  readonly country?: string;
  readonly createdAt: number;
  readonly lastSeenAt?: number;
  /** What stands for a push token on the screen. */
  readonly device?: string;
  readonly person?: AudiencePerson;
  readonly name?: string;
}

export interface AudiencePerson {
  readonly id: number;
  readonly userId: string;
  /** How many addresses the person has in all. */
  readonly addresses: number;
}

const wholeNames = ['name', 'fullname', 'displayname'];
const givenNames = ['firstname', 'givenname', 'forename', 'first'];
const familyNames = ['lastname', 'surname', 'familyname', 'last'];

/** A name to show for a person, from the attribute names people's files use, whatever their case and separators. */
export function personName(...maps: readonly Readonly<Record<string, readonly string[]>>[]): string | undefined {
  for (const map of maps) {
    const plain = new Map(Object.entries(map).map(([key, values]) => [key.toLowerCase().replace(/[\s_.-]/g, ''), values[0]?.trim() ?? '']));
    const first = (names: readonly string[]) => names.map((name) => plain.get(name)).find((value) => value) ?? '';
    const whole = first(wholeNames) || [first(givenNames), first(familyNames)].filter((part) => part !== '').join(' ');
    if (whole !== '') return whole;
  }
  return undefined;
}

/** Everything the panel shows of one address: itself, its person, and the person's other addresses. */
export interface AudienceDetail {
  readonly endpoint: EndpointDetail;
  readonly name?: string;
  readonly user?: { readonly id: number; readonly userId: string; readonly attributes: Readonly<Record<string, readonly string[]>>; readonly addresses: number };
  /** The person's addresses, this one included, oldest first, at most 100. */
  readonly addresses: readonly EndpointDetail[];
}

/** One line of a person's history, newest first. */
export type TimelineItem = { readonly at: number; readonly endpoint: number; readonly key: string } & (
  | { readonly kind: 'event'; readonly name: string; readonly campaign?: string; readonly url?: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: 'message'; readonly campaign: string; readonly run: string; readonly state: z.infer<typeof messageState>; readonly reason: z.infer<typeof messageReason>; readonly response?: string }
  | {
      readonly kind: 'consent';
      readonly act: 'add' | 'lift';
      readonly address: string;
      readonly scope: SuppressionScope;
      readonly reason: SuppressionReason;
      readonly source: string;
      readonly note?: string;
    }
  | ({ readonly kind: 'topic'; readonly address: string } & Pick<TopicFact, 'act' | 'name' | 'source' | 'note'>)
  | { readonly kind: 'change'; readonly action: string; readonly by: string; readonly fields: readonly string[] }
);

/** `cursor` is the `next` of the page before. */
export const timelineInput = z.object({ id: rowId, cursor: instantMs.nullish(), limit: z.number().int().min(1).max(200).default(50) });
export type TimelineInput = z.infer<typeof timelineInput>;
export interface Timeline {
  readonly items: readonly TimelineItem[];
  /** Ask again with this as `cursor`; absent at the end. */
  readonly next?: number;
}

/** A note says why consent was loosened; it stays for good. */
export const consentNote = z.string().max(1000);

/** A row as it stood before it was deleted: what `audience.restore` needs to put it back under the same id. */
export const endpointImage = z.strictObject({
  id: rowId,
  row: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  aliases: z.array(z.strictObject({ app: rowId, uid: z.string() })).max(10_000),
  segments: z.array(rowId).max(100_000),
  user: z.strictObject({ id: rowId, user_id: z.string(), attributes: z.string(), created_at: instantMs, updated_at: instantMs }).nullable(),
});
export type EndpointImage = z.infer<typeof endpointImage>;

/** One address of the suppression list as it stands. */
export interface SuppressionView {
  readonly id: number;
  readonly channel: z.infer<typeof channel>;
  readonly addressKey: string;
  readonly scope: SuppressionScope;
  readonly reason: SuppressionReason;
  readonly source: string;
  readonly note?: string;
  readonly since: number;
  /** Why marketing is stopped too, where this row stops everything. */
  readonly alsoMarketing?: SuppressionReason;
  /** The endpoint that holds the address now, if any. */
  readonly endpoint?: number;
  readonly campaign?: string;
}

export const suppressionFilter = z.strictObject({
  /** The beginning of an address. */
  text: z.string().trim().max(320).optional(),
  reasons: z.array(suppressionReason).max(10).optional(),
});
export type SuppressionFilter = z.infer<typeof suppressionFilter>;

/** Many addresses at once, as pasted: one a line, or separated by commas, semicolons or spaces; `Name <address>` and `mailto:` are understood. */
export const suppressManyInput = z.strictObject({
  text: z.string().max(20_000_000),
  channel: z.enum(['EMAIL', 'SMS', 'VOICE']),
  reason: z.enum(['unsubscribe', 'complaint', 'hard_bounce', 'stop', 'manual']),
  scope: suppressionScope,
  note: consentNote.optional(),
  /** The file it is from; absent: entered by hand. */
  file: z.string().max(200).optional(),
});
export type SuppressManyInput = z.infer<typeof suppressManyInput>;

/** What became of each pasted address. Lists are cut at 1,000; the numbers are exact. */
export interface SuppressManyResult {
  readonly added: number;
  readonly already: number;
  /** Suppressed all the same, so that a later import cannot bring them back into a campaign. */
  readonly unknown: number;
  readonly invalid: number;
  readonly alreadyList: readonly string[];
  readonly unknownList: readonly string[];
  readonly invalidList: readonly string[];
}

/** What a list would do, and what it was read as. */
export interface SuppressListCheck extends SuppressManyResult {
  readonly kind: 'ses' | 'csv' | 'plain';
}

/** Most addresses one paste may hold. */
export const suppressManyLimit = 100_000;

/** Takes a pasted text apart into what look like single addresses, in order, without repeats. */
export function splitAddresses(text: string, of: 'EMAIL' | 'SMS' | 'VOICE'): string[] {
  const found = new Set<string>();
  for (const line of text.split(/[\r\n,;\t]+/)) {
    const bracketed = /<([^<>]*)>/.exec(line)?.[1];
    const bare = (bracketed ?? line).trim().replace(/^mailto:/i, '').replace(/\?.*$/, (query) => (of === 'EMAIL' ? '' : query)).replace(/^["']|["']$/g, '');
    // Phone numbers hold spaces themselves; several e-mail addresses may stand in one line.
    const parts = of === 'EMAIL' && bracketed === undefined ? bare.split(/\s+/) : [bare];
    for (const part of parts) if (part.trim() !== '') found.add(part.trim());
  }
  return [...found];
}
