import { z } from 'zod';
import { actor, channel, instantMs, rowId } from './common.js';

/** Whom to erase: a person with all their addresses, named by any endpoint of theirs, or one address, whoever holds it or held it. */
export const eraseTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), endpoint: rowId }),
  z.strictObject({ kind: z.literal('address'), channel, address: z.string().trim().min(1).max(4096) }),
]);
export type EraseTarget = z.infer<typeof eraseTarget>;

/** What is looked through, in the order of the receipt. To add a kind: here, its words below, and where it is counted in `audience/erase/`. */
export const erasedKinds = [
  'people', 'addresses', 'otherIds', 'listMemberships', 'events', 'messages', 'testAddresses', 'consent', 'importImages', 'stagedRows', 'rejectedRows', 'exportFiles', 'mailboxMessages', 'auditLines', 'jobs',
] as const;
export const erasedKind = z.enum(erasedKinds);
export type ErasedKind = z.infer<typeof erasedKind>;
export type ErasedCounts = Readonly<Record<ErasedKind, number>>;

/** What was done to what, for the receipt. */
export const erasedWords: Readonly<Record<ErasedKind, string>> = {
  people: 'People removed, with their attributes',
  addresses: 'Addresses removed, with their attributes',
  otherIds: 'Further IDs of those addresses removed',
  listMemberships: 'Memberships of imported segments removed',
  events: 'Events that point to nobody now; what they told was removed',
  messages: 'Messages that point to nobody now; address and server replies were removed',
  testAddresses: 'Addresses of test sends removed',
  consent: 'Suppressions and topic answers kept under a keyed hash',
  importImages: 'Copies for taking an import back removed',
  stagedRows: 'Rows of checked imports removed',
  rejectedRows: 'Rejected rows removed from their files',
  exportFiles: 'Exported files that nobody had fetched removed',
  mailboxMessages: 'Messages in the test mailbox removed',
  auditLines: 'Lines of the audit log made anonymous',
  jobs: 'Jobs whose settings named them emptied',
};

/** A text an operator wrote that still names the person: it is not changed, a person must look at it. */
export const erasedMention = z.object({ kind: z.enum(['segment', 'campaign', 'template']), name: z.string() });
export type ErasedMention = z.infer<typeof erasedMention>;

const backup = z.object({ name: z.string(), madeAt: instantMs, bytes: z.number() });

/** What an erasure did. It names nobody and stays for good. */
export const eraseReceipt = z.object({
  uid: z.string(),
  at: instantMs,
  by: actor,
  counts: z.record(erasedKind, z.number().int().nonnegative()),
  /** Addresses another person holds too: their consent history is that person's and stays. */
  shared: z.number().int(),
  mentions: z.array(erasedMention),
  /** Backups that lay in the workspace folder then: each may hold the person. */
  backups: z.array(backup),
  /** True where a restored backup brought the person back and this took them out again. */
  replayed: z.boolean(),
});
export type EraseReceipt = z.infer<typeof eraseReceipt>;

/** A receipt as it stands now: which of the backups are still there, and when the last of them is removed by itself. */
export interface EraseReceiptView extends Omit<EraseReceipt, 'backups'> {
  readonly backups: readonly { readonly name: string; readonly madeAt: number; readonly bytes: number; readonly removedAt: number | null }[];
  /** UTC ms; null: nothing holds them any more, or nothing removes it by itself. */
  readonly lastBackupGone: number | null;
}

/** What would be erased, for the confirmation. */
export interface ErasePreview {
  readonly people: number;
  readonly addresses: number;
  readonly messages: number;
  readonly events: number;
  /** Why it cannot be done right now. */
  readonly refused?: 'sending' | 'job';
}
