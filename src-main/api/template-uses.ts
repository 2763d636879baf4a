import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import type { TemplatePorts } from '../templates/index.js';

/** Campaigns stand to the left of templates: what templates must know of them is asked here. */
export const templatePorts: TemplatePorts = {
  /** Drafts that say what a template says, by name. What was launched holds its own copy. */
  usedBy: (db: ReadDb, template) =>
    db
      .all<{ name: string }>(
        sql`select c.name from campaign c where c.state = 'draft' and c.deleted_at is null and exists (
          select 1 from json_each(c.draft, '$.treatments') t where json_extract(t.value, '$.message.template') = ${template.uid}) order by c.updated_at desc`,
      )
      .map(({ name }) => name),
  launchedSince: (db: ReadDb, at) => db.get(sql`select 1 as n from campaign_version where created_at >= ${at} limit 1`) !== undefined,
};
