import type { BringOverSource } from '../../../src-preload/contract/bring-over.js';
import { chooseFile } from './files.js';

/** A file with the folders it lay in. */
export interface FileInFolder {
  readonly file: File;
  readonly name: string;
}

function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  return new Promise((resolve, reject) => {
    const all: FileSystemEntry[] = [];
    // A browser gives a hundred at a time, and none when that was all.
    const next = () => reader.readEntries((some) => (some.length === 0 ? resolve(all) : (all.push(...some), next())), reject);
    next();
  });
}

async function walk(entry: FileSystemEntry): Promise<FileInFolder[]> {
  if (entry.name.startsWith('.')) return [];
  if (entry.isDirectory) return (await Promise.all((await entriesOf(entry as FileSystemDirectoryEntry)).map(walk))).flat();
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  return [{ file, name: entry.fullPath.replace(/^\//, '') }];
}

/** What was dropped, folders opened. In the desktop window a folder is told by its path, and the program opens it. Call it in the event itself: a drop is empty afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<FileInFolder[]> {
  const whole = [...transfer.files].map((file) => ({ file, name: file.name }));
  if (window.heliograph?.pathForFile) return Promise.resolve(whole);
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  return Promise.all(entries.map((entry, i) => (entry ? walk(entry) : Promise.resolve([whole[i]!])))).then((found) => found.flat());
}

/** What a file or folder picker gave; hidden files are passed over. */
export function pickedFiles(files: Iterable<File>): FileInFolder[] {
  return [...files].map((file) => ({ file, name: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath })).filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')));
}

/** Makes each one readable for the program, one after the other. */
export async function sourcesOf(files: readonly FileInFolder[], progress: (done: number) => void): Promise<BringOverSource[]> {
  const sources: BringOverSource[] = [];
  for (const { file, name } of files) {
    progress(sources.length);
    const { source } = await chooseFile(file);
    sources.push({ ...source, name });
  }
  return sources;
}
