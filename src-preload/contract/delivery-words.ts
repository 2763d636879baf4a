import type { MessageReason, MessageState } from './delivery.js';

/** What people read for a message's state (look.md, "Words on the screen"). `sent` is "delivered" only once bounce feedback is connected. */
export const stateWords: Readonly<Record<MessageState, string>> = {
  pending: 'Waiting',
  held: 'Held for its time',
  deferred: 'To be tried again',
  claimed: 'Being sent',
  sent: 'Accepted by the mail server',
  failed: 'Refused',
  skipped: 'Left out',
  unknown: 'May have been sent',
};

/** Why somebody does not get a message, as a line of the funnel or of the send log. */
export const reasonWords: Readonly<Record<MessageReason, string>> = {
  none: 'Will get it',
  wrong_channel: 'Not an e-mail address',
  inactive: 'Inactive address',
  no_address: 'No address',
  opted_out: 'Opted out in the app',
  unsubscribed: 'Unsubscribed',
  complained: 'Complained as spam',
  hard_bounced: 'Suppressed after a hard bounce',
  stopped: 'Said STOP',
  suppressed: 'Suppressed by hand or by an import',
  second_address_of_person: 'Second address of the same person',
  duplicate_address: 'Same address again',
  address_changed: 'May be at the former address already',
  deleted: 'Deleted since',
  missing_variable: 'A value is missing',
  render_failed: 'The message could not be made',
  bad_address: 'Not a sendable address',
  stopped_by_operator: 'Run was stopped',
  expired: 'Ran out of time',
  refused_hard: 'Address refused by its server',
  refused_soft: 'Not accepted for now',
  refused_ours: 'Server refuses the sender',
  connection_lost: 'No answer from the mail server',
  crashed: 'Program ended while sending',
  restored: 'Not sure after a restore',
  holdout: 'Held back',
  said_not_sent: 'Said to be not sent',
  topic_left: 'Left this topic',
  topic_not_given: 'Not subscribed to this topic',
  topic_unconfirmed: 'Has not confirmed this topic yet',
  topic_not_asked: 'No confirmation of this topic is waiting',
};

/** Where the same reason means another thing in another state. */
const inState: Partial<Record<MessageState, Partial<Record<MessageReason, string>>>> = {
  deferred: { refused_soft: 'The server says “not now”', connection_lost: 'No connection, or lost before the message was handed over' },
  failed: { refused_soft: 'Not accepted after all tries', connection_lost: 'No connection after all tries', crashed: 'Said to be not sent', restored: 'Said to be not sent' },
  unknown: { connection_lost: 'Handed over, and no answer that says it was taken' },
};

/** Of these no server said no: a person said that the message did not arrive. The first two stand so in ledgers of earlier versions. */
const saidNotSent: ReadonlySet<MessageReason> = new Set(['crashed', 'restored', 'said_not_sent']);

/** What people read for a message's place in the send log. `reason` is empty where the state says all. */
export function placeWords(state: MessageState, reason: MessageReason): { readonly state: string; readonly reason: string } {
  // Given back before it was begun, or to be sent again because somebody said so: no server has put it off.
  if (state === 'deferred' && reason === 'none') return { state: stateWords.pending, reason: 'Next in turn' };
  const word = state === 'failed' && saidNotSent.has(reason) ? 'Not sent' : stateWords[state];
  return { state: word, reason: reason === 'none' ? '' : (inState[state]?.[reason] ?? reasonWords[reason]) };
}
