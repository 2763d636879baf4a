/** Segments' numbers, which rules on events, campaigns, suppression and topics make depend on more than the audience. */
const segmentNumbers = ['segments.count', 'segments.effects', 'segments.sample', 'segments.countOf'];

/**
 * Which procedures show a table's rows: a commit that changed the table makes their queries stale. `segments` is the whole router, `home.counts` one procedure.
 * A table that is not listed refreshes everything, which is slow but never wrong; add a line when you add a table or a router that reads one.
 */
const readersOf: Readonly<Record<string, readonly string[]>> = {
  workspace: ['workspace', 'home.now', 'home.counts', 'runs', 'campaigns.review'],
  setting: ['settings', 'workspace', 'reachability', 'collector', 'connections', 'home', 'templates', 'campaigns.review'],
  key_wrap: ['secrets'],
  secret: ['secrets', 'connections'],
  app: ['apps'],
  // `campaigns.review` is asked again only where its page is open: it counts the whole audience.
  user: ['audience', 'segments', 'search', 'home.counts', 'campaigns.review'],
  endpoint: ['audience', 'segments', 'search', 'home.counts', 'campaigns.review'],
  erasure: ['erasures'],
  suppression: ['audience', 'suppressions', 'home.counts', 'campaigns.review'],
  suppressed: ['audience', 'suppressions', 'home.counts', ...segmentNumbers],
  topic: ['topics', 'audience.detail', 'campaigns.review', 'segments.list', ...segmentNumbers],
  topic_consent: ['topics', 'audience.detail', 'audience.timeline', 'campaigns.review', ...segmentNumbers],
  // Not the live counts: they are of trees, not of stored segments, and an autosave must not count the same tree again.
  segment: ['segments.list', 'segments.get', 'campaigns', 'search', 'home.counts'],
  segment_version: ['segments.list', 'segments.get', 'segments.history', 'segments.countOf'],
  segment_size: ['segments.sizes'],
  segment_member: ['segments', 'audience', 'campaigns.review'],
  template: ['templates', 'campaigns', 'search', 'home.counts'],
  template_version: ['templates', 'campaigns.review'],
  connection: ['connections', 'campaigns', 'reachability', 'search', 'home.counts', 'home.now'],
  campaign: ['campaigns', 'runs', 'search', 'home.counts', 'home.now', 'segments.list', 'segments.get'],
  run: ['campaigns', 'runs', 'report', 'home', 'segments.list', 'segments.get', ...segmentNumbers],
  // While a campaign is sent these change several times a second; segments that ask who was sent it count again when its run changes and ends.
  message: ['campaigns.list', 'runs', 'report', 'home.now', 'home.days'],
  run_count: ['campaigns.list', 'runs', 'report', 'home.now', 'home.days'],
  deferred: ['runs'],
  outcome: ['report', 'campaigns.list', 'runs', 'home.days', 'audience.timeline', ...segmentNumbers],
  link_click: ['report'],
  message_reply: ['report', 'runs'],
  event: ['report', 'audience.timeline', ...segmentNumbers],
  event_type: ['segments.names'],
  // Not `imports.inspect`: a look at a file is of the file, and a mapping that somebody edits must not begin anew.
  job: ['jobs', 'imports.list', 'imports.get', 'bringOver.reports'],
  import: ['imports.list', 'imports.get', 'search', 'home.counts', 'home.now'],
  // Not a table: the test mailbox lies in a file of its own.
  mailbox: ['mailbox'],
  // Nobody shows these, or only through one of the above.
  ...Object.fromEntries(
    ['signing_key', 'audit', 'commit_counter', 'endpoint_alias', 'campaign_version', 'lane', 'run_domain', 'run_tick', 'sender_epoch', 'adhoc_address', 'engagement_rest', 'import_image', 'import_user_image', 'erased'].map((table) => [table, []]),
  ),
};

/** The procedures and routers to refresh after a commit, or 'all' when a table is unknown (`*` stands for another workspace). */
export function staleReaders(tables: readonly string[]): ReadonlySet<string> | 'all' {
  const stale = new Set<string>();
  for (const table of tables) {
    const readers = readersOf[table];
    if (!readers) return 'all';
    for (const reader of readers) stale.add(reader);
  }
  return stale;
}

/** Whether a query of this tRPC path (`['home', 'counts']`) is among them. */
export function isStale(path: readonly string[], stale: ReadonlySet<string> | 'all'): boolean {
  return stale === 'all' || path.some((_, i) => stale.has(path.slice(0, i + 1).join('.')));
}
