import type { Migration } from './index.js';

/** How large a segment was on each day it was counted on (a day of the reporting zone): the last count of the day. */
export const segmentSize: Migration = {
  version: 10,
  name: 'segment-size',
  up: (db) => {
    db.exec(`
create table segment_size (segment integer not null, day text not null, at integer not null, people integer not null, addresses integer not null, primary key (segment, day)) strict, without rowid;
`);
  },
};
