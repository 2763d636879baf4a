import type { Operations, Queries } from '../store/operation.js';
import { adoptCampaign, archiveCampaign, createCampaign, deleteCampaign, duplicateCampaign, restoreCampaign, saveCampaign, unarchiveCampaign } from './campaign.js';
import { getCampaign, listCampaigns } from './list.js';
import { reviewCampaign } from './review.js';

export { type AudienceInput, type AudienceSnapshot, selectAudience } from './audience.js';
export { assertDraft } from './campaign.js';
export { campaignByUid, type CampaignRow, parseDraft, runStatusWord } from './campaign.rows.js';
export { purposeReasonSql, topicGate } from './eligibility.js';
export { runNumbers } from './list.js';
export { connectionFacts, type ConnectionFacts, pinCampaign, pinnedDraft, pinNewestList, replacedList } from './pin.js';
export { pinnedCampaign, type PinnedCampaign, readPinned } from './pinned.js';

export const campaignOperations = {
  create: createCampaign,
  adopt: adoptCampaign,
  save: saveCampaign,
  duplicate: duplicateCampaign,
  archive: archiveCampaign,
  unarchive: unarchiveCampaign,
  delete: deleteCampaign,
  restore: restoreCampaign,
} as const satisfies Operations;

export const campaignQueries = { list: listCampaigns, get: getCampaign, review: reviewCampaign } as const satisfies Queries;
