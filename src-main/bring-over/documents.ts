import type { z } from 'zod';
import { CannotCarry, note } from './note.js';
import { campaign, emailTemplate, listedTemplate, type ListedTemplate, otherTemplate, type PinpointCampaign, type PinpointEmailTemplate, type PinpointSegment, segment } from './pinpoint.js';
import type { BringOverNote } from '../../src-preload/contract/bring-over.js';

/** One thing out of a JSON document. `Other` templates are of a channel that templates here do not have. */
export type Piece =
  | { readonly kind: 'segment'; readonly value: PinpointSegment }
  | { readonly kind: 'campaign'; readonly value: PinpointCampaign }
  | { readonly kind: 'template'; readonly value: PinpointEmailTemplate }
  | { readonly kind: 'otherTemplate'; readonly type: string; readonly name: string; readonly text: string }
  | { readonly kind: 'templateList'; readonly value: ListedTemplate }
  | { readonly kind: 'journey'; readonly id: string; readonly name: string }
  | { readonly kind: 'endpoint' }
  | { readonly kind: 'unknown'; readonly note: BringOverNote };

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const otherTypes = { SMSTemplateResponse: 'SMS', PushNotificationTemplateResponse: 'PUSH', VoiceTemplateResponse: 'VOICE', InAppTemplateResponse: 'INAPP' } as const;
const otherWrapper = (key: string): key is keyof typeof otherTypes => Object.hasOwn(otherTypes, key);

function parsed<T extends z.ZodType>(type: T, value: Json, make: (value: z.output<T>) => Piece): Piece {
  const result = type.safeParse(value);
  if (result.success) return make(result.data);
  const issue = result.error.issues[0];
  return { kind: 'unknown', note: note('damaged_json', { message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` }) };
}

const segmentPiece = (value: Json) => parsed(segment, value, (data) => ({ kind: 'segment', value: data }));
const campaignPiece = (value: Json) => parsed(campaign, value, (data) => ({ kind: 'campaign', value: data }));
const templatePiece = (value: Json) => parsed(emailTemplate, value, (data) => ({ kind: 'template', value: data }));
const listedPiece = (value: Json) => parsed(listedTemplate, value, (data) => ({ kind: 'templateList', value: data }));
const otherPiece = (type: string, value: Json) => parsed(otherTemplate, value, ({ TemplateName }) => ({ kind: 'otherTemplate', type, name: TemplateName, text: JSON.stringify(withoutFrame(value)) }));
const journeyPiece = (value: Json): Piece => ({ kind: 'journey', id: typeof value['Id'] === 'string' ? value['Id'] : '', name: typeof value['Name'] === 'string' ? value['Name'] : '' });

/** What a template says, without what AWS says about it. */
function withoutFrame(value: Json): Json {
  const frame = new Set(['Arn', 'CreationDate', 'LastModifiedDate', 'TemplateName', 'TemplateType', 'Version', 'tags', 'TemplateDescription']);
  return Object.fromEntries(Object.entries(value).filter(([key, item]) => !frame.has(key) && item !== null));
}

const one: Readonly<Record<string, (value: Json) => Piece>> = {
  SegmentResponse: segmentPiece,
  CampaignResponse: campaignPiece,
  EmailTemplateResponse: templatePiece,
  JourneyResponse: journeyPiece,
  EndpointResponse: () => ({ kind: 'endpoint' }),
};
const many: Readonly<Record<string, (value: Json) => Piece>> = {
  SegmentsResponse: segmentPiece,
  CampaignsResponse: campaignPiece,
  TemplatesResponse: listedPiece,
  TemplateVersionsResponse: listedPiece,
  JourneysResponse: journeyPiece,
  EndpointsResponse: () => ({ kind: 'endpoint' }),
};

/** What stands in a JSON value: a response of one of Pinpoint's `get-…` calls, the bare thing without its wrapper, or a list of either. */
export function piecesOf(value: unknown): Piece[] {
  if (Array.isArray(value)) return value.flatMap(piecesOf);
  if (!isObject(value)) return [{ kind: 'unknown', note: note('other_json') }];
  for (const [key, inner] of Object.entries(value)) {
    if (!isObject(inner)) continue;
    if (Object.hasOwn(one, key)) return [one[key]!(inner)];
    if (otherWrapper(key)) return [otherPiece(otherTypes[key], inner)];
    const items = inner['Item'];
    if (Object.hasOwn(many, key) && Array.isArray(items)) return items.filter(isObject).map(many[key]!);
  }
  return [bare(value)].flat();
}

/** Without a wrapper, as `--query` and SDKs leave it. */
function bare(value: Json): Piece | Piece[] {
  if (Array.isArray(value['Item'])) return value['Item'].flatMap(piecesOf);
  if (typeof value['SegmentType'] === 'string') return segmentPiece(value);
  if (typeof value['SegmentId'] === 'string' && typeof value['Id'] === 'string') return campaignPiece(value);
  if ('StartActivity' in value || 'Activities' in value) return journeyPiece(value);
  const type = value['TemplateType'];
  if ('HtmlPart' in value || 'TextPart' in value || ('Subject' in value && 'TemplateName' in value)) return templatePiece(value);
  if (typeof type === 'string') {
    const hasContent = ['Body', 'Default', 'APNS', 'GCM', 'ADM', 'Baidu', 'Content', 'Layout'].some((key) => key in value);
    return hasContent && type !== 'EMAIL' ? otherPiece(type, value) : listedPiece(value);
  }
  return { kind: 'unknown', note: note('other_json') };
}

/** An endpoint as an export writes it: a line of its own. */
export const looksLikeEndpoint = (value: unknown): boolean => isObject(value) && (typeof value['Address'] === 'string' || typeof value['ChannelType'] === 'string' || isObject(value['User'])) && !('SegmentType' in value);

/** The JSON values of a text: one, or one a line (`jq -c`). Throws `CannotCarry`. */
export function documentsOf(text: string): unknown[] {
  try {
    return [JSON.parse(text) as unknown];
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length > 1) {
      try {
        return lines.map((line) => JSON.parse(line) as unknown);
      } catch {
        // Not one value a line either: the first error says more.
      }
    }
    throw new CannotCarry(note('damaged_json', { message: error instanceof Error ? error.message.slice(0, 200) : '' }));
  }
}
