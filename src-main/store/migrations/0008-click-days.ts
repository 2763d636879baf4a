import type { Migration } from './index.js';

/** Home asks for the first clicks of the last 28 days, of every run there ever was. Clicks alone are indexed by time: one message in thirty or so has one. */
export const clickDays: Migration = {
  version: 8,
  name: 'click-days',
  up: (db) => {
    // 2: contract/delivery.ts, outcomeKinds 'click'.
    db.exec('create index outcome_click_at on outcome (at) where kind = 2');
  },
};
