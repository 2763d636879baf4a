import type { Migration } from './index.js';

/**
 * The first schema. Times are UTC milliseconds, `uid` is the name outside the file (UUIDv7; for endpoints whatever their maker chose),
 * `id` never leaves the workspace. AUTOINCREMENT so that an id is never reused.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  up: (db) => {
    db.exec(`
create table commit_counter (id integer primary key check (id = 1), n integer not null) strict;
insert into commit_counter values (1, 0);

create table workspace (
  id integer primary key check (id = 1),
  uid text not null, name text not null, created_at integer not null,
  machine text not null, path text not null,        -- where it was last open: a copy opens paused
  sending_paused text,                              -- null, or why all sending is paused: 'moved', 'restored', 'operator'
  restored integer not null default 0,              -- 1: a backup put in this file's place, not yet put right; cleared in the commit that does
  in_use integer not null default 0                 -- 1 while open: still 1 at the next open means an unclean stop
) strict;

create table setting (key text primary key, value text not null) strict, without rowid;

create table audit (
  id integer primary key autoincrement, at integer not null, actor text not null, action text not null, subject text not null, detail text not null
) strict;
create index audit_subject on audit (subject, id);

-- secrets (design 5): one data key, wrapped by the shell's box and by the recovery passphrase; it wraps everything else
create table key_wrap (kind text primary key check (kind in ('box', 'passphrase')), params text not null, wrapped blob not null, created_at integer not null) strict, without rowid;
create table secret (name text primary key, sealed blob not null, created_at integer not null) strict, without rowid;
create table signing_key (kid text primary key, public_key blob not null, sealed_private_key blob not null, created_at integer not null) strict, without rowid;

create table app (id integer primary key autoincrement, uid text not null unique, name text not null, is_default integer not null default 0, created_at integer not null) strict;

-- audience
create table user (
  id integer primary key autoincrement, user_id text not null unique,
  attributes text not null default '{}',            -- {name: [value, ...]}
  created_at integer not null, updated_at integer not null
) strict;

create table endpoint (
  id integer primary key autoincrement,
  app integer not null references app (id),
  uid text not null collate nocase,
  channel text not null, address text not null, address_key text not null,  -- address_key: lower-case e-mail, E.164, or the token itself
  user integer references user (id),
  active integer not null default 1,
  opt_out integer not null default 0, opt_out_source text,                  -- Pinpoint's OptOut=ALL and where it came from
  app_version text, locale text, make text, model text, model_version text, platform text, platform_version text, timezone text,
  city text, country text, postal_code text, region text, latitude real, longitude real,
  attributes text not null default '{}',            -- {name: [value, ...]}
  metrics text not null default '{}',               -- {name: number}
  created_at integer not null, updated_at integer not null,
  effective_at integer,                             -- Pinpoint's EffectiveDate
  last_seen_at integer,                             -- the person's own activity; an import never sets it
  import integer                                    -- the import that wrote it last
) strict;
create unique index endpoint_uid on endpoint (app, uid);
create unique index endpoint_address_workspace on endpoint (channel, address_key) where active = 1 and channel in ('EMAIL', 'SMS', 'VOICE');
create unique index endpoint_address_app on endpoint (app, channel, address_key) where active = 1 and channel not in ('EMAIL', 'SMS', 'VOICE');
create index endpoint_user on endpoint (user) where user is not null;
create index endpoint_address on endpoint (address_key);
create index endpoint_country on endpoint (country, id);
create index endpoint_created on endpoint (created_at, id);
create index endpoint_seen on endpoint (last_seen_at, id);
create table endpoint_alias (app integer not null, uid text not null collate nocase, endpoint integer not null references endpoint (id), primary key (app, uid)) strict, without rowid;

-- consent: append-only facts, and the state they add up to
create table suppression (
  id integer primary key autoincrement, at integer not null,
  act text not null check (act in ('add', 'lift')),
  channel text not null, address_key text not null,
  scope text not null check (scope in ('marketing', 'all')),
  reason text not null check (reason in ('unsubscribe', 'complaint', 'hard_bounce', 'stop', 'manual', 'imported', 'restored')),
  source text not null, actor text not null, note text,
  run integer, seq integer                          -- the message it answers, where there is one
) strict;
create index suppression_address on suppression (channel, address_key, id);
create table suppressed (channel text not null, address_key text not null, scope text not null, suppression integer not null, primary key (channel, address_key, scope)) strict, without rowid;
create index suppressed_newest on suppressed (suppression);

-- segments
create table segment (
  id integer primary key autoincrement, uid text not null unique, name text not null,
  kind text not null check (kind in ('dynamic', 'imported')),
  version integer not null, created_at integer not null, updated_at integer not null, deleted_at integer
) strict;
create table segment_version (segment integer not null, version integer not null, tree text not null, created_at integer not null, actor text not null, primary key (segment, version)) strict, without rowid;
create table segment_member (segment integer not null, endpoint integer not null, primary key (segment, endpoint)) strict, without rowid;

-- templates
create table template (
  id integer primary key autoincrement, uid text not null unique, name text not null,
  version integer not null, created_at integer not null, updated_at integer not null, deleted_at integer
) strict;
create table template_version (template integer not null, version integer not null, content text not null, created_at integer not null, actor text not null, primary key (template, version)) strict, without rowid;

-- connections: a channel's provider with its settings; the secret is in 'secret' under 'connection:<uid>'
create table connection (
  id integer primary key autoincrement, uid text not null unique, name text not null,
  channel text not null, provider text not null, config text not null, has_secret integer not null default 0,  -- 1: a password, 2: a DKIM key, 3: both
  verified_at integer, last_error text, created_at integer not null, updated_at integer not null, deleted_at integer
) strict;
-- the test mailbox, in every workspace; its address and login are new at every start
insert into connection (uid, name, channel, provider, config, verified_at, created_at, updated_at)
  select 'test-mailbox', 'Test mailbox', 'EMAIL', 'sandbox', '{}', at, at, at from (select unixepoch() * 1000 as at);

-- campaigns: a draft is edited in place, each launch pins a version
create table campaign (
  id integer primary key autoincrement, uid text not null unique, name text not null,
  state text not null check (state in ('draft', 'launched', 'archived')),
  draft text not null, version integer not null, created_at integer not null, updated_at integer not null, deleted_at integer,
  revision integer not null default 1,              -- rises with every save: a save names the one it saw, so none is lost
  tested_revision integer                           -- the revision that was last sent to a test list
) strict;
create table campaign_version (campaign integer not null, version integer not null, content text not null, created_at integer not null, actor text not null, primary key (campaign, version)) strict, without rowid;

-- the ledger (design 4)
create table run (
  id integer primary key autoincrement, uid text not null unique,
  campaign integer not null references campaign (id), campaign_version integer not null,
  kind text not null check (kind in ('campaign', 'test')),
  state text not null check (state in ('hold', 'ask', 'freezing', 'sending', 'stopped', 'done')),
  purpose text not null default 'marketing' check (purpose in ('marketing', 'transactional')),
  paused text,                                      -- null, or why it is paused
  paused_response text,                             -- the server's words, where they are the reason
  trouble integer not null default 0,               -- failures in a row that are not a recipient's
  wait_until integer, wait_step integer not null default 0,  -- the server could not be reached: the next attempt, and how often it was put off
  hold_until integer,                               -- launch can be taken back until then
  frozen_commit integer, frozen_at integer, started_at integer, ended_at integer,
  funnel text,                                      -- the freeze's reasons, as JSON; they add up
  created_at integer not null
) strict;
create index run_open on run (state) where state not in ('stopped', 'done');
create index run_campaign on run (campaign, id);
create table run_count (run integer not null, state text not null, reason text not null default '', n integer not null, primary key (run, state, reason)) strict, without rowid;  -- a cache, kept in the same transaction as the rows
create table lane (run integer not null, lane integer not null, due integer not null, seq_from integer not null, seq_to integer not null, cursor integer not null, primary key (run, lane)) strict, without rowid;
create table message (
  run integer not null, seq integer not null, endpoint integer not null, treatment integer not null default 0,
  state integer not null,                           -- contract/delivery.ts: messageStates
  reason integer,                                   -- contract/delivery.ts: messageReasons
  primary key (run, seq)
) strict, without rowid;
create index message_endpoint on message (endpoint, run);
create index message_unsettled on message (run, seq) where state in (1, 2, 3, 7);   -- held, deferred, claimed, unknown
create table deferred (run integer not null, seq integer not null, due integer not null, attempts integer not null, response text, primary key (run, seq)) strict, without rowid;
create index deferred_due on deferred (run, due);
create table run_domain (run integer not null, domain text not null, sent integer not null, failed integer not null, deferred integer not null, primary key (run, domain)) strict, without rowid;  -- a cache: answers by receiving domain
create table run_tick (run integer not null, tick integer not null, sent integer not null, primary key (run, tick)) strict, without rowid;  -- accepted by the server in each five seconds, for the live line
create table sender_epoch (id integer primary key check (id = 1), epoch integer not null) strict;  -- the sender thread that may claim; a new one ends the claims of the one before
insert into sender_epoch values (1, 0);
create table outcome (run integer not null, seq integer not null, kind integer not null, at integer not null, primary key (run, seq, kind)) strict, without rowid;  -- the first of each kind
create table link_click (run integer not null, seq integer not null, link integer not null, kind integer not null, at integer not null, n integer not null, primary key (run, seq, link, kind)) strict, without rowid;  -- per link of a message: the first click of each kind and how many
create table message_reply (run integer not null, seq integer not null, at integer not null, provider_id text, response text, primary key (run, seq)) strict, without rowid;  -- the server's own words
create index message_reply_provider on message_reply (provider_id) where provider_id is not null;
create table adhoc_address (run integer not null, seq integer not null, address text not null, primary key (run, seq)) strict, without rowid;  -- test sends

-- events: every raw fact, append-only
create table event_type (id integer primary key autoincrement, name text not null unique) strict;
create table event (
  id integer primary key autoincrement,
  app integer, endpoint integer, uid text,
  type integer not null references event_type (id),
  at integer not null, arrived_at integer not null,
  run integer, seq integer,
  attributes text, metrics text
) strict;
create unique index event_uid on event (app, endpoint, uid) where uid is not null;
create index event_message on event (run, seq) where run is not null;
create index event_endpoint on event (endpoint, at) where endpoint is not null;

-- jobs and imports
create table job (
  id integer primary key autoincrement, uid text not null unique, kind text not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  title text not null, input text not null, result text, error text,
  done integer not null default 0, total integer, note text,
  created_at integer not null, started_at integer, ended_at integer
) strict;
create table import (
  id integer primary key autoincrement, uid text not null unique, file_name text not null, app integer not null references app (id),
  state text not null check (state in ('checking', 'checked', 'merging', 'done', 'undoing', 'cancelled', 'undone', 'failed')),
  options text not null,                            -- contract/import.ts: importOptions
  counts text, merged text, undone text,            -- the dry run's numbers, what the merge did, what taking back did
  segment integer,                                  -- the imported segment it makes; hidden until the merge is done
  resume integer not null default 0,                -- the last staged row that is merged
  error text, job text, created_at integer not null, ended_at integer
) strict;
create table import_image (import integer not null, endpoint integer not null, image text, at integer not null, primary key (import, endpoint)) strict, without rowid;  -- before-images; null: the row was new. at: updated_at as the import left it
create table import_user_image (import integer not null, user integer not null, image text, at integer not null, primary key (import, user)) strict, without rowid;
`);
  },
};
