import type { ComponentType } from 'react';
import { Navigate, type RouteObject } from 'react-router';
import { RouteError } from './features/frame/route-error.js';

/** A screen: its path and the component to load when somebody goes there. */
function screen(path: string, load: () => Promise<ComponentType>): RouteObject {
  return { path, errorElement: <RouteError />, lazy: async () => ({ Component: await load() }) };
}

/**
 * Every screen. To add one, add a line: the rail and the palette show its place by themselves (`features/frame/places.ts` knows the places in their order).
 * A screen that does not exist yet has no line.
 */
export const screens: readonly RouteObject[] = [
  screen('/', () => import('./features/home/index.js').then((m) => m.Home)),
  screen('/people', () => import('./features/audience/index.js').then((m) => m.People)),
  screen('/people/duplicates', () => import('./features/audience/index.js').then((m) => m.Duplicates)),
  screen('/people/erased', () => import('./features/audience/index.js').then((m) => m.Erased)),
  screen('/people/:id', () => import('./features/audience/index.js').then((m) => m.PersonPage)),
  screen('/suppressions', () => import('./features/audience/index.js').then((m) => m.Suppressions)),
  screen('/topics', () => import('./features/audience/index.js').then((m) => m.Topics)),
  screen('/imports', () => import('./features/imports/index.js').then((m) => m.Imports)),
  screen('/imports/new', () => import('./features/imports/index.js').then((m) => m.NewImport)),
  screen('/imports/pinpoint', () => import('./features/imports/index.js').then((m) => m.FromPinpoint)),
  screen('/segments', () => import('./features/segments/index.js').then((m) => m.Segments)),
  screen('/segments/:id', () => import('./features/segments/index.js').then((m) => m.SegmentPage)),
  screen('/campaigns', () => import('./features/campaigns/index.js').then((m) => m.Campaigns)),
  screen('/campaigns/:id', () => import('./features/campaigns/index.js').then((m) => m.CampaignPage)),
  screen('/campaigns/:id/live', () => import('./features/campaigns/index.js').then((m) => m.CampaignLive)),
  screen('/campaigns/:id/report', () => import('./features/report/index.js').then((m) => m.Report)),
  screen('/templates', () => import('./features/templates/index.js').then((m) => m.Templates)),
  screen('/templates/:uid', () => import('./features/templates/index.js').then((m) => m.TemplateEditor)),
  screen('/mailbox', () => import('./features/mailbox/index.js').then((m) => m.Mailbox)),
  screen('/settings/connections', () => import('./features/connections/index.js').then((m) => m.Connections)),
  screen('/settings/reachability', () => import('./features/reachability/index.js').then((m) => m.ReachabilitySettings)),
  screen('/settings/workspace', () => import('./features/settings/index.js').then((m) => m.WorkspaceSettings)),
  screen('/settings/security', () => import('./features/settings/index.js').then((m) => m.Security)),
  screen('/settings/backup', () => import('./features/settings/index.js').then((m) => m.Backup)),
  screen('/settings/appearance', () => import('./features/settings/index.js').then((m) => m.Appearance)),
  { path: '/settings', element: <Navigate to="/settings/workspace" replace /> },
  screen('*', () => import('./features/frame/not-found.js').then((m) => m.NotFound)),
];

/** Paths that exist. */
export const screenPaths: ReadonlySet<string> = new Set(screens.flatMap((s) => s.path ?? []));
