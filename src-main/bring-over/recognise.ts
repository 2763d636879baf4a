import { createHash } from 'node:crypto';
import { type BringOverFile, bringOverLimits, type BringOverNote } from '../../src-preload/contract/bring-over.js';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import type { ImportInspection } from '../../src-preload/contract/import.js';
import { fileStart, inspectFile, isGzip, readBytes } from '../audience/import/index.js';
import { documentsOf, looksLikeEndpoint, type Piece, piecesOf } from './documents.js';
import type { NamedFile } from './gather.js';
import { CannotCarry, note } from './note.js';

/** A file and what it holds: an endpoint export, or things out of JSON. */
export interface Recognised extends NamedFile {
  readonly bytes: number;
  readonly endpoints: ImportInspection | null;
  readonly pieces: readonly Piece[];
  readonly notes: readonly BringOverNote[];
}

const startBytes = 262_144;

/** The text of a file from its beginning, unpacked, up to `limit` bytes; `whole` when that was all. */
async function textOf(path: string, gzip: boolean, limit: number): Promise<{ text: string; whole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readBytes(path, gzip)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  // UTF-8 with or without its mark: the CLI writes nothing else, and what is something else is no JSON.
  return { text: Buffer.concat(chunks).subarray(0, limit).toString('utf8').replace(/^\uFEFF/, ''), whole: length <= limit };
}

/** Whether the first line is an endpoint by itself, as JSON lines have it. */
function beginsWithEndpoint(text: string): boolean {
  const line = text.trimStart().split('\n', 1)[0] ?? '';
  try {
    return looksLikeEndpoint(JSON.parse(line));
  } catch {
    return false; // the beginning of a document of many lines, or no JSON
  }
}

/** Looks at one file and says what it is; a file that cannot be read says why in its notes. Nothing is written. */
export async function recognise(file: NamedFile): Promise<Recognised> {
  const nothing = { ...file, bytes: 0, endpoints: null, pieces: [] };
  try {
    const { size, start } = fileStart(file.path);
    const gzip = isGzip(start);
    const head = await textOf(file.path, gzip, startBytes);
    const isJson = /^\s*[{[]/.test(head.text);
    if (isJson && !beginsWithEndpoint(head.text)) {
      const whole = head.whole ? head : await textOf(file.path, gzip, bringOverLimits.jsonBytes);
      if (!whole.whole) return { ...nothing, bytes: size, notes: [note('too_large', { limit: bringOverLimits.jsonBytes })] };
      const pieces = documentsOf(whole.text).flatMap(piecesOf);
      const notes = pieces.flatMap((piece) => (piece.kind === 'unknown' ? piece.note : []));
      return { ...file, bytes: size, endpoints: null, pieces, notes: uniqueNotes(notes) };
    }
    const inspection = await inspectFile(file.path, { fileName: file.name });
    if (!inspection.pinpoint) return { ...nothing, bytes: size, notes: [note('not_pinpoint')] };
    return { ...file, bytes: size, endpoints: inspection, pieces: [], notes: [] };
  } catch (error) {
    if (error instanceof CannotCarry) return { ...nothing, notes: [error.note] };
    if (isHeliographError(error)) return { ...nothing, notes: [note('unreadable', { error: error.code, message: typeof error.detail['message'] === 'string' ? error.detail['message'] : '' })] };
    throw error;
  }
}

function uniqueNotes(notes: readonly BringOverNote[]): BringOverNote[] {
  return [...new Map(notes.map((one) => [JSON.stringify(one), one])).values()].slice(0, 5);
}

const kindOf: Readonly<Record<Piece['kind'], BringOverFile['kind']>> = {
  segment: 'segments',
  campaign: 'campaigns',
  template: 'templates',
  otherTemplate: 'templates',
  templateList: 'templateList',
  journey: 'journeys',
  endpoint: 'unknown',
  unknown: 'unknown',
};

/** The line of the preview for a file. */
export function previewOf({ name, bytes, endpoints, pieces, notes }: Recognised): BringOverFile {
  if (endpoints) return { name, bytes, kind: 'endpoints', count: endpoints.rowsEstimate, exact: endpoints.rowsExact, notes: [...notes] };
  const known = pieces.filter(({ kind }) => kind !== 'unknown' && kind !== 'endpoint');
  const kinds = new Set(known.map(({ kind }) => kindOf[kind]));
  const said = [
    ...notes,
    ...(pieces.some(({ kind }) => kind === 'endpoint') ? [note('single_endpoints')] : []),
    ...(kinds.has('journeys') ? [note('journey')] : []),
    ...uniqueNotes(pieces.flatMap((piece) => (piece.kind === 'otherTemplate' ? note('template_type', { type: piece.type }) : []))),
    ...(pieces.length === 0 && notes.length === 0 ? [note('other_json')] : []),
  ];
  const [only] = kinds;
  const kind = only === undefined ? 'unknown' : kinds.size > 1 ? 'mixed' : ofVersions(only, known);
  return { name, bytes, kind, count: known.length, exact: true, notes: said };
}

/** Several of one id, or of one name, are versions of it. */
function ofVersions(kind: BringOverFile['kind'], pieces: readonly Piece[]): BringOverFile['kind'] {
  const ids = pieces.map((piece) => (piece.kind === 'segment' ? piece.value.Id : piece.kind === 'template' ? piece.value.TemplateName : undefined));
  if (pieces.length < 2 || ids.some((id) => id === undefined) || new Set(ids).size > 1) return kind;
  return kind === 'segments' ? 'segmentVersions' : kind === 'templates' ? 'templateVersions' : kind;
}

/** SHA-256 of what a file holds, unpacked, so that a copy packed again is the same. */
export async function digestOf(path: string, gzip: boolean, between: () => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readBytes(path, gzip)) {
    between();
    hash.update(chunk);
  }
  return hash.digest('hex');
}
