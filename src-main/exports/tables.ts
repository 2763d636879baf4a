import { DateTime } from 'luxon';
import type { ExportWhat } from '../../src-preload/contract/export.js';
import { placeWords } from '../../src-preload/contract/delivery-words.js';
import { type CampaignReport, type MessageCounts, outcomeWords, type RecipientFilter, type ReportRecipient } from '../../src-preload/contract/report.js';
import type { OutcomeKind } from '../../src-preload/contract/delivery.js';
import { campaignReport, iterateRecipients } from '../analytics/index.js';
import type { CsvCell } from '../platform/csv.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { cellTime, type ExportSource, fileName } from './source.js';

/** The suppression list as it stands, oldest first. */
export function suppressionsSource(db: ReadDb): ExportSource {
  const total = db.get<{ n: number }>(sql`select count(*) as n from suppressed`)!.n;
  return {
    name: 'Suppressions',
    header: ['Channel', 'Address', 'Scope', 'Reason', 'Since (UTC)', 'Source', 'Note'],
    total,
    *rows() {
      const page = 5_000;
      for (let after = 0; ; ) {
        db.throwIfCancelled();
        const rows = db.all<{ id: number; cells: string }>(sql`select s.id, json_array(d.channel, d.address_key, d.scope, s.reason, s.at, s.source, s.note) as cells
          from suppressed d join suppression s on s.id = d.suppression where s.id > ${after} order by s.id limit ${page}`);
        for (const row of rows) {
          const [channel, address, scope, reason, at, source, note] = JSON.parse(row.cells) as [string, string, string, string, number, string, string | null];
          yield [channel, address, scope, reason, cellTime(at), source, note];
        }
        if (rows.length < page) return;
        after = rows.at(-1)!.id;
      }
    },
  };
}

const recipientOutcomes: readonly OutcomeKind[] = ['open', 'open_machine', 'click', 'click_scanner', 'unsubscribe', 'complaint', 'hard_bounce', 'soft_bounce'];

/** Every message of a run that the filter picks, with what became of it. */
export function recipientsSource(db: ReadDb, run: string, filter: RecipientFilter): ExportSource {
  const cells = (row: ReportRecipient): CsvCell[] => [
    row.address,
    row.userId,
    String.fromCharCode(65 + row.treatment),
    placeWords(row.state, row.reason).state,
    placeWords(row.state, row.reason).reason,
    cellTime(row.at),
    row.response,
    ...recipientOutcomes.map((kind) => cellTime(row.outcomes.find((outcome) => outcome.kind === kind)?.at ?? null)),
  ];
  return {
    name: 'Recipients',
    header: ['Address', 'User id', 'Variant', 'State', 'Reason', 'Answered (UTC)', 'Server said', ...recipientOutcomes.map((kind) => `${outcomeWords[kind]} (UTC)`)],
    total: null,
    *rows() {
      for (const row of iterateRecipients(db, run, filter)) yield cells(row);
    },
  };
}

const countColumns: readonly (readonly [keyof MessageCounts, string])[] = [
  ['messages', 'Messages'], ['waiting', 'Waiting'], ['accepted', 'Accepted by the mail server'], ['failed', 'Refused'], ['skipped', 'Left out'], ['unknown', 'May have been sent'], ['bounced', 'Bounced'],
  ['opened', 'Opened (estimate)'], ['openedByMachine', 'Opened by machines only'], ['clicked', 'Clicked'], ['clickedByScanner', 'Clicked by scanners only'], ['unsubscribed', 'Unsubscribed'], ['complained', 'Complained'],
];

/** A figure of opens or clicks where they are not tracked is empty, not zero. */
function figure({ trackOpens, trackClicks }: CampaignReport, key: keyof MessageCounts, value: number): CsvCell {
  const known = key === 'opened' || key === 'openedByMachine' ? trackOpens : key === 'clicked' || key === 'clickedByScanner' ? trackClicks : true;
  return known || value > 0 ? value : null;
}

type Table = Extract<ExportWhat, { kind: 'report' }>['table'];

/** One table of a campaign's report, as the screen shows it. */
export function reportSource(db: ReadDb, what: Extract<ExportWhat, { kind: 'report' }>): ExportSource {
  const report = campaignReport(db, { campaign: what.campaign, run: what.run });
  const zone = readSettings(db).reportingZone;
  const { header, rows } = reportTable(report, what.table, zone);
  return { name: fileName(`${report.campaign.name} ${what.table}`), header, rows: () => rows, total: rows.length };
}

function reportTable(report: CampaignReport, table: Table, zone: string): { header: string[]; rows: CsvCell[][] } {
  switch (table) {
    case 'summary':
      return { header: ['Figure', 'Messages'], rows: countColumns.map(([key, word]) => [word, figure(report, key, report.total[key])]) };
    case 'reasons':
      return { header: ['State', 'Reason', 'Messages'], rows: report.reasons.map((row) => [placeWords(row.state, row.reason).state, placeWords(row.state, row.reason).reason, row.messages]) };
    case 'variants':
      return {
        header: ['Variant', 'Name', ...countColumns.map(([, word]) => word)],
        rows: report.treatments.map((row) => [String.fromCharCode(65 + row.treatment), row.name, ...countColumns.map(([key]) => figure(report, key, row[key]))]),
      };
    case 'links':
      return {
        header: ['Variant', 'Link', 'Address', 'Text', 'Messages clicked', 'Clicks', 'Messages clicked by scanners'],
        rows: report.links.map((row) => [String.fromCharCode(65 + row.treatment), row.link + 1, row.url, row.text, row.clicked, row.clicks, row.scanned]),
      };
    case 'hours':
      return {
        header: [`Hour (${zone})`, 'Accepted', 'Opened', 'Clicked', 'Unsubscribed'],
        rows: [
          ...report.hours.map((row) => [DateTime.fromMillis(row.at, { zone }).toFormat('yyyy-MM-dd HH:mm'), row.accepted, row.opened, row.clicked, row.unsubscribed]),
          ...(report.withoutHour > 0 ? [['not known', report.withoutHour, 0, 0, 0]] : []),
          ...(report.later ? [['later', report.later.accepted, report.later.opened, report.later.clicked, report.later.unsubscribed]] : []),
        ],
      };
    case 'domains':
      return {
        header: ['Domain', 'Messages', 'Accepted', 'Refused', 'Bounced', 'Opened', 'Clicked', 'Unsubscribed'],
        rows: [
          ...report.domains.map((row) => [row.domain, row.messages, row.accepted, row.failed, row.bounced, figure(report, 'opened', row.opened), figure(report, 'clicked', row.clicked), row.unsubscribed]),
          ...(report.otherDomains ? [otherDomains(report, report.otherDomains)] : []),
        ],
      };
  }
}

function otherDomains(report: CampaignReport, row: NonNullable<CampaignReport['otherDomains']>): CsvCell[] {
  return [`${row.count} others`, row.messages, row.accepted, row.failed, row.bounced, figure(report, 'opened', row.opened), figure(report, 'clicked', row.clicked), row.unsubscribed];
}
