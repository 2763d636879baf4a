import { z } from 'zod';
import { instantMs, rowId } from './common.js';

/** What the test mailbox keeps: the newest messages within both limits. */
export const mailboxLimits = { messages: 5000, bytes: 256 * 1024 * 1024 } as const;

/**
 * Recipients that play a part, by the part before the @ (or before its +): what a real provider may say, to look at how the report and the retries deal with it.
 */
export const mailboxRoles = [
  { local: 'bounce', reply: '550 5.1.1 The mailbox does not exist (test mailbox)', words: 'refused for good: no such mailbox' },
  { local: 'hardbounce', reply: '550 5.1.1 The mailbox does not exist (test mailbox)', words: 'the same' },
  { local: 'softbounce', reply: '451 4.2.2 The mailbox is full, try again later (test mailbox)', words: 'refused for now: the mailbox is full' },
  { local: 'blocked', reply: '554 5.7.1 Message refused by policy (test mailbox)', words: 'refused by policy: that is the sender\u2019s to solve, so the run pauses' },
  { local: 'complaint', reply: null, words: 'taken; complaints come back days later by feedback loop, so enter one by hand under Suppressions' },
] as const;

export const mailboxStatus = z.object({
  state: z.enum(['running', 'stopped']),
  problem: z.string().nullable(),
  messages: z.number().int(),
  bytes: z.number().int(),
  /** Older messages that were dropped to stay within the limits, since the mailbox was last emptied. */
  dropped: z.number().int(),
});
export type MailboxStatus = z.infer<typeof mailboxStatus>;

export const mailboxSearch = z.object({ search: z.string().max(320).default('') });
export const mailboxPage = mailboxSearch.extend({ offset: z.number().int().min(0).max(1_000_000), limit: z.number().int().min(1).max(500) });

export const mailboxRow = z.object({
  id: rowId,
  at: instantMs,
  recipient: z.string(),
  from: z.string(),
  subject: z.string(),
  sizeBytes: z.number().int(),
});
export type MailboxRow = z.infer<typeof mailboxRow>;

export const messageRules = ['from', 'alignment', 'subject', 'message_id', 'date', 'list_unsubscribe', 'one_click', 'dkim', 'parts', 'size', 'lines'] as const;
/** One rule that mailbox providers or RFCs set, and how this message stands to it. `note`: nothing wrong, but worth knowing. */
export const messageCheck = z.object({ rule: z.enum(messageRules), state: z.enum(['pass', 'note', 'fail']), text: z.string() });
export type MessageCheck = z.infer<typeof messageCheck>;

/** `ours`: leads to this workspace's collector, so following it here counts as the recipient's own act. */
export const mailLink = z.object({ url: z.string(), text: z.string(), ours: z.boolean() });
export type MailLink = z.infer<typeof mailLink>;

/** A message as it was received. */
export const mailboxMessage = mailboxRow.extend({
  envelopeFrom: z.string(),
  to: z.string(),
  html: z.string(),
  text: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  links: z.array(mailLink),
  images: z.array(mailLink),
  checks: z.array(messageCheck),
  /** What one-click unsubscribe would POST to, where the message offers it. */
  oneClick: z.string().nullable(),
  /** The source, at most its first 500,000 characters. */
  source: z.string(),
});
export type MailboxMessage = z.infer<typeof mailboxMessage>;

/** What following a link answered. `location`: where it leads on; null for a page. */
export const followed = z.object({ status: z.number().int(), location: z.string().nullable() });
export type Followed = z.infer<typeof followed>;
