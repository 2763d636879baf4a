import type { Queries } from '../store/operation.js';
import { homeCounts } from './home-counts.js';
import { homeDays } from './home-days.js';
import { homeNow } from './home-now.js';
import { findRecords } from './search.js';

/** What Home, the rail and the command palette ask. */
export const homeQueries = { counts: homeCounts, now: homeNow, days: homeDays, find: findRecords } as const satisfies Queries;
