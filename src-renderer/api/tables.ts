/**
 * Which routers show a table's rows: a commit that changed the table makes their queries stale. A table that is not listed refreshes everything, which is
 * slow but never wrong; add a line when you add a table or a router that reads one.
 */
const routersOf: Readonly<Record<string, readonly string[]>> = {
  workspace: ['workspace', 'home', 'live'],
  setting: ['settings', 'workspace', 'reachability'],
  key_wrap: ['secrets'],
  secret: ['secrets', 'connections'],
  signing_key: [],
  audit: [],
  commit_counter: [],
  app: ['apps'],
  user: ['audience', 'segments'],
  endpoint: ['audience', 'segments', 'home'],
  endpoint_alias: [],
  suppression: ['audience', 'suppressions', 'segments'],
  suppressed: ['audience', 'suppressions', 'segments'],
  segment: ['segments', 'campaigns'],
  segment_version: ['segments'],
  segment_member: ['segments'],
  template: ['templates', 'campaigns'],
  template_version: ['templates'],
  connection: ['connections', 'campaigns', 'reachability'],
  campaign: ['campaigns', 'home'],
  campaign_version: ['campaigns'],
  run: ['campaigns', 'runs', 'report', 'home'],
  run_count: ['campaigns', 'runs', 'report', 'home'],
  lane: [],
  message: ['campaigns', 'runs', 'report', 'home'],
  deferred: ['campaigns', 'runs'],
  outcome: ['report', 'campaigns', 'home'],
  message_reply: ['report', 'runs'],
  adhoc_address: [],
  event: ['report', 'audience', 'home'],
  event_type: [],
  job: ['jobs', 'imports', 'home'],
  import: ['imports', 'home'],
  import_image: [],
};

/** The routers to refresh after a commit, or 'all' when a table is unknown. */
export function staleRouters(tables: readonly string[]): ReadonlySet<string> | 'all' {
  const stale = new Set<string>();
  for (const table of tables) {
    const routers = routersOf[table];
    if (!routers) return 'all';
    for (const router of routers) stale.add(router);
  }
  // The palette's search and the counts beside the rail read every kind of record.
  if (stale.size > 0) for (const router of ['search', 'home']) stale.add(router);
  return stale;
}
