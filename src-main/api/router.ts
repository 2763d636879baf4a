import { audienceRouter } from './audience.js';
import { backupRouter } from './backup.js';
import { bringOverRouter } from './bring-over.js';
import { campaignsRouter } from './campaigns.js';
import { connectionsRouter } from './connections.js';
import { erasuresRouter } from './erasures.js';
import { exportsRouter } from './exports.js';
import { homeRouter } from './home.js';
import { importsRouter } from './imports.js';
import { jobsRouter } from './jobs.js';
import { liveRouter } from './live.js';
import { searchRouter } from './search.js';
import { mailboxRouter } from './mailbox.js';
import { peopleRouter } from './people.js';
import { reachabilityRouter } from './reachability.js';
import { reportRouter } from './report.js';
import { runsRouter } from './runs.js';
import { secretsRouter } from './secrets.js';
import { segmentsRouter } from './segments.js';
import { settingsRouter } from './settings.js';
import { templatesRouter } from './templates.js';
import { suppressionsRouter } from './suppressions.js';
import { topicsRouter } from './topics.js';
import { router } from './trpc.js';
import { workspaceRouter } from './workspace.js';

/** The contract, one router per noun. To add a procedure: put it in its noun's file; a new noun adds one line here. */
export const appRouter = router({
  workspace: workspaceRouter,
  settings: settingsRouter,
  secrets: secretsRouter,
  backup: backupRouter,
  reachability: reachabilityRouter,
  report: reportRouter,
  people: peopleRouter,
  erasures: erasuresRouter,
  exports: exportsRouter,
  jobs: jobsRouter,
  live: liveRouter,
  home: homeRouter,
  search: searchRouter,
  templates: templatesRouter,
  audience: audienceRouter,
  imports: importsRouter,
  bringOver: bringOverRouter,
  segments: segmentsRouter,
  connections: connectionsRouter,
  mailbox: mailboxRouter,
  campaigns: campaignsRouter,
  runs: runsRouter,
  suppressions: suppressionsRouter,
  topics: topicsRouter,
});

export type AppRouter = typeof appRouter;
