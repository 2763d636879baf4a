import type { ReadDb } from '../store/db.js';
import type { Operations, Queries } from '../store/operation.js';
import { detail } from './detail.js';
import { setOptOut, update, updateUser } from './edit.js';
import { erase, listErasures, replayErasures } from './erase/erase.js';
import { eraseSubject, previewErasure } from './erase/subject.js';
import type { SegmentCondition } from './filter.js';
import { duplicates } from './duplicates.js';
import { count, list } from './list.js';
import { mergePeople, unmergePeople } from './merge-people.js';
import { remove, restoreDeleted } from './remove.js';
import { addressesOf, addressIds, rows } from './rows.js';
import { lift, liftFor, suppressAddress, suppressEndpoints, suppressionCount, suppressionHistory, suppressionPage } from './suppressions.js';
import { planSuppressions, suppressionsEntered, suppressSlice } from './suppression-list.js';
import { timeline } from './timeline.js';
import { setTopicConsent, topicHistory } from './topic-consent.js';
import { archiveTopic, createTopic, listTopics, renameTopic, unarchiveTopic } from './topics.js';

/** Each suppression an operation appends is copied into the workspace's suppressions.log by the store thread after the commit. */
export const audienceOperations = { update, updateUser, setOptOut, remove, restoreDeleted, suppress: suppressAddress, suppressSlice, suppressionsEntered, suppressEndpoints, lift, liftFor, createTopic, renameTopic, archiveTopic, unarchiveTopic, setTopicConsent, erase, replayErasures, mergePeople, unmergePeople } as const satisfies Operations;

/** The commit a reader shows now. */
const stamp = (db: ReadDb, _input: undefined): { readonly commit: number } => ({ commit: db.commitNumber() });

/** The module's questions. `segment` tells who is in a segment. */
export function audienceQueries(segment: SegmentCondition) {
  return { stamp, list: list(segment), count: count(segment), rows, addressesOf, addressIds, detail, timeline, suppressionCount, suppressionPage, suppressionHistory, planSuppressions, listTopics, topicHistory, eraseSubject, previewErasure, listErasures, duplicates } as const satisfies Queries;
}
