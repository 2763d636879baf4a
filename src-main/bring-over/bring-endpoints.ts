import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { BringOverItem, BringOverNote } from '../../src-preload/contract/bring-over.js';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import { type ImportedWhole, importWhole, inspectFile, readBytes, segmentNameOf } from '../audience/import/index.js';
import { memberSet, segmentByUid } from '../segments/index.js';
import { sql } from '../store/sql.js';
import type { Context } from './job.js';
import { note } from './note.js';
import type { PlannedSegment } from './plan-segments.js';
import { digestOf, type Recognised } from './recognise.js';

type Export = Recognised & { readonly endpoints: NonNullable<Recognised['endpoints']> };
interface Work {
  readonly name: string;
  readonly files: readonly Export[];
  readonly list: PlannedSegment | undefined;
  readonly notes: readonly BringOverNote[];
}

export const isExport = (file: Recognised): file is Export => file.endpoints !== null;

/** The imported list whose name or id a file or a folder above it has: an export of a segment is kept under one of them. */
function listOf(file: Export, lists: readonly PlannedSegment[]): PlannedSegment | undefined {
  const parts = file.name.split('/');
  const names = [...parts.slice(0, -1), segmentNameOf(parts.at(-1)!)].map((part) => part.toLowerCase());
  return lists.find(({ id, name }) => names.includes(id.toLowerCase()) || names.includes(name.toLowerCase()));
}

/** Files in the order to import them: lists of user ids name people, so they come after those that bring them. The parts of one list's export are one import. */
function workOf(exports: readonly Export[], lists: readonly PlannedSegment[]): Work[] {
  const isUserList = ({ endpoints }: Export) => !endpoints.columns.some(({ guess }) => guess.to === 'address' || (guess.to === 'field' && guess.field === 'Id'));
  const ordered = [...exports].sort((a, b) => Number(isUserList(a)) - Number(isUserList(b)));
  const parts = new Map<string, Export[]>();
  const works: Work[] = [];
  for (const file of ordered) {
    const list = listOf(file, lists);
    if (!list) works.push({ name: file.name, files: [file], list: undefined, notes: [] });
    else parts.set(list.uid, [...(parts.get(list.uid) ?? []), file]);
  }
  for (const [uid, files] of parts) {
    const list = lists.find((one) => one.uid === uid)!;
    if (files.length === 1 || files.every(({ endpoints }) => endpoints.format.kind === 'jsonl')) {
      works.push({ name: files.length === 1 ? files[0]!.name : list.name, files, list, notes: [] });
    } else {
      works.push(...files.map((file) => ({ name: file.name, files: [file], list: undefined, notes: [note('members_several_csv', { name: list.name })] })));
    }
  }
  return works;
}

/** The name under which an import fills this list; undefined where it has people already or another list took its name. */
function nameToFill({ db }: Context, list: PlannedSegment): string | undefined {
  const row = segmentByUid(db, list.uid);
  if (!row || row.deleted_at !== null) return undefined;
  if (db.get(sql`select 1 as found from segment_member where segment = ${memberSet(row)} limit 1`)) return undefined;
  const named = db.get<{ uid: string }>(sql`select uid from segment where name = ${row.name} and kind = 'imported' and deleted_at is null order by id desc limit 1`);
  return named?.uid === row.uid ? row.name : undefined;
}

