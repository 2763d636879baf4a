import { z } from 'zod';
import { errorCode } from './errors.js';

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export const jobState = z.enum(jobStates);
export type JobState = z.infer<typeof jobState>;

/** One piece of long work, as windows see it. */
export const jobView = z.object({
  uid: z.string(),
  kind: z.string(),
  title: z.string(),
  state: jobState,
  /** Units are the job's own (rows, messages, bytes); `note` names them. `total` is null while it is not known. */
  done: z.number(),
  total: z.number().nullable(),
  note: z.string().nullable(),
  /** Units per second and seconds left over the last ten seconds; null while there is too little to say. */
  ratePerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  result: z.unknown(),
  error: z.object({ code: errorCode, detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])) }).nullable(),
});
export type JobView = z.infer<typeof jobView>;
