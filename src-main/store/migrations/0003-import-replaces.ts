import type { Migration } from './index.js';

/**
 * An import into a segment that exists replaces its members. They may be a million, so they are never moved: the segment only points at another set of rows in
 * `segment_member`, and an undo points it back.
 */
export const importReplaces: Migration = {
  version: 3,
  name: 'import-replaces',
  up: (db) => {
    db.exec(`
alter table segment add column members integer;   -- the number under which its members stand in segment_member; null: its own id
alter table import add column replaces integer;   -- the segment whose members it replaces with those of its own hidden segment
alter table import add column former integer;     -- the members that segment had before
`);
  },
};
