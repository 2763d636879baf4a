import type { Migration } from './index.js';

/** Segment rules ask who did an event in a stretch of time: the index alone answers which endpoints. */
export const eventTypes: Migration = {
  version: 4,
  name: 'event-types',
  up: (db) => {
    db.exec('create index event_type_at on event (type, at, endpoint) where endpoint is not null');
  },
};
