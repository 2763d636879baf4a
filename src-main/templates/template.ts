import { HeliographError } from '../../src-preload/contract/errors.js';
import { type EmailContent, emailContent, emptyEmail, type TemplateCreateInput, type TemplateSaveInput } from '../../src-preload/contract/template.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { starters } from './starters.js';
import { contentOf, requireTemplate, requireVersion, type TemplateRow } from './template.rows.js';

/** What stands to the left of this module and must be asked: filled by `api/registry.ts`. */
export interface TemplatePorts {
  /** Names of what would break if this template were gone. */
  readonly usedBy: (db: ReadDb, template: { readonly uid: string }) => string[];
  /** Whether anything was launched at or after an instant: what a launch may have read is never written over. */
  readonly launchedSince: (db: ReadDb, at: number) => boolean;
}

/** How long typing goes on in one version. Autosave writes twice a second: a version of each would bury those that people mean. */
const sameVersionMs = 30 * 60_000;
/** Pinpoint keeps 5,000 versions (pinpoint.md 4.2). */
const mostVersions = 5000;

function insertVersion(db: WriteDb, row: TemplateRow, content: EmailContent): { version: number; updatedAt: number; changed: boolean } {
  const version = row.version + 1;
  if (version > mostVersions) throw new HeliographError('NOT_ALLOWED', { what: `more than ${mostVersions} versions of a template` });
  db.run(
    sql`insert into template_version (template, version, content, created_at, actor) values (${row.id}, ${version}, ${JSON.stringify(content)}, ${db.now}, ${JSON.stringify(db.actor)})`,
  );
  db.run(sql`update template set version = ${version}, updated_at = ${db.now} where id = ${row.id}`);
  db.changed('template', row.id);
  db.changed('template_version', row.id);
  return { version, updatedAt: db.now, changed: true };
}

/** `name`, or `name 2`, `name 3`: names need not be unique, but four "New template" help nobody. */
function freeName(db: ReadDb, wanted: string): string {
  const name = wanted.slice(0, 120);
  const taken = (candidate: string) => db.get(sql`select 1 as n from template where name = ${candidate} and deleted_at is null limit 1`) !== undefined;
  if (!taken(name)) return name;
  for (let n = 2; ; n++) if (!taken(`${name} ${n}`)) return `${name} ${n}`;
}

function insertTemplate(db: WriteDb, name: string, content: EmailContent, uid = db.newUid()): { uid: string; name: string } {
  const { lastId } = db.run(sql`insert into template (uid, name, version, created_at, updated_at) values (${uid}, ${name}, 0, ${db.now}, ${db.now})`);
  insertVersion(db, { id: lastId, uid, name, version: 0, created_at: db.now, updated_at: db.now, deleted_at: null }, content);
  db.audit('template.create', `template:${uid}`, { name });
  return { uid, name };
}

/** Makes a template: from content, from a starter, or empty. Throws `NOT_FOUND` for a starter that does not exist. */
export function createTemplate(db: WriteDb, input: TemplateCreateInput): { uid: string; name: string } {
  const starter = input.starter === undefined ? undefined : starters.find(({ id }) => id === input.starter);
  if (input.starter !== undefined && !starter) throw new HeliographError('NOT_FOUND', { what: 'starter' });
  return insertTemplate(db, freeName(db, input.name ?? starter?.name ?? 'New template'), emailContent.parse(input.content ?? starter?.content ?? emptyEmail));
}

/**
 * Takes in a template of another program under a uid that stands for it there, with its versions, oldest first. Where that uid is taken, deleted ones included, nothing changes
 * (`fresh` false). Throws `NOT_ALLOWED` above 5,000 versions.
 */
export function adoptTemplate(db: WriteDb, input: { readonly uid: string; readonly name: string; readonly versions: readonly EmailContent[] }): { uid: string; name: string; fresh: boolean; deleted: boolean } {
  const before = db.get<{ name: string; deleted_at: number | null }>(sql`select name, deleted_at from template where uid = ${input.uid}`);
  if (before) return { uid: input.uid, name: before.name, fresh: false, deleted: before.deleted_at !== null };
  const [first = emptyEmail, ...later] = input.versions.map((content) => emailContent.parse(content));
  const { name } = insertTemplate(db, freeName(db, input.name), first, input.uid);
  for (const content of later) insertVersion(db, requireTemplate(db, input.uid), content);
  return { uid: input.uid, name, fresh: true, deleted: false };
}

