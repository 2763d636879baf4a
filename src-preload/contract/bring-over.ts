import { z } from 'zod';
import { channel } from './common.js';

/*
 * What comes over from Amazon Pinpoint: endpoint exports and the JSON that `aws pinpoint get-…` writes. Procedures (src-main/api/bring-over.ts):
 *
 * bringOver.look    mutation {sources}  -> BringOverFile[]    says what each file is; nothing is written. A folder stands for every file in it
 * bringOver.start   mutation {sources}  -> JobView            brings over; the job's result is the report
 * bringOver.reports query               -> BringOverEntry[]   every bringing over so far, newest first
 * bringOver.report  query    {job}      -> BringOverReport    NOT_FOUND where the job has none (yet)
 * The report as a file: exports.start {what: {kind: 'bringOver', job}}.
 */

export const bringOverLimits = {
  files: 10_000,
  /** Folders in folders. */
  depth: 12,
  /** A JSON document is read whole; what `get-segments` and its like write for a full project is a tenth of it. Bytes after unpacking. */
  jsonBytes: 67_108_864,
  /** Texts of what could not come are kept in the report up to here. */
  textLength: 10_000,
} as const;

/** A file or folder on this machine, or an upload; `name` is what it was called, with its folders, where a browser knows them. */
export const bringOverSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(4096), name: z.string().min(1).max(4096).optional() }),
  z.object({ kind: z.literal('upload'), id: z.string().min(1).max(200), name: z.string().min(1).max(4096) }),
]);
export type BringOverSource = z.infer<typeof bringOverSource>;
export const bringOverInput = z.object({ sources: z.array(bringOverSource).min(1).max(bringOverLimits.files) });
export const bringOverReportInput = z.object({ job: z.string().min(1).max(64) });

/** What is said about a file or an item: the words for each code are in `bring-over-words.ts`. */
export const bringOverNoteCodes = [
  // files
  'not_pinpoint', 'unreadable', 'other_json', 'too_large', 'damaged_json', 'journey', 'single_endpoints',
  // endpoints
  'same_file_before', 'nothing_new', 'rows_rejected', 'opt_outs_kept', 'members_of', 'members_kept', 'members_several_csv',
  // segments
  'part_unknown', 'value_unusable', 'too_big', 'source_missing', 'source_left', 'source_cycle', 'source_newest', 'older_versions_left', 'both_forms', 'type_assumed', 'members_missing',
  // templates
  'template_type', 'template_content_missing', 'template_too_long', 'defaults_unusable', 'headers', 'recommender', 'template_problem',
  // campaigns
  'campaign_channel', 'no_message', 'segment_missing', 'template_missing', 'template_newest', 'schedule', 'by_event', 'holdout', 'treatments', 'limits', 'hook', 'was_over',
  // all
  'deleted_here', 'refused',
] as const;
export const bringOverNote = z.object({ code: z.enum(bringOverNoteCodes), detail: z.record(z.string(), z.union([z.string(), z.number()])) });
export type BringOverNote = z.infer<typeof bringOverNote>;
export type BringOverNoteCode = BringOverNote['code'];

export const bringOverFileKinds = ['endpoints', 'segments', 'segmentVersions', 'templates', 'templateVersions', 'templateList', 'campaigns', 'journeys', 'mixed', 'unknown'] as const;
export const bringOverFile = z.object({
  /** With its folders, where they are known. */
  name: z.string(),
  bytes: z.number().int().nonnegative(),
  kind: z.enum(bringOverFileKinds),
  /** Rows of an endpoint export (estimated unless `exact`), else the things in it. */
  count: z.number().int().nonnegative(),
  exact: z.boolean(),
  notes: z.array(bringOverNote),
});
export type BringOverFile = z.infer<typeof bringOverFile>;

export const bringOverItemKinds = ['endpoints', 'segment', 'template', 'campaign', 'journey', 'file'] as const;
export type BringOverItemKind = (typeof bringOverItemKinds)[number];
/** `came`: new here. `already`: was here from before and was not touched. `left`: could not be carried over; its notes say why. */
export const bringOverStates = ['came', 'already', 'left'] as const;

const n = z.number().int().nonnegative();
export const bringOverItem = z.object({
  kind: z.enum(bringOverItemKinds),
  name: z.string(),
  /** Pinpoint's own id; empty where it has none. */
  id: z.string(),
  file: z.string(),
  state: z.enum(bringOverStates),
  /** The segment, template, campaign or import it became. */
  uid: z.string().nullable(),
  /** Of an endpoint export. */
  endpoints: z.object({ rows: n, new: n, changed: n, same: n, rejected: n, unsubscribes: n }).nullable(),
  /** SHA-256 of an endpoint export's content: the same file is never brought over twice. */
  digest: z.string().nullable(),
  notes: z.array(bringOverNote),
  /** What a message said whose channel Heliograph does not send on yet, so that nothing is lost. */
  text: z.string().nullable(),
});
export type BringOverItem = z.infer<typeof bringOverItem>;

/** Addresses of the whole workspace when it was done. Reachable: active, not opted out, not suppressed. */
export const channelReach = z.object({ channel, addresses: n, reachable: n });
export type ChannelReach = z.infer<typeof channelReach>;

export const bringOverReport = z.object({ items: z.array(bringOverItem), reach: z.array(channelReach) });
export type BringOverReport = z.infer<typeof bringOverReport>;

export interface BringOverEntry {
  readonly job: string;
  readonly title: string;
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** UTC ms. */
  readonly createdAt: number;
  readonly endedAt: number | null;
}
