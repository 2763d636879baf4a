import { z } from 'zod';

/**
 * The parts of Pinpoint's responses that are read (pinpoint.md 1.7, 3, 4). Dimensions are strict: a criterion that is not known here must not be dropped in silence, because the segment
 * would then hold more people than it did. Everything else may have fields that nobody here reads.
 */
const text = z.string();
/** SDKs write absent members as null. */
const maybe = <T extends z.ZodType>(type: T) => type.nullish().transform((value): z.output<T> | undefined => value ?? undefined);

export const setDimension = z.strictObject({ DimensionType: maybe(z.enum(['INCLUSIVE', 'EXCLUSIVE'])), Values: z.array(text).min(1) });
export type SetDimension = z.infer<typeof setDimension>;
export const attributeTypes = ['INCLUSIVE', 'EXCLUSIVE', 'CONTAINS', 'BEFORE', 'AFTER', 'ON', 'BETWEEN'] as const;
export const attributeDimension = z.strictObject({ AttributeType: maybe(z.enum(attributeTypes)), Values: z.array(text).min(1) });
export type AttributeDimension = z.infer<typeof attributeDimension>;
export const metricDimension = z.strictObject({
  ComparisonOperator: z.enum(['GREATER_THAN', 'LESS_THAN', 'GREATER_THAN_OR_EQUAL', 'LESS_THAN_OR_EQUAL', 'EQUAL']),
  Value: z.number(),
});
export type MetricDimension = z.infer<typeof metricDimension>;
export const recency = z.strictObject({ Duration: z.enum(['HR_24', 'DAY_7', 'DAY_14', 'DAY_30']), RecencyType: z.enum(['ACTIVE', 'INACTIVE']) });
export const gpsPoint = z.strictObject({ Coordinates: z.strictObject({ Latitude: z.number(), Longitude: z.number() }), RangeInKilometers: maybe(z.number().positive()) });

/** The outside of a block; each member is parsed where it is translated, so that what cannot be read is named. */
export const dimensions = z.record(z.string(), z.unknown());

const match = maybe(z.enum(['ALL', 'ANY', 'NONE']));
const sourceSegment = z.object({ Id: text, Version: maybe(z.number().int().positive()) });
const segmentGroup = z.strictObject({ Dimensions: maybe(z.array(dimensions)), SourceSegments: maybe(z.array(sourceSegment)), SourceType: match, Type: match });
export type PinpointGroup = z.infer<typeof segmentGroup>;
const importDefinition = z.object({ Size: maybe(z.number()) });
export const segment = z.object({
  Id: text.min(1),
  Name: maybe(text),
  SegmentType: maybe(z.enum(['DIMENSIONAL', 'IMPORT'])),
  Version: maybe(z.number().int().positive()),
  Dimensions: maybe(dimensions),
  SegmentGroups: maybe(z.strictObject({ Groups: maybe(z.array(segmentGroup)), Include: match })),
  ImportDefinition: maybe(importDefinition),
});
export type PinpointSegment = z.infer<typeof segment>;

const header = z.object({ Name: maybe(text), Value: maybe(text) });
export const emailTemplate = z.object({
  TemplateName: text.min(1),
  Version: maybe(z.union([text, z.number()]).transform(String)),
  Subject: maybe(text),
  HtmlPart: maybe(text),
  TextPart: maybe(text),
  Headers: maybe(z.array(header)),
  DefaultSubstitutions: maybe(text),
  RecommenderId: maybe(text),
});
export type PinpointEmailTemplate = z.infer<typeof emailTemplate>;

export const otherTemplate = z.object({ TemplateName: text.min(1) });
export const listedTemplate = z.object({ TemplateName: text.min(1), TemplateType: text });
export type ListedTemplate = z.infer<typeof listedTemplate>;

const emailMessage = z.object({ FromAddress: maybe(text), Title: maybe(text), HtmlBody: maybe(text), Body: maybe(text), Headers: maybe(z.array(header)) });
const templateRef = z.object({ Name: maybe(text), Version: maybe(text) });
const loose = maybe(z.record(z.string(), z.unknown()));
const treatment = {
  MessageConfiguration: maybe(z.looseObject({ EmailMessage: maybe(emailMessage) })),
  TemplateConfiguration: maybe(z.looseObject({ EmailTemplate: maybe(templateRef) })),
};
export const campaign = z.object({
  ...treatment,
  Id: text.min(1),
  Name: maybe(text),
  SegmentId: maybe(text),
  SegmentVersion: maybe(z.number().int()),
  Version: maybe(z.number().int()),
  HoldoutPercent: maybe(z.number()),
  Schedule: loose,
  Limits: loose,
  Hook: loose,
  AdditionalTreatments: maybe(z.array(z.object({ TreatmentName: maybe(text), SizePercent: maybe(z.number()) }))),
  CustomDeliveryConfiguration: loose,
  State: maybe(z.object({ CampaignStatus: maybe(text) })),
});
export type PinpointCampaign = z.infer<typeof campaign>;
