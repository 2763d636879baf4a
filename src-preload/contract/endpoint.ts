import { z } from 'zod';
import { channel } from './common.js';

/** Attribute values are always lists, as in Pinpoint: `{"Interests": ["maths", "engines"]}`. */
export const attributeMap = z.record(z.string(), z.array(z.string()));
export const metricMap = z.record(z.string(), z.number());

export const demographicFields = ['AppVersion', 'Locale', 'Make', 'Model', 'ModelVersion', 'Platform', 'PlatformVersion', 'Timezone'] as const;
export const locationFields = ['City', 'Country', 'PostalCode', 'Region', 'Latitude', 'Longitude'] as const;

/**
 * An endpoint with its user in Pinpoint's own shape and names (pinpoint.md 1.2): what templates see, what exports hold, what the app calls answer.
 * Absent fields are absent, never null.
 */
export const endpointView = z.object({
  Id: z.string(),
  ChannelType: channel,
  Address: z.string(),
  EndpointStatus: z.enum(['ACTIVE', 'INACTIVE']),
  OptOut: z.enum(['NONE', 'ALL']),
  CreationDate: z.string(),
  EffectiveDate: z.string().optional(),
  Attributes: attributeMap,
  Metrics: metricMap,
  Demographic: z.partialRecord(z.enum(demographicFields), z.string()),
  Location: z.object({
    City: z.string().optional(),
    Country: z.string().optional(),
    PostalCode: z.string().optional(),
    Region: z.string().optional(),
    Latitude: z.number().optional(),
    Longitude: z.number().optional(),
  }),
  User: z.object({ UserId: z.string().optional(), UserAttributes: attributeMap }),
});
export type EndpointView = z.infer<typeof endpointView>;
