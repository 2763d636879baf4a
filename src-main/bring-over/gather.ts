import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bringOverLimits } from '../../src-preload/contract/bring-over.js';
import { HeliographError } from '../../src-preload/contract/errors.js';

/** A file to look at; `name` has the folders below what somebody named, with `/`. */
export interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/**
 * Every file that sources stand for: a file itself, a folder with what lies in it, in the order of names. Hidden files and links are passed over: what a link leads to was not given.
 * Throws `FILE_UNREADABLE`, and `BAD_INPUT` above `bringOverLimits.files`.
 */
export function gatherFiles(sources: readonly NamedFile[]): NamedFile[] {
  const files: NamedFile[] = [];
  const add = (file: NamedFile) => {
    if (files.push(file) > bringOverLimits.files) throw new HeliographError('BAD_INPUT', { field: 'sources', message: `more than ${bringOverLimits.files.toLocaleString('en')} files` });
  };
  const walk = (folder: NamedFile, depth: number): void => {
    if (depth > bringOverLimits.depth) return;
    const entries = readdirSync(folder.path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const inner = { path: join(folder.path, entry.name), name: folder.name === '' ? entry.name : `${folder.name}/${entry.name}` };
      if (entry.isDirectory()) walk(inner, depth + 1);
      else if (entry.isFile()) add(inner);
    }
  };
  for (const source of sources) {
    try {
      if (statSync(source.path).isDirectory()) walk({ path: source.path, name: '' }, 1);
      else add(source);
    } catch (error) {
      if (error instanceof HeliographError) throw error;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      throw new HeliographError('FILE_UNREADABLE', { name: basename(source.path), message: code === 'ENOENT' ? 'It is not there.' : code }, { cause: error });
    }
  }
  return files;
}
