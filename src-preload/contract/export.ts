import { z } from 'zod';
import { audienceFilter } from './audience.js';
import { rowId } from './common.js';
import { recipientFilter } from './report.js';

const uid = z.string().min(1).max(64);

export const reportTables = ['summary', 'reasons', 'variants', 'links', 'hours', 'domains'] as const;

/** What can be exported. People and segment members carry Pinpoint's own columns, so that the file can be imported again, here or elsewhere. */
export const exportWhat = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('people'), filter: audienceFilter }),
  z.strictObject({ kind: z.literal('segment'), segment: uid }),
  z.strictObject({ kind: z.literal('suppressions') }),
  z.strictObject({ kind: z.literal('recipients'), run: uid, filter: recipientFilter }),
  /** The report of a bringing over, by its job. */
  z.strictObject({ kind: z.literal('bringOver'), job: uid }),
  /** Everything held of one person, named by any endpoint of theirs; as a ZIP only. */
  z.strictObject({ kind: z.literal('person'), endpoint: rowId }),
  z.strictObject({ kind: z.literal('report'), campaign: uid, run: uid.optional(), table: z.enum(reportTables) }),
]);
export type ExportWhat = z.infer<typeof exportWhat>;

/** Packed as Pinpoint packs its exports; a file's name then ends in `.gz`. */
const gzip = z.boolean().optional();

/** `formulaSafe` puts a ' before cells that a spreadsheet would run as a formula; `bom` lets Excel read UTF-8. JSON lines hold one endpoint each, exactly; a ZIP holds one person as JSON and as a page. */
export const exportFormat = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('csv'), separator: z.enum([',', ';', '\t']), bom: z.boolean(), formulaSafe: z.boolean(), gzip }),
  z.strictObject({ kind: z.literal('jsonl'), gzip }),
  z.strictObject({ kind: z.literal('zip') }),
]);
export type ExportFormat = z.infer<typeof exportFormat>;

export const exportInput = z.strictObject({ what: exportWhat, format: exportFormat });
export type ExportInput = z.infer<typeof exportInput>;

/** Data goes out exactly; a report is read in a spreadsheet, where a cell that begins with = would run (design 5). */
export function isDataExport(what: ExportWhat): boolean {
  return what.kind === 'people' || what.kind === 'segment' || what.kind === 'suppressions';
}
export function defaultCsv(what: ExportWhat): Extract<ExportFormat, { kind: 'csv' }> {
  return { kind: 'csv', separator: ',', bom: !isDataExport(what), formulaSafe: !isDataExport(what) };
}

/** What an export job leaves behind. `name` is the file name to suggest. */
export const exportResult = z.object({ path: z.string(), name: z.string(), rows: z.number().int(), bytes: z.number().int() });
export type ExportResult = z.infer<typeof exportResult>;
