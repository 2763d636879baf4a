import { HeliographError } from '../../../src-preload/contract/errors.js';
import type { ImportSource, ImportView } from '../../../src-preload/contract/import.js';

/** A file somebody chose, and where the program can read it. */
export interface ChosenFile {
  readonly name: string;
  readonly source: ImportSource;
}

/** Files that were dropped or chosen together: one is looked at, the rest wait their turn. It is part of the place (navigation state), so it is plain data. */
export interface FileQueue {
  readonly file: ChosenFile;
  readonly rest: readonly ChosenFile[];
  /** The check that is mapped anew: its choices stand at the beginning, and it goes once the next check is on its way. */
  readonly before?: Pick<ImportView, 'uid' | 'options'>;
}

/** Makes a queue of files in the order they came, before those that wait already. Those that cannot be read are named in one error; undefined where none can. */
export async function queueFiles(files: readonly File[], waiting: readonly ChosenFile[] = []): Promise<{ readonly queue: FileQueue | undefined; readonly failed: readonly unknown[] }> {
  const chosen: ChosenFile[] = [];
  const failed: unknown[] = [];
  for (const file of files) await chooseFile(file).then((one) => chosen.push(one), (error: unknown) => failed.push(error));
  const [file, ...rest] = chosen;
  return { queue: file && { file, rest: [...rest, ...waiting] }, failed };
}

/** The queue without its first file. */
export function nextInQueue({ rest }: FileQueue): FileQueue | undefined {
  const [file, ...others] = rest;
  return file && { file, rest: others };
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
