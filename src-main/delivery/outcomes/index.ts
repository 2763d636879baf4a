import type { Operations } from '../../store/operation.js';
import { recordBounce } from './bounce.js';
import { recordEngagement } from './engagement.js';
import { confirmTopic, savePreferences, topicsPage } from './topics.js';
import { undoUnsubscribe, unsubscribe } from './unsubscribe.js';

export { type BounceFact, recordBounce } from './bounce.js';
export { classifyMessage, type EngagementClass, engagementClasses, type RawEngagement } from './classify.js';
export { type EngagementFact, keptFacts, recordEngagement } from './engagement.js';
export { findMessage, recordOutcome } from './message.rows.js';
export type { ConfirmResult, PreferenceTopic, TopicsPage } from './topics.js';
export { type UndoResult, type UnsubscribeAct, type UnsubscribeResult, undoWindowMs } from './unsubscribe.js';

/** What recipients and mail servers do with sent messages. The collector hands these in. */
export const outcomeOperations = { recordEngagement, unsubscribe, undoUnsubscribe, topicsPage, savePreferences, confirmTopic, recordBounce } as const satisfies Operations;
