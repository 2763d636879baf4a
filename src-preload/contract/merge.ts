import { z } from 'zod';
import { instantMs, rowId } from './common.js';

/** Merges the person of `from` into the person of `into`, each named by any endpoint of theirs. `wins` says whose value stays where both have one of a name. */
export const mergeInput = z.strictObject({ into: rowId, from: rowId, wins: z.enum(['into', 'from']) });
export type MergeInput = z.infer<typeof mergeInput>;

const userImage = z.strictObject({ id: rowId, user_id: z.string(), attributes: z.string(), created_at: instantMs, updated_at: instantMs });

/** Both people as they stood before: what `people.unmerge` needs. `into.user` is null where an address without a person was given one by the merge. */
export const mergeImage = z.strictObject({
  /** The person that has everything now. */
  user: rowId,
  into: z.strictObject({ user: userImage.nullable(), endpoints: z.array(rowId).max(10_000) }),
  from: z.strictObject({ user: userImage.nullable(), endpoints: z.array(rowId).max(10_000) }),
  /** `updated_at` of the person as the merge left it. */
  at: instantMs,
});
export type MergeImage = z.infer<typeof mergeImage>;

/** Why two entries look like one person. To add a criterion: here, its words, and in `audience/duplicates.ts`. */
export const duplicateReasons = ['name_and_place', 'mailbox', 'phone'] as const;
export type DuplicateReason = (typeof duplicateReasons)[number];
export const duplicateWords: Readonly<Record<DuplicateReason, string>> = {
  name_and_place: 'Same name, same postal code',
  mailbox: 'Addresses of one mailbox: only a +tag or, at Gmail, dots differ',
  phone: 'Same phone number',
};

export interface DuplicateSide {
  /** An endpoint of the person. */
  readonly endpoint: number;
  readonly name?: string;
  readonly userId?: string;
  readonly address: string;
  readonly addresses: number;
}
/** Two entries that may be one person. */
export interface DuplicatePair {
  readonly reason: DuplicateReason;
  readonly older: DuplicateSide;
  readonly newer: DuplicateSide;
}
export interface Duplicates {
  readonly pairs: readonly DuplicatePair[];
  /** There are more than these. */
  readonly more: boolean;
}
