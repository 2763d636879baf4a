import { type ImportFormat, type ImportMapping, type ImportMatch, importOptions, type ImportTarget } from '../../../src-preload/contract/import.js';
import { placeMapping } from '../../../src-preload/contract/import-mapping.js';
import type { ReadDb } from '../../store/db.js';
import { sql } from '../../store/sql.js';

/** How a finished import mapped the same columns: one target for each header asked for, in their order. */
export interface RecalledMapping {
  readonly targets: readonly ImportTarget[];
  readonly decimal: ImportFormat['decimal'];
  readonly match: ImportMatch;
  readonly fileName: string;
  readonly at: number;
}

/** Newest imports that are looked through. */
const lookedAt = 200;

function targetsFor(headers: readonly string[], mapping: ImportMapping): readonly ImportTarget[] | undefined {
  if (mapping.length !== headers.length) return undefined;
  const { targets } = placeMapping(headers, mapping);
  return targets.every((target) => target !== undefined) ? targets : undefined;
}

/**
 * The mapping of the newest finished import with the same set of headers, in whatever order the columns stand. What was mapped is kept with each import, so nothing
 * else remembers it.
 */
export function recallMapping(db: ReadDb, input: { readonly headers: readonly string[] }): RecalledMapping | undefined {
  const rows = db.all<{ file_name: string; options: string; at: number }>(
    sql`select file_name, options, coalesce(ended_at, created_at) as at from import
      where state = 'done' and json_array_length(options, '$.mapping') = ${input.headers.length} order by id desc limit ${lookedAt}`,
  );
  for (const row of rows) {
    const options = importOptions.safeParse(JSON.parse(row.options));
    if (!options.success || !options.data.format.header) continue;
    const targets = targetsFor(input.headers, options.data.mapping);
    if (targets) return { targets, decimal: options.data.format.decimal, match: options.data.match ?? 'auto', fileName: row.file_name, at: row.at };
  }
  return undefined;
}
