import type { Migration } from './index.js';

/**
 * Who was erased, without saying who: a keyed hash (HMAC-SHA-256, hex) for each address and each person's id. What the address had said (suppressions, topics) stands in its own tables under
 * `erased:<hash>`, so that the same address is kept from campaigns when it comes again.
 */
export const erasure: Migration = {
  version: 11,
  name: 'erasure',
  up: (db) => {
    db.exec(`
create table erasure (
  id integer primary key autoincrement, uid text not null unique, at integer not null, actor text not null,
  receipt text not null                             -- contract/erasure.ts: eraseReceipt
) strict;
create table erased (
  id integer primary key autoincrement, at integer not null, erasure text not null,
  what text not null check (what in ('address', 'person')),
  hash text not null
) strict;
create index erased_hash on erased (hash);
`);
  },
};
