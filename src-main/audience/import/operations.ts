import type { Operations, Queries } from '../../store/operation.js';
import {
  beginMerge,
  beginUndo,
  createImport,
  dropChecked,
  dropMembers,
  finishMerge,
  finishUndo,
  forgetImages,
  getImport,
  listImports,
  markChecked,
  markCheckFailed,
  markMergeFailed,
  setImportJob,
  staleImports,
  unfinishedImports,
} from './import.rows.js';
import { beginLoad, endLoad, loadSlice, loadUsers, rebuildIndex } from './load.js';
import { mergeSlice } from './merge.js';
import { recallMapping } from './recall.js';
import { undoSlice, undoUserSlice } from './undo.js';

export const importOperations = {
  create: createImport,
  setJob: setImportJob,
  checked: markChecked,
  checkFailed: markCheckFailed,
  drop: dropChecked,
  beginMerge,
  mergeSlice,
  beginLoad,
  loadUsers,
  loadSlice,
  rebuildIndex,
  endLoad,
  mergeFailed: markMergeFailed,
  finishMerge,
  beginUndo,
  undoSlice,
  undoUserSlice,
  dropMembers,
  finishUndo,
  forgetImages,
} as const satisfies Operations;

export const importQueries = { list: listImports, get: getImport, unfinished: unfinishedImports, stale: staleImports, recall: recallMapping } as const satisfies Queries;
