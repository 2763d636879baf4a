import { homeQueries, reportQueries } from '../analytics/index.js';
import { importOperations, importQueries } from '../audience/import/index.js';
import { audienceOperations, audienceQueries } from '../audience/index.js';
import { bringOverQueries } from '../bring-over/index.js';
import { campaignOperations, campaignQueries } from '../campaigns/index.js';
import { connectionOperations, connectionQueries } from '../channels/index.js';
import { deliveryOperations, deliveryQueries } from '../delivery/index.js';
import { outcomeOperations } from '../delivery/outcomes/index.js';
import { jobOperations, jobQueries } from '../jobs/index.js';
import { secretOperations, secretQueries, settingsOperations, settingsQueries, workspaceOperations, workspaceQueries } from '../settings/index.js';
import { segmentCondition, segmentsModule } from '../segments/index.js';
import type { Operations, Queries } from '../store/operation.js';
import { templateOperations, templateQueries } from '../templates/index.js';
import { templatePorts } from './template-uses.js';
import { campaignsPinSegment, campaignsUsingSegment } from './segment-uses.js';

const segments = segmentsModule(campaignsUsingSegment, campaignsPinSegment);

/**
 * Every module's operations and queries, by module name. The store thread runs the first, the readers the second, and the typed faces
 * `write.<module>.<operation>(input)` and `read.<module>.<query>(input)` follow from these two tables.
 * To add one: write the function in its module, export it in that module's `operations` or `queries`; a new module adds one line here.
 */
export const operations = {
  workspace: workspaceOperations,
  settings: settingsOperations,
  secrets: secretOperations,
  jobs: jobOperations,
  templates: templateOperations(templatePorts),
  audience: audienceOperations,
  imports: importOperations,
  segments: segments.operations,
  connections: connectionOperations,
  campaigns: campaignOperations,
  delivery: deliveryOperations,
  outcomes: outcomeOperations,
} as const satisfies Readonly<Record<string, Operations>>;

export const queries = {
  report: reportQueries,
  home: homeQueries,
  audience: audienceQueries(segmentCondition),
  imports: importQueries,
  bringOver: bringOverQueries,
  segments: segments.queries,
  connections: connectionQueries,
  campaigns: campaignQueries,
  delivery: deliveryQueries,
  workspace: workspaceQueries,
  settings: settingsQueries,
  secrets: secretQueries,
  jobs: jobQueries,
  templates: templateQueries,
} as const satisfies Readonly<Record<string, Queries>>;

export type AllOperations = typeof operations;
export type AllQueries = typeof queries;
