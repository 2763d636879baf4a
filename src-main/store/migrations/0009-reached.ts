import type { Migration } from './index.js';

/**
 * Whether an attempt at a message may have reached the address that stands beside it: accepted, or cut so that nobody knows. Later attempts that certainly failed do not take it back.
 * What is in flight when this comes will be known to be lost a moment later, at the opening.
 */
export const reached: Migration = {
  version: 9,
  name: 'reached',
  up: (db) => {
    // 4: sent, 7: unknown, 2: put back by a person who said "send again" (then without a reason); contract/delivery.ts: messageStates.
    db.exec(`
alter table message_reply add column reached integer not null default 0;
update message_reply set reached = 1 where address_key is not null and exists (
  select 1 from message m where m.run = message_reply.run and m.seq = message_reply.seq and (m.state in (4, 7) or (m.state = 2 and m.reason is null)));
`);
  },
};
