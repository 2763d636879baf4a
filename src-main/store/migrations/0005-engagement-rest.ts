import type { Migration } from './index.js';

/**
 * Opens and clicks of one message beyond those the event log keeps: how many of each outcome and link, and the first of them. Whoever holds a message can open it without end,
 * so its rows must be of a bounded number.
 */
export const engagementRest: Migration = {
  version: 5,
  name: 'engagement-rest',
  up: (db) => {
    db.exec(`
create table engagement_rest (
  run integer not null, seq integer not null,
  kind integer not null,                            -- contract/delivery.ts: outcomeKinds
  link integer not null,                            -- -1: an open
  at integer not null, n integer not null,
  primary key (run, seq, kind, link)
) strict, without rowid;
`);
  },
};
