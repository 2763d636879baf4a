import { z } from 'zod';
import { channel, instantMs, rowId } from './common.js';
import { messageReason } from './delivery.js';
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
export type EndpointDetail = z.infer<typeof endpointDetail>;

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
