/**
 * Which procedures show a table's rows: a commit that changed the table makes their queries stale. `segments` is the whole router, `home.counts` one procedure.
 * A table that is not listed refreshes everything, which is slow but never wrong; add a line when you add a table or a router that reads one.
 */
const readersOf: Readonly<Record<string, readonly string[]>> = {
  workspace: ['workspace', 'home.now', 'runs', 'campaigns'],
  setting: ['settings', 'workspace', 'reachability', 'collector', 'home', 'templates'],
  key_wrap: ['secrets'],
  secret: ['secrets', 'connections'],
  signing_key: [],
  audit: [],
  commit_counter: [],
  app: ['apps'],
  user: ['audience', 'segments', 'search', 'home.counts'],
  endpoint: ['audience', 'segments', 'search', 'home.counts'],
  endpoint_alias: [],
  suppression: ['audience', 'suppressions'],
  suppressed: ['audience', 'suppressions', 'home.counts'],
  segment: ['segments', 'campaigns', 'search', 'home.counts'],
  segment_version: ['segments'],
  segment_member: ['segments'],
  template: ['templates', 'campaigns', 'search', 'home.counts'],
  template_version: ['templates'],
  mailbox: ['mailbox'], // its own file: the service touches this name
  connection: ['connections', 'campaigns', 'reachability', 'search', 'home.counts', 'home.now'],
  campaign: ['campaigns', 'search', 'home.counts', 'home.now'],
  campaign_version: ['campaigns'],
  run: ['campaigns', 'runs', 'report', 'home'],
  run_count: ['campaigns', 'runs', 'report', 'home.now'],
  lane: [],
  message: ['campaigns', 'runs', 'report', 'home.now'],
  deferred: ['runs'],
  outcome: ['report', 'campaigns', 'home.days'],
  link_click: ['report'],
  message_reply: ['report', 'runs'],
  adhoc_address: [],
  event: ['report', 'audience.timeline'],
  event_type: [],
  job: ['jobs', 'imports'],
  import: ['imports', 'search', 'home.counts', 'home.now'],
  import_image: [],
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
