import type { BringOverNote } from '../../src-preload/contract/bring-over.js';
import { emptyTree, type SegmentTree } from '../../src-preload/contract/segment.js';
import type { Found, Left } from './found.js';
import { uidOf } from './ids.js';
import { CannotCarry, note } from './note.js';
import type { PinpointSegment } from './pinpoint.js';
import { type FindSegment, type KnownSegment, segmentRules } from './segment-tree.js';

export interface PlannedSegment {
  readonly id: string;
  readonly uid: string;
  readonly name: string;
  readonly file: string;
  readonly kind: 'dynamic' | 'imported';
  /** Oldest first; one empty tree for a list. */
  readonly versions: readonly SegmentTree[];
  readonly notes: readonly BringOverNote[];
  /** How many people Pinpoint says the list has. */
  readonly size: number | null;
}

const nameOf = (segment: PinpointSegment) => (segment.Name?.trim() || segment.Id).slice(0, 200);

/** Versions of each segment, oldest first, each once. */
function byId(found: readonly Found<PinpointSegment>[]): Map<string, Found<PinpointSegment>[]> {
  const segments = new Map<string, Found<PinpointSegment>[]>();
  for (const one of found) {
    const versions = segments.get(one.value.Id) ?? [];
    if (versions.some(({ value }) => value.Version === one.value.Version)) continue;
    segments.set(one.value.Id, [...versions, one].sort((a, b) => (a.value.Version ?? Number.MAX_SAFE_INTEGER) - (b.value.Version ?? Number.MAX_SAFE_INTEGER)));
  }
  return segments;
}

/**
 * The segments in an order in which each comes after those it builds on, and those that cannot come. `here`: segments that stand in the workspace from before, by uid.
 */
export function planSegments(found: readonly Found<PinpointSegment>[], here: (uid: string) => Omit<KnownSegment, 'uid' | 'versions'> | undefined): { planned: PlannedSegment[]; left: Left[] } {
  const all = byId(found);
  const planned: PlannedSegment[] = [];
  const left: Left[] = [];
  const done = new Map<string, KnownSegment | 'left' | 'open'>();

  const find: FindSegment = (id) => {
    const known = done.get(id) ?? (all.has(id) ? resolve(id) : undefined);
    const name = () => nameOf(all.get(id)!.at(-1)!.value);
    if (known === 'open') throw new CannotCarry(note('source_cycle', { name: name() }));
    if (known === 'left') throw new CannotCarry(note('source_left', { name: name() }));
    if (known) return known;
    const uid = uidOf('segment', id);
    const before = here(uid);
    if (!before) throw new CannotCarry(note('source_missing', { id }));
    return { ...before, uid, versions: new Map() };
  };

  function resolve(id: string): KnownSegment | 'left' {
    done.set(id, 'open');
    const versions = all.get(id)!;
    const newest = versions.at(-1)!;
    const name = nameOf(newest.value);
    const uid = uidOf('segment', id);
    try {
      const made = newest.value.SegmentType === 'IMPORT' ? list() : rules(versions, find);
      planned.push({ id, uid, name, file: newest.file, ...made.part });
      const known: KnownSegment = { uid, name, imported: made.part.kind === 'imported', versions: made.numbers };
      done.set(id, known);
      return known;
    } catch (error) {
      if (!(error instanceof CannotCarry)) throw error;
      left.push({ id, name, file: newest.file, left: error.note });
      done.set(id, 'left');
      return 'left';
    }

    function list() {
      const size = newest.value.ImportDefinition?.Size ?? null;
      return { part: { kind: 'imported' as const, versions: [emptyTree], notes: [], size }, numbers: new Map<number, number>() };
    }
  }

  for (const id of all.keys()) if (!done.has(id)) resolve(id);
  return { planned, left };
}

/** Every version that has a counterpart; the newest must. Throws `CannotCarry`. */
function rules(versions: readonly Found<PinpointSegment>[], find: FindSegment) {
  const newest = versions.at(-1)!.value;
  const last = segmentRules(newest, find);
  const trees: SegmentTree[] = [];
  const numbers = new Map<number, number>();
  let lost = 0;
  for (const { value } of versions) {
    try {
      trees.push(value === newest ? last.tree : segmentRules(value, find).tree);
      if (value.Version !== undefined) numbers.set(value.Version, trees.length);
    } catch (error) {
      if (!(error instanceof CannotCarry)) throw error;
      lost++;
    }
  }
  const notes = lost > 0 ? [...last.notes, note('older_versions_left', { count: lost })] : last.notes;
  return { part: { kind: 'dynamic' as const, versions: trees, notes, size: null }, numbers };
}
