import type { Migration } from './index.js';

/** The address a message was handed over for: an opt-out answers that one, whatever the endpoint's address became since. Null where it was sent before this step. */
export const sentAddress: Migration = {
  version: 2,
  name: 'sent-address',
  up: (db) => {
    db.exec('alter table message_reply add column address_key text');
  },
};
