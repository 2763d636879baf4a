import type { Actor } from '../../src-preload/contract/common.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type EmailContent, emailContent, type TemplateSummary, type TemplateVersion } from '../../src-preload/contract/template.js';
import type { ReadDb } from '../store/db.js';
import { type Sql, sql } from '../store/sql.js';

export interface TemplateRow {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly deleted_at: number | null;
}

interface VersionRow {
  readonly version: number;
  readonly content: string;
  readonly created_at: number;
  readonly actor: string;
}

const columns = sql`t.id, t.uid, t.name, t.version, t.created_at, t.updated_at, t.deleted_at`;

/** Throws `NOT_FOUND`; deleted templates are found only when asked for. */
export function requireTemplate(db: ReadDb, uid: string, options: { readonly deleted?: boolean } = {}): TemplateRow {
  const row = db.get<TemplateRow>(sql`select ${columns} from template t where t.uid = ${uid}`);
  if (!row || (row.deleted_at !== null && !options.deleted)) throw new HeliographError('NOT_FOUND', { what: 'template' });
  return row;
}

/** Throws `NOT_FOUND`. */
export function requireVersion(db: ReadDb, template: TemplateRow, version: number): VersionRow {
  const row = db.get<VersionRow>(sql`select version, content, created_at, actor from template_version where template = ${template.id} and version = ${version}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'template version' });
  return row;
}

export function contentOf(row: Pick<VersionRow, 'content'>): EmailContent {
  return emailContent.parse(JSON.parse(row.content));
}

const subject = sql`coalesce(json_extract(v.content, '$.subject'), '') as subject`;

function toSummary(row: TemplateRow & { readonly subject: string }): TemplateSummary {
  return { uid: row.uid, name: row.name, version: row.version, subject: row.subject, createdAt: row.created_at, updatedAt: row.updated_at, deletedAt: row.deleted_at };
}

export function selectSummaries(db: ReadDb, where: Sql): TemplateSummary[] {
  return db
    .all<TemplateRow & { subject: string }>(
      sql`select ${columns}, ${subject} from template t join template_version v on v.template = t.id and v.version = t.version where ${where} order by t.updated_at desc, t.id desc`,
    )
    .map(toSummary);
}

export function selectVersions(db: ReadDb, template: TemplateRow): TemplateVersion[] {
  return db
    .all<VersionRow & { subject: string }>(sql`select v.version, v.created_at, v.actor, ${subject} from template_version v where v.template = ${template.id} order by v.version desc`)
    .map((row) => ({ version: row.version, createdAt: row.created_at, actor: JSON.parse(row.actor) as Actor, subject: row.subject }));
}
