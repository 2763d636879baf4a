import type { Operations, Queries } from '../store/operation.js';
import { countEveryone, countSegment } from './count.js';
import { segmentEffects } from './effects.js';
import { explainSegment } from './explain.js';
import { findMembers } from './find-members.js';
import { addMembers, beginList, dropList, gatherMembers, removeMembers, replaceMembers, showList, unusedLists } from './members.js';
import { segmentReads } from './read.js';
import { sampleSegment } from './sample.js';
import { adoptSegment, createSegment, discardSegment, duplicateSegment, removeSegment, renameSegment, restoreSegment, saveSegment } from './segment.js';
import { recordSize, sizes, uncounted } from './size.js';
import { createSuggestions } from './suggest.js';
import type { SegmentPins, SegmentUses } from './uses.js';

export { conditionSql, segmentCondition, segmentMembersSql, type SegmentRef } from './compile.js';
export { runSegmentThread, type SegmentThreadData } from './engine/thread.js';
export { createSegmentService, type SegmentNumbers, type SegmentService } from './engine/service.js';
export { editMembers, forgetLists, undoMembers } from './edit-members.js';
export { keepSizeOfRun } from './size.js';
export { createSizeRecorder, type SizeRecorder } from './size-recorder.js';
export { combineJob } from './job.js';
export { memberSet, segmentByUid } from './segment.rows.js';
export type { AdoptedSegment } from './segment.js';
export type { SegmentPins, SegmentUses } from './uses.js';

/** The module's operations and queries. `uses` tells which campaigns name a segment, `pinned` whether a launch holds on to one of its versions. */
export function segmentsModule(uses: SegmentUses, pinned: SegmentPins) {
  const operations = {
    create: createSegment,
    adopt: adoptSegment,
    save: saveSegment(pinned),
    rename: renameSegment,
    duplicate: duplicateSegment,
    remove: removeSegment(uses),
    discard: discardSegment(uses),
    restore: restoreSegment,
    addMembers: addMembers(pinned),
    removeMembers: removeMembers(pinned),
    replaceMembers: replaceMembers(pinned),
    beginList,
    gatherMembers,
    showList,
    dropList,
    recordSize,
  } as const satisfies Operations;
  const queries = {
    ...segmentReads(uses),
    ...createSuggestions(),
    count: countSegment,
    everyone: (db, _input: Readonly<Record<string, never>>) => countEveryone(db),
    effects: segmentEffects,
    sample: sampleSegment,
    explain: explainSegment,
    findMembers,
    unusedLists,
    sizes,
    uncounted,
  } as const satisfies Queries;
  return { operations, queries };
}

export type SegmentOperations = ReturnType<typeof segmentsModule>['operations'];
export type SegmentQueries = ReturnType<typeof segmentsModule>['queries'];
