import { z } from 'zod';

/** A message's states (design 4). The position is the number in the ledger: append only. */
export const messageStates = ['pending', 'held', 'deferred', 'claimed', 'sent', 'failed', 'skipped', 'unknown'] as const;
export const messageState = z.enum(messageStates);
export type MessageState = z.infer<typeof messageState>;
export const messageStateCode = Object.fromEntries(messageStates.map((name, code) => [name, code])) as Readonly<Record<MessageState, number>>;

/**
 * Why an address was left out at the freeze, or a message was skipped or failed. The position is the number in the ledger: append only.
 * Every message not sent has one of these.
 */
export const messageReasons = [
  'none',
  'wrong_channel',
  'inactive',
  'no_address',
  'opted_out',
  'unsubscribed',
  'complained',
  'hard_bounced',
  'stopped',
  'suppressed',
  'second_address_of_person',
  'duplicate_address',
  'deleted',
  'missing_variable',
  'render_failed',
  'bad_address',
  'stopped_by_operator',
  'expired',
  'refused_hard',
  'refused_soft',
  'refused_ours',
  'connection_lost',
  'crashed',
  'restored',
  'holdout',
  'topic_left',
  'topic_not_given',
  'topic_unconfirmed',
  'topic_not_asked',
  'address_changed',
  'said_not_sent',
] as const;
export const messageReason = z.enum(messageReasons);
export type MessageReason = z.infer<typeof messageReason>;
export const messageReasonCode = Object.fromEntries(messageReasons.map((name, code) => [name, code])) as Readonly<Record<MessageReason, number>>;

/** What became of a sent message; a row of `outcome` is the first of its kind. The position is the number in the ledger: append only. */
export const outcomeKinds = ['open', 'open_machine', 'click', 'click_scanner', 'unsubscribe', 'complaint', 'hard_bounce', 'soft_bounce', 'delivered'] as const;
export const outcomeKind = z.enum(outcomeKinds);
export type OutcomeKind = z.infer<typeof outcomeKind>;
export const outcomeKindCode = Object.fromEntries(outcomeKinds.map((name, code) => [name, code])) as Readonly<Record<OutcomeKind, number>>;
