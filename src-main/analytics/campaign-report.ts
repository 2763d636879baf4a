import { HeliographError } from '../../src-preload/contract/errors.js';
import type { CampaignReport, HeatMap, ReportInput } from '../../src-preload/contract/report.js';
import { readPinned } from '../campaigns/index.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb } from '../store/db.js';
import type { Queries } from '../store/operation.js';
import { sql } from '../store/sql.js';
import { countDomains, countMessages } from './campaign-report-counts.js';
import { countHours } from './campaign-report-hours.js';
import { countLinks, drawHeatMap } from './campaign-report-links.js';
import { countRecipients, listRecipients } from './campaign-report-recipients.js';
import { funnelOf, requireRun, runsOf, toReportRun } from './campaign-report-run.js';

/** The report of one run of a campaign. Throws `NOT_FOUND` for an unknown campaign, or one that was never launched (`what: 'run'`). */
export function campaignReport(db: ReadDb, input: ReportInput): CampaignReport {
  const campaign = db.get<{ id: number; uid: string; name: string }>(sql`select id, uid, name from campaign where uid = ${input.campaign} and deleted_at is null`);
  if (!campaign) throw new HeliographError('NOT_FOUND', { what: 'campaign' });
  const runs = runsOf(db, campaign.id);
  const run = input.run === undefined ? runs[0] : runs.find(({ uid }) => uid === input.run);
  if (!run) throw new HeliographError('NOT_FOUND', { what: 'run' });
  const pinned = readPinned(db, run.campaign, run.campaignVersion);
  const { byTreatment, total, reasons } = countMessages(db, run.id);
  const { domains, others } = countDomains(db, run.id);
  const { hours, later } = countHours(db, run.id, readSettings(db).reportingZone);
  return {
    campaign: { uid: campaign.uid, name: campaign.name },
    runs: runs.map(toReportRun),
    run: toReportRun(run),
    subject: pinned.treatments[0]?.content.subject ?? '',
    purpose: pinned.purpose,
    trackOpens: pinned.trackOpens,
    trackClicks: pinned.trackClicks,
    // Bounces that come back later are not read yet: the mail server's own answer is all that is known.
    feedback: false,
    funnel: funnelOf(run),
    total,
    reasons,
    treatments: [...byTreatment].sort(([a], [b]) => a - b).map(([treatment, counts]) => ({ treatment, name: pinned.treatments[treatment]?.name ?? '', ...counts })),
    links: countLinks(db, run.id, pinned),
    hours,
    later,
    withoutHour: total.accepted - hours.reduce((sum, hour) => sum + hour.accepted, later?.accepted ?? 0),
    domains,
    otherDomains: others,
    commit: db.commitNumber(),
  };
}

function heatMap(db: ReadDb, input: { run: string; treatment: number }): HeatMap {
  const run = requireRun(db, input.run);
  const pinned = readPinned(db, run.campaign, run.campaignVersion);
  return drawHeatMap(pinned, input.treatment, countLinks(db, run.id, pinned));
}

export const reportQueries = { campaign: campaignReport, heatMap, count: countRecipients, recipients: listRecipients } as const satisfies Queries;
