import type { EditMembersInput, EditMembersResult, MembersUndo } from '../../src-preload/contract/segment-views.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import type { Reader, Writer } from '../store/operation.js';
import type { SegmentOperations, SegmentQueries } from './index.js';

interface Ports {
  readonly read: Pick<Reader<SegmentQueries>, 'findMembers'>;
  readonly write: Pick<Writer<SegmentOperations>, 'addMembers' | 'removeMembers' | 'replaceMembers' | 'beginList' | 'gatherMembers' | 'dropList'>;
}

/** Addresses per transaction: some 30 ms of the store thread, which others wait for. */
const slice = 10_000;
/** Missing lines named. */
const named = 1_000;

/**
 * Adds, removes or replaces members of an imported segment. A reader looks the pasted lines up; the store changes the list slice by slice, except that a replaced list changes in one
 * step. Throws what `findMembers` and the operations throw; what earlier slices did stays and is in the audit log.
 */
export async function editMembers({ read, write }: Ports, input: EditMembersInput, signal?: AbortSignal): Promise<EditMembersResult> {
  const { uid, act, who } = input;
  const found = who.of === 'picked' ? { ids: [...who.ids], found: who.ids.length, missing: [] } : await read.findMembers(who, signal ? { signal } : {});
  const lines = { found: found.found, missing: found.missing.length, missingList: found.missing.slice(0, named) };
  if (act === 'replace') {
    // A slip of the clipboard must not empty a list: to remove everybody there is Remove.
    if (found.ids.length === 0) throw new HeliographError('BAD_INPUT', { field: 'text', message: 'nobody here goes by any of these lines' });
    const { list } = await write.beginList({ name: 'replaced members' });
    try {
      for (const ids of slices(found.ids)) await write.gatherMembers({ list, ids }, { priority: 'bulk' });
      const { former } = await write.replaceMembers({ uid, list });
      return { ...lines, changed: found.ids.length, already: 0, undo: { act: 'swap', now: list, former } };
    } catch (error) {
      await discardList(write, list);
      throw error;
    }
  }
  const changed: number[] = [];
  const change = act === 'add' ? write.addMembers : write.removeMembers;
  for (const ids of slices(found.ids)) changed.push(...(await change({ uid, ids }, { priority: who.of === 'picked' ? 'user' : 'bulk' })).changed);
  const undo: MembersUndo | null = changed.length === 0 ? null : { act: act === 'add' ? 'remove' : 'add', ids: packIds(changed) };
  return { ...lines, changed: changed.length, already: found.ids.length - changed.length, undo };
}

/** Takes an edit back: exactly those that came go, and those that went come. Throws `CONFLICT` where a replaced list was replaced once more. */
export async function undoMembers({ write }: Pick<Ports, 'write'>, { uid, undo }: { readonly uid: string; readonly undo: MembersUndo }): Promise<void> {
  if (undo.act === 'swap') {
    await write.replaceMembers({ uid, list: undo.former, instead: undo.now });
    return;
  }
  const change = undo.act === 'add' ? write.addMembers : write.removeMembers;
  for (const ids of slices(unpackIds(undo.ids))) await change({ uid, ids }, { priority: 'bulk' });
}

/** Removes a list that was begun and will not be shown. */
export async function discardList(write: Pick<Ports['write'], 'dropList'>, list: string): Promise<void> {
  while (!(await write.dropList({ list, limit: slice }, { priority: 'bulk' })).gone);
}

/** Removes what `unusedLists` finds of before the opening, whose time is `openedAt`: a list that is begun meanwhile stays. */
export async function forgetLists({ read, write }: { readonly read: Pick<Reader<SegmentQueries>, 'unusedLists'>; readonly write: Pick<Ports['write'], 'dropList'> }, openedAt: number, signal: AbortSignal): Promise<void> {
  for (const list of await read.unusedLists({ before: openedAt })) {
    while (!signal.aborted && !(await write.dropList({ list, limit: slice }, { priority: 'bulk' })).gone);
  }
}

export function slices(ids: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ids.length / slice) }, (_, i) => ids.slice(i * slice, (i + 1) * slice));
}

function packIds(ids: readonly number[]): string {
  const bytes = Buffer.alloc(ids.length * 4);
  ids.forEach((id, i) => bytes.writeUInt32LE(id, i * 4));
  return bytes.toString('base64');
}

function unpackIds(packed: string): number[] {
  const bytes = Buffer.from(packed, 'base64');
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readUInt32LE(i * 4));
}
