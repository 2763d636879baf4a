import type { Migration } from './index.js';

/**
 * Consent topics: what a message may be about, and who said yes or no to each. Consent belongs to an address, as suppression does, whoever holds it. Facts are appended; `topic_state` is
 * what they add up to, and an address without a row there was never asked.
 */
export const topics: Migration = {
  version: 7,
  name: 'topics',
  up: (db) => {
    db.exec(`
create table topic (
  id integer primary key autoincrement, uid text not null unique, name text not null, description text not null default '',
  consent text not null check (consent in ('opt_in', 'opt_out')),      -- opt_in: only who said yes; opt_out: all but who said no. Never changed: it would loosen consent in bulk
  created_at integer not null, updated_at integer not null, archived_at integer
) strict;
create table topic_consent (
  id integer primary key autoincrement, at integer not null,
  act text not null check (act in ('give', 'withdraw', 'request')),    -- request: double opt-in was asked for, and not confirmed yet
  topic integer not null references topic (id),
  channel text not null, address_key text not null,
  source text not null, actor text not null, note text,
  run integer, seq integer                                             -- the message it answers, where there is one
) strict;
create index topic_consent_address on topic_consent (channel, address_key, id);
create table topic_state (
  topic integer not null, channel text not null, address_key text not null,
  state text not null check (state in ('given', 'withdrawn', 'requested')),
  fact integer not null,                                               -- the fact that made the state
  request integer,                                                     -- the request that waits for its confirmation; beside 'withdrawn' too, which stands until then
  primary key (topic, channel, address_key)
) strict, without rowid;
create index topic_state_address on topic_state (channel, address_key);
alter table run add column topic integer;                              -- the topic it was launched for
`);
  },
};
