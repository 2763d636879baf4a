import { z } from 'zod';
import { campaignDraft } from '../../src-preload/contract/campaign.js';
import { topicDefault } from '../../src-preload/contract/topic.js';
import { emailContent } from '../../src-preload/contract/template.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';

/**
 * What a launch pins (design 4): a run never changes with later edits of the draft, the template or the segment. `id`s are row ids of this workspace.
 * Stored as JSON in `campaign_version.content`.
 */
export const pinnedCampaign = z.object({
  name: z.string(),
  purpose: campaignDraft.shape.purpose,
  /** What it is about; null where nothing was chosen, and for what was pinned before there were topics. */
  topic: z.object({ id: z.number().int(), uid: z.string(), name: z.string(), consent: topicDefault }).nullable().default(null),
  /** Null for a test send, which goes to addresses and not to a segment. */
  segment: z.object({ id: z.number().int(), uid: z.string(), version: z.number().int() }).nullable(),
  treatments: z.array(
    z.object({ name: z.string(), content: emailContent, template: z.object({ uid: z.string(), version: z.number().int() }).nullable() }),
  ).min(1),
  /** Its uid. */
  connection: z.string(),
  from: z.object({ name: z.string(), address: z.string() }),
  replyTo: z.string(),
  trackOpens: z.boolean(),
  trackClicks: z.boolean(),
  onePerPerson: z.boolean(),
  postalAddress: z.string(),
});
export type PinnedCampaign = z.infer<typeof pinnedCampaign>;

/** Reads a pinned version. Throws `NOT_FOUND`, or `WORKSPACE_CORRUPT` when the stored text is not what a launch writes. */
export function readPinned(db: ReadDb, campaign: number, version: number): PinnedCampaign {
  const row = db.get<{ content: string }>(sql`select content from campaign_version where campaign = ${campaign} and version = ${version}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'campaign version' });
  const parsed = pinnedCampaign.safeParse(JSON.parse(row.content));
  if (!parsed.success) throw new HeliographError('WORKSPACE_CORRUPT', { object: `campaign version ${campaign}/${version}` }, { cause: parsed.error });
  return parsed.data;
}
