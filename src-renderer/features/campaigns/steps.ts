import type { CampaignDraft, ReviewCheck, ReviewResult } from '../../../src-preload/contract/campaign.js';
import type { StepState } from '../../ui/step-rail.js';

/** The steps of a draft, in their order. */
export const stepIds = ['audience', 'message', 'sender', 'review'] as const;
export type StepId = (typeof stepIds)[number];

/** Which step a finding of the review is mended in. */
export const stepOfCheck: Readonly<Record<ReviewCheck['id'], StepId>> = {
  segment: 'audience',
  recipients: 'audience',
  message: 'message',
  subject: 'message',
  syntax: 'message',
  missing_variables: 'message',
  size: 'message',
  unsubscribe_link: 'message',
  postal_address: 'sender',
  from_address: 'sender',
  reply_to: 'sender',
  connection: 'sender',
  connection_verified: 'sender',
  reachability: 'sender',
  tracking: 'sender',
  sending_paused: 'review',
  test_send: 'review',
  topic: 'audience',
  confirm_link: 'message',
  dkim: 'sender',
};

/** What nobody has chosen yet is not done; it is no mistake. */
function isNotChosenYet({ id }: ReviewCheck, draft: CampaignDraft): boolean {
  switch (id) {
    case 'segment':
      return draft.segment === null;
    case 'message':
      return draft.treatments[0]?.message == null;
    case 'connection':
      return draft.connection === null;
    case 'from_address':
      return draft.from.address.trim() === '';
    default:
      return false;
  }
}

/** The mark of a step: from the review's findings that are mended in it, and for the last step from all of them. */
export function stepState(step: StepId, review: Pick<ReviewResult, 'checks'> | undefined, draft: CampaignDraft): StepState {
  if (!review) return 'open';
  const own = step === 'review' ? review.checks : review.checks.filter((check) => stepOfCheck[check.id] === step);
  const blocks = own.filter((check) => check.level === 'block');
  if (blocks.some((check) => !isNotChosenYet(check, draft))) return 'problem';
  if (blocks.length > 0) return 'open';
  return own.some((check) => check.level === 'warn') ? 'attention' : 'done';
}
