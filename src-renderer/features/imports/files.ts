import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportSource } from '../../../src-preload/contract/import.js';

/** A file somebody chose, and where the program can read it. */
export interface ChosenFile {
  readonly name: string;
  readonly source: ImportSource;
}

/** In the desktop window the file stays where it is and its path is told; a browser tab sends its bytes to the program on this machine. */
export async function chooseFile(file: File): Promise<ChosenFile> {
  const path = window.heliograph?.pathForFile?.(file);
  if (path !== undefined && path !== '') return { name: file.name, source: { kind: 'path', path } };
  const response = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, { method: 'PUT', body: file });
  if (!response.ok) throw new HeliographError('FILE_UNREADABLE', { name: file.name, message: await response.text() });
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('id' in answer) || typeof answer.id !== 'string')
    throw new HeliographError('FILE_UNREADABLE', { name: file.name });
  return { name: file.name, source: { kind: 'upload', id: answer.id } };
}

/** A path that somebody typed; the program says whether it is there. */
export function chosenPath(path: string): ChosenFile {
  return { name: path.split(/[\\/]/).at(-1) ?? path, source: { kind: 'path', path } };
}

/** Makes the browser fetch a file that the program offers: a click on a link it never shows. */
export function fetchDownload(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