/** Joins the parts of an export: JSON lines one after the other, unpacked. */
async function joinParts(context: Context, work: Work): Promise<string> {
  const folder = join(context.files, 'imports');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${context.uid}.jsonl`);
  const file = openSync(path, 'w', 0o600);
  const put = (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
  };
  try {
    for (const part of work.files) {
      for await (const chunk of readBytes(part.path, part.endpoints.format.gzip)) {
        context.throwIfCancelled();
        put(chunk);
      }
      put(Buffer.from('\n'));
    }
  } finally {
    closeSync(file);
  }
  return path;
}

/** The import that brought a file of the same content before and still stands. */
function importedBefore({ db }: Context, digest: string): string | undefined {
  return db.get<{ uid: string }>(
    sql`select m.uid from job j, json_each(j.result, '$.items') i join import m on m.uid = i.value ->> '$.uid'
      where j.kind = 'bring-over' and j.result is not null and i.value ->> '$.digest' = ${digest} and m.state = 'done' limit 1`,
  )?.uid;
}

/** What a file is at fault for; anything else ends the job. */
const faults = new Set(['FILE_UNREADABLE', 'FILE_EMPTY', 'FILE_ENCODING', 'FILE_FORMAT', 'FILE_TOO_WIDE', 'RECORD_TOO_LONG', 'GZIP_BOMB', 'MAPPING_INVALID']);

async function bringOne(context: Context, work: Work): Promise<BringOverItem> {
  const item: BringOverItem = { kind: 'endpoints', name: work.name, id: '', file: work.files[0]!.name, state: 'already', uid: null, endpoints: null, digest: null, notes: [...work.notes], text: null };
  const [first] = work.files;
  let joined: string | undefined;
  try {
    joined = work.files.length > 1 ? await joinParts(context, work) : undefined;
    const path = joined ?? first!.path;
    const inspection = joined === undefined ? first!.endpoints : await inspectFile(joined, { fileName: work.name });
    const segmentName = work.list && nameToFill(context, work.list);
    const digest = await digestOf(path, inspection.format.gzip, () => context.throwIfCancelled());
    const before = segmentName === undefined ? importedBefore(context, digest) : undefined;
    if (before !== undefined) return { ...item, uid: before, digest, notes: [...item.notes, note('same_file_before')] };
    const done = await importWhole(context, { path, name: work.name, inspection, segmentName: segmentName ?? null });
    return { ...item, ...resultOf(done, segmentName !== undefined), digest, notes: [...item.notes, ...notesOf(work, done, segmentName !== undefined)] };
  } catch (error) {
    if (!isHeliographError(error) || !faults.has(error.code)) throw error;
    return { ...item, state: 'left', notes: [...item.notes, note('unreadable', { error: error.code, message: typeof error.detail['message'] === 'string' ? error.detail['message'] : '' })] };
  } finally {
    if (joined !== undefined) rmSync(joined, { force: true });
  }
}

function resultOf({ uid, counts, merged }: ImportedWhole, fills: boolean): Pick<BringOverItem, 'state' | 'uid' | 'endpoints'> {
  const { rows, new: fresh, changed, same, rejected, unsubscribes } = counts;
  const nothing = !merged || (fresh + changed + counts.users === 0 && !fills);
  return { state: rejected === rows ? 'left' : nothing ? 'already' : 'came', uid: merged ? uid : null, endpoints: { rows, new: fresh, changed, same, rejected, unsubscribes } };
}

function notesOf(work: Work, { counts, merged }: ImportedWhole, fills: boolean): BringOverNote[] {
  return [
    ...(merged || counts.rejected === counts.rows ? [] : [note('nothing_new')]),
    ...(counts.rejected > 0 ? [note('rows_rejected', { rows: counts.rejected })] : []),
    ...(counts.keptUnsubscribed > 0 ? [note('opt_outs_kept', { addresses: counts.keptUnsubscribed })] : []),
    ...(work.list ? [note(fills ? 'members_of' : 'members_kept', { name: work.list.name })] : []),
  ];
}

/** Imports every endpoint export, those of imported lists with their lists. `lists`: the imported segments that stand here now. */
export async function bringEndpoints(context: Context, exports: readonly Export[], lists: readonly PlannedSegment[]): Promise<{ items: BringOverItem[]; filled: ReadonlySet<string> }> {
  const items: BringOverItem[] = [];
  const filled = new Set<string>();
  for (const work of workOf(exports, lists)) {
    context.throwIfCancelled();
    const item = await bringOne(context, work);
    items.push(item);
    if (work.list && item.state !== 'left') filled.add(work.list.uid);
  }
  return { items, filled };
}
