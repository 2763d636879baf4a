import type { Migration } from './index.js';

/** Each claim asks whether a message of the same run already went to the address: a person may have been given another's between the freeze and the claim. */
export const replyAddress: Migration = {
  version: 6,
  name: 'reply-address',
  up: (db) => {
    db.exec('create index message_reply_address on message_reply (run, address_key) where address_key is not null');
  },
};