/**
 * Saves content. Typing stays in one version for half an hour (same actor, nothing launched since); otherwise, or with `newVersion`, a new version is added,
 * and the old one never changes again. Content that is the same changes nothing. Throws `NOT_FOUND`, `CONFLICT` when somebody saved after `expected`.
 */
export function saveTemplate(ports: TemplatePorts) {
  return (db: WriteDb, input: TemplateSaveInput): { version: number; updatedAt: number; changed: boolean } => {
    const row = requireTemplate(db, input.uid);
    if (input.expected !== undefined && row.updated_at > input.expected) throw new HeliographError('CONFLICT', { what: 'The template' });
    const content = emailContent.parse(input.content);
    const newest = requireVersion(db, row, row.version);
    if (JSON.stringify(contentOf(newest)) === JSON.stringify(content) && !input.newVersion) return { version: row.version, updatedAt: row.updated_at, changed: false };
    const open = db.now - newest.created_at < sameVersionMs && newest.actor === JSON.stringify(db.actor) && !ports.launchedSince(db, newest.created_at);
    if (input.newVersion || !open) {
      const saved = insertVersion(db, row, content);
      db.audit('template.save', `template:${row.uid}`, { version: saved.version });
      return saved;
    }
    db.run(sql`update template_version set content = ${JSON.stringify(content)} where template = ${row.id} and version = ${row.version}`);
    db.run(sql`update template set updated_at = ${db.now} where id = ${row.id}`);
    db.changed('template', row.id);
    db.changed('template_version', row.id);
    return { version: row.version, updatedAt: db.now, changed: true };
  };
}

export function renameTemplate(db: WriteDb, input: { readonly uid: string; readonly name: string }): { updatedAt: number } {
  const row = requireTemplate(db, input.uid);
  if (row.name === input.name) return { updatedAt: row.updated_at };
  db.run(sql`update template set name = ${input.name}, updated_at = ${db.now} where id = ${row.id}`);
  db.changed('template', row.id);
  db.audit('template.rename', `template:${row.uid}`, { from: row.name, to: input.name });
  return { updatedAt: db.now };
}

/** A new template that says what the newest version says. */
export function duplicateTemplate(db: WriteDb, input: { readonly uid: string }): { uid: string; name: string } {
  const row = requireTemplate(db, input.uid);
  return insertTemplate(db, freeName(db, `${row.name} copy`), contentOf(requireVersion(db, row, row.version)));
}

/** Hides a template; `undeleteTemplate` is its undo. Throws `TEMPLATE_IN_USE` {by} naming the drafts that need it. */
export function removeTemplate(ports: TemplatePorts) {
  return (db: WriteDb, input: { readonly uid: string }): void => {
    const row = requireTemplate(db, input.uid);
    const users = ports.usedBy(db, row);
    if (users.length > 0) throw new HeliographError('TEMPLATE_IN_USE', { by: users.slice(0, 5).join(', '), count: users.length });
    db.run(sql`update template set deleted_at = ${db.now} where id = ${row.id}`);
    db.changed('template', row.id);
    db.audit('template.delete', `template:${row.uid}`, { name: row.name });
  };
}

export function undeleteTemplate(db: WriteDb, input: { readonly uid: string }): void {
  const row = requireTemplate(db, input.uid, { deleted: true });
  if (row.deleted_at === null) return;
  db.run(sql`update template set deleted_at = null where id = ${row.id}`);
  db.changed('template', row.id);
  db.audit('template.restore', `template:${row.uid}`);
}

/** Adds a version that says what an older one said: history is never rewound. Throws `NOT_FOUND`. */
export function restoreTemplateVersion(db: WriteDb, input: { readonly uid: string; readonly version: number }): { version: number; updatedAt: number } {
  const row = requireTemplate(db, input.uid);
  const { version, updatedAt } = insertVersion(db, row, contentOf(requireVersion(db, row, input.version)));
  db.audit('template.restore_version', `template:${row.uid}`, { from: input.version, version });
  return { version, updatedAt };
}
