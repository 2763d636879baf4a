import { expect, it } from 'vitest';
import { campaignDraft, type ReviewCheck } from '../../src-preload/contract/campaign.js';
import { stepIds, stepState } from '../../src-renderer/features/campaigns/steps.js';
import { createCampaign } from '../../src-main/campaigns/campaign.js';
import { getCampaign } from '../../src-main/campaigns/list.js';
import { reviewCampaign } from '../../src-main/campaigns/review.js';
import { collectorUrl, insertConnection } from '../support/campaign.js';
import { createMemoryStore } from '../support/memory-store.js';

const check = (id: ReviewCheck['id'], level: ReviewCheck['level']): ReviewCheck => ({ id, level, words: '', facts: {} });

it('marks nothing of a new draft as a mistake', () => {
  const store = createMemoryStore();
  insertConnection(store);
  const { uid } = store.write(createCampaign, {});
  const { draft } = store.read(getCampaign, { uid });
  const review = store.read(reviewCampaign, { uid, asOf: store.now, collectorUrl });
  expect(review.checks.some(({ level }) => level === 'block')).toBe(true);
  expect(stepIds.map((step) => stepState(step, review, draft))).toEqual(['open', 'open', 'open', 'open']);
  expect(stepState('audience', undefined, draft)).toBe('open');
});

it('tells a mistake, a thing to look at and what is done apart', () => {
  const store = createMemoryStore();
  const { uid } = store.write(createCampaign, {});
  const draft = campaignDraft.parse({ ...store.read(getCampaign, { uid }).draft, segment: 's', from: { name: '', address: 'nobody' } });
  const review = { checks: [check('segment', 'block'), check('test_send', 'warn'), check('from_address', 'block'), check('subject', 'ok')] };
  expect(stepIds.map((step) => stepState(step, review, draft))).toEqual(['problem', 'done', 'problem', 'problem']);
  expect(stepState('review', { checks: [check('test_send', 'warn')] }, draft)).toBe('attention');
  expect(stepState('review', { checks: [check('subject', 'ok')] }, draft)).toBe('done');
});
