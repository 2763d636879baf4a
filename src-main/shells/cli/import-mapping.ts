import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { type ImportFormat, type ImportInspection, type ImportMapping, importMapping, type ImportMatch } from '../../../src-preload/contract/import.js';
import { placeMapping } from '../../../src-preload/contract/import-mapping.js';
import type { Client } from './connect.js';

/** A mapping that somebody named. `decimal`, `match`: those of the import it comes from. */
export interface ChosenMapping {
  readonly name: string;
  readonly mapping: ImportMapping;
  readonly decimal: ImportFormat['decimal'] | undefined;
  readonly match: ImportMatch | undefined;
}

/** Imports that are looked through for a name, newest first. */
const lookedAt = 1_000;
const namesShown = 10;

/** Reads a mapping from a JSON file, or takes that of the newest finished import whose uid or file name this is. Throws `BAD_INPUT`, `NAME_UNKNOWN` {what, name, known}. */
export async function chooseMapping(client: Client, named: string): Promise<ChosenMapping> {
  if (statSync(resolve(named), { throwIfNoEntry: false })?.isFile() && named.toLowerCase().endsWith('.json')) return { name: named, mapping: readMapping(resolve(named)), decimal: undefined, match: undefined };
  const done = (await client.imports.list.query({ limit: lookedAt })).filter(({ state }) => state === 'done');
  const found = done.find(({ uid, fileName }) => uid === named || fileName === named);
  if (!found) {
    const known = [...new Set(done.map(({ fileName }) => fileName))].slice(0, namesShown).map((name) => `"${name}"`).join(', ');
    throw new HeliographError('NAME_UNKNOWN', { what: 'mapping file (.json) or finished import', name: named, known });
  }
  return { name: named, mapping: found.options.mapping, decimal: found.options.format.decimal, match: found.options.match };
}

function readMapping(path: string): ImportMapping {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new HeliographError('BAD_INPUT', { field: '--mapping', message: cause instanceof Error ? cause.message : path }, { cause });
  }
  const parsed = importMapping.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeliographError('BAD_INPUT', { field: '--mapping', message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
}

/** The mapping of a file's columns: the guesses, or the named one by headers; what that does not know is left out. Throws `MAPPING_INVALID` where the file lacks a column of it. */
export function layMapping(columns: ImportInspection['columns'], chosen: ChosenMapping | undefined): ImportMapping {
  if (!chosen) return columns.map(({ index, header, guess }) => ({ index, header, target: guess }));
  const { targets, missing } = placeMapping(columns.map(({ header }) => header), chosen.mapping);
  if (missing.length > 0) throw new HeliographError('MAPPING_INVALID', { message: `The file has no such column as the mapping ${chosen.name} takes.`, columns: missing.slice(0, namesShown).join(', ') });
  return columns.map(({ index, header }, i) => ({ index, header, target: targets[i] ?? { to: 'ignore' } }));
}
