import type { Operations, Queries } from '../store/operation.js';
import { claim } from './claim.js';
import { finishRun, pauseRun, pauseUnbuildable, resumeRun, stopRun, stopSlice } from './control.js';
import { askAgain, beginFreeze, dropFrozen, freezeAudience, freezeSlice, openRun } from './freeze.js';
import { confirmLaunch, launch, takeBack, testSend } from './launch.js';
import { liftableBounces, liftBounces } from './lift-bounces.js';
import { openRuns, runPlan } from './plan.js';
import { recipients, unknownMessages } from './recipients.js';
import { recoverAtOpen, startSender } from './recover.js';
import { listRuns, runStatus } from './status.js';
import { resolveUnknown } from './unknown.js';
import { tryTest } from './try-test.js';

export const deliveryOperations = {
  launch,
  takeBack,
  confirmLaunch,
  testSend,
  beginFreeze,
  dropFrozen,
  freezeSlice,
  openRun,
  askAgain,
  startSender,
  claim,
  pauseRun,
  pauseUnbuildable,
  resumeRun,
  stopRun,
  stopSlice,
  finishRun,
  resolveUnknown,
  liftBounces,
  recoverAtOpen,
} as const satisfies Operations;

export const deliveryQueries = { tryTest, openRuns, plan: runPlan, freezeAudience, listRuns, runStatus, recipients, unknownMessages, liftableBounces } as const satisfies Queries;
