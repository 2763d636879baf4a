import { HeliographError } from '../../src-preload/contract/errors.js';
import type { Starter, Template, TemplateSummary, TemplateVersion } from '../../src-preload/contract/template.js';
import type { ReadDb } from '../store/db.js';
import type { Operations, Queries } from '../store/operation.js';
import { sql } from '../store/sql.js';
import { previewPeople } from './people.js';
import { preview } from './preview.js';
import { starters } from './starters.js';
import { adoptTemplate, createTemplate, duplicateTemplate, removeTemplate, renameTemplate, restoreTemplateVersion, saveTemplate, type TemplatePorts, undeleteTemplate } from './template.js';
import { contentOf, requireTemplate, requireVersion, selectSummaries, selectVersions } from './template.rows.js';
import { variableSuggestions } from './variables.js';

export { checkContent } from './check.js';
export { compileEmail } from './compile.js';
export { countMissing } from './missing.js';
export { samplePerson } from './preview.js';
export { starters } from './starters.js';
export type { TemplatePorts } from './template.js';
export type { CompiledEmail, CompileOptions, MissingValue, RenderExtras } from './types.js';

/** The module's operations; `ports` is what it must ask of modules to its left. */
export function templateOperations(ports: TemplatePorts) {
  return {
    create: createTemplate,
    adopt: adoptTemplate,
    save: saveTemplate(ports),
    rename: renameTemplate,
    duplicate: duplicateTemplate,
    remove: removeTemplate(ports),
    restore: undeleteTemplate,
    restoreVersion: restoreTemplateVersion,
  } as const satisfies Operations;
}

function get(db: ReadDb, input: { readonly uid: string; readonly version?: number | undefined }): Template {
  const row = requireTemplate(db, input.uid, { deleted: true });
  const content = contentOf(requireVersion(db, row, input.version ?? row.version));
  const summary = selectSummaries(db, sql`t.id = ${row.id}`)[0];
  if (!summary) throw new HeliographError('NOT_FOUND', { what: 'template' });
  return { ...summary, content };
}

export const templateQueries = {
  list: (db: ReadDb, _input: undefined): TemplateSummary[] => selectSummaries(db, sql`t.deleted_at is null`),
  get,
  versions: (db: ReadDb, input: { readonly uid: string }): TemplateVersion[] => selectVersions(db, requireTemplate(db, input.uid, { deleted: true })),
  starters: (_db: ReadDb, _input: undefined): readonly Starter[] => starters,
  variables: variableSuggestions,
  people: previewPeople,
  preview,
} as const satisfies Queries;
